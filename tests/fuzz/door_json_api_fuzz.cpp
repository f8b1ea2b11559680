// Whatever the body: no crash, the password is marked at most once, and answers are one line.
#include <cstdint>

#include "base/check.h"
#include "wire/door/content_filter.h"
#include "wire/door/json_api.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate;
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    for (const std::string_view path : {"/v1/consider", "/v1/report", "/v1/reset"}) {
        EventBatch batch;
        std::string out;
        int marked = 0;
        const auto mark = [&marked](std::string_view password, std::string_view) {
            ++marked;
            return wire::PasswordMarks{.guess = password.size(), .tag = {}};
        };
        const auto question = wire::read_api(path, body, mark, batch);
        CHECK(marked <= 1);
        if (!question) {
            wire::write_api_error(question.error(), out);
        } else {
            CHECK(question->event.account.size() <= wire::max_door_text_bytes);
            CHECK(path != "/v1/report" || question->event.outcome != Outcome::none);
            wire::write_api({.step = wire::Answer::Step::refuse,
                             .text = question->event.account,
                             .code = question->event.session,
                             .help = question->event.client},
                            {}, question->event, out);
        }
        CHECK(out.find('\n') == out.npos);
    }
    if (const auto word = wire::read_content_word(body); word && *word) CHECK(!(*word)->address.is_none());
    return 0;
}

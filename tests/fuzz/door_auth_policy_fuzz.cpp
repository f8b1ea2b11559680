// Whatever the body: no crash, bounded texts, and an answer with a stranger's words stays one line of JSON.
#include <cstdint>

#include "base/check.h"
#include "wire/door/auth_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate;
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    EventBatch batch;
    std::string out;
    for (const std::string_view target : {"/?command=allow", "/?command=report", "/?command=reset"}) {
        const auto question = wire::read_auth_policy(target, body, batch);
        if (!question) {
            wire::write_auth_policy_error(question.error(), out);
            continue;
        }
        const Event& event = question->event;
        CHECK(event.account.size() <= wire::max_door_text_bytes);
        CHECK(event.client.size() <= wire::max_door_text_bytes);
        CHECK(question->ask != wire::Ask::report || event.outcome != Outcome::none);
        CHECK(!question->guess || question->plain_password || event.method.empty());
        wire::write_auth_policy({.step = wire::Answer::Step::refuse,
                                 .text = event.account,
                                 .code = event.session,
                                 .help = event.client},
                                {}, out);
    }
    for (const char c : out) CHECK(c >= ' ' && c <= '~');
    (void)wire::read_auth_policy(body, "{}", batch);
    return 0;
}

// Headers, a line each: no crash, the password is marked at most once, and no answer has a line end in it or
// is longer than nginx reads (1024 bytes with everything).
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "wire/door/nginx_auth.h"
#include "wire/log/scan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate;
    wire::Scan scan({reinterpret_cast<const char*>(data), size});
    std::vector<wire::HeaderView> headers;
    while (!scan.done()) {
        wire::Scan line(scan.until_or_rest('\n'));
        const auto name = line.until_or_rest(':');
        line.skip_spaces();
        headers.emplace_back(name, line.rest());
    }
    EventBatch batch;
    int marked = 0;
    const auto mark = [&marked](std::string_view password, std::string_view) {
        ++marked;
        return wire::PasswordMarks{.guess = password.size(), .tag = {}};
    };
    const auto request = wire::read_nginx_auth(headers, mark, batch);
    CHECK(marked <= 1);
    if (!request) return 0;
    const Event& event = request->question.event;
    const wire::MailServer server{.address = *Address::parse("192.0.2.1"), .port = 143};
    for (const auto step : {wire::Answer::Step::go_on, wire::Answer::Step::refuse}) {
        std::size_t bytes = 0;
        for (const auto& [name, value] : wire::nginx_auth_headers(
                 {.step = step, .text = event.account, .code = event.ehlo, .help = event.account}, *request,
                 &server)) {
            for (const char c : value) CHECK(c >= ' ' && c <= '~');
            bytes += name.size() + value.size() + 4;
        }
        CHECK(bytes < 512);
    }
    return 0;
}

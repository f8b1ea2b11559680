// Any program's name and any message: no crash, an event where one is promised, and texts that the line
// holds.
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace {

using namespace tidegate;
using namespace tidegate::wire;

constexpr MessageParser parsers[] = {parse_exim,      parse_cyrus, parse_courier,    parse_sendmail,
                                     parse_roundcube, parse_sogo,  parse_nginx_mail, parse_pam_unix};

bool holds(std::string_view message, std::string_view text) {
    return text.empty() || contains(message, text);
}

void check_event(const Event& event, std::string_view message) {
    CHECK(holds(message, event.account));
    CHECK(holds(message, event.session));
    CHECK(holds(message, event.ehlo));
    CHECK(event.layer != Layer::none);
    CHECK(event.attempts > 0);
    CHECK((event.kind == EventKind::attempt) == (event.outcome != Outcome::none));
    for (const char c : event.method) CHECK(std::islower(static_cast<unsigned char>(c)) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Scan scan({reinterpret_cast<const char*>(data), size});
    LogLine line;
    line.program = scan.until_or_rest('\n');
    line.message = scan.rest();
    for (const auto parser : parsers) {
        EventBatch batch;
        const Recognised made = parser(line, batch);
        CHECK((made == Recognised::event) == !batch.events.empty());
        for (const Event& event : batch.events) check_event(event, line.message);
    }
    return 0;
}

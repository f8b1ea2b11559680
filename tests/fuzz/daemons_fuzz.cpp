// Any program's name and any message: no crash, an event where one is promised, and texts that the line
// holds.
#include <cctype>
#include <cstdint>
#include <cstdio>
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

/// As Exim logs a byte that is not ASCII: as it is, or in octal.
bool begins_with(std::string_view message, std::string_view text) {
    for (const char c : text) {
        char octal[5];
        std::snprintf(octal, sizeof octal, "\\%03o", static_cast<unsigned char>(c));
        const bool as_it_is = message.starts_with(c);
        if (!as_it_is && ((c & 0x80) == 0 || !message.starts_with(octal))) return false;
        message.remove_prefix(as_it_is ? 1 : 4);
    }
    return true;
}

bool holds_in_octal(std::string_view message, std::string_view text) {
    for (;; message.remove_prefix(1)) {
        if (begins_with(message, text)) return true;
        if (message.empty()) return false;
    }
}

void check_event(const Event& event, std::string_view message, bool is_exim) {
    CHECK(holds(message, event.account) || (is_exim && holds_in_octal(message, event.account)));
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
        for (const Event& event : batch.events) check_event(event, line.message, parser == parse_exim);
    }
    return 0;
}

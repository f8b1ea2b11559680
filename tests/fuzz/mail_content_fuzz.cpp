// A message of anything: however it is cut, its end is where RFC 5321 has it and nowhere else, and what would
// be passed on can be read in one way only: CR and LF as pairs, and the end at its end.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/mail/mail_content.h"

namespace {

using namespace tidegate;

struct Told {
    std::string good;
    std::size_t used = 0;
    bool whole = false, spoilt = false;
};

Told tell(std::string_view bytes, std::size_t piece) {
    Told told;
    wire::MailContent content;
    std::string pending;
    while (!bytes.empty() && !told.whole) {
        pending += bytes.substr(0, piece);
        bytes.remove_prefix(std::min(piece, bytes.size()));
        const bool was_spoilt = content.is_spoilt();
        const auto seen = content.next(pending);
        CHECK(seen.good <= seen.used && seen.used <= pending.size() && (!was_spoilt || seen.good == 0));
        CHECK(seen.whole || pending.size() - seen.used <= 1);
        told.whole = seen.whole;
        told.used += seen.used;
        told.good += pending.substr(0, seen.good);
        pending.erase(0, seen.used);
    }
    told.spoilt = content.is_spoilt();
    return told;
}

void check_good(std::string_view good, bool ended) {
    for (std::size_t i = 0; i < good.size(); ++i) {
        if (good[i] == '\n') CHECK(i > 0 && good[i - 1] == '\r');
        if (good[i] == '\r') CHECK(i + 1 < good.size() && good[i + 1] == '\n');
    }
    constexpr std::string_view end = "\r\n.\r\n";
    const std::string with_line_before = "\r\n" + std::string(good);
    const auto at = with_line_before.find(end);
    CHECK(ended ? at + end.size() == with_line_before.size() : at == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    constexpr std::string_view end = "\r\n.\r\n";
    const auto at = ("\r\n" + std::string(bytes)).find(end);
    const Told whole = tell(bytes, bytes.size() + 1);
    CHECK(whole.whole == (at != std::string::npos));
    CHECK(!whole.whole || whole.used == at + end.size() - 2);
    for (const std::size_t piece : {std::size_t{1} + data[0], std::size_t{1}, bytes.size() + 1}) {
        const Told told = tell(bytes, piece);
        CHECK(told.whole == whole.whole && told.spoilt == whole.spoilt && told.used == whole.used);
        CHECK(told.spoilt || told.good == whole.good);
        CHECK(bytes.starts_with(told.good));
        check_good(told.good, told.whole && !told.spoilt);
    }
    return 0;
}

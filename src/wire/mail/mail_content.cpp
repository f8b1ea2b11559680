#include "wire/mail/mail_content.h"

#include "base/check.h"
#include "wire/log/scan.h"

namespace tidegate::wire {

MailContent::Seen MailContent::next(std::string_view bytes) {
    Seen seen;
    while (!seen.whole) {
        const auto rest = bytes.substr(seen.used);
        const std::size_t end = find(rest, '\n');
        if (end == npos) {
            seen.used += take_part(rest);
        } else {
            seen.whole = take_line(rest.substr(0, end));
            seen.used += end + 1;
        }
        if (!spoilt_) seen.good = seen.used;
        if (end == npos) break;
    }
    CHECK(seen.good <= seen.used && seen.used <= bytes.size());
    return seen;
}

// Returns how much of it can be told. What CR at its end is depends on the byte that follows.
std::size_t MailContent::take_part(std::string_view text) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty()) return 0;
    if (find(text, '\r') != npos) spoilt_ = true;
    place_ = place_ == Place::start && text == "." ? Place::dot : Place::within;
    return text.size();
}

// `line` is without LF. Returns whether it is the message's end.
bool MailContent::take_line(std::string_view line) {
    const bool ends = line.ends_with('\r');
    if (ends) line.remove_suffix(1);
    if (!ends || find(line, '\r') != npos) spoilt_ = true;
    const bool is_end =
        ends && ((place_ == Place::start && line == ".") || (place_ == Place::dot && line.empty()));
    // What ends with LF alone is no line: the dot behind it is none that ends.
    place_ = ends ? Place::start : Place::within;
    return is_end;
}

}  // namespace tidegate::wire

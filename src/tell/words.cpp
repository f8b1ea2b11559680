#include "tell/words.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>

namespace tidegate::tell {
namespace {

std::tm broken_down(const Zone& zone, Time time) {
    const std::time_t seconds = unix_seconds(zone.local(time));
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return parts;
}

constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string day_text(const std::tm& parts) {
    return fmt::format("{} {} {}", weekdays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                       months[static_cast<std::size_t>(parts.tm_mon)]);
}

/// One code point at the front of `text`, whose bytes are taken off; nothing where they are no UTF-8.
constexpr char32_t not_utf8 = 0xffff'ffff;

struct Lead {
    unsigned more;
    unsigned char bits;
    char32_t least;
};

Lead lead_of(unsigned char first) {
    if (first < 0x80) return {0, first, 0};
    if (first >= 0xc2 && first < 0xe0) return {1, static_cast<unsigned char>(first & 0x1f), 0x80};
    if (first >= 0xe0 && first < 0xf0) return {2, static_cast<unsigned char>(first & 0x0f), 0x800};
    if (first >= 0xf0 && first < 0xf5) return {3, static_cast<unsigned char>(first & 0x07), 0x10000};
    return {4, 0, 0};
}

char32_t next_code_point(std::string_view& text) {
    const Lead lead = lead_of(static_cast<unsigned char>(text.front()));
    if (lead.more > 3 || text.size() <= lead.more) {
        text.remove_prefix(1);
        return not_utf8;
    }
    char32_t point = lead.bits;
    for (unsigned i = 1; i <= lead.more; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0) != 0x80) {
            text.remove_prefix(i);
            return not_utf8;
        }
        point = point << 6 | (byte & 0x3f);
    }
    text.remove_prefix(lead.more + 1);
    const bool surrogate = point >= 0xd800 && point < 0xe000;
    return point < lead.least || surrogate || point > 0x10ffff ? not_utf8 : point;
}

/// Characters that show nothing of themselves or move the others about.
bool is_treacherous(char32_t point) {
    struct Range {
        char32_t first, last;
    };
    static constexpr std::array<Range, 14> ranges{{{0x80, 0x9f},
                                                   {0xad, 0xad},
                                                   {0x61c, 0x61c},
                                                   {0x115f, 0x1160},
                                                   {0x180e, 0x180e},
                                                   {0x200b, 0x200f},
                                                   {0x2028, 0x202e},
                                                   {0x2060, 0x206f},
                                                   {0x3164, 0x3164},
                                                   {0xfe00, 0xfe0f},
                                                   {0xfeff, 0xfeff},
                                                   {0xffa0, 0xffa0},
                                                   {0xfff0, 0xfffb},
                                                   {0xe0000, 0xe0fff}}};
    return std::ranges::any_of(ranges,
                               [point](const Range& r) { return point >= r.first && point <= r.last; });
}

std::string plural(double value, std::string_view unit) {
    std::string text = value < 10 && value != std::floor(value) ? fmt::format("{:.1f}", value)
                                                                : fmt::format("{:.0f}", value);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return fmt::format("{} {}{}", text, unit, text == "1" ? "" : "s");
}

}  // namespace

std::string count(std::uint64_t value) {
    std::string text = fmt::format_int(value).str();
    for (std::size_t i = text.size(); i > 3;) {
        i -= 3;
        text.insert(i, 1, ',');
    }
    return text;
}

std::string count(std::uint64_t value, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count(value), value == 1 ? one : many);
}

std::string about(double value) {
    if (value < 1000) return count(static_cast<std::uint64_t>(std::llround(value)));
    const double unit = std::pow(10, std::floor(std::log10(value)) - 2);
    return count(static_cast<std::uint64_t>(std::llround(std::round(value / unit) * unit)));
}

std::string percent(std::uint64_t part, std::uint64_t of) {
    if (of == 0) return "-";
    if (part == 0) return "0 %";
    if (part >= of) return "100 %";
    const double value = 100.0 * static_cast<double>(part) / static_cast<double>(of);
    if (value < 0.01) return "<0.01 %";
    if (value > 99.99) return ">99.99 %";
    // Cut, not rounded, so that 99.996 % does not become 100.00 %.
    if (value < 0.1) return fmt::format("{:.2f} %", std::floor(value * 100) / 100);
    if (value > 99.9) return fmt::format("{:.2f} %", std::floor(value * 100) / 100);
    return fmt::format("{:.1f} %", value);
}

std::string ratio(double value) {
    return value < 100 ? fmt::format("{:.1f}", value) : about(value);
}

std::string decibans(Decibans value) {
    return fmt::format("{:+.1f}", value.value());
}

std::string day_and_time(const Zone& zone, Time time) {
    const std::tm parts = broken_down(zone, time);
    return fmt::format("{} {:02}:{:02}", day_text(parts), parts.tm_hour, parts.tm_min);
}

std::string full_time(const Zone& zone, Time time) {
    const std::tm parts = broken_down(zone, time);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min);
}

std::string exact_time(const Zone& zone, Time time) {
    const auto minutes = zone.offset(time).count() / 60;
    std::string text = rfc3339(std::chrono::floor<std::chrono::seconds>(zone.local(time)));
    if (minutes == 0) return text;
    text.pop_back();
    return text + fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                              std::abs(minutes) % 60);
}

std::string clock_time(const Zone& zone, Time time) {
    const std::tm parts = broken_down(zone, time);
    return fmt::format("{:02}:{:02}", parts.tm_hour, parts.tm_min);
}

std::string span(const Zone& zone, Time first, Time last) {
    const std::tm from = broken_down(zone, first);
    const std::tm to = broken_down(zone, last);
    const bool same_day = from.tm_yday == to.tm_yday && from.tm_year == to.tm_year;
    return fmt::format("{} to {}", day_and_time(zone, first),
                       same_day ? clock_time(zone, last) : day_and_time(zone, last));
}

std::string length(Duration duration) {
    const auto seconds = static_cast<double>(std::chrono::floor<std::chrono::seconds>(duration).count());
    if (seconds < 120 && seconds != 60) return plural(seconds, "second");
    if (seconds < 7200 && seconds != 3600) return plural(std::round(seconds / 60), "minute");
    if (seconds < 48 * 3600) return plural(seconds / 3600, "hour");
    return plural(seconds / 86'400, "day");
}

std::string_view words(Service service) {
    switch (service) {
        case Service::smtp:
            return "SMTP";
        case Service::submission:
            return "submission";
        case Service::imap:
            return "IMAP";
        case Service::pop3:
            return "POP3";
        case Service::managesieve:
            return "ManageSieve";
        case Service::webmail:
            return "webmail";
        default:
            return "unknown service";
    }
}

std::string words(EvidenceKind kind) {
    switch (kind) {
        case EvidenceKind::familiar_address:
            return "an address familiar to the account";
        case EvidenceKind::familiar_network:
            return "a network familiar to the account";
        case EvidenceKind::familiar_as:
            return "a provider familiar to the account";
        case EvidenceKind::new_place:
            return "a place new to the account";
        case EvidenceKind::never_seen:
            return "an account never seen to log in";
        case EvidenceKind::unknown_account:
            return "an account that does not exist";
        case EvidenceKind::address_rate:
            return "the address's record";
        case EvidenceKind::network_rate:
            return "the network's record";
        case EvidenceKind::as_rate:
            return "the provider's record";
        case EvidenceKind::client_rate:
            return "the client program's record";
        case EvidenceKind::shared_guess:
            return "the same guess on many accounts";
        case EvidenceKind::guesses_here:
            return "many different guesses";
        case EvidenceKind::many_accounts:
            return "one client on many accounts";
        case EvidenceKind::target:
            return "an account under attack";
        case EvidenceKind::listed:
            return "a block list";
        default:
            break;
    }
    std::string text(name(kind));
    std::ranges::replace(text, '_', ' ');
    return text;
}

std::string harmless(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view before = text;
        const char32_t point = next_code_point(text);
        if (point < 0x20 || point == 0x7f) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned>(point));
        } else if (point == not_utf8 || is_treacherous(point)) {
            out += "\xef\xbf\xbd";
        } else {
            out += before.substr(0, before.size() - text.size());
        }
    }
    return out;
}

std::string valid_utf8(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view before = text;
        const char32_t point = next_code_point(text);
        out += point == not_utf8 ? "\xef\xbf\xbd" : before.substr(0, before.size() - text.size());
    }
    return out;
}

std::string html(std::string_view text) {
    std::string out;
    for (const char c : harmless(text)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string clipped(std::string_view text, std::size_t columns, bool utf8) {
    if (columns_of(text) <= columns) return std::string(text);
    std::size_t end = 0;
    for (std::size_t points = 0; end < text.size(); ++end) {
        const bool starts = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
        if (starts && ++points >= columns) break;
    }
    return std::string(text.substr(0, end)) + (utf8 ? "…" : "~");
}

std::string ascii(std::string_view text) {
    constexpr std::string_view plus_minus = "\u00b1";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80) {
            out += text[i];
        } else if (text.substr(i).starts_with(plus_minus)) {
            out += "+-";
        } else if ((byte & 0xc0) != 0x80) {
            out += '?';
        }
    }
    return out;
}

}  // namespace tidegate::tell

#include "app/serve/subject.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "config/value.h"

namespace tidegate::app {
namespace {

Error wrong(std::string what, std::string mend) {
    return {"", 0, std::move(what), std::move(mend)};
}

std::optional<std::uint32_t> as_number(std::string_view text) {
    if (text.size() < 3 || (text[0] != 'A' && text[0] != 'a') || (text[1] != 'S' && text[1] != 's'))
        return std::nullopt;
    std::uint32_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 2, end, number);
    return error == std::errc{} && stop == end && number != 0 ? std::optional(number) : std::nullopt;
}

// An operator in a hurry must not shut everybody out, nor let everybody in.
bool is_too_wide(const Prefix& prefix) {
    constexpr unsigned least_v4 = 8, least_v6 = 16;
    return prefix.length() < (prefix.is_v4() ? least_v4 : least_v6);
}

std::optional<Duration> span_of(std::string_view text) {
    using namespace std::chrono_literals;
    if (text.size() < 2) return std::nullopt;
    std::uint32_t number = 0;
    const char *begin = text.data(), *end = begin + text.size() - 1;
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc{} || stop != end || number == 0 || number > 1'000'000) return std::nullopt;
    switch (text.back()) {
        case 'm':
            return Duration(number * 60s);
        case 'h':
            return Duration(number * 3600s);
        case 'd':
            return Duration(number * 86'400s);
        default:
            return std::nullopt;
    }
}

}  // namespace

Result<judge::Exception> exception_about(std::string_view subject) {
    judge::Exception exception;
    if (subject.empty())
        return std::unexpected(wrong("nobody is named", "give an address, a network, AS64500 or an account"));
    if (const auto prefix = Prefix::parse(subject)) {
        if (is_too_wide(*prefix))
            return std::unexpected(wrong(fmt::format("{} holds too many", prefix->text()),
                                         "a network by hand is /8 or narrower, of IPv6 /16"));
        exception.prefix = prefix;
    } else if (const auto number = as_number(subject)) {
        exception.as_number = number;
    } else if (subject.find('/') != std::string_view::npos && subject.find('@') == std::string_view::npos) {
        return std::unexpected(wrong(fmt::format("'{}' is no network", subject), "write it as 192.0.2.0/24"));
    } else {
        exception.account = subject;
    }
    return exception;
}

std::string subject_of(const judge::Exception& exception) {
    if (exception.as_number) return fmt::format("AS{}", *exception.as_number);
    if (!exception.prefix) return exception.account;
    const Prefix& prefix = *exception.prefix;
    const unsigned whole = prefix.is_v4() ? 32 : 128;
    return prefix.length() == whole ? prefix.address().text() : prefix.text();
}

Result<std::optional<Time>> expiry(std::string_view text, Time now) {
    if (text == "never") return std::optional<Time>();
    if (const auto span = span_of(text)) return now + *span;
    std::optional<Time> time;
    if (config::take_time(config::Value(std::string(text)), time) || !time)
        return std::unexpected(wrong(fmt::format("'{}' is no time", text),
                                     "write 30m, 12h, 7d, 2030-01-31, an RFC 3339 time, or never"));
    if (*time <= now)
        return std::unexpected(wrong(fmt::format("'{}' is over", text), "give a time that is still to come"));
    return time;
}

}  // namespace tidegate::app

#include "rehearse/targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/check.h"

namespace tidegate::rehearse {
namespace {

using drill::Port;

constexpr std::string_view example = "say it as smtp://127.0.0.1:2525 or imap://[::1]:143";

struct Scheme {
    std::string_view name;
    Port port;
    std::uint16_t usual;
    std::string_view tls;
};
constexpr auto schemes = std::to_array<Scheme>({{"smtp", Port::smtp, 25, "none"},
                                                {"imap", Port::imap, 143, "none"},
                                                {"imaps", Port::imap, 993, "implicit"}});

std::unexpected<Error> wrong(std::string_view url, std::string what, std::string mend) {
    return std::unexpected(Error{"", 0, fmt::format("--servers: '{}': {}", url, what), std::move(mend)});
}

std::optional<std::uint32_t> number(std::string_view text) {
    constexpr std::uint32_t most = 1'000'000;
    std::uint32_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = failed == std::errc() && end == text.data() + text.size();
    return whole && value > 0 && value <= most ? std::optional(value) : std::nullopt;
}

Prefix network(std::string_view text) {
    const auto parsed = Prefix::parse(text);
    CHECK(parsed);
    return *parsed;
}

// Without a port the usual one is meant.
std::string with_port(std::string_view place, std::uint16_t usual) {
    const bool bracketed = place.starts_with('[');
    const bool has_port = bracketed ? place.contains("]:") : place.contains(':');
    return has_port ? std::string(place) : fmt::format("{}:{}", place, usual);
}

/// What is wrong with a setting, and the mend; nothing: it was taken.
std::optional<std::pair<std::string, std::string>> take(std::string_view key, std::string_view value,
                                                        Target& target) {
    const auto one_of = [&](std::initializer_list<std::string_view> words,
                            std::string& to) -> std::optional<std::pair<std::string, std::string>> {
        to = value;
        if (std::ranges::find(words, value) != words.end()) return std::nullopt;
        return std::pair(fmt::format("{} can't be '{}'", key, value),
                         fmt::format("one of {}", fmt::join(words, ", ")));
    };
    if (key == "tls") return one_of({"none", "starttls", "implicit"}, target.tls);
    if (key == "forward") return one_of({"nothing", "proxy", "xclient", "id"}, target.forward);
    if (key == "verify") {
        std::string word;
        auto failed = one_of({"true", "false"}, word);
        target.verify = word == "true";
        return failed;
    }
    std::uint32_t* const to = key == "at_once" ? &target.at_once
                              : key == "log_ins_per_second" && target.port == Port::imap
                                  ? &target.log_ins_per_second
                                  : nullptr;
    if (to == nullptr)
        return std::pair(
            fmt::format("there is no setting '{}'", key),
            std::string("there are tls, forward, verify, at_once, and of imap log_ins_per_second"));
    const auto count = number(value);
    *to = count.value_or(0);
    if (count) return std::nullopt;
    return std::pair(fmt::format("{} can't be '{}'", key, value), std::string("a number from 1 to 1000000"));
}

Result<Target> target_in(std::string_view url) {
    const auto colon = url.find("://");
    if (colon == std::string_view::npos) return wrong(url, "that is no server", std::string(example));
    const auto scheme = std::ranges::find(schemes, url.substr(0, colon), &Scheme::name);
    if (scheme == schemes.end())
        return wrong(url, fmt::format("nothing is known of '{}'", url.substr(0, colon)),
                     "smtp, imap and imaps can be rehearsed");
    std::string_view rest = url.substr(colon + 3), settings;
    if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
        settings = rest.substr(mark + 1);
        rest = rest.substr(0, mark);
    }
    if (rest.ends_with('/')) rest.remove_suffix(1);
    auto place = net::Endpoint::parse(with_port(rest, scheme->usual));
    if (!place || place->is_unix() || place->port == 0)
        return wrong(url, fmt::format("'{}' is no address with a port", rest), std::string(example));
    Target target{.name = {}, .port = scheme->port, .place = *place, .tls = std::string(scheme->tls)};
    while (!settings.empty()) {
        const std::string_view one = settings.substr(0, settings.find('&'));
        settings.remove_prefix(std::min(one.size() + 1, settings.size()));
        const auto equals = std::min(one.find('='), one.size());
        const auto failed = take(one.substr(0, equals), one.substr(std::min(equals + 1, one.size())), target);
        if (failed) return wrong(url, failed->first, failed->second);
    }
    return target;
}

}  // namespace

std::string_view name(Port port) {
    return port == Port::smtp ? "smtp" : "imap";
}

Result<std::vector<Target>> targets_in(std::string_view list) {
    std::vector<Target> all;
    while (!list.empty()) {
        const std::string_view url = list.substr(0, list.find(','));
        list.remove_prefix(std::min(url.size() + 1, list.size()));
        auto target = target_in(url);
        if (!target) return std::unexpected(target.error());
        if (std::ranges::find(all, target->place, &Target::place) != all.end())
            return wrong(url, "it is there twice", "name each server once");
        const auto before = std::ranges::count(all, target->port, &Target::port);
        target->name = fmt::format("{}{}", target->port == Port::smtp ? "mx" : "store", before + 1);
        all.push_back(std::move(*target));
    }
    if (all.empty()) return std::unexpected(Error{"", 0, "--servers names none", std::string(example)});
    return all;
}

bool is_near(const Address& address) {
    static const std::array near{
        network("127.0.0.0/8"),    network("10.0.0.0/8"), network("172.16.0.0/12"), network("192.168.0.0/16"),
        network("169.254.0.0/16"), network("::1/128"),    network("fc00::/7"),      network("fe80::/10")};
    return std::ranges::any_of(near, [&](const Prefix& each) { return each.contains(address); });
}

std::optional<Error> too_far(std::span<const Target> targets) {
    const auto far =
        std::ranges::find_if(targets, [](const Target& each) { return !is_near(each.place.address); });
    if (far == targets.end()) return std::nullopt;
    return Error{
        "", 0,
        fmt::format("--servers: {} is neither on this machine nor on a private network", far->place.text()),
        "a flood is played against it: if it is yours and you mean it, say --even-public"};
}

}  // namespace tidegate::rehearse

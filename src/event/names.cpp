#include <span>

#include "event/event.h"

namespace tidegate {
namespace {

constexpr std::array<std::string_view, 7> services{"",     "smtp",        "submission", "imap",
                                                   "pop3", "managesieve", "webmail"};
constexpr std::array<std::string_view, 7> kinds{"connect", "attempt", "disconnect", "listed",
                                                "flow",    "reject",  "tick"};
constexpr std::array<std::string_view, 4> outcomes{"", "success", "failure", "abort"};
constexpr std::array<std::string_view, 12> reasons{
    "",       "bad_password", "unknown_account",   "disabled", "tls",      "protocol",
    "listed", "relay",        "unknown_recipient", "rate",     "internal", "other"};
constexpr std::array<std::string_view, 6> measures{"pass", "slow", "defer", "refuse", "silence", "ban"};
constexpr std::array<std::string_view, 7> layers{"", "webmail", "proxy", "front", "auth", "worker", "pam"};

template <class Enum>
std::optional<Enum> find(std::span<const std::string_view> names, std::string_view wanted) {
    if (wanted.empty()) return std::nullopt;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == wanted) return static_cast<Enum>(i);
    return std::nullopt;
}

}  // namespace

std::string_view name(Service value) {
    return services.at(static_cast<std::size_t>(value));
}
std::string_view name(EventKind value) {
    return kinds.at(static_cast<std::size_t>(value));
}
std::string_view name(Outcome value) {
    return outcomes.at(static_cast<std::size_t>(value));
}
std::string_view name(Reason value) {
    return reasons.at(static_cast<std::size_t>(value));
}
std::string_view name(Measure value) {
    return measures.at(static_cast<std::size_t>(value));
}
std::string_view name(Layer value) {
    return layers.at(static_cast<std::size_t>(value));
}

template <>
std::span<const std::string_view> names_of<Service>() {
    return services;
}
template <>
std::span<const std::string_view> names_of<EventKind>() {
    return kinds;
}
template <>
std::span<const std::string_view> names_of<Outcome>() {
    return outcomes;
}
template <>
std::span<const std::string_view> names_of<Reason>() {
    return reasons;
}
template <>
std::span<const std::string_view> names_of<Measure>() {
    return measures;
}
template <>
std::span<const std::string_view> names_of<Layer>() {
    return layers;
}

std::optional<Service> service_named(std::string_view text) {
    return find<Service>(services, text);
}
std::optional<EventKind> event_kind_named(std::string_view text) {
    return find<EventKind>(kinds, text);
}
std::optional<Outcome> outcome_named(std::string_view text) {
    return find<Outcome>(outcomes, text);
}
std::optional<Reason> reason_named(std::string_view text) {
    return find<Reason>(reasons, text);
}
std::optional<Measure> measure_named(std::string_view text) {
    return find<Measure>(measures, text);
}
std::optional<Layer> layer_named(std::string_view text) {
    return find<Layer>(layers, text);
}

}  // namespace tidegate

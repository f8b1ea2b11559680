#include "event/incident.h"

#include <algorithm>

namespace tidegate {
namespace {

constexpr std::array<std::string_view, 3> states{"open", "quiet", "closed"};
constexpr std::array<std::string_view, 4> entry_kinds{"seen", "done", "said", "changed"};
constexpr std::array<std::string_view, 4> target_kinds{"account", "domain", "listener", "service"};
constexpr std::array<std::string_view, cause_count> causes{"attack", "own_fault", "outside"};
constexpr std::array<std::string_view, 7> action_kinds{"posture", "threshold", "ban",  "block",
                                                       "restart", "capacity",  "other"};
constexpr std::array<std::string_view, hop_count> hops{"client", "edge", "auth", "database"};

}  // namespace

Cause Diagnosis::likeliest() const {
    return static_cast<Cause>(std::ranges::max_element(probability) - probability.begin());
}

std::string_view name(IncidentState value) {
    return states.at(static_cast<std::size_t>(value));
}
std::string_view name(EntryKind value) {
    return entry_kinds.at(static_cast<std::size_t>(value));
}
std::string_view name(TargetKind value) {
    return target_kinds.at(static_cast<std::size_t>(value));
}
std::string_view name(Cause value) {
    return causes.at(static_cast<std::size_t>(value));
}
std::string_view name(ActionKind value) {
    return action_kinds.at(static_cast<std::size_t>(value));
}
std::string_view name(Hop value) {
    return hops.at(static_cast<std::size_t>(value));
}

template <>
std::span<const std::string_view> names_of<IncidentState>() {
    return states;
}
template <>
std::span<const std::string_view> names_of<EntryKind>() {
    return entry_kinds;
}
template <>
std::span<const std::string_view> names_of<TargetKind>() {
    return target_kinds;
}
template <>
std::span<const std::string_view> names_of<Cause>() {
    return causes;
}
template <>
std::span<const std::string_view> names_of<ActionKind>() {
    return action_kinds;
}
template <>
std::span<const std::string_view> names_of<Hop>() {
    return hops;
}

}  // namespace tidegate

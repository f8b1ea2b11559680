#pragma once
// Names of what the case book and the public record enumerate, as JSON and the command line write them.

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "event/incident.h"
#include "event/public_record.h"
#include "tell/cases/case.h"

namespace tidegate::tell {

inline constexpr std::array<std::string_view, 6> service_states{"working", "unknown",   "maintenance",
                                                                "slow",    "disturbed", "down"};
inline constexpr std::array<std::string_view, 5> public_states{"investigating", "identified", "mending",
                                                               "watching", "over"};
inline constexpr std::array<std::string_view, 3> note_kinds{"note", "action", "seen"};
inline constexpr std::array<std::string_view, 4> update_stages{"draft", "held", "published", "dropped"};

[[nodiscard]] constexpr std::span<const std::string_view> words_for(ServiceState) {
    return service_states;
}
[[nodiscard]] constexpr std::span<const std::string_view> words_for(PublicState) {
    return public_states;
}
[[nodiscard]] constexpr std::span<const std::string_view> words_for(NoteKind) {
    return note_kinds;
}
[[nodiscard]] constexpr std::span<const std::string_view> words_for(UpdateStage) {
    return update_stages;
}
[[nodiscard]] inline std::span<const std::string_view> words_for(Cause) {
    return names_of<Cause>();
}
[[nodiscard]] inline std::span<const std::string_view> words_for(IncidentState) {
    return names_of<IncidentState>();
}

template <class Enum>
[[nodiscard]] std::string_view word_of(Enum value) {
    return words_for(value)[static_cast<std::size_t>(value)];
}

template <class Enum>
[[nodiscard]] std::optional<Enum> from_word(std::string_view word) {
    const auto all = words_for(Enum{});
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i] == word) return static_cast<Enum>(i);
    return std::nullopt;
}

}  // namespace tidegate::tell

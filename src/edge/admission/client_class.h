#pragma once
// What is known of a client before it has proved anything, and time as admission counts it.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tidegate::edge {

/// From whom we would serve first to whom last. Known at accept, and may change as more is known.
enum class ClientClass : std::uint8_t {
    familiar,      // its account logged in from there before
    known_sender,  // delivered mail here before, and it was wanted
    fresh,         // nothing is known
    doubtful,      // the judge has evidence against it
    listed,        // on a block list, with nothing that speaks for it
};
inline constexpr std::size_t class_count = 5;
inline constexpr std::array<ClientClass, class_count> all_classes = {
    ClientClass::familiar, ClientClass::known_sender, ClientClass::fresh, ClientClass::doubtful,
    ClientClass::listed};

[[nodiscard]] std::string_view name(ClientClass);

/// One value a class.
template <class T>
struct ByClass {
    std::array<T, class_count> values{};

    [[nodiscard]] constexpr T& operator[](ClientClass which) {
        return values[static_cast<std::size_t>(which)];
    }
    [[nodiscard]] constexpr const T& operator[](ClientClass which) const {
        return values[static_cast<std::size_t>(which)];
    }
};

/// A moment of a clock that never goes back; whoever calls says which moment it is, so that a drill can
/// live through a day in a second. Calls of one object come in the order of their moments; an earlier one
/// counts as the latest seen.
using Moment = std::chrono::steady_clock::time_point;
using Span = std::chrono::steady_clock::duration;

[[nodiscard]] constexpr double seconds_of(Span span) {
    return std::chrono::duration<double>(span).count();
}
[[nodiscard]] constexpr Span span_of(double seconds) {
    return std::chrono::duration_cast<Span>(std::chrono::duration<double>(seconds));
}

}  // namespace tidegate::edge

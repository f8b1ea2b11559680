#pragma once
// Can two lines be of one attempt? The rules of observe/joiner.h for two events, without memory.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "event/event.h"

namespace tidegate::observe {

inline constexpr Duration joining_window = std::chrono::seconds(3);
inline constexpr Duration late_window = std::chrono::seconds(1);  // of an inner line after its outer one
inline constexpr Duration same_try_window =
    std::chrono::seconds(2);  // two databases asked in turn, exclusive

/// Written behind the daemon that spoke to the client.
[[nodiscard]] inline bool is_inner(const Event& event) {
    return event.layer > Layer::front;
}
[[nodiscard]] inline bool has_failed(const Event& event) {
    return event.outcome == Outcome::failure;
}
[[nodiscard]] inline bool has_succeeded(const Event& event) {
    return event.outcome == Outcome::success;
}

/// How two lines are seen to belong together, the surest first.
enum class Tie : std::uint8_t { session, both, address, account };
inline constexpr std::array ties{Tie::session, Tie::both, Tie::address, Tie::account};
inline constexpr std::size_t tie_count = ties.size();
/// By tie.
using TieHashes = std::array<std::uint64_t, tie_count>;

/// What lines that are tied this way have in common; 0: the event cannot be tied this way.
[[nodiscard]] std::uint64_t tie_hash(const Event& event, Tie tie);
/// Of all ways, for less than each by itself.
[[nodiscard]] TieHashes tie_hashes(const Event& event);

/// One may have the realm and the other not; long names are cut, here earlier and there later.
[[nodiscard]] bool is_same_account(std::string_view a, std::string_view b);
[[nodiscard]] bool is_same_known_account(const Event& a, const Event& b);
[[nodiscard]] bool is_local(Address address);
/// A webmail or proxy: what it does arrives at the server as another log-in.
[[nodiscard]] bool comes_through_us(Layer layer);
[[nodiscard]] bool do_services_fit(Service a, Service b);
[[nodiscard]] Duration distance(const Event& a, const Event& b);
/// Do service, address, account and session allow that both are of one attempt? Layers and times aside.
[[nodiscard]] bool is_tied(const Event& a, const Event& b, Tie tie);
/// Do the outcomes allow that `inner` is a part of `outer`'s attempt?
[[nodiscard]] bool can_hold(const Event& outer, const Event& inner, bool same_session);
/// Two password databases' words on one try of one session.
[[nodiscard]] bool is_same_try(const Event& a, const Event& b);
/// Does `outer` say less about why than `inner`?
[[nodiscard]] bool knows_less(Reason outer, Reason inner);

}  // namespace tidegate::observe

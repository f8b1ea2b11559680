#pragma once
// Who is where: the sessions of all accounts; for this folder alone.

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "edge/servers/choice.h"

namespace tidegate::edge {

/// One session's.
struct LeaseSlot {
    enum class Stage : std::uint8_t {
        unused,
        waiting,   // its time, `when`, has not come
        dialling,  // not decided yet
        settled,   // the server has answered
    };
    std::uint64_t account = 0;  // 0: not known
    Time when{};                // of waiting; of settled: when it was asked to move
    std::uint32_t generation = 0;
    ServerNumber server = 0;
    std::uint32_t newer = 0, older = 0;  // of the same account; none: no_slot. Of unused: the next unused
    Stage stage = Stage::unused;
    bool leaving = false;  // asked to move
};
inline constexpr std::uint32_t no_slot = ~std::uint32_t{0};

/// Slots are used again, ids are not.  Thread: one at a time.  Cost: constant, but for the account whose home
/// lost its last session while it has others elsewhere: these are looked through.
/// Fails: an id that is not out aborts.
class Leases {
public:
    [[nodiscard]] LeaseId add(std::uint64_t account, ServerNumber server, LeaseSlot::Stage stage, Time when);
    void remove(LeaseId id);
    [[nodiscard]] LeaseSlot& at(LeaseId id);
    [[nodiscard]] const LeaseSlot& at(LeaseId id) const;

    /// The server of the account's newest sessions that are open where its last one was placed.
    [[nodiscard]] std::optional<ServerNumber> home_of(std::uint64_t account) const;
    /// The slots of one account, newest first.
    [[nodiscard]] std::uint32_t newest_of(std::uint64_t account) const;

    [[nodiscard]] std::size_t slots() const { return slots_.size(); }
    [[nodiscard]] LeaseSlot& slot(std::size_t index) { return slots_[index]; }
    [[nodiscard]] const LeaseSlot& slot(std::size_t index) const { return slots_[index]; }
    [[nodiscard]] LeaseId id_of(std::uint32_t index) const;

private:
    struct Account {
        std::uint32_t newest = no_slot;
        ServerNumber home = 0;
        std::uint32_t at_home = 0;
    };
    [[nodiscard]] std::uint32_t index_of(LeaseId id) const;
    [[nodiscard]] std::uint32_t take_slot();
    void link(std::uint32_t index);
    void unlink(std::uint32_t index);
    void find_home(Account& account) const;

    std::vector<LeaseSlot> slots_;
    std::uint32_t unused_ = no_slot;
    boost::unordered_flat_map<std::uint64_t, Account> accounts_;
};

}  // namespace tidegate::edge

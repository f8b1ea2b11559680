#include "edge/servers/leases.h"

#include "base/check.h"

namespace tidegate::edge {

LeaseId Leases::id_of(std::uint32_t index) const {
    return LeaseId{slots_[index].generation} << 32 | index;
}

std::uint32_t Leases::index_of(LeaseId id) const {
    const auto index = static_cast<std::uint32_t>(id);
    CHECK(index < slots_.size());
    CHECK(slots_[index].stage != LeaseSlot::Stage::unused && slots_[index].generation == id >> 32);
    return index;
}

LeaseSlot& Leases::at(LeaseId id) {
    return slots_[index_of(id)];
}

const LeaseSlot& Leases::at(LeaseId id) const {
    return slots_[index_of(id)];
}

std::uint32_t Leases::take_slot() {
    if (unused_ == no_slot) {
        CHECK(slots_.size() < no_slot);
        slots_.emplace_back();
        return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t index = unused_;
    unused_ = slots_[index].older;
    return index;
}

LeaseId Leases::add(std::uint64_t account, ServerNumber server, LeaseSlot::Stage stage, Time when) {
    const std::uint32_t index = take_slot();
    LeaseSlot& slot = slots_[index];
    slot = {.account = account,
            .when = when,
            .generation = slot.generation + 1,
            .server = server,
            .newer = no_slot,
            .older = no_slot,
            .stage = stage};
    if (account != 0) link(index);
    return id_of(index);
}

void Leases::link(std::uint32_t index) {
    LeaseSlot& slot = slots_[index];
    Account& account = accounts_[slot.account];
    slot.older = account.newest;
    if (account.newest != no_slot) slots_[account.newest].newer = index;
    account.newest = index;
    account.at_home = account.at_home != 0 && account.home == slot.server ? account.at_home + 1 : 1;
    account.home = slot.server;
}

void Leases::unlink(std::uint32_t index) {
    const LeaseSlot& slot = slots_[index];
    const auto found = accounts_.find(slot.account);
    CHECK(found != accounts_.end());
    Account& account = found->second;
    if (slot.older != no_slot) slots_[slot.older].newer = slot.newer;
    (slot.newer != no_slot ? slots_[slot.newer].older : account.newest) = slot.older;
    if (account.newest == no_slot) {
        accounts_.erase(found);
    } else if (slot.server == account.home && --account.at_home == 0) {
        find_home(account);
    }
}

void Leases::find_home(Account& account) const {
    account.home = slots_[account.newest].server;
    for (std::uint32_t index = account.newest; index != no_slot; index = slots_[index].older) {
        if (slots_[index].server == account.home) ++account.at_home;
    }
}

void Leases::remove(LeaseId id) {
    const std::uint32_t index = index_of(id);
    if (slots_[index].account != 0) unlink(index);
    LeaseSlot& slot = slots_[index];
    slot.stage = LeaseSlot::Stage::unused;
    slot.older = unused_;
    unused_ = index;
}

std::optional<ServerNumber> Leases::home_of(std::uint64_t account) const {
    const auto found = accounts_.find(account);
    return found == accounts_.end() ? std::nullopt : std::optional(found->second.home);
}

std::uint32_t Leases::newest_of(std::uint64_t account) const {
    const auto found = accounts_.find(account);
    return found == accounts_.end() ? no_slot : found->second.newest;
}

}  // namespace tidegate::edge

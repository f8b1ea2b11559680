// Who should move.

#include <algorithm>

#include "edge/servers/choice_state.h"

namespace tidegate::edge {
namespace {

using Stage = LeaseSlot::Stage;

constexpr std::size_t most_looked_at = 4096;
// Sessions of one account. Who has more stays: moving them would cost more than it mends.
constexpr std::uint32_t most_moved_together = 32;
// While log-ins stand in line for longer than this nobody is sent into it.
constexpr Duration most_line = std::chrono::seconds(1);

}  // namespace

double ServerChoice::State::moves_a_second() const {
    double sessions = 0;
    for (const Node& node : nodes) sessions += node.sessions;
    return std::max(rules.moves_a_second, rules.moves_part_a_second * sessions);
}

bool ServerChoice::State::has_reason_to_move() const {
    const Others all = totals();
    return std::ranges::any_of(nodes, [&](const Node& node) {
        if (node.leaving > 0) return true;
        if (node.state == ServerState::quarantined) return node.sessions > 0;
        return node.state == ServerState::up && node.sessions > bound(node, all);
    });
}

bool ServerChoice::State::is_anywhere_to_go() const {
    return std::ranges::any_of(nodes, [this](const Node& node) {
        return node.takes_new() && node.has_room() && node.pace.next(now) - now <= most_line;
    });
}

// The fullest give first, or they would stay the fullest for as long as it takes.
bool ServerChoice::State::is_less_full(const Node& node) const {
    constexpr double as_full = 0.98;
    const auto load = [](const Node& one) {
        return static_cast<double>(one.sessions - one.leaving) / std::max(one.weight, 1e-9);
    };
    return std::ranges::any_of(nodes, [&](const Node& other) {
        return other.state == ServerState::up && load(node) < as_full * load(other);
    });
}

// A server in slow start gives nobody away: what it has is what its weight will soon be worth.
bool ServerChoice::State::belongs_elsewhere(const LeaseSlot& slot) {
    Node& node = node_of(slot);
    if (node.state != ServerState::up || slot.account == 0) return false;
    std::uint32_t own = 0;
    for (auto index = leases.newest_of(slot.account); index != no_slot; index = leases.slot(index).older) {
        const LeaseSlot& one = leases.slot(index);
        // Half of an account is not moved: the rest would call it back.
        if (one.server != slot.server || one.stage != Stage::settled || one.leaving) return false;
        if (++own > most_moved_together) return false;
    }
    const double excess = static_cast<double>(node.sessions - node.leaving) - bound(node, totals());
    const bool all_were_looked_at = looked_in_vain >= leases.slots();
    if (excess < own || (!all_were_looked_at && is_less_full(node))) return false;
    node.sessions -= own;
    const Node* to = best(slot.account, nullptr, true);
    node.sessions += own;
    if (to == nullptr || to == &node || to->pace.next(now) - now > most_line) return false;
    // Those whom the hash wants there go first: they will come back there again. Others follow where these
    // are not enough.
    return all_were_looked_at ||
           score(slot.account, *to, to->weight) > score(slot.account, node, node.weight);
}

bool ServerChoice::State::is_to_move(const LeaseSlot& slot) {
    if (slot.stage != Stage::settled || slot.leaving) return false;
    return node_of(slot).state == ServerState::quarantined ? is_anywhere_to_go() : belongs_elsewhere(slot);
}

void ServerChoice::State::forget_old_request(LeaseSlot& slot) {
    if (!slot.leaving || now - slot.when < rules.move_again) return;
    slot.leaving = false;
    --node_of(slot).leaving;
}

void ServerChoice::State::ask_to_move(std::uint32_t index, std::vector<LeaseId>& out) {
    LeaseSlot& slot = leases.slot(index);
    slot.leaving = true;
    slot.when = now;
    ++node_of(slot).leaving;
    moves -= 1;
    out.push_back(leases.id_of(index));
}

void ServerChoice::State::look_at(std::uint32_t index, std::vector<LeaseId>& out) {
    LeaseSlot& slot = leases.slot(index);
    forget_old_request(slot);
    ++looked_in_vain;
    if (!is_to_move(slot)) return;
    if (node_of(slot).state == ServerState::quarantined) return ask_to_move(index, out);
    for (auto one = leases.newest_of(slot.account); one != no_slot; one = leases.slot(one).older)
        ask_to_move(one, out);
}

std::vector<LeaseId> ServerChoice::to_move(Time now) {
    State& state = *state_;
    state.advance(now);
    const double a_second = state.moves_a_second();
    const double passed = std::chrono::duration<double>(state.now - state.moves_at).count();
    state.moves = std::min(std::max(a_second, 1.0), state.moves + passed * a_second);
    state.moves_at = state.now;
    std::vector<LeaseId> out;
    const std::size_t slots = state.leases.slots();
    if (!state.has_reason_to_move()) {
        state.looked_in_vain = 0;
        return out;
    }
    for (std::size_t looked = 0; looked < std::min(slots, most_looked_at) && state.moves >= 1; ++looked) {
        state.cursor = (state.cursor + 1) % slots;
        state.look_at(static_cast<std::uint32_t>(state.cursor), out);
    }
    if (!out.empty()) state.looked_in_vain = 0;
    return out;
}

}  // namespace tidegate::edge

#pragma once
// What ServerChoice is made of; for this folder alone.

#include <deque>
#include <vector>

#include "edge/servers/choice.h"
#include "edge/servers/leases.h"
#include "edge/servers/node.h"

namespace tidegate::edge {

struct ServerChoice::State {
    explicit State(const ChoiceRules& given) : rules(given) {}

    // --- time and state (choice_state.cpp)
    /// What time alone brings: quarantines end, slow starts are over, weights grow.
    void advance(Time to);
    void set_weights();
    [[nodiscard]] double part_of_new_ones() const;
    void set_state(Node& node);
    void note(const Node& node, ServerState from);
    /// Facts or orders have changed.
    void refresh() { advance(now); }
    [[nodiscard]] Node* find(std::string_view name);

    // --- choosing (choice.cpp)
    struct Others {
        double weight = 0;
        std::uint64_t sessions = 0;
    };
    /// Of those that take new accounts.
    [[nodiscard]] Others totals() const;
    /// So many sessions it may hold when there is one more in all.
    [[nodiscard]] double bound(const Node& node, const Others& all) const;
    [[nodiscard]] double score(std::uint64_t account, const Node& node, double weight) const;
    [[nodiscard]] Node* emptiest();
    [[nodiscard]] Node* by_hash(std::uint64_t account, const Node* not_at);
    [[nodiscard]] Node* best(std::uint64_t account, const Node* not_at, bool within_bounds);
    [[nodiscard]] Node* to_be_tried(std::uint64_t account, const Node* instead_of);
    [[nodiscard]] Node* home(std::uint64_t account);
    [[nodiscard]] Choice place(std::uint64_t account, Node& node, Paced paced);
    [[nodiscard]] Choice nobody() const;
    [[nodiscard]] Choice ask_later(std::uint64_t account) const;
    [[nodiscard]] Choice place_trial(std::uint64_t account, Node& node, Paced paced);
    void end(LeaseId lease);
    [[nodiscard]] Node& node_of(const LeaseSlot& slot) { return nodes[slot.server]; }
    [[nodiscard]] ServerNumber number(const Node& node) const {
        return static_cast<ServerNumber>(&node - nodes.data());
    }
    /// 0 to 1, the same each time.
    [[nodiscard]] double chance(std::uint64_t a, std::uint64_t b) const;

    // --- moving (choice_moves.cpp)
    [[nodiscard]] double moves_a_second() const;
    [[nodiscard]] bool has_reason_to_move() const;
    [[nodiscard]] bool is_anywhere_to_go() const;
    [[nodiscard]] bool is_to_move(const LeaseSlot& slot);
    void look_at(std::uint32_t index, std::vector<LeaseId>& out);
    void forget_old_request(LeaseSlot& slot);
    [[nodiscard]] bool belongs_elsewhere(const LeaseSlot& slot);
    [[nodiscard]] bool is_less_full(const Node& node) const;
    void ask_to_move(std::uint32_t index, std::vector<LeaseId>& out);

    const ChoiceRules rules;
    std::vector<Node> nodes;
    Leases leases;
    Time now{};
    bool is_configured = false;
    std::size_t cursor = 0;          // in the leases' slots
    std::size_t looked_in_vain = 0;  // since the last one who was asked
    double moves = 0;                // that may be asked now
    Time moves_at{};
    std::deque<StateChange> changes;
};

}  // namespace tidegate::edge

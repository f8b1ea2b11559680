#include "edge/servers/choice_state.h"

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"

namespace tidegate::edge {
namespace {

constexpr std::size_t most_changes = 1000;

}  // namespace

Node* ServerChoice::State::find(std::string_view name) {
    const auto found =
        std::ranges::find_if(nodes, [name](const Node& node) { return node.rules.name == name; });
    return found == nodes.end() ? nullptr : &*found;
}

void ServerChoice::State::advance(Time to) {
    now = std::max(now, to);
    for (Node& node : nodes) {
        if (node.wanted == Node::Wanted::quarantined && node.until != Time() && now >= node.until) {
            node.wanted = Node::Wanted::in;
            node.begin_slow_start(now);
        }
        if (!node.is_warm && now - node.warming_since >= rules.slow_start) node.is_warm = true;
        if (!node.is_settled && now - node.added_at >= rules.slow_start + rules.settle)
            node.is_settled = true;
        set_state(node);
    }
    set_weights();
}

void ServerChoice::State::set_state(Node& node) {
    const ServerState from = node.state;
    node.state = node.state_now();
    if (from == node.state) return;
    node.state_since = now;
    note(node, from);
}

void ServerChoice::State::note(const Node& node, ServerState from) {
    if (changes.size() == most_changes) changes.pop_front();
    StateChange change;
    change.at = now;
    change.server = node.rules.name;
    change.from = from;
    change.to = node.state;
    if (node.state == ServerState::down) change.why = node.trouble;
    if (node.state == ServerState::draining || node.state == ServerState::quarantined) {
        change.why = node.reason;
        change.author = node.author;
    }
    changes.push_back(std::move(change));
}

// With S the weight of those that were there, V of the new ones, f the part of it that counts: a share of
// fV / (S + fV) of the users moves, and an old one's load against the mean is (S + V) / (S + fV).
double ServerChoice::State::part_of_new_ones() const {
    double old_weight = 0, new_weight = 0;
    for (const Node& node : nodes) {
        if (node.takes_new()) (node.is_settled ? old_weight : new_weight) += node.rules.weight;
    }
    if (new_weight == 0 || old_weight == 0) return 1;
    const double kept = (1 - rules.kept) * old_weight / (rules.kept * new_weight);
    const double even = ((old_weight + new_weight) / rules.even - old_weight) / new_weight;
    return std::clamp(std::max(kept, even), 0.0, 1.0);
}

void ServerChoice::State::set_weights() {
    const double part = part_of_new_ones();
    for (Node& node : nodes) {
        node.weight = node.takes_new() ? node.rules.weight * node.warmth(rules, now) : 0;
        if (node.is_settled) continue;
        const auto since = (now - node.added_at - rules.slow_start).count();
        const double grown =
            std::clamp(static_cast<double>(since) / static_cast<double>(rules.settle.count()), 0.0, 1.0);
        node.weight *= part + (1 - part) * grown;
    }
}

void ServerChoice::configure(std::span<const ServerRules> servers, Time now) {
    State& state = *state_;
    state.now = std::max(state.now, now);
    for (Node& node : state.nodes) node.configured = false;
    for (const ServerRules& server : servers) {
        CHECK(server.weight > 0 && !server.name.empty());
        Node* node = state.find(server.name);
        if (node == nullptr) {
            node = &state.nodes.emplace_back(server, state.rules, hash_bytes(server.name, state.rules.seed));
            node->state_since = node->added_at = state.now;
            node->is_settled = !state.is_configured;
            if (state.is_configured) node->begin_slow_start(state.now);
        } else {
            CHECK(!node->configured);  // a name twice
            if (node->state == ServerState::removed) node->begin_slow_start(state.now);
            if (node->rules.log_ins_a_second != server.log_ins_a_second)
                node->pace_a_second = server.log_ins_a_second;
            node->rules = server;
            node->configured = true;
        }
    }
    state.is_configured = true;
    state.refresh();
}

void ServerChoice::checked(std::string_view server, bool up, std::string_view trouble, Time now) {
    state_->advance(now);
    Node* node = state_->find(server);
    if (node == nullptr) return;
    if (node->ill && up && !node->log_ins_in_a_row.is_down()) node->begin_slow_start(state_->now);
    node->ill = !up;
    if (!up) node->trouble = trouble;
    state_->refresh();
}

void ServerChoice::set_pace(std::string_view server, double log_ins_a_second, Time now) {
    state_->advance(now);
    if (Node* node = state_->find(server)) node->pace_a_second = std::max(log_ins_a_second, 0.0);
}

}  // namespace tidegate::edge

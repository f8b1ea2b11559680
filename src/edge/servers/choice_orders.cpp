// What people order, and what they see.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "edge/servers/choice_state.h"

namespace tidegate::edge {
namespace {

Error no_server(std::string_view name) {
    return {{}, 0, fmt::format("there is no server '{}'", name), {}};
}

/// What the guard says, or, forced, that it said so in vain.
Result<std::string> permission(Result<std::string> said, const ByWhom& by) {
    if (said || !by.forced) return said;
    return fmt::format("forced: {}", said.error().what);
}

}  // namespace

Result<std::string> ServerChoice::what_if(std::string_view server, Leave how, Time now) {
    return may_leave(standing(now), server, how, state_->rules.guard);
}

Result<std::string> ServerChoice::drain(std::string_view server, const ByWhom& by, Time now) {
    auto said = permission(what_if(server, Leave::drain, now), by);
    Node* node = state_->find(server);
    if (node == nullptr) return std::unexpected(no_server(server));
    if (!said) return said;
    node->wanted = Node::Wanted::draining;
    node->reason = by.reason;
    node->author = by.author;
    node->until = {};
    state_->refresh();
    return said;
}

Result<std::string> ServerChoice::quarantine(std::string_view server, const ByWhom& by, Time until,
                                             Time now) {
    auto said = permission(what_if(server, Leave::quarantine, now), by);
    Node* node = state_->find(server);
    if (node == nullptr) return std::unexpected(no_server(server));
    if (!said) return said;
    node->wanted = Node::Wanted::quarantined;
    node->reason = by.reason;
    node->author = by.author;
    node->until = until;
    state_->refresh();
    return said;
}

Result<std::string> ServerChoice::bring_back(std::string_view server, const ByWhom&, Time now) {
    state_->advance(now);
    Node* node = state_->find(server);
    if (node == nullptr) return std::unexpected(no_server(server));
    if (node->wanted == Node::Wanted::in) return fmt::format("{} is {}", server, name(node->state));
    node->wanted = Node::Wanted::in;
    node->until = {};
    node->begin_slow_start(state_->now);
    state_->refresh();
    return fmt::format("{} is {} now", server, name(node->state));
}

namespace {

// Of a health check nobody knows when it will pass.
ServerCondition trouble_of(const Node& node) {
    return {.state = ServerState::down,
            .why = node.trouble,
            .author = {},
            .until = node.ill ? Time() : node.log_ins_in_a_row.retry_at()};
}

ServerCondition order_of(const Node& node) {
    const bool is_drained = node.wanted == Node::Wanted::draining;
    return {.state = is_drained ? ServerState::draining : ServerState::quarantined,
            .why = node.reason,
            .author = node.author,
            .until = node.until};
}

void set_condition(const Node& node, ServerStanding& out) {
    const bool is_there = node.state != ServerState::removed;
    const bool is_down = is_there && (node.ill || node.log_ins_in_a_row.is_down());
    const bool is_ordered = node.wanted != Node::Wanted::in;
    if (!is_down && !is_ordered) return;
    const bool trouble_first = node.state == ServerState::down || !is_ordered;
    ServerCondition first = trouble_first ? trouble_of(node) : order_of(node);
    out.why = std::move(first.why);
    out.author = std::move(first.author);
    out.until = first.until;
    if (is_down && is_ordered) out.also = trouble_first ? order_of(node) : trouble_of(node);
}

ServerStanding standing_of(const Node& node, const ChoiceRules& rules, Time now) {
    ServerStanding out;
    out.name = node.rules.name;
    out.state = node.state;
    out.since = node.state_since;
    set_condition(node, out);
    out.sessions = node.sessions;
    out.waiting = node.waiting;
    out.leaving = node.leaving;
    out.most_sessions = node.rules.most_sessions;
    out.weight = node.rules.weight;
    out.weight_now = node.weight;
    out.log_ins_a_second = node.log_ins.a_second(now);
    out.may_log_in_a_second = node.pace_a_second * node.warmth(rules, now);
    return out;
}

}  // namespace

std::vector<ServerStanding> ServerChoice::standing(Time now) {
    State& state = *state_;
    state.advance(now);
    const double weight = state.totals().weight;
    double sessions = 0;
    for (const Node& node : state.nodes) sessions += node.sessions;
    std::vector<ServerStanding> out;
    for (const Node& node : state.nodes) {
        if (node.state == ServerState::removed && node.sessions == 0) continue;
        ServerStanding& one = out.emplace_back(standing_of(node, state.rules, state.now));
        if (sessions > 0) one.share = node.sessions / sessions;
        if (weight > 0) one.fair_share = node.weight / weight;
    }
    return out;
}

Spread ServerChoice::spread(Time now) {
    State& state = *state_;
    state.advance(now);
    const State::Others all = state.totals();
    double configured = 0;
    Spread out;
    for (const Node& node : state.nodes) {
        out.sessions += node.sessions;
        if (node.takes_new()) configured += node.rules.weight;
    }
    if (all.sessions == 0) return out;
    const auto sessions = static_cast<double>(all.sessions);
    for (const Node& node : state.nodes) {
        if (!node.takes_new()) continue;
        const double part = node.sessions / sessions;
        out.busiest_to_fair = std::max(out.busiest_to_fair, part / (node.weight / all.weight));
        out.busiest_to_mean = std::max(out.busiest_to_mean, part / (node.rules.weight / configured));
    }
    return out;
}

std::vector<StateChange> ServerChoice::take_changes(Time now) {
    state_->advance(now);
    std::vector<StateChange> out(std::make_move_iterator(state_->changes.begin()),
                                 std::make_move_iterator(state_->changes.end()));
    state_->changes.clear();
    return out;
}

std::string_view ServerChoice::name_of(ServerNumber server) const {
    return state_->nodes.at(server).rules.name;
}

std::optional<ServerNumber> ServerChoice::number_of(std::string_view name) const {
    const Node* node = state_->find(name);
    return node == nullptr ? std::nullopt : std::optional(state_->number(*node));
}

std::optional<ServerNumber> ServerChoice::home_of(std::uint64_t account) const {
    return state_->leases.home_of(account);
}

ServerNumber ServerChoice::server_of(LeaseId lease) const {
    return state_->leases.at(lease).server;
}

}  // namespace tidegate::edge

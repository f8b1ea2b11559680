#include "edge/servers/choice.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/hash.h"
#include "edge/servers/choice_state.h"

namespace tidegate::edge {
namespace {

using Stage = LeaseSlot::Stage;

// Where nobody takes anybody and nothing says when that will change.
constexpr Duration nothing_known = std::chrono::seconds(1);

// Above 0 and below 1.
double unit(std::uint64_t hash) {
    return (static_cast<double>(hash >> 11) + 0.5) * 0x1p-53;
}

}  // namespace

double ServerChoice::State::chance(std::uint64_t a, std::uint64_t b) const {
    return unit(mix(mix(a ^ rules.seed) + b));
}

ServerChoice::State::Others ServerChoice::State::totals() const {
    Others all;
    for (const Node& node : nodes) {
        if (!node.takes_new()) continue;
        all.weight += node.weight;
        all.sessions += node.sessions;
    }
    return all;
}

double ServerChoice::State::bound(const Node& node, const Others& all) const {
    const double fair = node.weight / all.weight * (static_cast<double>(all.sessions) + 1);
    return std::ceil((1 + rules.slack) * fair) + rules.loose_sessions;
}

// The weighted form of rendezvous hashing: of exponential variates with these rates the first comes from each
// server in proportion to its weight.
double ServerChoice::State::score(std::uint64_t account, const Node& node, double weight) const {
    return -weight / std::log(unit(mix(account ^ node.hash)));
}

Node* ServerChoice::State::emptiest() {
    Node* found = nullptr;
    const auto load = [](const Node& node) { return (node.sessions + 1) / node.weight; };
    for (Node& node : nodes) {
        if (node.takes_new() && node.has_room() && (found == nullptr || load(node) < load(*found)))
            found = &node;
    }
    return found;
}

Node* ServerChoice::State::best(std::uint64_t account, const Node* not_at, bool within_bounds) {
    const Others all = totals();
    Node* found = nullptr;
    double highest = 0;
    for (Node& node : nodes) {
        if (!node.takes_new() || !node.has_room() || &node == not_at) continue;
        if (within_bounds && node.sessions + 1 > bound(node, all)) continue;
        if (const double its = score(account, node, node.weight); its > highest) {
            highest = its;
            found = &node;
        }
    }
    return found;
}

// Bounds add up to more than there are sessions, so that somebody is always within his; but not where servers
// are full, or one is avoided.
Node* ServerChoice::State::by_hash(std::uint64_t account, const Node* not_at) {
    if (Node* found = best(account, not_at, true)) return found;
    if (Node* found = best(account, not_at, false)) return found;
    return not_at == nullptr ? nullptr : best(account, nullptr, false);
}

// A server that is down takes one log-in to see whether it still is: of somebody who would be its own.
Node* ServerChoice::State::to_be_tried(std::uint64_t account, const Node* instead_of) {
    for (Node& node : nodes) {
        if (!node.may_try(now)) continue;
        if (instead_of == nullptr ||
            score(account, node, node.rules.weight) > score(account, *instead_of, instead_of->rules.weight))
            return &node;
    }
    return nullptr;
}

Node* ServerChoice::State::home(std::uint64_t account) {
    const auto server = leases.home_of(account);
    if (!server) return nullptr;
    if (nodes[*server].stays_home()) return &nodes[*server];
    for (auto index = leases.newest_of(account); index != no_slot; index = leases.slot(index).older) {
        if (Node& node = node_of(leases.slot(index)); node.stays_home()) return &node;
    }
    return nullptr;
}

Choice ServerChoice::State::nobody() const {
    Time when = now + std::chrono::hours(1);
    bool is_known = false;
    for (const Node& node : nodes) {
        if (!node.configured) continue;
        if (node.wanted == Node::Wanted::quarantined && node.until == Time()) continue;
        const Time then = node.wanted == Node::Wanted::quarantined       ? node.until
                          : node.log_ins_in_a_row.is_down() && !node.ill ? node.log_ins_in_a_row.retry_at()
                                                                         : now + nothing_known;
        when = std::min(when, std::max(then, now + nothing_known));
        is_known = true;
    }
    Choice choice;
    choice.when = is_known ? when : now + nothing_known;
    return choice;
}

// Spread, so that they don't all come back together; early enough that the line never runs dry.
Choice ServerChoice::State::ask_later(std::uint64_t account) const {
    const double part =
        0.5 + 0.5 * chance(account, static_cast<std::uint64_t>(now.time_since_epoch().count()));
    const auto wait = std::max(rules.most_wait, nothing_known);
    Choice choice;
    choice.step = Choice::Step::later;
    choice.when = now + Duration(static_cast<std::int64_t>(part * static_cast<double>(wait.count())));
    return choice;
}

Choice ServerChoice::State::place(std::uint64_t account, Node& node, Paced paced) {
    const double a_second = paced == Paced::yes ? node.pace_a_second * node.warmth(rules, now) : 0;
    if (!node.has_room()) return ask_later(account);
    if (a_second > 0 && node.pace.next(now) - now > rules.most_wait) return ask_later(account);
    const Time when = node.pace.take(now, a_second, rules.burst);
    const bool waits = when > now;
    ++node.sessions;
    if (waits)
        ++node.waiting;
    else
        node.log_ins.add(now);
    const LeaseId lease = leases.add(account, number(node), waits ? Stage::waiting : Stage::dialling, when);
    return {.step = Choice::Step::go_on, .server = number(node), .lease = lease, .when = when};
}

Choice ServerChoice::State::place_trial(std::uint64_t account, Node& node, Paced paced) {
    const Choice choice = place(account, node, paced);
    if (choice.step != Choice::Step::go_on) return choice;
    node.trial = choice.lease;
    node.log_ins_in_a_row.try_one();
    return choice;
}

ServerChoice::ServerChoice(const ChoiceRules& rules) : state_(std::make_unique<State>(rules)) {
    CHECK(rules.slack > 0 && rules.kept > 0 && rules.kept <= 1 && rules.even >= 1);
    CHECK(rules.slow_start_from > 0 && rules.slow_start_from <= 1 && rules.settle > Duration(0));
}
ServerChoice::~ServerChoice() = default;

Choice ServerChoice::choose(std::uint64_t account, Time now, std::optional<ServerNumber> not_at,
                            Paced paced) {
    State& state = *state_;
    state.advance(now);
    if (Node* home = state.home(account)) return state.place(account, *home, paced);
    CHECK(!not_at || *not_at < state.nodes.size());
    const Node* avoided = not_at ? &state.nodes[*not_at] : nullptr;
    Node* found = account == 0 ? state.emptiest() : state.by_hash(account, avoided);
    if (Node* tried = state.to_be_tried(account, found)) return state.place_trial(account, *tried, paced);
    if (found != nullptr) return state.place(account, *found, paced);
    const bool is_full = std::ranges::any_of(state.nodes, &Node::takes_new);
    return is_full ? state.ask_later(account) : state.nobody();
}

Choice ServerChoice::due(LeaseId lease, Time now) {
    State& state = *state_;
    state.advance(now);
    LeaseSlot& slot = state.leases.at(lease);
    Node& node = state.node_of(slot);
    if (!node.stays_home() && node.trial != lease) {
        const std::uint64_t account = slot.account;
        ended(lease, now);
        return choose(account, now);
    }
    if (slot.stage == Stage::waiting && state.now >= slot.when) {
        slot.stage = Stage::dialling;
        --node.waiting;
        node.log_ins.add(state.now);
    }
    const Time when = slot.stage == Stage::waiting ? slot.when : state.now;
    return {.step = Choice::Step::go_on, .server = slot.server, .lease = lease, .when = when};
}

void ServerChoice::State::end(LeaseId lease) {
    const LeaseSlot& slot = leases.at(lease);
    Node& node = node_of(slot);
    --node.sessions;
    if (slot.stage == Stage::waiting) --node.waiting;
    if (slot.leaving) --node.leaving;
    if (node.trial == lease) {
        node.trial = 0;
        node.log_ins_in_a_row.gave_up_trial();
    }
    leases.remove(lease);
}

void ServerChoice::ended(LeaseId lease, Time now) {
    state_->advance(now);
    state_->end(lease);
}

void ServerChoice::answered(LeaseId lease, Time now) {
    State& state = *state_;
    state.advance(now);
    LeaseSlot& slot = state.leases.at(lease);
    CHECK(slot.stage == Stage::dialling);
    slot.stage = Stage::settled;
    Node& node = state.node_of(slot);
    const bool was_trial = node.trial == lease;
    node.log_ins_in_a_row.decided(was_trial);
    if (!was_trial) return;
    node.trial = 0;
    node.begin_slow_start(state.now);
    state.refresh();
}

void ServerChoice::failed(LeaseId lease, std::string_view trouble, Time now) {
    State& state = *state_;
    state.advance(now);
    const LeaseSlot& slot = state.leases.at(lease);
    Node& node = state.node_of(slot);
    const double chance =
        state.chance(node.hash, static_cast<std::uint64_t>(state.now.time_since_epoch().count()));
    node.log_ins_in_a_row.failed(slot.account, node.trial == lease, chance, state.now);
    if (!node.ill) node.trouble = trouble;
    state.end(lease);
    state.refresh();
}

}  // namespace tidegate::edge

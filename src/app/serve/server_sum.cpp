#include "app/serve/server_sum.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace tidegate::app {
namespace {

// Each group has its own word on it; the gravest is its state, and the next one is told beside.
void merge_states(edge::ServerStanding& to, const edge::ServerStanding& from) {
    std::vector<edge::ServerCondition> all;
    for (const edge::ServerStanding& each : std::array{std::as_const(to), from}) {
        all.push_back({each.state, each.why, each.author, each.until});
        if (each.also) all.push_back(*each.also);
    }
    to.since = from.state > to.state ? from.since : to.since;
    const auto gravest = *std::ranges::max_element(all, {}, &edge::ServerCondition::state);
    to.state = gravest.state;
    to.why = gravest.why;
    to.author = gravest.author;
    to.until = gravest.until;
    std::erase_if(all, [&](const edge::ServerCondition& each) {
        return each.state == gravest.state || each.state < edge::ServerState::draining;
    });
    const auto next = std::ranges::max_element(all, {}, &edge::ServerCondition::state);
    to.also = next == all.end() ? std::nullopt : std::optional(*next);
}

void merge(edge::ServerStanding& to, const edge::ServerStanding& from) {
    merge_states(to, from);
    to.sessions += from.sessions;
    to.waiting += from.waiting;
    to.leaving += from.leaving;
    to.weight_now = std::min(to.weight_now, from.weight_now);
    to.log_ins_a_second += from.log_ins_a_second;
    const bool limited = to.may_log_in_a_second > 0 && from.may_log_in_a_second > 0;
    to.may_log_in_a_second = limited ? to.may_log_in_a_second + from.may_log_in_a_second : 0;
}

bool is_meant(const edge::ServerStanding& standing, ServerOrder::Kind kind) {
    return standing.state ==
           (kind == ServerOrder::Kind::drain ? edge::ServerState::draining : edge::ServerState::quarantined);
}

}  // namespace

void ServerSum::add(std::span<const edge::ServerStanding> group) {
    double sessions = 0;
    for (const edge::ServerStanding& each : group) sessions += each.sessions;
    for (const edge::ServerStanding& each : group) {
        const auto [row, is_new] = rows_.try_emplace(each.name, Row{.standing = each});
        if (!is_new) merge(row->second.standing, each);
        row->second.sessions += sessions;
        row->second.fair += each.fair_share * sessions;
    }
}

void ServerSum::ordered(const ServerOrder& order) {
    const auto row = rows_.find(order.server);
    if (row == rows_.end() || !is_meant(row->second.standing, order.kind)) return;
    row->second.standing.since = std::min(row->second.standing.since, order.since);
}

std::vector<edge::ServerStanding> ServerSum::take() {
    std::vector<edge::ServerStanding> out;
    for (auto& [name, row] : rows_) {
        edge::ServerStanding& one = out.emplace_back(std::move(row.standing));
        if (row.sessions <= 0) continue;
        one.share = one.sessions / row.sessions;
        one.fair_share = row.fair / row.sessions;
    }
    rows_.clear();
    return out;
}

}  // namespace tidegate::app

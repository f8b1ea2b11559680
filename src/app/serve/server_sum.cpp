#include "app/serve/server_sum.h"

#include <algorithm>
#include <utility>

namespace tidegate::app {
namespace {

void merge(edge::ServerStanding& to, const edge::ServerStanding& from) {
    if (from.state > to.state) {
        to.state = from.state;
        to.since = from.since;
        to.why = from.why;
        to.author = from.author;
        to.until = from.until;
    }
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

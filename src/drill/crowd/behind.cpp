#include "drill/crowd/behind.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tidegate::drill {

Behind::Behind(const Servers& rules, std::string kind, std::uint32_t first, const Calls& calls,
               Agenda& agenda, Dice dice)
    : rules_(rules), kind_(std::move(kind)), first_(first), calls_(calls), agenda_(agenda), dice_(dice) {
    for (std::uint32_t i = 0; i < rules.count; ++i) add();
}

std::uint32_t Behind::add() {
    const auto number = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({Server(rules_, Dice(dice_.bits())), fmt::format("{}{}", kind_, number + 1)});
    return number;
}

void Behind::note(std::uint32_t server) {
    const Server& node = nodes_[server].server;
    agenda_.add(node.next(), Agenda::Kind::done, first_ + server, node.mark());
}

bool Behind::enter(Moment now, std::uint32_t server, CallId call) {
    if (nodes_[server].server.is_dead()) return false;
    if (free_jobs_.empty()) {
        free_jobs_.push_back(static_cast<std::uint32_t>(jobs_.size()));
        jobs_.emplace_back();
    }
    const std::uint32_t job = free_jobs_.back();
    free_jobs_.pop_back();
    jobs_[job] = {call, calls_.mark(call), calls_.caller(call).deserves};
    nodes_[server].server.enter(now, job);
    note(server);
    return true;
}

void Behind::take(Moment now, std::uint32_t server, std::vector<Done>& out) {
    ready_.clear();
    nodes_[server].server.take(now, ready_);
    give_back(true, out);
    note(server);
}

void Behind::give_back(bool served, std::vector<Done>& out) {
    for (const std::uint32_t each : ready_) {
        const Job& job = jobs_[each];
        out.push_back({job.call, job.mark, served, job.deserves});
        free_jobs_.push_back(each);
    }
}

void Behind::hold(std::uint32_t server) {
    Node& node = nodes_[server];
    node.most_sessions = std::max(node.most_sessions, ++node.sessions);
}

void Behind::release(std::uint32_t server) {
    CHECK(nodes_[server].sessions > 0);
    --nodes_[server].sessions;
}

void Behind::die(Moment now, std::uint32_t server, std::vector<Done>& out) {
    ready_.clear();
    nodes_[server].server.die(now, ready_);
    give_back(false, out);
}

void Behind::restore(Moment now, std::uint32_t server) {
    nodes_[server].server.restore(now);
}

double Behind::worst_load() const {
    double worst = 0;
    for (const Node& node : nodes_)
        worst = std::max({worst, static_cast<double>(node.server.most_under_way()) / rules_.at_once,
                          static_cast<double>(node.most_sessions) / rules_.sessions});
    return worst;
}

}  // namespace tidegate::drill

#include "drill/crowd/nodes.h"

#include <algorithm>
#include <utility>

namespace tidegate::drill {
namespace {

constexpr Moment ramp = 5 * a_minute;      // that a node has to take its part
constexpr Moment settled = 10 * a_minute;  // after which everybody is where he belongs

}  // namespace

Nodes::Nodes(SimulatedShore& shore, Sessions& sessions) : shore_(shore), sessions_(sessions) {
    nodes(Port::imap).resize(shore.log_ins.size());
    nodes(Port::smtp).resize(shore.mail.size());
    note_capacity(shore.first);
}

void Nodes::start() {
    for (std::uint32_t i = 0; i < shore_.scenario.changes.size(); ++i)
        shore_.agenda.add(shore_.begin + moment(shore_.scenario.changes[i].minutes * 60),
                          Agenda::Kind::change, i);
}

void Nodes::note_capacity(Moment at) {
    const auto up = std::ranges::count(nodes(Port::imap), State::up, &Node::state);
    shore_.capacity_is(at, static_cast<double>(up) * shore_.scenario.servers.logins_per_second);
}

void Nodes::change(Moment at, std::uint32_t index) {
    const Change& change = shore_.scenario.changes[index];
    const Port port = change.mail ? Port::smtp : Port::imap;
    if (change.what == ChangeKind::move) return shore_.edge.move(Recipients::domain(change.domain - 1));
    if (!change.mail) compare();
    if (change.what == ChangeKind::add && change.servers == 1 && !change.mail)
        addition_ = {at + settled, sessions_.where(shore_.edge)};
    for (std::uint32_t i = 0; i < change.servers; ++i) {
        switch (change.what) {
            case ChangeKind::die:
                go(at, port, State::up, State::dead);
                break;
            case ChangeKind::restore:
                go(at, port, State::dead, State::up);
                break;
            case ChangeKind::quarantine:
                go(at, port, State::up, State::quarantined);
                break;
            case ChangeKind::lift:
                go(at, port, State::quarantined, State::up);
                break;
            case ChangeKind::add:
                add(at, port);
                break;
            case ChangeKind::move:
                break;
        }
    }
    note_capacity(at);
}

std::uint32_t Nodes::oldest(Port port, State state) {
    const auto& all = nodes(port);
    std::size_t best = all.size();
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].state == state && (best == all.size() || all[i].since < all[best].since)) best = i;
    CHECK(best < all.size());  // the reader of the scenario counted them
    return static_cast<std::uint32_t>(best);
}

void Nodes::go(Moment at, Port port, State from, State to) {
    const std::uint32_t server = oldest(port, from);
    nodes(port)[server] = {to, at};
    if (to == State::up) {
        behind(port).restore(at, server);
        if (from == State::quarantined) shore_.edge.lift(at, port, server);
        return;
    }
    if (to == State::quarantined) shore_.counts.guard_objections += shore_.edge.quarantine(at, port, server);
    std::vector<Behind::Done> lost;
    behind(port).die(at, server, lost);
    shore_.edge.done(at, port, lost);
    shore_.edge.cut(at, port, server);
}

void Nodes::add(Moment at, Port port) {
    behind(port).add();
    nodes(port).push_back({State::up, at});
    shore_.edge.added(at, port);
}

void Nodes::look(Moment at) {
    if (at >= addition_.until) compare();
    if (at % (10 * a_second) != 0 || at < shore_.begin + a_minute) return;
    double sum = 0, most = 0, count = 0;
    for (std::uint32_t i = 0; i < nodes(Port::imap).size(); ++i) {
        const Node& node = nodes(Port::imap)[i];
        if (node.state != State::up || at - node.since < ramp) continue;
        const double here = shore_.log_ins.sessions(i);
        sum += here;
        most = std::max(most, here);
        ++count;
    }
    CrowdCounts& counts = shore_.counts;
    if (sum == 0 || most / (sum / count) <= counts.busiest_over_mean) return;
    counts.busiest_over_mean = most / (sum / count);
    counts.busiest_minutes = static_cast<double>(at - shore_.begin) / a_minute;
}

void Nodes::compare() {
    const Addition addition = std::exchange(addition_, {});
    if (addition.before.empty()) return;
    const std::vector<std::uint32_t> now = sessions_.where(shore_.edge);
    double both = 0, same = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (now[i] == Sessions::nowhere || addition.before[i] == Sessions::nowhere) continue;
        ++both;
        same += now[i] == addition.before[i];
    }
    if (both == 0) return;
    ++shore_.counts.additions;
    shore_.counts.kept = std::min(shore_.counts.kept, same / both);
}

}  // namespace tidegate::drill

#include "edge/admission/waiting_room.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tidegate::edge {
namespace {

constexpr std::size_t least_room = 4;
constexpr double least_of_network = 2;

ByClass<std::size_t> shared_out(const AdmissionRules& rules) {
    const double sum = std::accumulate(rules.share.values.begin(), rules.share.values.end(), 0.0);
    ByClass<std::size_t> most;
    for (const ClientClass each : all_classes)
        most[each] =
            std::max(least_room, static_cast<std::size_t>(double(rules.room) * rules.share[each] / sum));
    return most;
}

std::size_t sum_of(const ByClass<std::size_t>& most) {
    return std::accumulate(most.values.begin(), most.values.end(), std::size_t{0});
}

// Neither family's network key uses these bits.
std::uint64_t flow_key(ClientClass which, std::uint64_t network) {
    return network | std::uint64_t(which) << 48;
}

}  // namespace

bool Lateness::look(Moment now, Span age, Span target, Span interval) {
    if (stands) {
        if (age > Span::zero() && now - sent_away < interval) return false;
        *this = {};
        return true;
    }
    if (age < target) {
        rising = false;
    } else if (!std::exchange(rising, true)) {
        stands_at = now - age + target + interval;
    } else if (now >= stands_at) {
        *this = {.stands = true, .sent_away = now};
        return true;
    }
    return false;
}

WaitingRoom::WaitingRoom(const AdmissionRules& rules, Attempts& attempts)
    : attempts_(attempts),
      network_part_(rules.network_part),
      most_(shared_out(rules)),
      flows_(sum_of(most_), rules.seed) {}

std::size_t WaitingRoom::most_together() const {
    return sum_of(most_);
}

bool WaitingRoom::is_crowded(ClientClass which, std::uint64_t network) const {
    const auto flow = flows_.find(flow_key(which, network));
    if (flow == flows_.none) return false;
    const double free = double(most_[which] - size(which));
    return double(flows_[flow].all.size()) >= std::max(least_of_network, network_part_ * free);
}

void WaitingRoom::push(AttemptIndex index) {
    Attempt& attempt = attempts_[index];
    CHECK(!is_full(attempt.client_class));
    Line& line = lines_[attempt.client_class];
    const auto flow = flows_.insert(flow_key(attempt.client_class, attempt.network));
    CHECK(flow != flows_.none);  // there are no more networks than attempts
    if (flows_[flow].all.empty()) enter_ring(line, flow);
    attempt.flow = flow;
    flows_[flow].all.push_back(attempts_, index);
    line.all.push_back(attempts_, index);
}

void WaitingRoom::erase(AttemptIndex index) {
    const Attempt& attempt = attempts_[index];
    Line& line = lines_[attempt.client_class];
    line.all.erase(attempts_, index);
    flows_[attempt.flow].all.erase(attempts_, index);
    if (!flows_[attempt.flow].all.empty()) return;
    leave_ring(line, attempt.flow);
    flows_.erase(attempt.flow);
}

AttemptIndex WaitingRoom::pop(ClientClass which) {
    Line& line = lines_[which];
    CHECK(line.turn != flows_.none);
    const Flow& flow = flows_[line.turn];
    const AttemptIndex index = line.lateness.stands ? flow.all.last() : flow.all.first();
    line.turn = flow.after;  // erase() mends it where that was the last
    erase(index);
    return index;
}

void WaitingRoom::enter_ring(Line& line, std::uint32_t flow) {
    if (line.turn == flows_.none) {
        flows_[flow].before = flows_[flow].after = line.turn = flow;
        return;
    }
    Flow& next = flows_[line.turn];
    flows_[flow].before = next.before;
    flows_[flow].after = line.turn;
    flows_[next.before].after = flow;
    next.before = flow;
    // Before the one whose turn it is, and so last; or first, where who comes last goes first.
    if (line.lateness.stands) line.turn = flow;
}

void WaitingRoom::leave_ring(Line& line, std::uint32_t flow) {
    const Flow left = flows_[flow];
    if (left.after == flow) {
        line.turn = flows_.none;
        return;
    }
    flows_[left.before].after = left.after;
    flows_[left.after].before = left.before;
    if (line.turn == flow) line.turn = left.after;
}

}  // namespace tidegate::edge

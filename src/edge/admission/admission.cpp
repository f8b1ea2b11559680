#include "edge/admission/admission.h"

#include <algorithm>
#include <array>
#include <deque>

#include "base/check.h"
#include "edge/admission/attempts.h"
#include "edge/admission/server_queue.h"

namespace tidegate::edge {

std::string_view name(ShedReason reason) {
    static constexpr std::array<std::string_view, 6> names{"none", "room",     "network",
                                                           "late", "patience", "closed"};
    return names[static_cast<std::size_t>(reason)];
}

struct Admission::State {
    AdmissionGround ground;
    std::deque<ServerQueue> servers;
    Moment latest = Moment::min();

    Moment at(Moment now) { return latest = std::max(latest, now); }
    ServerQueue& of(AttemptIndex index) { return servers[ground.attempts[index].server]; }
    const ServerQueue& operator[](ServerIndex server) const {
        CHECK(server < servers.size());
        return servers[server];
    }
    ServerQueue& operator[](ServerIndex server) {
        CHECK(server < servers.size());
        return servers[server];
    }
};

Admission::Admission(const AdmissionRules& rules, LimitLog& log)
    : state_(new State{.ground{.rules = rules, .log = log, .attempts{}, .called{}}, .servers{}}) {
    CHECK(rules.target > Span::zero() && rules.interval > Span::zero());
    for (const ClientClass each : all_classes)
        CHECK(rules.share[each] > 0 && rules.most_held[each] > 0 && rules.patience[each] > Span::zero());
}

Admission::~Admission() = default;

ServerIndex Admission::add_server(const LimiterRules& rules) {
    const auto index = static_cast<ServerIndex>(state_->servers.size());
    state_->servers.emplace_back(state_->ground, index, rules);
    return index;
}

void Admission::close(Moment now, ServerIndex server) {
    (*state_)[server].close(state_->at(now));
}

void Admission::reopen(Moment now, ServerIndex server) {
    (*state_)[server].reopen(state_->at(now));
}

Reply Admission::ask(Moment now, const Applicant& applicant) {
    return (*state_)[applicant.server].ask(state_->at(now), applicant);
}

void Admission::leave(Moment now, Ticket ticket, Span took, Served served) {
    const AttemptIndex index = state_->ground.attempts.find(ticket);
    CHECK(index != no_attempt && state_->ground.attempts[index].state == Attempt::State::held);
    state_->of(index).leave(state_->at(now), index, took, served);
}

void Admission::cancel(Moment now, Ticket ticket) {
    const AttemptIndex index = state_->ground.attempts.find(ticket);
    if (index == no_attempt) return;
    ServerQueue& server = state_->of(index);
    if (state_->ground.attempts[index].state == Attempt::State::held)
        server.leave(state_->at(now), index, Span::zero(), Served::abandoned);
    else
        server.withdraw(state_->at(now), index);
}

void Admission::move(Moment now, Ticket ticket, ClientClass to) {
    const AttemptIndex index = state_->ground.attempts.find(ticket);
    if (index != no_attempt) state_->of(index).move(state_->at(now), index, to);
}

void Admission::tick(Moment now) {
    for (ServerQueue& each : state_->servers) each.advance(state_->at(now));
}

void Admission::drain(std::vector<Called>& out) {
    out.clear();
    std::swap(out, state_->ground.called);
    for (const Called& each : out) {
        const AttemptIndex index = Attempts::index_of(each.ticket);
        Attempt& attempt = state_->ground.attempts[index];
        attempt.announced = false;
        if (attempt.state == Attempt::State::over) state_->ground.attempts.give_back(index);
    }
}

const Limiter& Admission::limiter(ServerIndex server) const {
    return (*state_)[server].limiter();
}

std::size_t Admission::queued(ServerIndex server) const {
    std::size_t sum = 0;
    for (const ClientClass each : all_classes) sum += queued(server, each);
    return sum;
}

std::size_t Admission::queued(ServerIndex server, ClientClass which) const {
    return (*state_)[server].room().size(which);
}

unsigned Admission::held(ServerIndex server, ClientClass which) const {
    return (*state_)[server].held(which);
}

bool Admission::stands(ServerIndex server, ClientClass which) const {
    return (*state_)[server].room().lateness(which).stands;
}

double Admission::fullness() const {
    double fullest = 0;
    for (const ServerQueue& server : state_->servers)
        for (const ClientClass each : {ClientClass::familiar, ClientClass::known_sender, ClientClass::fresh})
            fullest = std::max(fullest, double(server.room().size(each)) / double(server.room().most(each)));
    return fullest;
}

}  // namespace tidegate::edge

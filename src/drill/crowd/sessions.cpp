#include "drill/crowd/sessions.h"

#include <algorithm>
#include <cmath>

namespace tidegate::drill {
namespace {

std::uint32_t accounts_of(const Scenario& scenario) {
    std::uint32_t count = 0;
    for (const Clients& each : scenario.clients) count += each.accounts;
    return count;
}

}  // namespace

Sessions::Sessions(Shore& shore, std::uint64_t seed)
    : shore_(shore), dice_(seed), texts_(shore.scenario, draw(seed, 1), accounts_of(shore.scenario)) {
    for (std::uint32_t i = 0; i < shore_.scenario.clients.size(); ++i) make(i);
}

void Sessions::make(std::uint32_t kind) {
    const Clients& rules = shore_.scenario.clients[kind];
    const Weighted networks(zipf(rules.networks, 1));
    for (std::uint32_t i = 0; i < rules.accounts; ++i) {
        const auto account = static_cast<std::uint32_t>(accounts_.size());
        const Place place = shore_.somewhere(networks, dice_.bits());
        accounts_.push_back({.guest = shore_.guest_at(place, Port::imap, 0),
                             .kind = kind,
                             .known = dice_.chance(rules.known)});
        const auto whole = static_cast<std::uint32_t>(rules.sessions);
        const std::uint32_t many = whole + dice_.chance(rules.sessions - whole);
        for (std::uint32_t n = 0; n < many; ++n) sessions_.push_back({.account = account});
    }
}

Words Sessions::words_of(const Session& session) const {
    const std::uint64_t password = password::unique(session.account);
    return {.ehlo = {},
            .account = texts_.account(session.account),
            .guess = password & 0xffff,
            .tag = static_cast<std::uint8_t>(password >> 32)};
}

void Sessions::remember(Judging& judges) {
    constexpr unsigned times = 3;
    constexpr Moment week = 7 * a_day;
    for (unsigned n = 0; n < times; ++n)
        for (const Session& each : sessions_)
            if (accounts_[each.account].known)
                judges.remember(shore_.first - week / times * (times - n) + 1, accounts_[each.account].guest,
                                words_of(each), Deserves::taking);
}

void Sessions::start(Door& door) {
    for (std::uint32_t i = 0; i < sessions_.size(); ++i) {
        Session& its = sessions_[i];
        its.call =
            shore_.calls.begin({.kind = CallerKind::client, .group = accounts_[its.account].kind, .who = i});
        its.calling = true;
        door.settle(shore_.first, its.call, shore_.calls.mark(its.call), accounts_[its.account].guest,
                    words_of(its));
    }
}

void Sessions::come(Moment from, Moment until) {
    const auto all = static_cast<Moment>(sessions_.size());
    for (std::uint32_t i = 0; i < sessions_.size(); ++i)
        shore_.agenda.add(from + (until - from) * i / all, Agenda::Kind::log_in, i);
}

// Coming and going. -----------------------------------------------------------------------------------------

void Sessions::log_in(Moment at, std::uint32_t session) {
    Session& its = sessions_[session];
    if (its.calling) return;
    its.call = shore_.calls.begin(
        {.kind = CallerKind::client, .group = accounts_[its.account].kind, .who = session});
    its.calling = true;
    its.syns = 0;
    shore_.agenda.add(at + moment(rules_of(its).patience_seconds), Agenda::Kind::hang_up, its.call,
                      shore_.calls.mark(its.call));
    redial(at, its.call);
}

void Sessions::redial(Moment at, CallId call) {
    const Session& its = sessions_[shore_.calls.caller(call).who];
    shore_.door.call(at, call, shore_.calls.mark(call), accounts_[its.account].guest);
}

void Sessions::speak(Moment at, CallId call) {
    shore_.door.speak(at, call, words_of(sessions_[shore_.calls.caller(call).who]));
}

// It waited for as long as it would.
void Sessions::hang_up(Moment at, CallId call) {
    const std::uint32_t session = shore_.calls.caller(call).who;
    if (sessions_[session].up) return;
    shore_.door.hang_up(at, call);
    drop(sessions_[session]);
    failed(at, session);
}

void Sessions::session_end(Moment at, std::uint32_t session, std::uint32_t mark) {
    Session& its = sessions_[session];
    if (!its.up || its.mark != mark) return;
    shore_.door.hang_up(at, its.call);
    drop(its);
    shore_.agenda.add(at + moment(dice_.exponential(2)), Agenda::Kind::log_in, session);
}

void Sessions::drop(Session& session) {
    shore_.calls.end(session.call);
    session.calling = session.up = false;
    ++session.mark;
}

void Sessions::failed(Moment at, std::uint32_t session) {
    Session& its = sessions_[session];
    const Clients& rules = rules_of(its);
    const double doubled = rules.back_off_seconds * std::exp2(std::min<int>(its.failures, 20));
    if (its.failures < 255) ++its.failures;
    shore_.agenda.add(at + moment(std::min(doubled, rules.most_back_off_seconds) * dice_.between(0.5, 1.5)),
                      Agenda::Kind::log_in, session);
}

void Sessions::lost(Moment at, std::uint32_t session, bool moved) {
    Session& its = sessions_[session];
    if (moved) {
        ++shore_.counts.moved;
    } else if (!std::exchange(its.awaited, true)) {
        ++shore_.counts.cut;
        cut_at_ = std::min(cut_at_, at);
    }
    shore_.agenda.add(at + moment(dice_.exponential(moved ? 1 : rules_of(its).reconnect_seconds)),
                      Agenda::Kind::log_in, session);
}

void Sessions::is_up(Moment at, std::uint32_t session) {
    Session& its = sessions_[session];
    its.up = true;
    its.failures = 0;
    if (std::exchange(its.awaited, false)) back_.push_back(at);
    shore_.agenda.add(at + moment(dice_.exponential(rules_of(its).session_minutes * 60)),
                      Agenda::Kind::session_end, session, its.mark);
}

void Sessions::hear(const Reply& reply) {
    const std::uint32_t session = shore_.calls.caller(reply.call).who;
    Session& its = sessions_[session];
    const std::uint32_t mark = shore_.calls.mark(reply.call);
    switch (reply.answer) {
        case Answer::greeted:
            return shore_.agenda.add(reply.at + moment(dice_.between(0.05, 0.3)), Agenda::Kind::speak,
                                     reply.call, mark);
        case Answer::taken:
            return is_up(reply.at, session);
        case Answer::nothing:
            if (const auto again = Shore::next_syn(reply.at, its.syns++))
                return shore_.agenda.add(*again, Agenda::Kind::redial, reply.call, mark);
            [[fallthrough]];
        case Answer::closed:
        case Answer::put_off:
        case Answer::refused:
        case Answer::rejected:
            drop(its);
            return failed(reply.at, session);
        case Answer::cut:
        case Answer::moved:
            drop(its);
            return lost(reply.at, session, reply.answer == Answer::moved);
    }
}

// Figures. --------------------------------------------------------------------------------------------------

std::vector<std::uint32_t> Sessions::where(const Door& door) const {
    std::vector<std::uint32_t> found(accounts_.size(), nowhere);
    for (const Session& each : sessions_)
        if (each.up) found[each.account] = door.server_of(each.call);
    return found;
}

void Sessions::finish() {
    CrowdCounts& counts = shore_.counts;
    counts.back = back_.size();
    counts.not_back = counts.cut - counts.back;
    const std::size_t most = (counts.cut * 99 + 99) / 100;
    if (counts.cut == 0 || back_.size() < most) return;
    const Moment then = back_[most - 1];
    counts.back_seconds = static_cast<double>(then - cut_at_) / a_second;
    counts.back_over_ideal = counts.back_seconds / shore_.seconds_to_log_in(cut_at_, most);
}

}  // namespace tidegate::drill

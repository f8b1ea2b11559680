// What becomes of a session once a server has it, and what the edge does by itself.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "drill/crowd/door.h"

namespace tidegate::drill {
namespace {

constexpr std::size_t most_limits = 20'000;  // that the record keeps

}  // namespace

void Door::done(Moment at, Port port, std::span<const Behind::Done> done) {
    for (const Behind::Done& each : done) {
        const Session& its = sessions_[each.call];
        if (its.mark != each.mark || its.state != State::serving) continue;
        CHECK(its.guest.port == port);
        if (each.served)
            answered(at, each.call, each.deserves);
        else
            broken(at, each.call);
    }
    drain(at);
}

void Door::leave(Moment at, Session& its, edge::Served served) {
    if (its.ticket == 0) return;
    admission_.leave(on_clock(at), std::exchange(its.ticket, 0), std::chrono::microseconds(at - its.entered),
                     served);
}

void Door::answered(Moment at, CallId call, Deserves deserves) {
    Session& its = sessions_[call];
    WaysIn& ways = ways_in(its.guest.port);
    leave(at, its, edge::Served::answered);
    if (its.lease != 0) ways.choice().answered(its.lease, ways.time(at));
    const bool taken = deserves == Deserves::taking;
    its.excused = its.excused || taken;
    its.taken = taken;
    if (scenario_.edge.admission) {
        judging_.learn(at, its.guest, its.words, its.verdict, deserves);
        if (taken && its.client_class == edge::ClientClass::known_sender)
            silence_.familiar(on_clock(at), its.guest.address);
    }
    if (its.guest.port == Port::imap) return hold(at, call);
    if (its.lease != 0) ways.choice().ended(std::exchange(its.lease, 0), ways.time(at));
    end(at, call, taken ? Answer::taken : Answer::rejected);
}

void Door::broken(Moment at, CallId call) {
    Session& its = sessions_[call];
    ++counts_.broken;
    its.excused = true;
    leave(at, its, edge::Served::failed);
    WaysIn& ways = ways_in(its.guest.port);
    if (its.lease != 0) {
        ways.choice().failed(std::exchange(its.lease, 0), "connection refused", ways.time(at));
        ways.follow(at);
    }
    // Once more, elsewhere: the client need not know.
    if (scenario_.edge.admission && !std::exchange(its.second_try, true)) return go(at, call, its.server);
    end(at, call, Answer::put_off);
}

// Sessions that are there. ----------------------------------------------------------------------------------

void Door::hold(Moment at, CallId call) {
    Session& its = sessions_[call];
    its.state = State::held;
    its.until = never;
    auto& here = held_at(its.guest.port)[its.server];
    its.place = static_cast<std::uint32_t>(here.size());
    here.push_back(call);
    behind(its.guest.port).hold(its.server);
    if (its.lease != 0) held_by_[its.lease] = call;
    if (its.client_class == edge::ClientClass::familiar) silence_.familiar(on_clock(at), its.guest.address);
    if (scenario_.edge.admission) reclass(its, edge::ClientClass::familiar);
    replies_.push_back({call, Answer::taken, at});
}

void Door::unhold(Moment at, CallId call) {
    Session& its = sessions_[call];
    auto& here = held_at(its.guest.port)[its.server];
    sessions_[here.back()].place = its.place;
    here[its.place] = here.back();
    here.pop_back();
    behind(its.guest.port).release(its.server);
    if (its.lease == 0) return;
    held_by_.erase(its.lease);
    WaysIn& ways = ways_in(its.guest.port);
    ways.choice().ended(std::exchange(its.lease, 0), ways.time(at));
}

void Door::cut(Moment at, Port port, std::uint32_t server) {
    auto& here = held_at(port)[server];
    while (!here.empty()) {
        const CallId call = here.back();
        unhold(at, call);
        end(at, call, Answer::cut);
    }
}

void Door::settle(Moment at, CallId call, std::uint32_t mark, const Guest& guest, const Words& words) {
    Session& its = session(call);
    its = Session{};
    its.guest = guest;
    its.words = words;
    its.mark = mark;
    its.client_class = edge::ClientClass::familiar;
    its.received = its.excused = true;
    ++held_;
    if (scenario_.edge.admission) {
        const auto arrival = places_.arrive(on_clock(at), {}, guest.address, its.client_class);
        CHECK(arrival.welcome == edge::Welcome::taken);
        its.at = arrival.place;
        WaysIn& ways = ways_in(guest.port);
        const edge::Choice choice = ways.choice().choose(account_key(words), ways.time(at));
        CHECK(choice.step == edge::Choice::Step::go_on);
        its.lease = choice.lease;
        its.server = choice.server;
        ways.choice().answered(its.lease, ways.time(at));
    } else {
        its.server = next_++ % static_cast<std::uint32_t>(behind(guest.port).size());
    }
    hold(at, call);
}

// The end of a connection. ----------------------------------------------------------------------------------

void Door::end(Moment at, CallId call, Answer answer) {
    replies_.push_back({call, answer, at});
    forget(at, call);
}

void Door::forget(Moment at, CallId call) {
    Session& its = sessions_[call];
    if (its.received) {
        --held_;
        if (its.guest.port == Port::smtp) tell_visit(at, its);
        if (scenario_.edge.admission) {
            const double level = edge::Places::level(its.at);
            const Address& from = its.guest.address;
            places_.gone(on_clock(at), its.at, from, its.client_class);
            if (its.elsewhere)
                silence_.sent_elsewhere(on_clock(at), from, its.client_class, level);
            else if (!its.excused)
                silence_.in_vain(on_clock(at), from, level);
        }
    }
    its = Session{};
}

// As edge::MxSession tells it.
void Door::tell_visit(Moment at, const Session& its) {
    if (its.excused && !its.taken) return;
    edge::RecipientsHeard recipients;
    if (its.named) recipients.hear(fmt::format("RCPT TO:<{}>", its.words.recipient));
    judging_.visited(at, its.guest, its.taken ? VisitEnd::served : VisitEnd::in_vain, std::move(recipients));
}

void Door::hang_up(Moment at, CallId call) {
    Session& its = sessions_[call];
    switch (its.state) {
        case State::none:
            return;
        case State::held:
            unhold(at, call);
            break;
        case State::kernel:
        case State::talking:
            break;
        case State::choosing:
        case State::queued:
        case State::serving:
            if (its.ticket != 0) admission_.cancel(on_clock(at), its.ticket);
            if (its.lease != 0) ways_in(its.guest.port).choice().ended(its.lease, log_ins_.time(at));
            break;
    }
    forget(at, call);
    drain(at);
}

// What passes by itself, ten times a second.
// -----------------------------------------------------------------

void Door::tick(Moment at) {
    if (scenario_.edge.admission) {
        admission_.tick(on_clock(at));
        drain(at);
    }
    if (at % a_second != 0) return;
    judging_.tick(at);
    if (!scenario_.edge.admission) return;
    observe(at);
    for (const Port port : {Port::smtp, Port::imap}) {
        if (at % (10 * a_second) == 0) ways_in(port).check(at);
        move_some(at, port);
    }
    write_down(at);
}

void Door::observe(Moment at) {
    if (!places_.observe(on_clock(at), admission_.fullness())) return;
    // Those that are there already have less time, too.
    for (CallId call = 0; call < sessions_.size(); ++call)
        if (sessions_[call].state == State::talking) give_time(call, sessions_[call]);
}

// Whoever is amid a command goes once that is over.
void Door::move_some(Moment at, Port port) {
    constexpr double between_commands = 0.9;
    WaysIn& ways = ways_in(port);
    auto& asked = asked_to_move_[static_cast<std::size_t>(port)];
    const auto more = ways.choice().to_move(ways.time(at));
    asked.insert(asked.end(), more.begin(), more.end());
    std::erase_if(asked, [&](edge::LeaseId lease) {
        const auto found = held_by_.find(lease);
        if (found == held_by_.end()) return true;
        if (!dice_.chance(between_commands)) return false;
        const CallId call = found->second;
        unhold(at, call);
        end(at, call, Answer::moved);
        return true;
    });
}

void Door::write_down(Moment at) {
    silence_.drain(orders_);
    for (const edge::SilenceOrder& order : orders_) {
        const Moment until = std::chrono::duration_cast<std::chrono::microseconds>(
                                 order.until.time_since_epoch() - std::chrono::hours(1))
                                 .count();
        counts_.networks_silenced += until > at && !silenced_.contains(order.network.address().network_key());
        silenced_[order.network.address().network_key()] = until;
    }
    log_.drain(changes_);
    for (const edge::LimitChange& change : changes_)
        if (limits_.size() < most_limits) limits_.push_back(change);
}

// The operator.
// -----------------------------------------------------------------------------------------------

bool Door::quarantine(Moment at, Port port, std::uint32_t server) {
    if (!scenario_.edge.admission) return false;
    WaysIn& ways = ways_in(port);
    edge::ByWhom order{.author = "operator", .reason = "suspected of being broken into"};
    const bool objected =
        !ways.choice().quarantine(behind(port).name(server), order, {}, ways.time(at)).has_value();
    order.forced = true;
    if (objected)
        CHECK(ways.choice().quarantine(behind(port).name(server), order, {}, ways.time(at)).has_value());
    ways.follow(at);
    drain(at);
    return objected;
}

void Door::lift(Moment at, Port port, std::uint32_t server) {
    if (!scenario_.edge.admission) return;
    WaysIn& ways = ways_in(port);
    const edge::ByWhom order{.author = "operator", .reason = "it is clean"};
    CHECK(ways.choice().bring_back(behind(port).name(server), order, ways.time(at)).has_value());
    ways.follow(at);
}

std::string Door::text_of(const edge::LimitChange& change) const {
    if (!edge::is_of_server(change.what)) return edge::text(change, places_.name_of(change));
    const std::string_view mail = mail_.name_of(change.server);
    return edge::text(change, mail.empty() ? log_ins_.name_of(change.server) : mail);
}

}  // namespace tidegate::drill

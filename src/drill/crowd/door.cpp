#include "drill/crowd/door.h"

#include <algorithm>

#include "base/hash.h"

namespace tidegate::drill {
namespace {

using edge::ClientClass;

edge::AdmissionRules admission_rules(std::uint64_t seed) {
    edge::AdmissionRules rules;
    rules.seed = draw(seed, 1);
    return rules;
}
edge::ReceptionRules reception_rules(const EdgeMachine& machine, std::uint64_t seed) {
    edge::ReceptionRules rules;
    rules.most = machine.sessions;
    rules.seed = draw(seed, 2);
    return rules;
}
edge::SilenceRules silence_rules(std::uint64_t seed) {
    edge::SilenceRules rules;
    rules.seed = draw(seed, 3);
    return rules;
}

constexpr std::array<std::string_view, 2> listener_names{"mx", "mx2"};

constexpr Moment to_moment(edge::Span span) {
    return std::chrono::duration_cast<std::chrono::microseconds>(span).count();
}

}  // namespace

Door::Door(const Scenario& scenario, Agenda& agenda, Behind& log_ins, Behind& mail, std::uint64_t seed)
    : scenario_(scenario),
      agenda_(agenda),
      behind_log_ins_(log_ins),
      behind_mail_(mail),
      judging_(scenario),
      places_(reception_rules(scenario.edge, seed), {}, log_),
      silence_(silence_rules(seed), log_),
      admission_(admission_rules(seed), log_),
      log_ins_(scenario.servers, log_ins, admission_, scenario.start, draw(seed, 4)),
      mail_(scenario.mail_servers, mail, admission_, scenario.start, draw(seed, 5)),
      dice_(draw(seed, 6)) {
    const std::array listeners{
        edge::ListenerPlaces{.name = std::string(listener_names[0])},
        edge::ListenerPlaces{.name = std::string(listener_names[1]), .own = scenario.edge.second_listener}};
    places_.configure(on_clock(0), listeners);
    for (const Port port : {Port::smtp, Port::imap}) added(0, port);
}

void Door::move(const std::string& domain) {
    moved_ = edge::MovedDomains({{domain, std::string(listener_names[second_listener])}});
}

void Door::added(Moment at, Port port) {
    held_at(port).resize(behind(port).size());
    ways_in(port).configure(at, open_);
    ways_in(port).follow(at);
}

void Door::open(Moment at) {
    open_ = true;
    for (const Port port : {Port::smtp, Port::imap}) ways_in(port).configure(at, open_);
}

std::uint64_t Door::account_key(const Words& words) {
    return words.account.empty() ? 0 : hash_bytes(words.account, account_salt) | 1;
}

Door::Session& Door::session(CallId call) {
    if (call >= sessions_.size()) sessions_.resize(call + std::size_t{1});
    return sessions_[call];
}

void Door::take_replies(std::vector<Reply>& out) {
    out.clear();
    std::swap(out, replies_);
}

// From the SYN to the greeting. -----------------------------------------------------------------------------

bool Door::is_silenced(Moment at, const Address& address) {
    const auto found = silenced_.find(address.network_key());
    if (found == silenced_.end()) return false;
    if (found->second > at) return true;
    silenced_.erase(found);
    return false;
}

void Door::call(Moment at, CallId call, std::uint32_t mark, const Guest& guest) {
    Session& its = session(call);
    CHECK(its.state == State::none);
    its = Session{};
    its.guest = guest;
    its.mark = mark;
    const bool silenced = is_silenced(at, guest.address);
    if (silenced || backlog_.size() >= scenario_.edge.backlog) {
        ++(silenced ? counts_.silenced : counts_.overflowed);
        return replies_.push_back({call, Answer::nothing, at});
    }
    its.state = State::kernel;
    backlog_.emplace_back(call, mark);
    if (std::exchange(accepting_, true)) return;
    agenda_.add(std::max(at, cpu_free_), Agenda::Kind::accept);
}

void Door::use_cpu(Moment at, double microseconds) {
    cpu_free_ = std::max(at, cpu_free_) + static_cast<Moment>(microseconds / scenario_.edge.cores);
}

void Door::accept(Moment at) {
    while (!backlog_.empty()) {
        const auto [call, mark] = backlog_.front();
        backlog_.pop_front();
        Session& its = sessions_[call];
        if (its.state != State::kernel || its.mark != mark) continue;
        use_cpu(at, scenario_.edge.accept_us);
        judging_.came(at, its.guest);
        if (receive(at, its)) {
            greet(at, call, its);
        } else {
            ++counts_.turned_away;
            if (its.guest.port == Port::smtp) judging_.visited(at, its.guest, VisitEnd::turned_away);
            end(at, call, Answer::closed);
        }
        break;
    }
    accepting_ = !backlog_.empty();
    if (accepting_) agenda_.add(std::max(at + 1, cpu_free_), Agenda::Kind::accept);
}

bool Door::receive(Moment at, Session& its) {
    if (!scenario_.edge.admission) {
        its.received = held_ < scenario_.edge.sessions;
        held_ += its.received;
        return its.received;
    }
    its.client_class = judging_.class_of(at, its.guest);
    const auto now = on_clock(at);
    const std::string_view listener = listener_names[its.guest.listener];
    if (!silence_.answers(now, its.guest.address, its.client_class, places_.level(listener))) return false;
    const auto arrival = places_.arrive(now, listener, its.guest.address, its.client_class);
    if (arrival.welcome != edge::Welcome::taken) return false;
    its.at = arrival.place;
    its.received = true;
    ++held_;
    return true;
}

void Door::greet(Moment at, CallId call, Session& its) {
    // Postfix's postscreen_greet_wait: six seconds, two under stress; who is known does not wait.
    constexpr Moment wait = 6 * a_second, wait_under_stress = 2 * a_second;
    its.state = State::talking;
    its.since = at;
    if (its.guest.port == Port::imap) use_cpu(at, scenario_.edge.handshake_us);
    const bool waits = its.guest.port == Port::smtp && its.client_class > ClientClass::known_sender &&
                       scenario_.edge.admission;
    const double pressure = places_.level(listener_names[its.guest.listener]);
    if (waits) its.since += pressure > 0.5 ? wait_under_stress : wait;
    replies_.push_back({call, Answer::greeted, std::max(its.since, cpu_free_)});
    give_time(call, its);
    counts_.most_sessions = std::max(counts_.most_sessions, held_);
}

void Door::give_time(CallId call, Session& its) {
    const edge::Deadlines deadlines =
        scenario_.edge.admission ? places_.deadlines(listener_names[its.guest.listener], its.client_class)
                                 : edge::Deadlines{std::chrono::seconds(60), std::chrono::seconds(300)};
    const Moment until =
        its.since + to_moment(its.guest.port == Port::smtp ? deadlines.command : deadlines.log_in);
    if (until >= its.until) return;
    its.until = until;
    agenda_.add(until, Agenda::Kind::deadline, call, its.mark);
}

void Door::deadline(Moment at, CallId call, std::uint32_t mark) {
    Session& its = sessions_[call];
    if (its.mark != mark || its.state != State::talking || at < its.until) return;
    ++counts_.timed_out;
    end(at, call, Answer::closed);
}

void Door::begin_tls(Moment at, CallId call) {
    if (sessions_[call].state == State::talking) use_cpu(at, scenario_.edge.handshake_us);
}

// From the client's words to a server. ----------------------------------------------------------------------

void Door::reclass(Session& its, ClientClass to) {
    if (to == its.client_class) return;
    if (its.received) edge::Places::moved(its.at, its.client_class, to);
    its.client_class = to;
}

void Door::speak(Moment at, CallId call, const Words& words) {
    Session& its = sessions_[call];
    if (its.state != State::talking) return;
    its.words = words;
    if (scenario_.edge.admission) {
        const Judging::Opinion opinion = judging_.consider(at, its.guest, words);
        its.verdict = opinion.verdict;
        if (opinion.known_as) reclass(its, *opinion.known_as);
        if (is_stopped(its.verdict.measure)) {
            ++counts_.stopped;
            judging_.stopped(at, its.guest, words, its.verdict);
            // Nobody's mail is refused for good (app::EdgePlan).
            const bool for_good = its.verdict.measure >= Measure::refuse && its.guest.port != Port::smtp;
            return end(at, call, for_good ? Answer::refused : Answer::put_off);
        }
    }
    if (!is_taken_here(its)) {
        ++counts_.elsewhere;
        its.elsewhere = its.named = true;
        return end(at, call, Answer::put_off);
    }
    go(at, call, std::nullopt);
    drain(at);
}

bool Door::is_taken_here(const Session& its) const {
    if (its.guest.port != Port::smtp || moved_.empty()) return true;
    const auto sign = its.words.recipient.rfind('@');
    const auto domain =
        sign == std::string_view::npos ? std::string_view() : its.words.recipient.substr(sign + 1);
    return moved_.at(listener_names[its.guest.listener], domain) == edge::MovedDomains::Rule::here;
}

void Door::go(Moment at, CallId call, std::optional<edge::ServerNumber> not_at) {
    Session& its = sessions_[call];
    if (!scenario_.edge.admission) return go_blindly(at, call);
    WaysIn& ways = ways_in(its.guest.port);
    const edge::Paced paced = its.guest.port == Port::smtp ? edge::Paced::no : edge::Paced::yes;
    chosen(at, call, ways.choice().choose(account_key(its.words), ways.time(at), not_at, paced));
}

// As a balancer that only counts: the next one that is not known to be dead.
void Door::go_blindly(Moment at, CallId call) {
    Session& its = sessions_[call];
    const Behind& servers = behind(its.guest.port);
    for (std::size_t i = 0; i < servers.size(); ++i) {
        its.server = next_++ % static_cast<std::uint32_t>(servers.size());
        if (!servers.is_dead(its.server)) return serve(at, call);
    }
    ++counts_.nowhere;
    end(at, call, Answer::put_off);
}

void Door::chosen(Moment at, CallId call, const edge::Choice& choice) {
    Session& its = sessions_[call];
    if (choice.step != edge::Choice::Step::go_on) {
        ++counts_.nowhere;
        its.excused = true;
        its.lease = 0;
        return end(at, call, Answer::put_off);
    }
    its.lease = choice.lease;
    its.server = choice.server;
    its.state = State::choosing;
    const Moment when = (choice.when - scenario_.start) / Duration(1);
    if (when <= at) return ask(at, call);
    agenda_.add(when, Agenda::Kind::entry, call, its.mark);
}

void Door::entry(Moment at, CallId call, std::uint32_t mark) {
    Session& its = sessions_[call];
    if (its.mark != mark || its.state != State::choosing) return;
    WaysIn& ways = ways_in(its.guest.port);
    chosen(at, call, ways.choice().due(its.lease, ways.time(at)));
    drain(at);
}

void Door::ask(Moment at, CallId call) {
    Session& its = sessions_[call];
    const edge::Reply reply =
        admission_.ask(on_clock(at), {.server = ways_in(its.guest.port).index_of(its.server),
                                      .client_class = its.client_class,
                                      .address = its.guest.address,
                                      .owner = std::uint64_t{its.mark} << 32 | call});
    its.ticket = reply.ticket;
    its.state = State::queued;
    if (reply.ruling == edge::Ruling::admitted) serve(at, call);
    if (reply.ruling == edge::Ruling::shed) shed(at, call);
}

void Door::shed(Moment at, CallId call) {
    Session& its = sessions_[call];
    ++counts_.shed;
    its.ticket = 0;
    WaysIn& ways = ways_in(its.guest.port);
    ways.choice().ended(std::exchange(its.lease, 0), ways.time(at));
    end(at, call, Answer::put_off);
}

void Door::serve(Moment at, CallId call) {
    Session& its = sessions_[call];
    its.entered = at;
    its.state = State::serving;
    its.named = true;  // a server is there for its MAIL; RCPT comes next
    if (!behind(its.guest.port).enter(at, its.server, call)) broken(at, call);
}

// Who waits for a server is called.
void Door::drain(Moment at) {
    for (admission_.drain(called_); !called_.empty(); admission_.drain(called_)) {
        for (const edge::Called& each : called_) {
            const auto call = static_cast<CallId>(each.owner);
            const Session& its = sessions_[call];
            if (its.mark != each.owner >> 32 || its.state != State::queued) continue;
            if (each.ruling == edge::Ruling::admitted)
                serve(at, call);
            else
                shed(at, call);
        }
    }
}

}  // namespace tidegate::drill

#include "rehearse/rehearsal.h"

#include <fmt/format.h>

#include <algorithm>

#include "rehearse/figures.h"
#include "rehearse/knock.h"

namespace tidegate::rehearse {
namespace {

using drill::a_second;
using drill::Agenda;
using drill::ChangeKind;
using drill::moment;
using drill::Moment;

constexpr double introduced_a_second = 20;  // customers who log in before it begins
constexpr double settling_seconds = 5;      // after the last of them

double seconds(Moment moment) {
    return static_cast<double>(moment) / a_second;
}

/// What all stores bear together; 0: nobody said.
double log_ins_a_second(const std::vector<const Target*>& stores) {
    double sum = 0;
    for (const Target* each : stores) {
        if (each->log_ins_per_second == 0) return 0;
        sum += each->log_ins_per_second;
    }
    return sum;
}

double introduction_seconds(const Small& small, std::size_t sessions) {
    const double bear = log_ins_a_second(small.stores);
    const double log_ins = bear > 0 ? std::min(introduced_a_second, bear / 2) : introduced_a_second;
    return static_cast<double>(sessions) / log_ins + settling_seconds;
}

}  // namespace

Rehearsal::LiveShore::LiveShore(Rehearsal& its, std::uint64_t seed)
    : Shore(its.small_.scenario, seed, edge),
      edge({.context = its.context_,
            .calls = calls,
            .counts = counts,
            .scenario = its.small_.scenario,
            .post = its.given_.post,
            .accounts = its.given_.accounts,
            .now = [&its] { return its.now(); },
            .replied = [&its] { its.wake_soon(); },
            .leaving =
                [&its] {
                    return std::ranges::any_of(
                        its.stores_, [](const Store& each) { return each.state == State::quarantined; });
                }}) {
    locate = [&its](const drill::Guest& guest) { return its.sources_.give(guest); };
}

Rehearsal::Rehearsal(Small small, std::uint64_t seed, const Given& given)
    : small_(std::move(small)),
      seed_(seed),
      given_(given),
      shore_(*this, drill::draw(seed, 1)),
      callers_(shore_, seed) {
    shore_.pace = small_.pace;
    introduction_ = moment(introduction_seconds(small_, callers_.sessions.size()));
    for (const Target* each : small_.mail_servers) mail_servers_.push_back({.target = each});
    for (const Target* each : small_.stores) stores_.push_back({.target = each});
}

Result<std::unique_ptr<Rehearsal>> Rehearsal::prepare(const drill::Scenario& scenario, std::uint64_t seed,
                                                      const Given& given) {
    auto small = make_small(scenario, given.targets, given.size);
    if (!small) return std::unexpected(small.error());
    return std::unique_ptr<Rehearsal>(new Rehearsal(std::move(*small), seed, given));
}

Outlook Rehearsal::outlook() const {
    const drill::Scenario& its = small_.scenario;
    Outlook out{.introduction_seconds = seconds(introduction_),
                .quiet_seconds = seconds(shore_.begin - shore_.first),
                .attack_seconds = seconds(shore_.end - shore_.begin),
                .connections = static_cast<double>(callers_.sessions.size()),
                .customers = callers_.sessions.size(),
                .addresses = sources_.addresses(),
                .networks = sources_.networks()};
    const double bear = its.mail_servers.logins_per_second * its.mail_servers.count;
    for (const drill::Flood& each : its.floods) {
        const double connections = each.times_capacity * bear * each.lasts_minutes * 60;
        const drill::Manners& how = each.manners;
        out.connections += connections;
        out.mails += connections * how.smtp / (how.silent + how.slow + how.handshake + how.smtp);
    }
    for (const drill::MailKind& each : its.mail) {
        const double all = out.quiet_seconds + out.attack_seconds;
        const double lasts = each.throughout ? all : std::min(each.lasts_minutes * 60, out.attack_seconds);
        out.mails += each.a_minute / 60 * lasts;
        out.connections += each.a_minute / 60 * lasts;
    }
    return out;
}

// ---- time

Moment Rehearsal::now() const {
    const auto passed = std::chrono::steady_clock::now() - began_;
    return shore_.first - introduction_ +
           std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
}

void Rehearsal::schedule() {
    const Moment from = shore_.first - introduction_, until = shore_.first - moment(settling_seconds);
    callers_.sessions.come(from, until);
    callers_.senders.start();
    callers_.floods.start();
    note_capacity(from);
    for (std::uint32_t i = 0; i < small_.scenario.changes.size(); ++i)
        shore_.agenda.add(shore_.begin + moment(small_.scenario.changes[i].minutes * 60),
                          Agenda::Kind::change, i);
}

// Once for all that is answered at one moment.
void Rehearsal::wake_soon() {
    if (!std::exchange(waking_, true)) net::asio::post(context_, [this] { pump(); });
}

void Rehearsal::pump() {
    waking_ = false;
    callers_.hear();
    const Moment until = std::min(now(), shore_.end);
    while (shore_.agenda.next() <= until) {
        const Agenda::Due due = shore_.agenda.take();
        lag_ = std::max(lag_, until - due.at);
        if (!callers_.happen(due) && due.kind == Agenda::Kind::change)
            change(due.at, small_.scenario.changes[due.who]);
        callers_.hear();
    }
    if (until >= told_ + a_second) {
        told_ = until;
        stopped_ = stopped_ || !(*go_on_)(where(until));
    }
    if (stopped_ || until >= shore_.end) return context_.stop();
    const Moment next = std::min({shore_.agenda.next(), told_ + a_second, shore_.end});
    timer_.expires_at(began_ + std::chrono::microseconds(next - (shore_.first - introduction_)));
    timer_.async_wait([this](const net::Failure& failed) {
        if (!failed) pump();
    });
}

std::string Rehearsal::where(Moment at) const {
    if (at < shore_.first) return fmt::format("customers log in, {:.0f} s to go", seconds(shore_.first - at));
    if (at < shore_.begin) return fmt::format("the quiet, {:.0f} s to go", seconds(shore_.begin - at));
    if (at < shore_.attack_until)
        return fmt::format("the attack, {:.0f} s to go", seconds(shore_.attack_until - at));
    return fmt::format("afterwards, {:.0f} s to go", seconds(shore_.end - at));
}

// ---- servers

void Rehearsal::note_capacity(Moment at) {
    double sum = 0;
    for (const Store& each : stores_)
        if (each.state == State::up) sum += each.target->log_ins_per_second;
    shore_.capacity_is(at, std::max(sum, 1e-3));
}

void Rehearsal::change(Moment at, const drill::Change& change) {
    const State from = change.what == ChangeKind::lift ? State::quarantined : State::up;
    for (std::uint32_t n = 0; n < change.servers; ++n) {
        auto& all = servers(change.mail);
        Store* oldest = nullptr;
        for (Store& each : all)
            if (each.state == from && (oldest == nullptr || each.since < oldest->since)) oldest = &each;
        if (oldest == nullptr) break;
        oldest->state = from == State::up ? State::quarantined : State::up;
        oldest->since = at + 1;
        onlooker_->order(oldest->target->name, from == State::up ? "quarantine" : "back");
    }
    note_capacity(at);
}

// ---- all of it

// What the daemon would know of those who bring mail, had it been there in the week before: the same judge
// was told.
std::string Rehearsal::remembered() {
    small_.scenario.start =
        std::chrono::floor<Duration>(std::chrono::system_clock::now()) - Duration(shore_.first);
    drill::Judging judging(small_.scenario);
    callers_.senders.remember(judging);
    std::string out;
    judging.mail().save(out);
    return out;
}

Result<Rehearsed> Rehearsal::play(const GoOn& go_on) {
    std::vector<net::Endpoint> places;
    for (const Target& each : given_.targets) {
        if (const auto there = knock(each); !there) return std::unexpected(there.error());
        places.push_back(each.place);
    }
    const auto folder = Folder::open(given_.folder);
    if (!folder) return std::unexpected(folder.error());
    const std::string memory = remembered();
    const auto edge = EdgeProcess::start(
        *folder, {.program = given_.program, .small = small_, .sources = sources_, .mail_memory = memory});
    if (!edge) return std::unexpected(edge.error());
    shore_.edge.lead_to((*edge)->place(drill::Port::smtp), (*edge)->place(drill::Port::imap));
    go_on_ = &go_on;
    began_ = std::chrono::steady_clock::now();
    told_ = now();
    schedule();
    Onlooker onlooker(**edge, places, [this] { return now(); });
    onlooker_ = &onlooker;
    wake_soon();
    context_.run();
    onlooker_ = nullptr;
    Sights sights = onlooker.finish();
    callers_.hear();
    callers_.senders.finish();
    callers_.sessions.finish();
    shore_.edge.end();
    context_.restart();
    context_.poll();  // who was in the midst of something hears that it is over
    return result(std::move(sights), (*edge)->log());
}

Rehearsed Rehearsal::result(Sights sights, const std::string& log) {
    Rehearsed out;
    out.traffic = shore_.edge.traffic();
    out.unheard = shore_.edge.unheard_senders().size();
    out.lag_seconds = seconds(lag_);
    out.unseen = unseen();
    if (stopped_) sights.troubles.emplace_back("it was broken off");
    Seen seen{.small = small_,
              .shore = shore_,
              .targets = given_.targets,
              .sights = sights,
              .log = log,
              .unheard = shore_.edge.unheard_senders(),
              .knows_pace = log_ins_a_second(small_.stores) > 0,
              .stayed = {}};
    for (const Target& each : given_.targets)
        seen.stayed.push_back(std::ranges::none_of(
            stores_, [&](const Store& store) { return store.target == &each && store.since > 0; }));
    out.run.seed = seed_;
    out.run.crowd = shore_.counts;
    add_figures(seen, out.run, out.unseen);
    out.troubles = std::move(sights.troubles);
    if (out.traffic.failed_here > 0)
        out.troubles.push_back(fmt::format("{} connections could not be opened here: {}",
                                           out.traffic.failed_here, out.traffic.why_here));
    return out;
}

}  // namespace tidegate::rehearse

#include "observe/dnsbl/asker.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <bit>
#include <csignal>
#include <utility>

#include "base/check.h"

namespace tidegate::observe {
namespace {

constexpr auto day = std::chrono::hours(24);
// What comes within that time is served together: in a flood, waking up for each question and each answer
// costs more than they do themselves. The first after a quiet moment is asked at once.
constexpr auto between_turns = std::chrono::milliseconds(1);
constexpr std::array all_tests{wire::ListTest::v4_named, wire::ListTest::v4_not_named,
                               wire::ListTest::v6_named, wire::ListTest::v6_not_named};

constexpr ZoneBits bit_of(unsigned zone) {
    return static_cast<ZoneBits>(1U << zone);
}

}  // namespace

std::string_view name(ZoneState state) {
    constexpr std::array<std::string_view, 3> names{"testing", "in use", "suspended"};
    return names.at(static_cast<std::size_t>(state));
}

std::string_view name(ZoneNotice::Kind kind) {
    constexpr std::array<std::string_view, 5> names{"suspended", "back", "ipv6 off", "ipv6 on",
                                                    "budget used"};
    return names.at(static_cast<std::size_t>(kind));
}

ListAsker::ListAsker(Bounds bounds, std::vector<DnsZone> zones, Hooks hooks, std::function<Time()> clock)
    : bounds_(std::move(bounds)),
      hooks_(std::move(hooks)),
      clock_(std::move(clock)),
      channel_(bounds_.servers, bounds_.patience),
      day_ends_(clock_() + day) {
    CHECK(zones.size() <= most_dns_zones);
    for (DnsZone& zone : zones) {
        CHECK(wire::is_dns_zone(zone.zone));
        if (zone.ours) ours_ |= bit_of(static_cast<unsigned>(zones_.size()));
        const ZoneCare::Rules rules{zone.self_test, zone.ipv6, zone.key.is_set()};
        zones_.push_back(std::make_unique<Asked>(std::move(zone), rules, clock_()));
    }
    publish();
    // Signals are for the threads that know what to do with them.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "dns lists");
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ListAsker::~ListAsker() {
    stopping_ = true;
    channel_.interrupt();
    thread_.join();
}

ZoneBits ListAsker::asked_about(const Address& address) const {
    const ZoneBits in_use = (address.is_v4() ? v4_ : v6_).load(std::memory_order_relaxed);
    if (in_use == 0 || address.is_none()) return 0;
    return wire::is_open_internet(address) ? in_use : static_cast<ZoneBits>(in_use & ours_);
}

bool ListAsker::take_place(unsigned zone) {
    Asked& asked = *zones_.at(zone);
    const auto refuse = [&] {
        in_flight_.fetch_sub(1);
        asked.not_asked.add();
        return false;
    };
    if (in_flight_.fetch_add(1) >= bounds_.most_in_flight) return refuse();
    if (bounds_.queries_a_day == 0 || asked.zone.ours) return true;
    if (today_.load(std::memory_order_relaxed) < bounds_.queries_a_day &&
        today_.fetch_add(1) < bounds_.queries_a_day)
        return true;
    int nobody = -1;
    if (budget_hit_.compare_exchange_strong(nobody, static_cast<int>(zone))) channel_.interrupt();
    return refuse();
}

void ListAsker::hand_over(std::span<const ListQuestion> questions, std::shared_ptr<Waiter> waiter,
                          Steady::time_point deadline) {
    bool was_empty = false;
    {
        const std::lock_guard held(lock_);
        was_empty = handed_.questions.empty() && handed_.waiters.empty();
        handed_.questions.insert(handed_.questions.end(), questions.begin(), questions.end());
        if (waiter) handed_.waiters.emplace(deadline, std::move(waiter));
    }
    if (was_empty) channel_.interrupt();
}

std::vector<ZoneStanding> ListAsker::standing() const {
    std::vector<ZoneStanding> out;
    const std::lock_guard held(lock_);
    for (const auto& each : zones_) {
        ZoneStanding& to = out.emplace_back();
        to.name = each->zone.name;
        to.state = each->care.state();
        to.ipv6 = each->care.uses_ipv6();
        to.queries = each->queries.sum();
        to.named = each->named.sum();
        to.timeouts = each->timeouts.sum();
        to.late = each->late.sum();
        to.not_asked = each->not_asked.sum();
        to.since = each->care.since();
        to.why = each->care.why();
    }
    return out;
}

// ---- the thread

void ListAsker::run() {
    // Where it fails, all answers are silence, and every test of a zone tries again.
    (void)channel_.open();
    while (!stopping_) {
        watch_day();
        start_tests();
        take_handed();
        wake_overdue();
        std::this_thread::sleep_for(between_turns);
        channel_.wait(idle());
    }
    take_handed();
    for (const auto& [deadline, waiter] : std::exchange(waiters_, {})) waiter->wake();
}

void ListAsker::take_handed() {
    Handed taken;
    {
        const std::lock_guard held(lock_);
        std::swap(taken, handed_);
    }
    waiters_.merge(taken.waiters);
    if (stopping_) return;
    for (const ListQuestion& question : taken.questions) ask(question);
}

void ListAsker::ask(const ListQuestion& question) {
    Asked& asked = *zones_.at(question.zone);
    asked.queries.add();
    channel_.ask(asked.zone.question(question.address),
                 [this, question](const wire::ListPacket& packet) { answered(question, packet); });
}

void ListAsker::answered(const ListQuestion& question, const wire::ListPacket& packet) {
    in_flight_.fetch_sub(1);
    Asked& asked = *zones_.at(question.zone);
    const wire::ListReading reading = wire::read_list_answer(packet, asked.zone.codes);
    const bool named = reading.codes != 0;
    if (named) asked.named.add();
    if (reading.fault == wire::ListFault::silent)
        asked.timeouts.add();
    else if (Steady::now() - question.asked > bounds_.budget)
        asked.late.add();

    std::optional<ZoneCare::Change> changed;
    {
        const std::lock_guard held(lock_);
        changed = asked.care.take(reading, clock_());
        if (changed) publish();
    }
    change(question.zone, changed);
    const bool believed = reading.fault == wire::ListFault::none && asked.care.state() == ZoneState::in_use;
    hooks_.ended(question, believed ? std::optional(named) : std::nullopt, packet.seconds);
}

void ListAsker::start_tests() {
    const Time now = clock_();
    for (unsigned zone = 0; zone < zones_.size(); ++zone)
        if (zones_[zone]->tests_missing == 0 && zones_[zone]->care.next_test() <= now) start_test(zone);
}

void ListAsker::start_test(unsigned zone) {
    (void)channel_.open();
    Asked& asked = *zones_[zone];
    {
        const std::lock_guard held(lock_);
        asked.care.begin_test();
    }
    const std::size_t names = asked.zone.ipv6 && asked.zone.self_test ? 4 : 2;
    asked.test = {};
    asked.tests_missing = static_cast<unsigned>(names);
    for (std::size_t i = 0; i < names; ++i) {
        const wire::ListTest which = all_tests.at(i);
        asked.queries.add();
        channel_.ask(asked.zone.question(which), [this, zone, which](const wire::ListPacket& packet) {
            test_answered(zone, which, packet);
        });
    }
}

void ListAsker::test_answered(unsigned zone, wire::ListTest which, const wire::ListPacket& packet) {
    Asked& asked = *zones_[zone];
    asked.test.at(static_cast<std::size_t>(which)) = wire::read_list_answer(packet, asked.zone.codes);
    ZoneCare::Verdicts verdicts;
    {
        const std::lock_guard held(lock_);
        if (packet.kind == wire::ListPacket::Kind::silent) asked.timeouts.add();
        if (--asked.tests_missing != 0) return;
        verdicts = asked.care.end_test(asked.test, clock_());
        publish();
    }
    change(zone, verdicts.zone);
    change(zone, verdicts.ipv6);
}

void ListAsker::wake_overdue() {
    const auto now = Steady::now();
    while (!waiters_.empty() && waiters_.begin()->first <= now) {
        const auto waiter = std::move(waiters_.begin()->second);
        waiters_.erase(waiters_.begin());
        waiter->wake();
    }
}

void ListAsker::watch_day() {
    const Time now = clock_();
    if (const int zone = budget_hit_.load(); zone >= 0 && !std::exchange(budget_told_, true)) {
        const auto at = static_cast<unsigned>(zone);
        hooks_.notice({ZoneNotice::Kind::budget_used, now, at, zones_.at(at)->zone.name,
                       "the " + std::to_string(bounds_.queries_a_day) +
                           " questions of this day are asked; new addresses are judged without public lists "
                           "until " +
                           rfc3339(std::chrono::floor<std::chrono::seconds>(day_ends_))});
    }
    if (now < day_ends_) return;
    day_ends_ = now + day;
    today_ = 0;
    budget_hit_ = -1;
    budget_told_ = false;
}

void ListAsker::change(unsigned zone, const std::optional<ZoneCare::Change>& change) {
    if (!change) return;
    if (change->forget) hooks_.forget(zone);
    hooks_.notice({change->kind, clock_(), zone, zones_[zone]->zone.name, change->why});
}

// Under the lock: who was told that a zone is in use may ask it.
void ListAsker::publish() {
    ZoneBits v4 = 0, v6 = 0;
    for (unsigned zone = 0; zone < zones_.size(); ++zone) {
        const ZoneCare& care = zones_[zone]->care;
        if (care.state() != ZoneState::in_use) continue;
        v4 |= bit_of(zone);
        if (care.uses_ipv6()) v6 |= bit_of(zone);
    }
    v4_ = v4;
    v6_ = v6;
}

// The clock may be set, and steady time is not its time: never sleeps for longer than a minute.
std::chrono::milliseconds ListAsker::idle() const {
    constexpr Duration longest = std::chrono::minutes(1);
    const Time now = clock_();
    Duration left = std::min(longest, std::max(Duration{}, day_ends_ - now));
    for (const auto& each : zones_)
        if (each->tests_missing == 0)
            left = std::min(left, std::max(Duration{}, each->care.next_test() - now));
    if (!waiters_.empty())
        left = std::min(
            left, std::max(Duration{}, std::chrono::ceil<Duration>(waiters_.begin()->first - Steady::now())));
    return std::chrono::ceil<std::chrono::milliseconds>(left);
}

}  // namespace tidegate::observe

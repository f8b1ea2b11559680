#include "tell/tally.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/hash.h"
#include "tell/assemble.h"
#include "tell/ledger.h"

namespace tidegate::tell {
namespace {

bool never_checked(Reason reason) {
    return reason == Reason::tls || reason == Reason::protocol || reason == Reason::rate ||
           reason == Reason::listed;
}

enum class Sort : std::uint8_t { login, guess, unchecked };

Sort sort_of(const Event& event) {
    if (event.outcome == Outcome::success) return Sort::login;
    return event.outcome == Outcome::failure && !never_checked(event.reason) ? Sort::guess : Sort::unchecked;
}

std::uint64_t host_of(const Event& event) {
    return event.address.is_none() ? 0 : mix(event.address.host_key());
}

/// 0: not known.
std::uint64_t account_key(const Event& event, std::uint64_t given) {
    if (given == 0 && !event.account.empty()) given = hash_bytes(event.account, 0);
    return mix(given);
}

// Keys of guesses are odd, those of log-ins even; neither is 0.
std::uint64_t login_key(std::uint64_t host, std::uint64_t account) {
    return (mix(host ^ account) & ~std::uint64_t{1}) | 2;
}
std::uint64_t guess_key(std::uint64_t host, std::uint64_t account, std::uint64_t guess) {
    return mix(mix(host ^ account) + guess) | 1;
}

std::size_t heaviest_against(const Verdict& verdict) {
    const Evidence* heaviest = nullptr;
    for (const Evidence& piece : verdict.evidence.items()) {
        if (piece.weight > (heaviest == nullptr ? Decibans() : heaviest->weight)) heaviest = &piece;
    }
    return heaviest == nullptr ? evidence_kind_count : static_cast<std::size_t>(heaviest->kind);
}

/// An attempt on its way through the books.
struct Attempt {
    const Event& event;
    const Verdict& verdict;
    std::uint64_t host;
    std::uint64_t account;
    Sort sort;
    bool stopped;
    std::uint8_t defenders;  // bits of those that would have stopped it
};

}  // namespace

/// What time it is, in the units that the books are kept in.
struct Clock {
    Zone zone;
    std::int64_t seconds = 0;
    std::uint32_t now = 0;  // for tables that age: seconds since a day before the first event
    std::int64_t origin = 0;
    std::int64_t offset = 0, offset_until = 0;

    void set(Time time) {
        const std::int64_t last = seconds;
        seconds = unix_seconds(time);
        if (origin == 0) origin = seconds - 86'400;
        if (seconds == last) return;
        if (seconds >= offset_until || seconds < last) learn_offset(time);
        const std::int64_t steady = seconds < last && last - seconds < 3600 ? last : seconds;
        now = static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(steady - origin, 1, std::numeric_limits<std::uint32_t>::max() / 2));
    }
    // Zones change their offset at whole quarters of an hour.
    void learn_offset(Time time) {
        constexpr std::int64_t quarter = 900;
        offset = zone.offset(time).count();
        offset_until = (seconds / quarter + (seconds >= 0 ? 1 : 0)) * quarter;
    }
    [[nodiscard]] std::int64_t local(std::int64_t unit) const {
        const std::int64_t value = seconds + offset;
        return value >= 0 ? value / unit : -((-value + unit - 1) / unit);
    }
};

struct Tally::Parts {
    explicit Parts(TallyOptions options) : as_name(std::move(options.as_name)) {
        clock.zone = Zone(options.zone);
        ledger.zone = clock.zone;
    }

    void other(const Event& event);
    void attempt(const Attempt& attempt);
    std::uint8_t ask_defenders(const Event& event, std::uint64_t host, bool guess, bool stopped);
    void guess(const Attempt& attempt);
    void login(const Attempt& attempt);
    void hostile(const Attempt& attempt);
    void crowd(const Attempt& attempt, Stretch& bin);
    void count(const std::uint8_t bits, std::uint64_t Defended::* what, std::int64_t times);

    std::function<std::string(std::uint32_t)> as_name;
    Clock clock;
    Peers peers;
    Tries tries;
    Ledger ledger;
    HourCount* hour = nullptr;
    DayCount* day = nullptr;
};

Tally::Tally(TallyOptions options) : parts_(std::make_unique<Parts>(std::move(options))) {}
Tally::~Tally() = default;
Tally::Tally(Tally&&) noexcept = default;
Tally& Tally::operator=(Tally&&) noexcept = default;

void Tally::prefetch(const Event& event, std::uint64_t account) const {
    if (event.kind != EventKind::attempt) return;
    const std::uint64_t host = host_of(event);
    parts_->peers.prefetch(host);
    if (account != 0 && event.outcome == Outcome::success) {
        parts_->tries.prefetch(login_key(host, mix(account)));
    }
}

void Tally::add(const Event& event, const Verdict& verdict, std::uint64_t account) {
    Parts& parts = *parts_;
    Ledger& ledger = parts.ledger;
    ++ledger.totals.events;
    parts.clock.set(event.time == Time{} ? ledger.last : event.time);
    ledger.saw(event.time);
    if (event.kind != EventKind::attempt) return parts.other(event);

    const std::uint64_t host = host_of(event);
    const Sort sort = event.reason == Reason::internal ? Sort::unchecked : sort_of(event);
    const bool stopped = is_stopped(verdict.measure);
    const std::uint8_t defenders = parts.ask_defenders(event, host, sort == Sort::guess, stopped);
    parts.attempt({event, verdict, host, account_key(event, account), sort, stopped, defenders});
}

void Tally::Parts::other(const Event& event) {
    Totals& totals = ledger.totals;
    if (event.kind == EventKind::connect) ++(event.early ? totals.early : totals.connects);
    if (event.kind == EventKind::listed) ++totals.listed;
    if (event.kind == EventKind::reject) ++totals.rejects;
}

std::uint8_t Tally::Parts::ask_defenders(const Event& event, std::uint64_t host, bool guess, bool stopped) {
    std::uint8_t bits = stopped ? tidegate_bit : 0;
    if (host == 0) return bits;
    const Peers::Blocked blocked = peers.see(host, clock.now, event.service, guess);
    if (blocked.fail2ban) bits |= fail2ban_bit;
    if (blocked.crowdsec) bits |= crowdsec_bit;
    return bits;
}

void Tally::Parts::attempt(const Attempt& attempt) {
    Totals& totals = ledger.totals;
    const std::uint64_t times = attempt.event.attempts;
    hour = &ledger.hours.at(clock.local(3600), clock.local(3600) * 3600 - clock.offset);
    totals.attempts += times;
    if (attempt.event.reason == Reason::internal) {
        totals.internal += times;
        hour->internal += times;
        return;
    }
    day = &ledger.days.at(clock.local(86'400));
    ledger.secret += mix(attempt.host ^ attempt.account ^ static_cast<std::uint64_t>(clock.seconds));
    if (attempt.host == 0) ++totals.without_address;
    if (attempt.host != 0) ledger.days.open().all.add(attempt.host);
    if (attempt.sort == Sort::guess) guess(attempt);
    if (attempt.sort == Sort::login) login(attempt);
    if (attempt.sort == Sort::unchecked) totals.unchecked += times;
    const bool unfamiliar_guess = attempt.sort == Sort::guess && !attempt.verdict.familiar;
    if (attempt.stopped || unfamiliar_guess) hostile(attempt);
}

void Tally::Parts::count(const std::uint8_t bits, std::uint64_t Defended::* what, std::int64_t times) {
    for (std::size_t i = 0; i < ledger.defended.size(); ++i) {
        if ((bits >> i & 1) != 0) ledger.defended[i].*what += static_cast<std::uint64_t>(times);
    }
}

void Tally::Parts::guess(const Attempt& attempt) {
    const Event& event = attempt.event;
    if (attempt.verdict.familiar) ledger.totals.familiar_failures += event.attempts;
    if (!event.guess) {
        ledger.totals.guesses += event.attempts;
        return count(attempt.defenders, &Defended::guesses, event.attempts);
    }
    const std::uint64_t key = guess_key(attempt.host, attempt.account, *event.guess);
    const Tries::Seen seen = tries.guess(key, clock.now, attempt.defenders);
    if (seen.is_first) {
        ++ledger.totals.guesses;
        count(attempt.defenders, &Defended::guesses, 1);
    } else {
        count(seen.passed, &Defended::guesses, -1);
    }
}

void Tally::Parts::login(const Attempt& attempt) {
    ledger.totals.successes += attempt.event.attempts;
    const Tries::Seen seen =
        tries.login(login_key(attempt.host, attempt.account), clock.now, attempt.defenders);
    if (seen.is_first) {
        ++ledger.logins;
        ++hour->logins;
        ++day->logins;
        ++ledger.timeline.at(clock.seconds).logins;
        count(attempt.defenders, &Defended::logins, 1);
    } else {
        count(seen.passed, &Defended::logins, -1);
        if ((seen.passed & tidegate_bit) != 0) seen.group->note = ledger.finds.let_in(seen.group->note);
    }
    const bool refused = seen.is_first && attempt.stopped;
    if (refused || attempt.verdict.suspected_takeover) {
        seen.group->note =
            ledger.finds.note(seen.group->note, attempt.event, attempt.verdict, attempt.account, refused);
    }
}

void Tally::Parts::hostile(const Attempt& attempt) {
    const std::uint64_t times = attempt.event.attempts;
    const std::uint64_t stopped = attempt.stopped ? times : 0;
    const auto add_to = [&](auto& counts) {
        counts.hostile += times;
        counts.stopped += stopped;
    };
    add_to(ledger.totals);
    add_to(*hour);
    add_to(*day);
    Stretch& bin = ledger.timeline.at(clock.seconds);
    if (bin.hostile == 0) bin.first_hostile = clock.seconds;
    bin.last_hostile = std::max(bin.last_hostile, clock.seconds);
    add_to(bin);
    if (attempt.event.reason == Reason::unknown_account) bin.unknown_account += times;
    bin.services[static_cast<std::size_t>(attempt.event.service)] += times;
    const std::size_t kind = heaviest_against(attempt.verdict);
    if (kind < evidence_kind_count) bin.evidence[kind] += times;
    crowd(attempt, bin);
}

void Tally::Parts::crowd(const Attempt& attempt, Stretch& bin) {
    const Event& event = attempt.event;
    if (!bin.crowd) bin.crowd = std::make_unique<Crowd>();
    const std::uint64_t network = attempt.host == 0 ? 0 : mix(event.address.network_key());
    if (attempt.host != 0) {
        ledger.days.open().hostile.add(attempt.host);
        bin.crowd->addresses.add(attempt.host);
        bin.crowd->networks.add(network);
        ledger.count_network(network, event, attempt.stopped);
        ledger.count_as(event, attempt.stopped);
    }
    if (attempt.account != 0) {
        bin.crowd->accounts.add(attempt.account);
        ledger.count_account(attempt.account, event, attempt.stopped);
    }
    ledger.hours.see({.network = network,
                      .account = attempt.account,
                      .address = event.address,
                      .as_number = event.as_number,
                      .times = event.attempts,
                      .stopped = attempt.stopped});
}

Report Tally::finish(ReadFacts read) const {
    const Parts& parts = *parts_;
    return assemble(parts.ledger, parts.peers, parts.as_name, std::move(read));
}

}  // namespace tidegate::tell

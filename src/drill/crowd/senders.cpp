#include "drill/crowd/senders.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace tidegate::drill {
namespace {

constexpr Moment week = 7 * a_day;
// Before it all begins queues and limits are empty: the first tenth of the quiet is not counted.
constexpr std::int64_t settling_part = 10;

Weighted shares_of(const MailKind& rules) {
    if (rules.popular == 0) return Weighted(std::vector<double>(rules.hosts, 1.0));
    return Weighted(zipf(rules.hosts, rules.popular));
}

}  // namespace

Senders::Senders(Shore& shore, std::uint64_t seed) : shore_(shore), dice_(seed), to_whom_(draw(seed, 1)) {
    for (const MailKind& rules : shore_.scenario.mail) make(rules, kinds_.emplace_back());
}

void Senders::make(const MailKind& rules, Kind& kind) {
    constexpr std::array<double, 3> styles{0.45, 0.2, 0.35};
    const Weighted style{styles};
    const Weighted networks(zipf(rules.networks, 0.5));
    kind.shares = shares_of(rules);
    kind.a_second = rules.a_minute / 60;
    for (std::uint32_t i = 0; i < rules.hosts; ++i) {
        Host& host = kind.hosts.emplace_back();
        host.place = shore_.somewhere(networks, dice_.bits());
        host.guest = shore_.guest_at(host.place, Port::smtp, shore_.lists_for(rules.listed, dice_.bits()));
        host.ehlo = "mail" + std::to_string(i) + '.' + rules.name + ".example.net";
        host.round_trip = moment(0.02 + dice_.exponential(0.06));
        host.known = dice_.chance(rules.known);
        host.early = dice_.chance(rules.early);
        host.style = static_cast<Style>(style.at(dice_.unit()));
    }
}

// Of the week before it is enough that who is known was there. Of the last day all comes, or nobody could say
// what is usual: also those who come once, from the same networks as the others.
void Senders::remember(Judging& judges) {
    std::vector<Memory> all;
    for (std::uint32_t i = 0; i < kinds_.size(); ++i) {
        recall_week(i, all);
        if (shore_.scenario.mail[i].throughout) recall_last_day(i, all);
    }
    std::ranges::sort(all, {}, [](const Memory& each) { return std::tuple(each.at, each.kind, each.host); });
    for (const Memory& each : all) {
        const Host& host = kinds_[each.kind].hosts[each.host];
        Guest guest = host.guest;
        if (each.stranger != 0)
            guest.address = Address::v4((guest.address.v4_bits() & ~0xffU) | (1 + below(each.stranger, 254)));
        judges.remember(each.at, guest, {.ehlo = host.ehlo, .recipient = each.recipient, .early = host.early},
                        each.deserves);
    }
}

void Senders::recall_week(std::uint32_t kind, std::vector<Memory>& out) {
    const MailKind& rules = shore_.scenario.mail[kind];
    const double sent = rules.a_minute * 10'080;
    for (std::uint32_t each = 0; each < kinds_[kind].hosts.size(); ++each) {
        if (!kinds_[kind].hosts[each].known) continue;
        // The judge's counts saturate: a few say as much as all.
        const auto times =
            std::clamp<unsigned>(static_cast<unsigned>(sent * kinds_[kind].shares.share(each)), 1, 5);
        for (unsigned n = 0; n < times; ++n) {
            const Deserves deserves = fate(rules);
            out.push_back({shore_.first - week + week / (times + 1) * (n + 1), kind, each, 0, deserves,
                           recipient_for(deserves)});
        }
    }
}

void Senders::recall_last_day(std::uint32_t kind, std::vector<Memory>& out) {
    const MailKind& rules = shore_.scenario.mail[kind];
    for (Moment at = shore_.first - a_day; at < shore_.first;
         at += moment(dice_.exponential(1 / kinds_[kind].a_second))) {
        const std::uint32_t host = kinds_[kind].shares.at(dice_.unit());
        const std::uint64_t stranger = kinds_[kind].hosts[host].known ? 0 : dice_.bits() | 1;
        const Deserves deserves = fate(rules);
        out.push_back({at, kind, host, stranger, deserves, recipient_for(deserves)});
    }
}

// What a server will make of a mail.
Deserves Senders::fate(const MailKind& rules) {
    if (dice_.chance(rules.unknown_recipients)) return Deserves::unknown_recipient;
    return rules.spam && dice_.chance(rules.filtered) ? Deserves::spam : Deserves::taking;
}

std::string_view Senders::recipient_for(Deserves deserves) {
    const std::uint32_t domain = shore_.recipients.domain_for(to_whom_.unit());
    return deserves == Deserves::unknown_recipient ? shore_.recipients.nobody(domain, to_whom_)
                                                   : shore_.recipients.mailbox(domain, to_whom_);
}

Place Senders::somewhere(Dice& dice) const {
    for (std::size_t i = 0; i < kinds_.size(); ++i)
        if (!shore_.scenario.mail[i].spam) return kinds_[i].hosts[dice.below(kinds_[i].hosts.size())].place;
    return shore_.networks.abroad(dice.bits());
}

void Senders::start() {
    for (std::uint32_t i = 0; i < kinds_.size(); ++i) {
        const MailKind& rules = shore_.scenario.mail[i];
        const Moment from =
            rules.throughout ? shore_.first : shore_.begin + moment(rules.starts_minutes * 60);
        shore_.agenda.add(from + moment(dice_.exponential(1 / kinds_[i].a_second)), Agenda::Kind::mail, i);
    }
}

void Senders::next(Moment at, std::uint32_t kind) {
    const MailKind& rules = shore_.scenario.mail[kind];
    const Moment until = shore_.begin + moment((rules.starts_minutes + rules.lasts_minutes) * 60);
    if (!rules.throughout && at >= until) return;
    shore_.agenda.add(at + moment(dice_.exponential(1 / kinds_[kind].a_second)), Agenda::Kind::mail, kind);
    const std::uint32_t host = kinds_[kind].shares.at(dice_.unit());
    const Deserves deserves = fate(rules);
    dial(at, new_message({.born = at,
                          .kind = kind,
                          .host = host,
                          .deserves = deserves,
                          .recipient = recipient_for(deserves),
                          .used = true}));
}

std::uint32_t Senders::new_message(const Message& message) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(messages_.size()));
        messages_.emplace_back();
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    messages_[number] = message;
    return number;
}

void Senders::dial(Moment at, std::uint32_t message) {
    const Message& it = messages_[message];
    const CallId call = shore_.calls.begin(
        {.kind = CallerKind::sender, .group = it.kind, .who = message, .deserves = it.deserves});
    messages_[message].syns = 0;
    redial(at, call);
}

void Senders::redial(Moment at, CallId call) {
    const Message& it = message_of(call);
    Guest guest = kinds_[it.kind].hosts[it.host].guest;
    guest.listener = shore_.moving.listener_for(at, it.recipient, guest.address.v4_bits());
    shore_.door.call(at, call, shore_.calls.mark(call), guest);
}

void Senders::speak(Moment at, CallId call) {
    const Message& it = message_of(call);
    const Host& host = kinds_[it.kind].hosts[it.host];
    shore_.door.speak(at, call, {.ehlo = host.ehlo, .recipient = it.recipient, .early = host.early});
}

void Senders::hear(const Reply& reply) {
    const std::uint32_t message = shore_.calls.caller(reply.call).who;
    Message& it = messages_[message];
    const std::uint32_t mark = shore_.calls.mark(reply.call);
    switch (reply.answer) {
        case Answer::greeted: {
            // EHLO, and MAIL, RCPT and DATA in one go (RFC 2920).
            const Moment talk = 3 * kinds_[it.kind].hosts[it.host].round_trip;
            return shore_.agenda.add(reply.at + talk, Agenda::Kind::speak, reply.call, mark);
        }
        case Answer::nothing:
            shore_.counts.silenced_customers += !shore_.scenario.mail[it.kind].spam;
            if (const auto again = Shore::next_syn(reply.at, it.syns++))
                return shore_.agenda.add(*again, Agenda::Kind::redial, reply.call, mark);
            put_off(reply.at, message);
            break;
        case Answer::taken:
            it.reached = true;
            over(message, reply.at);
            break;
        case Answer::rejected:
            it.reached = true;
            over(message, std::nullopt);
            break;
        case Answer::refused:
            if (!shore_.scenario.mail[it.kind].spam && it.deserves != Deserves::unknown_recipient)
                ++phase(it.born).lost;
            over(message, std::nullopt);
            break;
        case Answer::closed:
        case Answer::put_off:
        case Answer::cut:
        case Answer::moved:
            put_off(reply.at, message);
            break;
    }
    shore_.calls.end(reply.call);
}

Moment Senders::again_after(const Message& message) {
    return static_cast<Moment>(static_cast<double>(in_life(message)) / shore_.pace);
}

Moment Senders::in_life(const Message& message) {
    const unsigned doublings = std::min<unsigned>(message.tries - 1U, 6);
    switch (kinds_[message.kind].hosts[message.host].style) {
        case Style::postfix:  // minimal_backoff_time, doubled up to maximal_backoff_time; looked at every
                              // queue_run_delay
            return moment(std::min(300.0 * (1U << doublings), 4000.0) + dice_.between(0, 300));
        case Style::exim:  // F,2h,15m; G,16h,1h,1.5
            return moment(message.tries <= 8 ? 900 : 3600) + moment(dice_.between(0, 60));
        case Style::large:
            return moment(std::min(60.0 * (1U << doublings), 3600.0) * dice_.between(0.8, 1.2));
    }
    return never;
}

void Senders::put_off(Moment at, std::uint32_t message) {
    Message& it = messages_[message];
    const MailKind& rules = shore_.scenario.mail[it.kind];
    if (it.tries < 255) ++it.tries;
    if (rules.retries == Retries::never) return over(message, std::nullopt);
    shore_.agenda.add(at + again_after(it), Agenda::Kind::resend, message);
}

void Senders::resend(Moment at, std::uint32_t message) {
    dial(at, message);
}

// Figures. --------------------------------------------------------------------------------------------------

MailCount& Senders::phase(Moment born) {
    if (born >= shore_.attack_from && born < shore_.attack_until) return shore_.counts.attack;
    const Moment settled = shore_.first + (shore_.begin - shore_.first) / settling_part;
    return born >= settled && born < shore_.attack_from ? shore_.counts.quiet : uncounted_;
}

void Senders::over(std::uint32_t message, std::optional<Moment> taken) {
    Message& it = messages_[message];
    if (shore_.scenario.mail[it.kind].spam)
        count_spam(it, taken.has_value());
    else if (it.deserves != Deserves::unknown_recipient)
        count(it, taken);
    it.used = false;
    free_.push_back(message);
}

void Senders::count(const Message& message, std::optional<Moment> taken) {
    MailCount& count = phase(message.born);
    const Moment until = &count == &shore_.counts.quiet ? shore_.attack_from : shore_.attack_until;
    count_in(count, message, taken, until);
    const auto from = shore_.moving.known_from();
    if (!from || message.born < *from || message.born >= shore_.attack_until) return;
    const bool is_moved = shore_.moving.is_moved(message.recipient);
    count_in(is_moved ? shore_.counts.target.moved : shore_.counts.target.others, message, taken, until);
}

void Senders::count_in(MailCount& count, const Message& message, std::optional<Moment> taken, Moment until) {
    const bool is_known = kinds_[message.kind].hosts[message.host].known;
    ++count.came;
    count.known_came += is_known;
    ++(taken && *taken <= until ? count.served : count.late);
    if (!taken) return;
    const auto seconds = static_cast<float>(static_cast<double>(*taken - message.born) / a_second);
    count.delays.push_back(seconds);
    if (is_known) count.known.push_back(seconds);
}

void Senders::count_spam(const Message& message, bool taken) {
    if (&phase(message.born) != &shore_.counts.attack) return;
    ++shore_.counts.spam;
    shore_.counts.spam_kept_out += !taken;
    shore_.counts.spam_stopped += !message.reached;
}

void Senders::finish() {
    for (std::uint32_t i = 0; i < messages_.size(); ++i)
        if (messages_[i].used) over(i, std::nullopt);
}

}  // namespace tidegate::drill

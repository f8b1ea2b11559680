#include "drill/crowd/judging.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace tidegate::drill {
namespace {

using edge::ClientClass;

constexpr std::string_view mail_listener = "mx";

std::shared_ptr<const judge::Policy> policy_for(const Scenario& scenario) {
    auto policy = std::make_shared<judge::Policy>();
    policy->default_realm = scenario.domain;
    policy->as_table = scenario.as_table;
    policy->memory_bytes = std::size_t{64} << 20;
    for (const List& list : scenario.lists) policy->lists.push_back({list.name, Decibans::of(list.weight)});
    policy->seal();
    return policy;
}

// As the edge's events are (edge/rules.h, Hooks).
Event without_outcome(Event event, EventKind kind) {
    event.kind = kind;
    event.outcome = Outcome::none;
    event.reason = event.early ? Reason::protocol : Reason::none;
    return event;
}

Event with_outcome(Event event, Deserves deserves) {
    event.kind = deserves == Deserves::unknown_recipient ? EventKind::reject : EventKind::attempt;
    event.outcome = deserves == Deserves::taking ? Outcome::success : Outcome::failure;
    event.reason = deserves == Deserves::taking              ? Reason::none
                   : deserves == Deserves::unknown_recipient ? Reason::unknown_recipient
                                                             : Reason::other;
    return event;
}

}  // namespace

Judging::Judging(const Scenario& scenario)
    : start_(scenario.start), policy_(policy_for(scenario)), log_ins_(policy_) {
    mail_.adopt(policy_);
}

Event Judging::event_of(Moment at, const Guest& guest, const Words& words) const {
    Event event;
    event.time = start_ + Duration(at);
    event.address = guest.address;
    event.as_number = guest.as_number;
    event.lists = guest.lists;
    event.service = guest.port == Port::smtp ? Service::smtp : Service::imap;
    event.listener = guest.port == Port::smtp ? mail_listener : "imap";
    event.tls = guest.port == Port::imap;
    event.ehlo = words.ehlo;
    event.account = words.account;
    event.guess = words.guess;
    event.tag = words.tag;
    event.early = words.early;
    event.outcome = Outcome::failure;
    return event;
}

Verdict Judging::judged(const Event& event) const {
    return log_ins_.consider(judge::make_knock(event, *policy_));
}

// The same order as app::Edges::meet().
ClientClass Judging::class_of(Moment at, const Guest& guest) const {
    const Event event = event_of(at, guest, {});
    const judge::Knock knock = judge::make_knock(event, *policy_);
    if (log_ins_.is_home(knock)) return ClientClass::familiar;
    const bool is_mail = guest.port == Port::smtp;
    if (is_mail && mail_.is_known_sender(guest.address)) return ClientClass::known_sender;
    if (guest.lists != 0) return ClientClass::listed;
    const bool is_doubtful = is_mail ? mail_.doubts(without_outcome(event, EventKind::connect))
                                     : log_ins_.consider(knock).measure >= Measure::slow;
    return is_doubtful ? ClientClass::doubtful : ClientClass::fresh;
}

Judging::Opinion Judging::consider(Moment at, const Guest& guest, const Words& words) {
    const Event event = event_of(at, guest, words);
    if (guest.port == Port::smtp) return consider_mail(event);
    Opinion opinion{.verdict = judged(event), .known_as = {}};
    if (opinion.verdict.familiar) opinion.known_as = ClientClass::familiar;
    if (opinion.verdict.measure >= Measure::slow) opinion.known_as = ClientClass::doubtful;
    return opinion;
}

// EHLO, MAIL and RCPT, each of which is asked about.
Judging::Opinion Judging::consider_mail(const Event& event) {
    const guard::Stance stance{.acts = true, .posture = lookout_.posture()};
    Opinion opinion;
    for (const EventKind kind : {EventKind::connect, EventKind::attempt, EventKind::attempt}) {
        opinion.verdict = mail_.consider(without_outcome(event, kind), stance).verdict;
        if (opinion.verdict.familiar) opinion.known_as = ClientClass::known_sender;
        if (!is_stopped(opinion.verdict.measure)) continue;
        opinion.known_as = ClientClass::doubtful;
        break;
    }
    return opinion;
}

void Judging::learn(Moment at, const Guest& guest, const Words& words, const Verdict& verdict,
                    Deserves deserves) {
    const Event event = with_outcome(event_of(at, guest, words), deserves);
    if (guest.port == Port::smtp)
        static_cast<void>(mail_.learn(event));
    else
        learn_log_in(event, verdict);
}

void Judging::stopped(Moment at, const Guest& guest, const Words& words, const Verdict& verdict) {
    if (guest.port == Port::imap) learn_log_in(event_of(at, guest, words), verdict);
}

void Judging::learn_log_in(const Event& event, Verdict verdict) {
    const judge::Knock knock = judge::make_knock(event, *policy_);
    log_ins_.learn(knock, verdict);
    if (lookout_.see(event, verdict, knock.account, std::nullopt)) hear();
}

void Judging::remember(Moment at, const Guest& guest, const Words& words, Deserves deserves) {
    const Event event = event_of(at, guest, words);
    if (guest.port == Port::smtp) {
        const guard::Stance watching{.acts = false, .posture = judge::Posture::calm};
        static_cast<void>(mail_.consider(without_outcome(event, EventKind::attempt), watching));
        static_cast<void>(mail_.learn(with_outcome(event, deserves)));
        return;
    }
    Verdict passed = judged(event);
    passed.measure = Measure::pass;
    log_ins_.learn(judge::make_knock(with_outcome(event, deserves), *policy_), passed);
}

void Judging::came(Moment at, const Guest& guest) {
    const Event event = without_outcome(event_of(at, guest, {}), EventKind::connect);
    if (lookout_.see(event, Verdict{}, 0, std::nullopt)) hear();
}

void Judging::visited(Moment at, const Guest& guest, VisitEnd end, edge::RecipientsHeard recipients) {
    lookout_.see({.time = start_ + Duration(at),
                  .address = end == VisitEnd::turned_away ? Address() : guest.address,
                  .end = end,
                  .listener = std::string(mail_listener),
                  .domains = recipients.take_domains(),
                  .mailboxes = recipients.take_mailboxes()});
}

void Judging::tick(Moment at) {
    if (lookout_.tick(unix_seconds(start_ + Duration(at)))) hear();
}

void Judging::hear() {
    for (judge::PostureChange& change : lookout_.take_news().changes) postures_.push_back(std::move(change));
    log_ins_.set_posture(lookout_.shift());
}

}  // namespace tidegate::drill

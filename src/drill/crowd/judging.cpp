#include "drill/crowd/judging.h"

#include <algorithm>

namespace tidegate::drill {
namespace {

using edge::ClientClass;

std::shared_ptr<const judge::Policy> policy_for(const Scenario& scenario) {
    auto policy = std::make_shared<judge::Policy>();
    policy->default_realm = scenario.domain;
    policy->as_table = scenario.as_table;
    policy->memory_bytes = std::size_t{64} << 20;
    for (const List& list : scenario.lists) policy->lists.push_back({list.name, Decibans::of(list.weight)});
    policy->seal();
    return policy;
}

// Of its address, more was wanted than not.
bool has_good_name(const Verdict& verdict) {
    constexpr float some = 0.5F;  // one log-in, or one message, of the last week
    return std::ranges::any_of(verdict.evidence.items(), [](const Evidence& each) {
        return each.kind == EvidenceKind::address_rate && each.of >= some && each.of > each.count;
    });
}

ClientClass class_from(const Verdict& verdict, const Guest& guest) {
    if (verdict.familiar) return ClientClass::familiar;
    if (has_good_name(verdict) && !is_stopped(verdict.measure))
        return guest.port == Port::smtp ? ClientClass::known_sender : ClientClass::familiar;
    if (guest.lists != 0) return ClientClass::listed;
    return verdict.measure >= Measure::slow ? ClientClass::doubtful : ClientClass::fresh;
}

}  // namespace

Judging::Judging(const Scenario& scenario)
    : start_(scenario.start), policy_(policy_for(scenario)), log_ins_(policy_), mail_(policy_) {}

Event Judging::event_of(Moment at, const Guest& guest, const Words& words) const {
    Event event;
    event.time = start_ + Duration(at);
    event.address = guest.address;
    event.as_number = guest.as_number;
    event.lists = guest.lists;
    event.service = guest.port == Port::smtp ? Service::smtp : Service::imap;
    event.listener = guest.port == Port::smtp ? "mx" : "imap";
    event.tls = guest.port == Port::imap;
    event.ehlo = words.ehlo;
    event.account = words.account;
    event.guess = words.guess;
    event.tag = words.tag;
    event.early = words.early;
    event.outcome = Outcome::failure;
    return event;
}

Verdict Judging::judged(const Event& event, Port port) const {
    return judge_for(port).consider(judge::make_knock(event, *policy_));
}

ClientClass Judging::class_of(Moment at, const Guest& guest) const {
    return class_from(judged(event_of(at, guest, {}), guest.port), guest);
}

Judging::Opinion Judging::consider(Moment at, const Guest& guest, const Words& words) const {
    Opinion opinion{.verdict = judged(event_of(at, guest, words), guest.port)};
    opinion.client_class = class_from(opinion.verdict, guest);
    // postscreen's test: mail servers wait until they are greeted.
    if (words.early && opinion.client_class < ClientClass::doubtful)
        opinion.client_class = ClientClass::doubtful;
    return opinion;
}

void Judging::learn(Moment at, const Guest& guest, const Words& words, Verdict verdict, Outcome outcome,
                    Reason reason) {
    Event event = event_of(at, guest, words);
    event.outcome = outcome;
    event.reason = reason;
    const judge::Knock knock = judge::make_knock(event, *policy_);
    judge_for(guest.port).learn(knock, verdict);
    if (lookout_.see(event, verdict, knock.account, std::nullopt)) hear();
}

void Judging::remember(Moment at, const Guest& guest, const Words& words, bool wanted) {
    Event event = event_of(at, guest, words);
    event.outcome = wanted ? Outcome::success : Outcome::failure;
    Verdict passed = judged(event, guest.port);
    passed.measure = Measure::pass;
    judge_for(guest.port).learn(judge::make_knock(event, *policy_), passed);
}

void Judging::came(Moment at, const Guest& guest) {
    Event event = event_of(at, guest, {});
    event.kind = EventKind::connect;
    event.outcome = Outcome::none;
    if (lookout_.see(event, Verdict{}, 0, std::nullopt)) hear();
}

void Judging::tick(Moment at) {
    if (lookout_.tick(unix_seconds(start_ + Duration(at)))) hear();
}

void Judging::hear() {
    for (judge::PostureChange& change : lookout_.take_news().changes) postures_.push_back(std::move(change));
    log_ins_.set_posture(lookout_.shift());
    mail_.set_posture(lookout_.shift());
}

}  // namespace tidegate::drill

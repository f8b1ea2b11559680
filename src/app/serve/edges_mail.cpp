// Edges: who brings mail on port 25, and what is known of him.

#include <chrono>
#include <utility>
#include <vector>

#include "app/serve/answer.h"
#include "app/serve/edges.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;
using tell::Thing;

void tell_of_mail(tell::Telling& telling, Thing thing, const Event& event, const Verdict& verdict) {
    const std::string address = event.address.text();
    std::vector<tell::Field> fields{{"address", address},
                                    {"name", event.ehlo},
                                    {"sum", verdict.sum.value()},
                                    {"measure", name(verdict.measure)}};
    const auto pieces = verdict.evidence.items();
    if (!pieces.empty()) fields.push_back({"evidence", name(pieces.front().kind)});
    telling.tell(thing, fields);
}

}  // namespace

// Who brings mail is not judged as one who logs in.
edge::Decision Edges::ask_of_mail(const Intake& intake, const edge::EntranceRules& rules,
                                  const Event& event) {
    Event placed = event;
    const auto known = intake.meet(placed);
    mail_.adopt(intake.policy());
    const guard::Answer judged = mail_.consider(placed, {.acts = known.acts, .posture = known.posture});
    edge::Decision decision;
    if (!judged.acts) return decision;
    if (judged.verdict.familiar) decision.known_as = edge::ClientClass::known_sender;
    const wire::Answer answer = answer_of(judged, rules.most_delay, world_.help_url);
    decision.step = answer.step;
    if (!answer.stops()) return decision;
    decision.known_as = edge::ClientClass::doubtful;
    const bool for_good = answer.step == wire::Answer::Step::refuse && rules.mx.refuse_for_good;
    wire::append_reason(answer, for_good ? "Mail from your server is not accepted" : "Please try again later",
                        decision.text);
    tell_of_mail(world_.telling, Thing::mail_stopped, placed, judged.verdict);
    return decision;
}

// With its lists, as it was asked about. What comes before the memory is awake was let in unjudged, too.
void Edges::report_mail(const Event& event) {
    const Intake* intake = world_.waking.intake();
    if (intake == nullptr) return;
    Event placed = event;
    static_cast<void>(intake->meet(placed));
    if (const auto stop = mail_.learn(placed))
        tell_of_mail(world_.telling, Thing::mail_would_stop, placed, stop->verdict);
}

void Edges::hear_of_content(const Event& event) {
    const Intake* intake = world_.waking.intake();
    if (intake != nullptr && !intake->ground()->policy->is_forwarder(event.address)) report_mail(event);
}

std::optional<MailWhy> Edges::why_of_mail(const Address& address) {
    const Intake* intake = world_.waking.intake();
    if (intake == nullptr || !takes_mail_) return std::nullopt;
    MailWhy why;
    why.event.time = why.event.received = world_.clock();
    why.event.address = address;
    why.event.service = Service::smtp;
    const auto known = intake->meet(why.event);
    mail_.adopt(intake->ground()->policy);
    why.now = mail_.look(why.event, known.posture);
    why.stops = mail_.stops_of(address, why.event.time - 24h);
    return why;
}

// Nobody else's server is called so.
void Edges::name_ourselves(const EdgePlan& plan, const config::Settings& settings) {
    std::vector<std::string> names;
    for (const EdgePlan::Entrance& each : plan.entrances)
        if (each.rules.protocol == edge::Protocol::smtp) names.push_back(each.rules.offer.host);
    takes_mail_ = !names.empty();
    if (!settings.accounts.default_realm.empty()) names.push_back(settings.accounts.default_realm);
    mail_.name_ourselves(std::move(names));
}

}  // namespace tidegate::app

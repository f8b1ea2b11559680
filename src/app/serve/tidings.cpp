#include "app/serve/tidings.h"

#include <string>
#include <vector>

#include "tell/incident/story.h"

namespace tidegate::app {
namespace {

using tell::Thing;

Thing thing_of(guard::Happening::Kind kind) {
    using Kind = guard::Happening::Kind;
    switch (kind) {
        case Kind::refused:
            return Thing::refused;
        case Kind::would_refuse:
            return Thing::would_refuse;
        case Kind::takeover:
            return Thing::takeover_suspected;
        case Kind::alarm:
            return Thing::alarm;
        case Kind::posture:
            return Thing::posture_changed;
        case Kind::vouched:
            return Thing::vouched;
        case Kind::mode:
            return Thing::mode_changed;
        case Kind::incident:
            break;
    }
    return Thing::alarm;
}

Thing thing_of(IncidentState state) {
    switch (state) {
        case IncidentState::open:
            return Thing::incident_opened;
        case IncidentState::quiet:
            return Thing::incident_quiet;
        case IncidentState::closed:
            break;
    }
    return Thing::incident_closed;
}

void tell_of_target(const std::string& id, const IncidentTarget& target, tell::Telling& telling) {
    const std::string name = tell::target_words(target), text = tell::share_words(target);
    telling.tell(Thing::incident_target, {{"id", id}, {"target", name}, {"text", text}});
}

void tell_of(const tell::IncidentNews& news, tell::Telling& telling) {
    if (news.target) return tell_of_target(news.head.id, *news.target, telling);
    const std::string began = rfc3339(news.head.began);
    std::vector<tell::Field> fields{{"id", news.head.id}};
    if (news.head.state == IncidentState::open) fields.push_back({"again", news.again ? "yes" : "no"});
    if (!news.who.empty()) fields.push_back({"author", news.who});
    fields.push_back({"since", began});
    fields.push_back({"alarms", static_cast<std::int64_t>(news.head.alarms)});
    fields.push_back({"title", news.head.title});
    telling.tell(thing_of(news.head.state), fields);
}

}  // namespace

void tell_of(const guard::Happening& happening, tell::Telling& telling) {
    if (happening.incident != nullptr) return tell_of(*happening.incident, telling);
    std::vector<tell::Field> fields;
    std::string address;
    if (!happening.code.empty()) fields.push_back({"code", happening.code});
    if (happening.event != nullptr) {
        const Event& event = *happening.event;
        address = event.address.is_none() ? "" : event.address.text();
        fields.push_back({"address", address});
        fields.push_back({"account", event.account});
        fields.push_back({"service", name(event.service)});
    }
    if (happening.verdict != nullptr) {
        fields.push_back({"sum", happening.verdict->sum.value()});
        fields.push_back({"measure", name(happening.verdict->measure)});
        const auto pieces = happening.verdict->evidence.items();
        if (!pieces.empty()) fields.push_back({"evidence", name(pieces.front().kind)});
    }
    if (!happening.series.empty()) {
        fields.push_back({"series", happening.series});
        fields.push_back({"state", happening.over ? "over" : "open"});
    }
    if (!happening.text.empty()) fields.push_back({"text", happening.text});
    telling.tell(thing_of(happening.kind), fields);
}

void tell_of(const std::vector<observe::ListTiding>& lists, tell::Telling& telling) {
    for (const observe::ListTiding& each : lists)
        if (each.trouble)
            telling.tell(tell::Thing::list_trouble, {{"list", each.name}, {"error", each.trouble->text()}});
        else
            telling.tell(tell::Thing::list_reloaded,
                         {{"list", each.name}, {"entries", static_cast<std::int64_t>(each.entries)}});
}

}  // namespace tidegate::app

// The record for programs; docs/status-page.md documents each field.
#include <fmt/format.h>

#include <array>

#include "event/json.h"
#include "tell/status/frame.h"

namespace tidegate::tell::status {
namespace {

// Part of the interface: never renamed.
constexpr std::array<std::string_view, 6> service_states{"working", "unknown",   "maintenance",
                                                         "slow",    "disturbed", "down"};
constexpr std::array<std::string_view, 5> public_states{"investigating", "identified", "mending", "watching",
                                                        "over"};

std::string_view name_of(ServiceState state) {
    return service_states[static_cast<std::size_t>(state)];
}

std::string_view name_of(PublicState state) {
    return public_states[static_cast<std::size_t>(state)];
}

std::string time_json(const std::optional<Time>& time) {
    return time ? json_string(rfc3339(*time)) : "null";
}

template <class List, class Write>
std::string list_json(const List& list, Write write) {
    std::string out = "[";
    for (const auto& each : list) out += (out.size() > 1 ? "," : "") + write(each);
    return out + "]";
}

std::string texts_json(const std::vector<std::string>& texts) {
    return list_json(texts, [](const std::string& each) { return json_string(each); });
}

std::string day_json(const ServiceDay& day) {
    return fmt::format(R"({{"day":"{:04}-{:02}-{:02}","worst":"{}","minutes_hurt":{},"minutes_down":{}}})",
                       static_cast<int>(day.day.year()), static_cast<unsigned>(day.day.month()),
                       static_cast<unsigned>(day.day.day()), name_of(day.worst), day.minutes_hurt,
                       day.minutes_down);
}

std::string service_json(const PublicService& service) {
    return fmt::format(R"({{"name":{},"label":{},"state":"{}","days":{}}})", json_string(service.name),
                       json_string(service.label), name_of(service.now), list_json(service.days, day_json));
}

std::string update_json(const PublicUpdate& update) {
    return fmt::format(R"({{"time":{},"state":"{}","text":{},"source":{}}})", time_json(update.time),
                       name_of(update.state), json_string(update.text), json_string(update.source));
}

std::string incident_json(const PageWorld& world, const PublicIncident& incident) {
    return fmt::format(
        R"({{"id":{},"url":{},"title":{},"state":"{}","services":{},"worst":"{}","began":{},"over":{},)"
        R"("next_update_by":{},"late":{},"updates":{},"meanwhile":{},"steps":{},"has_post_mortem":{}}})",
        json_string(incident.id),
        json_string(fmt::format("{}incident/{}.html", world.rules.url, file_name_of(incident.id))),
        json_string(incident.title), name_of(incident.state), texts_json(incident.services),
        name_of(incident.worst), time_json(incident.began), time_json(incident.over),
        time_json(incident.next_update_by), is_late(incident, world.record.made),
        list_json(incident.updates, update_json), texts_json(incident.meanwhile), texts_json(incident.steps),
        !incident.post_mortem.empty());
}

std::string work_json(const PublicWork& work) {
    return fmt::format(
        R"({{"id":{},"title":{},"text":{},"services":{},"from":{},"until":{},"changed":{},"under_way":{},)"
        R"("done":{},"called_off":{}}})",
        json_string(work.id), json_string(work.title), json_string(work.text), texts_json(work.services),
        time_json(work.from), time_json(work.until), time_json(work.changed), work.under_way, work.done,
        work.called_off);
}

}  // namespace

std::string record_json(const PageWorld& world) {
    const PublicRecord& record = world.record;
    return fmt::format(
        R"({{"version":1,"provider":{},"url":{},"zone":{},"made":{},"state":"{}","summary":{},)"
        R"("services":{},"incidents":{},"work":{}}})"
        "\n",
        json_string(record.provider), json_string(world.rules.url), json_string(world.clock.zone()),
        time_json(record.made), name_of(worst_of(record)), json_string(sentence_of(record, world.words)),
        list_json(record.services, service_json),
        list_json(record.incidents, [&](const PublicIncident& each) { return incident_json(world, each); }),
        list_json(record.work, work_json));
}

}  // namespace tidegate::tell::status

// The first thing that a customer reads.
#include <algorithm>
#include <array>

#include "tell/status/frame.h"

namespace tidegate::tell::status {
namespace {

bool is_open(const PublicIncident& incident) {
    return incident.state != PublicState::over;
}

struct Part {
    ServiceState state;
    Phrase phrase;
};
// The worst first.
constexpr std::array<Part, 4> parts{{{ServiceState::down, Phrase::services_down},
                                     {ServiceState::disturbed, Phrase::services_disturbed},
                                     {ServiceState::slow, Phrase::services_slow},
                                     {ServiceState::maintenance, Phrase::services_maintained}}};

std::size_t count_of(const PublicRecord& record, ServiceState state) {
    return static_cast<std::size_t>(std::ranges::count(record.services, state, &PublicService::now));
}

// With all services well, or without any: the incidents decide.
Phrase all_well(const PublicRecord& record) {
    const bool open = std::ranges::any_of(record.incidents, is_open);
    const bool watching = std::ranges::all_of(record.incidents, [](const PublicIncident& each) {
        return !is_open(each) || each.state == PublicState::watching;
    });
    const bool harmless = std::ranges::all_of(record.incidents, [](const PublicIncident& each) {
        return !is_open(each) || each.worst == ServiceState::working;
    });
    const bool all =
        !record.services.empty() && count_of(record, ServiceState::working) == record.services.size();
    if (open && harmless && all) return Phrase::works_though;
    if (open) return watching ? Phrase::works_again : Phrase::looking_into;
    if (record.services.empty()) return Phrase::nothing_known;
    const std::size_t unknown = count_of(record, ServiceState::unknown);
    if (unknown == record.services.size()) return Phrase::nothing_measured;
    return unknown > 0 ? Phrase::measured_work : Phrase::all_work;
}

}  // namespace

std::string labels_of(const PublicRecord& record, const std::vector<std::string>& services) {
    std::string out;
    for (const std::string& name : services) {
        const auto service = std::ranges::find(record.services, name, &PublicService::name);
        const bool known = service != record.services.end() && !service->label.empty();
        out.append(out.empty() ? "" : ", ").append(known ? service->label : name);
    }
    return out;
}

ServiceState worst_of(const PublicRecord& record) {
    ServiceState worst = ServiceState::working;
    for (const PublicService& service : record.services) worst = std::max(worst, service.now);
    for (const PublicIncident& incident : record.incidents)
        if (is_open(incident) && incident.state != PublicState::watching)
            worst = std::max(worst, ServiceState::slow);
    return worst;
}

std::string sentence_of(const PublicRecord& record, const Wording& words) {
    std::string out;
    std::size_t named = 0;
    for (const Part& part : parts) {
        std::vector<std::string> names;
        for (const PublicService& service : record.services)
            if (service.now == part.state) names.push_back(service.name);
        if (names.empty()) continue;
        named += names.size();
        out += (out.empty() ? "" : " ") + words.plain(part.phrase, {{"services", labels_of(record, names)}});
    }
    if (out.empty()) return words.plain(all_well(record));
    const bool rest_works = named + count_of(record, ServiceState::working) == record.services.size();
    if (rest_works && named < record.services.size()) out += " " + words.plain(Phrase::rest_works);
    return out;
}

}  // namespace tidegate::tell::status

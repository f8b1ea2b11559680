// Cases that no incident opens: customers are hurt, and no alarm says why.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "tell/cases/book.h"

namespace tidegate::tell {
namespace {

// That nothing was measured yet after a start is not taken for the end.
constexpr std::chrono::minutes well_for{2};

bool is_opened_for_services(const CaseRecord& record) {
    return record.incident.empty() && record.opened_by == drawn_up;
}

bool shares_one(const std::vector<std::string>& some, const std::vector<std::string>& others) {
    return std::ranges::find_first_of(some, others) != some.end();
}

// Somebody tells customers of it already, is about to, or has said of what is measured since `began` that it
// is over.
bool is_about(const CaseRecord& record, const std::vector<std::string>& hurt, Time began) {
    if (record.over)
        return *record.over >= began && last_published(record) != nullptr &&
               shares_one(record.services, hurt);
    if (is_opened_for_services(record) || record.seen == IncidentState::open) return true;
    if (record.state == PublicState::watching) return false;
    return shares_one(record.services, hurt) ||
           std::ranges::any_of(record.updates, [&](const CaseUpdate& each) {
               return each.stage != UpdateStage::dropped && shares_one(each.services, hurt);
           });
}

bool is_any_hurt(const Measured& measured) {
    return std::ranges::any_of(measured.services, &ServiceStanding::is_hurt);
}

bool are_well(const CaseRecord& record, const Measured& measured, Time now) {
    return std::ranges::all_of(measured.services, [&](const ServiceStanding& each) {
        const bool is_its = std::ranges::find(record.services, each.name) != record.services.end();
        return !is_its || (each.state != ServiceState::unknown && now - each.since >= well_for);
    });
}

}  // namespace

void CaseBook::follow_services(const Measured& measured, Time now) {
    const bool hurts = is_any_hurt(measured);
    for (CaseRecord& each : state_.cases) {
        if (!is_opened_for_services(each) || each.over) continue;
        if (hurts)
            follow_one(each, {.id = each.id, .state = IncidentState::open}, measured, now);
        else if (are_well(each, measured, now))
            follow_one(each, {.id = each.id, .state = IncidentState::closed, .closed = now}, measured, now);
    }
    if (rules_.open_when_hurt > Duration{} && hurts) open_for_services(measured, now);
}

void CaseBook::open_for_services(const Measured& measured, Time now) {
    std::vector<std::string> hurt;
    Time began = now;
    for (const ServiceStanding& each : measured.services) {
        if (!each.is_hurt()) continue;
        hurt.push_back(each.name);
        began = std::min(began, each.since);
    }
    if (now - began < rules_.open_when_hurt) return;
    if (std::ranges::any_of(state_.cases,
                            [&](const CaseRecord& each) { return is_about(each, hurt, began); }))
        return;
    CaseRecord record{.id = fmt::format("{}{}", case_prefix, state_.next_number++),
                      .opened_by = std::string(drawn_up),
                      .services = std::move(hurt),
                      .began = began,
                      .opened = now,
                      .seen = IncidentState::open};
    record.title = suggest(Occasion::first, record, measured, rules_, now).title;
    state_.cases.push_back(std::move(record));
    prune();
    CaseRecord& kept = state_.cases.back();
    tell(CaseNews::Kind::opened, kept, std::string(drawn_up), {}, now);
    suggest_by_itself(kept, Occasion::first, measured, now);
}

// An incident has come that says why.
void CaseBook::drop_unsaid(Time now) {
    for (CaseRecord& each : state_.cases) {
        const CaseUpdate* draft = waiting(each);
        const bool is_held = draft != nullptr && draft->stage == UpdateStage::held;
        if (is_opened_for_services(each) && !each.over && last_published(each) == nullptr && !is_held)
            end(each, now);
    }
}

}  // namespace tidegate::tell

// What the case book does by itself.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "tell/cases/book.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::chrono::hours report_reminder{1};

bool are_done(const CaseRecord& record) {
    return std::ranges::all_of(record.checks, [](const CaseCheck& each) { return each.done.has_value(); });
}

bool is_any_hurt(const CaseUpdate& update) {
    return update.worst > ServiceState::maintenance;
}

// Where a name is meant the whole text goes: what is left of it could still tell.
void forget_in(std::string& text, const AccountTest& is_meant) {
    if (names_account(text, is_meant)) text = forgotten_text;
}

void forget_in(CaseRecord& record, const AccountTest& is_meant) {
    const auto forget = [&](auto&... texts) { (forget_in(texts, is_meant), ...); };
    forget(record.title, record.opened_by, record.post_mortem.text, record.post_mortem.author);
    for (CaseNote& each : record.notes) forget(each.text, each.who);
    for (CaseUpdate& each : record.updates)
        forget(each.text, each.title, each.source, each.author, each.approver);
    for (CaseCheck& each : record.checks) forget(each.text, each.who);
    for (SupportCount& each : record.support) forget(each.who);
    for (Promise& each : record.reports) forget(each.name);
    for (std::string& each : record.meanwhile) forget(each);
    for (std::string& each : record.steps) forget(each);
}

void forget_in(WorkRecord& work, const AccountTest& is_meant) {
    forget_in(work.plan.title, is_meant);
    forget_in(work.plan.text, is_meant);
    forget_in(work.author, is_meant);
    for (CaseNote& each : work.notes) {
        forget_in(each.text, is_meant);
        forget_in(each.who, is_meant);
    }
}

bool watches(const PublicWork& plan, std::string_view service, const CaseRules& rules) {
    return std::ranges::any_of(rules.services, [&](const ServiceRule& rule) {
        return std::ranges::find(plan.services, rule.name) != plan.services.end() &&
               std::ranges::find(rule.watches, service) != rule.watches.end();
    });
}

// Whether work explains the alarms: those of its services do, those of others do not, and totals may, unless
// it is an attack.
bool may_be_of(const PublicWork& plan, const Incident& incident, const CaseRules& rules) {
    bool is_named = false;
    for (const SeriesName& each : incident.alarmed) {
        if (each.service == Service::unknown) continue;
        is_named = true;
        if (watches(plan, name(each.service), rules)) return true;
    }
    return !is_named && sure_cause(incident.cause) != Cause::attack;
}

std::string pending_at(std::string_view outlet, std::string_view partner) {
    return partner.empty() ? std::string(outlet) : fmt::format("{}@{}", outlet, partner);
}

}  // namespace

void CaseBook::follow(std::span<const IncidentHead> heads, const Measured& measured, Time now) {
    for (const IncidentHead& head : heads) {
        const auto found = std::ranges::find(state_.cases, head.id, &CaseRecord::incident);
        if (found != state_.cases.end())
            follow_one(*found, head, measured, now);
        else if (head.state != IncidentState::closed)
            open_for(head, measured, now);
    }
}

void CaseBook::open_for(const IncidentHead& head, const Measured& measured, Time now) {
    state_.cases.push_back({.id = head.id,
                            .incident = head.id,
                            .opened_by = std::string(drawn_up),
                            .began = head.began,
                            .opened = now,
                            .seen = head.state});
    prune();
    drop_unsaid(now);
    CaseRecord& record = state_.cases.back();
    const auto incident = find_(head.id);
    for (const WorkRecord& each : state_.work)
        if (each.plan.under_way && incident && may_be_of(each.plan, *incident, rules_))
            record.during = each.plan.id;
    tell(CaseNews::Kind::opened, record, std::string(drawn_up), head.title, now);
    if (!record.during.empty())
        add_note(record,
                 {now, NoteKind::seen, std::string(drawn_up),
                  fmt::format("opened during announced work {}: nothing goes out by itself", record.during)});
    suggest_by_itself(record, Occasion::first, measured, now);
}

void CaseBook::follow_one(CaseRecord& record, const IncidentHead& head, const Measured& measured, Time now) {
    if (record.seen == head.state) return;
    const IncidentState before = std::exchange(record.seen, head.state);
    changed_ = true;
    add_note(record, {now, NoteKind::seen, std::string(drawn_up),
                      fmt::format("the {} {}", record.incident.empty() ? "disturbance is" : "incident is",
                                  name(head.state))});
    if (head.state == IncidentState::open && before != IncidentState::open) {
        record.ended.reset();
        if (record.over || last_published(record) == nullptr) return;
        record.watch_until.reset();
        return suggest_by_itself(record, Occasion::again, measured, now);
    }
    if (before == IncidentState::open) calm_down(record, head, measured, now);
    const CaseUpdate* draft = waiting(record);
    const bool is_held = draft != nullptr && draft->stage == UpdateStage::held;
    // Nobody was told that it began, and nobody means to.
    if (head.state == IncidentState::closed && !record.over && last_published(record) == nullptr && !is_held)
        end(record, now);
}

// What was not published yet is not worth it any more.
void CaseBook::calm_down(CaseRecord& record, const IncidentHead& head, const Measured& measured, Time now) {
    record.ended = head.closed == Time{} ? now : head.closed;
    if (record.over || record.state == PublicState::watching || last_published(record) == nullptr) return;
    begin_watch(record, now);
    suggest_by_itself(record, Occasion::calm, measured, now);
}

void CaseBook::learn_cause(CaseRecord& record) const {
    if (record.is_cause_by_hand || record.incident.empty()) return;
    if (const auto incident = find_(record.incident)) record.cause = sure_cause(incident->cause);
}

CaseUpdate& CaseBook::add_update(CaseRecord& record, Time now) {
    for (CaseUpdate& each : record.updates)
        if (each.stage == UpdateStage::draft) each.stage = UpdateStage::dropped;
    const std::uint32_t number = record.updates.empty() ? 1 : record.updates.back().number + 1;
    record.updates.push_back({.number = number, .made = now});
    return record.updates.back();
}

bool CaseBook::may_go_out(const CaseRecord& record, const CaseUpdate& update) const {
    if (!record.during.empty() || rules_.automatic == Automatic::none) return false;
    return rules_.automatic == Automatic::all || is_any_hurt(update) || last_published(record) != nullptr;
}

// Somebody who holds a text back has taken the matter in hand: nothing is drawn up beside it.
void CaseBook::suggest_by_itself(CaseRecord& record, Occasion occasion, const Measured& measured, Time now,
                                 std::optional<Time> goes_out) {
    const CaseUpdate* draft = waiting(record);
    const bool is_held = draft != nullptr && draft->stage == UpdateStage::held;
    if ((is_held && goes_out != Time{}) || record.updates.size() >= most_updates) return;
    learn_cause(record);
    Suggestion made = suggest(occasion, record, measured, rules_, now);
    CaseUpdate& update = add_update(record, now);
    update.author = drawn_up;
    update.state = made.state;
    update.worst = made.worst;
    update.services = made.services;
    update.text = std::move(made.text);
    if (!record.is_titled_by_hand) update.title = made.title;
    if (record.title.empty()) record.title = std::move(made.title);
    if (record.meanwhile.empty()) record.meanwhile = std::move(made.meanwhile);
    if (record.steps.empty()) record.steps = std::move(made.steps);
    const bool is_watch = made.state == PublicState::watching && record.watch_until;
    if (made.state != PublicState::over)
        update.next_in = is_watch ? *record.watch_until - now : rules_.update_every;
    if (goes_out != Time{} && may_go_out(record, update))
        update.goes_out = goes_out.value_or(now + rules_.publish_after);
    tell(CaseNews::Kind::drafted, record, std::string(drawn_up), update.text,
         update.goes_out.value_or(Time{}));
}

void CaseBook::let_out(CaseRecord& record, CaseUpdate& update, std::string_view who, Time now) {
    for (CaseUpdate& each : record.updates)
        if (&each != &update && each.stage == UpdateStage::draft) each.stage = UpdateStage::dropped;
    update.stage = UpdateStage::published;
    update.published = now;
    update.approver = who;
    update.goes_out.reset();
    for (const std::string& outlet : rules_.outlets) {
        update.pending.push_back(pending_at(outlet, {}));
        for (const PartnerRule& each : rules_.partners)
            update.pending.push_back(pending_at(outlet, each.name));
    }
    record.state = update.state;
    record.worst = std::max(record.worst, update.worst);
    if (!update.title.empty()) record.title = update.title;
    for (const std::string& each : update.services)
        if (std::ranges::find(record.services, each) == record.services.end())
            record.services.push_back(each);
    if (record.next && record.next->broken)
        tell(CaseNews::Kind::promise_kept, record, std::string(who), {}, now);
    record.next.reset();
    tell(CaseNews::Kind::published, record, std::string(who), update.text, now);
    if (update.state == PublicState::over) return end(record, now);
    record.over.reset();
    if (update.next_in) record.next = Promise{.due = now + *update.next_in};
    if (update.state != PublicState::watching) {
        record.watch_until.reset();
        return;
    }
    begin_watch(record, now);
    // The next thing that there is to say is that watching has ended.
    if (record.next && *record.watch_until > now) record.next->due = *record.watch_until;
    if (record.next && *record.watch_until <= now) record.next->due = now + rules_.update_every;
}

void CaseBook::begin_watch(CaseRecord& record, Time now) const {
    if (!record.ended) record.ended = now;
    if (record.watch_until) return;
    record.are_checks_told = false;
    record.watch_until = now + rules_.watch_for;
    if (record.checks.empty())
        for (const std::string& each : rules_.checks | std::views::take(most_small))
            record.checks.push_back({.text = each});
}

void CaseBook::end(CaseRecord& record, Time now) {
    for (CaseUpdate& each : record.updates)
        if (each.stage == UpdateStage::draft) each.stage = UpdateStage::dropped;
    record.over = now;
    if (!record.ended) record.ended = now;
    record.state = PublicState::over;
    record.next.reset();
    record.watch_until.reset();
    tell(CaseNews::Kind::over, record, {}, {}, now);
}

void CaseBook::tick(const Measured& measured, Time now) {
    follow_services(measured, now);
    for (CaseRecord& each : state_.cases) tick_one(each, measured, now);
    for (WorkRecord& each : state_.work) mind_work(each, now);
}

void CaseBook::tick_one(CaseRecord& record, const Measured& measured, Time now) {
    CaseUpdate* draft = waiting(record);
    if (draft != nullptr && draft->stage == UpdateStage::draft && draft->goes_out && *draft->goes_out <= now)
        let_out(record, *draft, drawn_up, now);
    if (!record.over) mind_watch(record, measured, now);
    mind_promises(record, measured, now);
}

void CaseBook::mind(CaseRecord& record, Promise& promise, Duration before, Time now) {
    if (promise.kept) return;
    if (!promise.reminded && now >= promise.due - before) {
        promise.reminded = true;
        tell(CaseNews::Kind::promise_near, record, {}, promise.name, promise.due);
    }
    if (promise.broken || now <= promise.due) return;
    promise.broken = true;
    tell(CaseNews::Kind::promise_broken, record, {}, promise.name, promise.due);
}

void CaseBook::mind_promises(CaseRecord& record, const Measured& measured, Time now) {
    for (Promise& each : record.reports)
        mind(record, each, std::max<Duration>(rules_.remind_before, report_reminder), now);
    if (!record.next) return;
    // With nobody awake the promise is kept all the same, by what is measured: nobody is woken for that.
    const Time due = record.next->due;
    const bool is_near = !record.next->reminded && now >= due - rules_.remind_before && now < due;
    if (is_near && record.state != PublicState::watching) {
        const Duration before = std::min<Duration>(rules_.remind_before / 2, std::chrono::minutes(1));
        suggest_by_itself(record, Occasion::goes_on, measured, now, std::max(now, due - before));
    }
    const CaseUpdate* draft = waiting(record);
    const bool will_be_kept = draft != nullptr && draft->goes_out && *draft->goes_out <= due;
    // What watching ends with is due when watching ends.
    const bool is_watchs = record.watch_until && *record.watch_until <= due && are_done(record) &&
                           rules_.automatic != Automatic::none;
    if (will_be_kept || (is_watchs && now <= due)) record.next->reminded = true;
    mind(record, *record.next, rules_.remind_before, now);
}

void CaseBook::mind_watch(CaseRecord& record, const Measured& measured, Time now) {
    if (record.state != PublicState::watching || !record.watch_until || now < *record.watch_until) return;
    if (waiting(record) != nullptr) return;
    if (are_done(record)) {
        // Now, since an update was promised for now.
        suggest_by_itself(record, Occasion::over, measured, now, now);
        if (CaseUpdate* draft = waiting(record); draft != nullptr && draft->goes_out == now)
            let_out(record, *draft, drawn_up, now);
        return;
    }
    if (std::exchange(record.are_checks_told, true)) return;
    tell(CaseNews::Kind::checks_open, record, {}, {}, now);
}

std::vector<Publication> CaseBook::due(Time now) const {
    std::vector<Publication> out;
    for (const CaseRecord& record : state_.cases)
        for (const CaseUpdate& update : record.updates) {
            if (!update.published) continue;
            const Time published = *update.published;
            for (const std::string& each : update.pending) {
                const auto at = each.find('@');
                const bool is_own = at == std::string::npos;
                if (is_own && now < published + rules_.own_lead()) continue;
                const std::string partner = is_own ? std::string() : each.substr(at + 1);
                out.push_back({.key = pending_at(fmt::format("{}/{}", record.id, update.number), partner),
                               .outlet = each.substr(0, at),
                               .partner = partner,
                               .id = record.id,
                               .number = update.number,
                               .title = update.title.empty() ? record.title : update.title,
                               .update = {.time = published,
                                          .state = update.state,
                                          .text = update.text,
                                          .source = update.source},
                               .next_update_by = update.next_in ? std::optional(published + *update.next_in)
                                                                : std::nullopt});
            }
        }
    return out;
}

void CaseBook::delivered(const Publication& publication) {
    CaseRecord* record = one(publication.id);
    if (record == nullptr) return;
    const std::string name = pending_at(publication.outlet, publication.partner);
    for (CaseUpdate& each : record->updates)
        if (each.number == publication.number && std::erase(each.pending, name) > 0) changed_ = true;
}

void CaseBook::forget(const AccountTest& is_meant) {
    for (CaseRecord& each : state_.cases) forget_in(each, is_meant);
    for (WorkRecord& each : state_.work) forget_in(each, is_meant);
    changed_ = true;
}

void CaseBook::prune() {
    while (state_.cases.size() > most_cases) {
        const auto done = std::ranges::find_if(state_.cases.begin(), state_.cases.end() - 1,
                                               [](const CaseRecord& each) { return each.over.has_value(); });
        // Where none is over, the oldest goes all the same: room is bounded.
        state_.cases.erase(done == state_.cases.end() - 1 ? state_.cases.begin() : done);
    }
}

}  // namespace tidegate::tell

// What people do with cases.
#include "tell/cases/book.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "tell/cases/post_mortem.h"
#include "tell/cases/screen.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

std::unexpected<Error> refused(std::string what, std::string mend) {
    return std::unexpected(Error{"", 0, std::move(what), std::move(mend)});
}

std::unexpected<Error> full(std::string_view of_what) {
    return refused(fmt::format("the case has no room for more {}", of_what), "keep it elsewhere");
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

CaseUpdate* numbered(CaseRecord& record, std::uint32_t number) {
    if (number == 0) return waiting(record);
    const auto found = std::ranges::find(record.updates, number, &CaseUpdate::number);
    return found == record.updates.end() ? nullptr : &*found;
}

Result<CaseUpdate*> draft_of(CaseRecord& record, std::uint32_t number) {
    CaseUpdate* update = numbered(record, number);
    if (update == nullptr)
        return refused(number == 0 ? "no update waits" : fmt::format("there is no update {}", number),
                       "`tidegate incident case` shows what there is");
    if (update->stage == UpdateStage::published)
        return refused(fmt::format("update {} is out already", update->number),
                       "publish another one that puts it right");
    return update;
}

}  // namespace

CaseUpdate* waiting(CaseRecord& record) {
    for (CaseUpdate& each : record.updates | std::views::reverse)
        if (each.stage == UpdateStage::draft || each.stage == UpdateStage::held) return &each;
    return nullptr;
}

const CaseUpdate* last_published(const CaseRecord& record) {
    for (const CaseUpdate& each : record.updates | std::views::reverse)
        if (each.stage == UpdateStage::published) return &each;
    return nullptr;
}

CaseBook::CaseBook(CaseRules rules, FindIncident find, CaseState state)
    : rules_(std::move(rules)), find_(std::move(find)), state_(std::move(state)) {}

void CaseBook::restore(CaseState state) {
    state_ = std::move(state);
    news_.clear();
}

const CaseRecord* CaseBook::find(std::string_view id) const {
    const auto found = std::ranges::find(state_.cases, id, &CaseRecord::id);
    return found == state_.cases.end() ? nullptr : &*found;
}

CaseRecord* CaseBook::one(std::string_view id) {
    const auto found = std::ranges::find(state_.cases, id, &CaseRecord::id);
    return found == state_.cases.end() ? nullptr : &*found;
}

Result<CaseRecord*> CaseBook::known(std::string_view id) {
    CaseRecord* record = one(id);
    if (record != nullptr) return record;
    return refused(fmt::format("there is no case '{}'", harmless(id)), "`tidegate incident cases` has them");
}

void CaseBook::tell(CaseNews::Kind kind, const CaseRecord& record, std::string who, std::string text,
                    Time time) {
    news_.push_back({kind, record.id, record.title, std::move(who), std::move(text), time});
    changed_ = true;
}

// What people wrote stays; our own observations give way.
void CaseBook::add_note(CaseRecord& record, CaseNote note) {
    changed_ = true;
    if (record.notes.size() >= most_notes) {
        const auto own = std::ranges::find(record.notes, NoteKind::seen, &CaseNote::kind);
        if (own == record.notes.end()) return;
        record.notes.erase(own);
    }
    record.notes.push_back(std::move(note));
}

std::string CaseBook::screened(const CaseRecord& record, std::string_view text, std::size_t most) const {
    const auto incident = record.incident.empty() ? std::nullopt : find_(record.incident);
    std::vector<std::string> partners;
    for (const PartnerRule& each : rules_.partners) partners.push_back(each.label);
    return Screen(incident ? &*incident : nullptr, rules_.contacts, std::move(partners))
        .text(text.substr(0, most));
}

Result<std::string> CaseBook::open(const Opening& opening, const Measured& measured, Time now) {
    if (is_blank(opening.title)) return refused("the case has no title", "say in a few words what is wrong");
    CaseRecord record{.id = fmt::format("{}{}", case_prefix, state_.next_number++),
                      .opened_by = opening.who,
                      .is_titled_by_hand = true,
                      .cause = opening.cause,
                      .is_cause_by_hand = opening.cause.has_value(),
                      .services = opening.services,
                      .began = opening.began.value_or(now),
                      .opened = now,
                      .seen = IncidentState::closed};
    record.title = screened(record, opening.title);
    state_.cases.push_back(std::move(record));
    prune();
    CaseRecord& kept = state_.cases.back();
    tell(CaseNews::Kind::opened, kept, opening.who, {}, now);
    suggest_by_itself(kept, Occasion::first, measured, now, Time{});
    return kept.id;
}

Result<void> CaseBook::note(std::string_view id, CaseNote note) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    if (is_blank(note.text) || note.text.size() > most_text)
        return refused("the text is empty, or longer than 4,000 bytes", "say it in more pieces");
    if ((*record)->notes.size() >= most_notes &&
        std::ranges::find((*record)->notes, NoteKind::seen, &CaseNote::kind) == (*record)->notes.end())
        return full("notes");
    add_note(**record, std::move(note));
    return {};
}

void CaseBook::apply(const UpdateWords& words, CaseRecord& record, CaseUpdate& update) const {
    const auto all_screened = [&](const std::vector<std::string>& texts) {
        std::vector<std::string> out;
        for (const std::string& each : texts | std::views::take(most_small))
            out.push_back(screened(record, each));
        return out;
    };
    if (words.text) update.author = words.who;
    if (words.text) update.text = *words.text;
    if (words.title) update.title = *words.title;
    if (words.title) record.is_titled_by_hand = true;
    if (words.source) update.source = *words.source;
    if (words.state) update.state = *words.state;
    if (words.worst) update.worst = *words.worst;
    if (words.services) update.services = *words.services;
    if (words.next_in) update.next_in = *words.next_in > Duration{} ? words.next_in : std::nullopt;
    if (words.meanwhile) record.meanwhile = all_screened(*words.meanwhile);
    if (words.steps) record.steps = all_screened(*words.steps);
    update.text = screened(record, update.text);
    update.title = screened(record, update.title);
    update.source = screened(record, update.source);
}

Result<std::uint32_t> CaseBook::draft(std::string_view id, const UpdateWords& words, const Measured& measured,
                                      Time now) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    if (words.text && (is_blank(*words.text) || words.text->size() > most_text))
        return refused("the text is empty, or longer than 4,000 bytes", "shorten it: customers read it");
    if ((*record)->updates.size() >= most_updates) return full("updates");
    if (!words.text) {
        const bool is_first = last_published(**record) == nullptr;
        suggest_by_itself(**record, is_first ? Occasion::first : Occasion::goes_on, measured, now, Time{});
    } else {
        CaseUpdate& update = add_update(**record, now);
        const CaseUpdate* last = last_published(**record);
        update.state = last == nullptr ? PublicState::investigating : last->state;
        update.worst = last == nullptr ? ServiceState::disturbed : last->worst;
        update.services = last == nullptr ? (*record)->services : last->services;
    }
    CaseUpdate& update = (*record)->updates.back();
    update.stage = UpdateStage::held;
    apply(words, **record, update);
    changed_ = true;
    return update.number;
}

Result<std::uint32_t> CaseBook::hold(std::string_view id, std::uint32_t number, std::string_view who,
                                     Time now) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    const auto update = draft_of(**record, number);
    if (!update) return std::unexpected(update.error());
    (*update)->stage = UpdateStage::held;
    (*update)->goes_out.reset();
    add_note(**record, {now, NoteKind::action, std::string(who),
                        fmt::format("held update {}: it does not go out by itself", (*update)->number)});
    return (*update)->number;
}

Result<std::uint32_t> CaseBook::publish(std::string_view id, std::uint32_t number, const UpdateWords& words,
                                        Time now) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    if (words.text && (is_blank(*words.text) || words.text->size() > most_text))
        return refused("the text is empty, or longer than 4,000 bytes", "shorten it: customers read it");
    CaseRecord& it = **record;
    CaseUpdate* update = numbered(it, number);
    const bool is_new = number == 0 && update == nullptr && words.text;
    PublicState usual = it.state;
    if (!is_new) {
        const auto found = draft_of(it, number);
        if (!found) return std::unexpected(found.error());
        update = *found;
        usual = update->state;
    }
    const PublicState state = words.state.value_or(usual);
    const bool are_open = std::ranges::any_of(it.checks, [](const CaseCheck& each) { return !each.done; });
    if (state == PublicState::over && are_open)
        return refused("checks are open", "`tidegate incident check` ticks them off");
    if (is_new) {
        if (it.updates.size() >= most_updates) return full("updates");
        const auto made = draft(id, words, {}, now);
        if (!made) return made;
        update = &it.updates.back();
    } else {
        apply(words, it, *update);
    }
    if (!words.next_in && !update->next_in && state != PublicState::over)
        update->next_in = rules_.update_every;
    if (is_blank(update->text)) return refused("the update has no text", "say what customers should know");
    let_out(it, *update, words.who, now);
    return update->number;
}

Result<void> CaseBook::promise(std::string_view id, Time due, std::string_view who, Time now) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    if ((*record)->over) return refused("the case is over", "an update would open it again");
    if (due <= now) return refused("that is past already", "promise a time to come");
    if ((*record)->next && (*record)->next->broken)
        tell(CaseNews::Kind::promise_kept, **record, std::string(who), {}, now);
    (*record)->next = Promise{.due = due};
    add_note(**record, {now, NoteKind::action, std::string(who),
                        fmt::format("promised the next update by {}", full_time(rules_.zone, due))});
    return {};
}

Result<void> CaseBook::owe(std::string_view id, std::string name, Time due) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    if (is_blank(name)) return refused("the report has no name", "say to whom and what");
    auto& all = (*record)->reports;
    std::erase_if(all, [&](const Promise& each) { return each.name == name; });
    if (all.size() >= most_small) return full("reports");
    all.push_back({.name = std::move(name), .due = due});
    std::ranges::sort(all, {}, &Promise::due);
    changed_ = true;
    return {};
}

Result<void> CaseBook::owe_all(std::string_view id) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    if (rules_.reports.empty())
        return refused("no [[case_report]] is configured", "name the report and when it is due");
    for (const ReportRule& each : rules_.reports)
        if (auto done = owe(id, each.name, (*record)->opened + each.within); !done) return done;
    return {};
}

Result<void> CaseBook::report(std::string_view id, std::string_view name, std::string_view who, Time now) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    const auto found = std::ranges::find((*record)->reports, name, &Promise::name);
    if (found == (*record)->reports.end())
        return refused(fmt::format("no report '{}' is owed", harmless(name)), "the case has those that are");
    if (found->kept) return refused("it was made already", "");
    found->kept = now;
    if (found->broken) tell(CaseNews::Kind::promise_kept, **record, std::string(who), found->name, now);
    add_note(**record, {now, NoteKind::action, std::string(who), fmt::format("made the report '{}'", name)});
    return {};
}

Result<void> CaseBook::add_check(std::string_view id, std::string text) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    if (is_blank(text) || text.size() > most_text)
        return refused("the check says nothing", "say what to see");
    if ((*record)->checks.size() >= most_small) return full("checks");
    (*record)->checks.push_back({.text = std::move(text)});
    changed_ = true;
    return {};
}

Result<void> CaseBook::tick_off(std::string_view id, std::size_t number, std::string_view who, Time now) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    if (number == 0 || number > (*record)->checks.size())
        return refused(fmt::format("there is no check {}", number), "they are numbered from 1");
    CaseCheck& check = (*record)->checks[number - 1];
    if (check.done) return refused("it was ticked off already", "");
    check.done = now;
    check.who = who;
    changed_ = true;
    return {};
}

Result<void> CaseBook::count_support(std::string_view id, SupportCount count) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    if (count.mean_seconds < 0 || count.longest_seconds < count.mean_seconds)
        return refused("the longest time on hold is below the mean", "mean and longest, in seconds");
    auto& all = (*record)->support;
    if (all.size() >= most_counts) return full("counts");
    all.push_back(std::move(count));
    changed_ = true;
    return {};
}

Result<void> CaseBook::write_post_mortem(std::string_view id, std::string_view text, std::string_view who,
                                         Time now) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    if (is_blank(text) || text.size() > most_report)
        return refused("the post-mortem is empty, or longer than 60,000 bytes", "");
    PostMortem& it = (*record)->post_mortem;
    if (it.published && text.find(to_be_written) != std::string::npos)
        return refused("the post-mortem is public, and this one has parts that are to be written",
                       "finish it elsewhere: what is written is public at once");
    it.text = screened(**record, text, most_report);
    it.author = who;
    it.changed = now;
    changed_ = true;
    return {};
}

Result<void> CaseBook::publish_post_mortem(std::string_view id, std::string plot, std::string_view who,
                                           Time now) {
    const auto record = known(id);
    if (!record) return std::unexpected(record.error());
    CaseRecord& it = **record;
    if (it.post_mortem.text.empty())
        return refused("there is no post-mortem", "`tidegate incident postmortem draft` begins one");
    if (it.post_mortem.text.find(to_be_written) != std::string::npos)
        return refused("the post-mortem has parts that are to be written",
                       "`tidegate incident postmortem write`");
    if (!it.over) return refused("the case is not over", "publish an update with state over first");
    if (last_published(it) == nullptr)
        return refused("nothing about this case is public", "publish an update first");
    it.post_mortem.published = now;
    it.post_mortem.plot = std::move(plot);
    tell(CaseNews::Kind::published, it, std::string(who), "post-mortem", now);
    return {};
}

}  // namespace tidegate::tell

// Announced work.
#include <fmt/format.h>

#include <algorithm>

#include "tell/cases/book.h"
#include "tell/cases/screen.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t most_work = 200;
constexpr std::chrono::days longest_kept{90};

std::unexpected<Error> refused(std::string what, std::string mend) {
    return std::unexpected(Error{"", 0, std::move(what), std::move(mend)});
}

bool is_open(const PublicWork& plan) {
    return !plan.done && !plan.called_off;
}

std::string_view word(CaseBook::WorkAct act) {
    using Act = CaseBook::WorkAct;
    return act == Act::begin    ? "has begun"
           : act == Act::extend ? "takes longer"
           : act == Act::done   ? "is done"
                                : "is called off";
}

Result<void> change(PublicWork& plan, CaseBook::WorkAct act, std::optional<Time> until, Time now) {
    using Act = CaseBook::WorkAct;
    if (!is_open(plan))
        return refused(plan.done ? "the work is done" : "the work is called off", "announce it anew");
    if (act == Act::begin && plan.under_way) return refused("the work has begun already", "");
    if (act == Act::done && !plan.under_way)
        return refused("the work has not begun", "call it off, or begin it");
    if (act == Act::extend && (!until || *until <= std::max(now, plan.from)))
        return refused("that is past already, or no time", "say until when it takes");
    if (act == Act::begin) plan.under_way = true;
    if (act == Act::extend) plan.until = *until;
    if (act == Act::done) plan.done = true;
    if (act == Act::call_off) plan.called_off = true;
    if (!is_open(plan)) plan.under_way = false;
    return {};
}

}  // namespace

const WorkRecord* CaseBook::find_work(std::string_view id) const {
    const auto found =
        std::ranges::find_if(state_.work, [&](const WorkRecord& each) { return each.plan.id == id; });
    return found == state_.work.end() ? nullptr : &*found;
}

Result<std::string> CaseBook::announce(PublicWork plan, std::string_view who, Time now) {
    if (plan.title.find_first_not_of(" \t\r\n") == std::string::npos)
        return refused("the work has no title", "say in a few words what is done");
    if (plan.until <= plan.from || plan.until <= now)
        return refused("it ends before it begins, or is past", "");
    std::erase_if(state_.work, [&](const WorkRecord& each) {
        return !is_open(each.plan) && each.plan.until + longest_kept < now;
    });
    if (state_.work.size() >= most_work) return refused("too much work is announced", "be done with some");
    const CaseRecord none{};
    plan.id = fmt::format("work-{}", state_.next_number++);
    plan.title = screened(none, plan.title);
    plan.text = screened(none, plan.text);
    plan.under_way = plan.done = plan.called_off = false;
    plan.changed = now;
    state_.work.push_back({.plan = std::move(plan), .author = std::string(who), .announced = now});
    const PublicWork& it = state_.work.back().plan;
    news_.push_back(
        {CaseNews::Kind::work_changed, it.id, it.title, std::string(who), "is announced", it.from});
    changed_ = true;
    return it.id;
}

Result<void> CaseBook::act(std::string_view id, WorkAct act, std::optional<Time> until, std::string_view text,
                           std::string_view who, Time now) {
    const auto found =
        std::ranges::find_if(state_.work, [&](const WorkRecord& each) { return each.plan.id == id; });
    if (found == state_.work.end())
        return refused(fmt::format("no work '{}' is announced", harmless(id)), "`tidegate work list` has it");
    if (auto done = change(found->plan, act, until, now); !done) return done;
    found->plan.changed = now;
    found->is_late_told = false;
    if (!text.empty()) found->plan.text = screened(CaseRecord{}, text);
    if (found->notes.size() < most_small)
        found->notes.push_back({now, NoteKind::action, std::string(who), std::string(word(act))});
    news_.push_back({CaseNews::Kind::work_changed, found->plan.id, found->plan.title, std::string(who),
                     std::string(word(act)), now});
    changed_ = true;
    return {};
}

std::vector<std::string> CaseBook::in_work() const {
    std::vector<std::string> out;
    for (const WorkRecord& each : state_.work)
        if (each.plan.under_way) out.insert(out.end(), each.plan.services.begin(), each.plan.services.end());
    return out;
}

void CaseBook::mind_work(WorkRecord& work, Time now) {
    if (!is_open(work.plan) || work.is_late_told) return;
    const bool is_unbegun = !work.plan.under_way && now >= work.plan.from;
    const bool is_long = work.plan.under_way && now > work.plan.until;
    if (!is_unbegun && !is_long) return;
    work.is_late_told = true;
    news_.push_back({CaseNews::Kind::work_late,
                     work.plan.id,
                     work.plan.title,
                     {},
                     is_long ? "should be done" : "should have begun",
                     is_long ? work.plan.until : work.plan.from});
    changed_ = true;
}

}  // namespace tidegate::tell

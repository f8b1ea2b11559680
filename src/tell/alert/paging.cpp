#include "tell/alert/paging.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tell/alert/digest.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t most_pages = 64;
constexpr std::size_t most_kept_bytes = 1000;  // of a thing's text, in memory and on the disk
constexpr std::chrono::minutes clock_slack{1};
constexpr std::chrono::hours longest_wait{24};

void add_all(std::vector<std::string>& to, const std::vector<std::string>& ways) {
    for (const std::string& way : ways)
        if (std::ranges::find(to, way) == to.end()) to.push_back(way);
}

auto find_item(Page& page, std::string_view about) {
    return std::ranges::find_if(page.items,
                                [&](const Bulletin::Item& item) { return item.alert.about == about; });
}

bool goes_on(const Bulletin::Item& item) {
    return item.stage != Stage::over;
}

bool will_end(const Bulletin::Item& item) {
    return goes_on(item) && row_of(item.alert.kind).lasts && item.alert.lasts;
}

// Done with: nothing of it will be heard any more.
bool is_past(const Page& page) {
    const bool is_taken = page.acknowledged && !page.acknowledged->until;
    return page.over || (is_taken && std::ranges::none_of(page.items, will_end));
}

Bulletin::Item kept(Bulletin::Item item) {
    for (std::string* text : {&item.alert.text, &item.alert.todo})
        if (text->size() > most_kept_bytes) text->resize(most_kept_bytes);
    item.stage = item.alert.over ? Stage::over : Stage::raised;
    return item;
}

void add_item(Page& page, const Bulletin::Item& item) {
    if (const auto found = find_item(page, item.alert.about); found != page.items.end()) {
        *found = kept(item);
        return;
    }
    ++page.count;
    if (page.items.size() < Bulletin::most_listed) page.items.push_back(kept(item));
}

std::string step_note(const Page& page, Time now, const std::string& whom) {
    if (page.step == 0 && page.rounds == 0) return "To " + whom + '.';
    return fmt::format("To {}: for {} nobody has acknowledged it.", whom,
                       length(std::max(now - page.opened, Duration::zero())));
}

}  // namespace

std::string id_of(std::uint64_t high, std::uint64_t low) {
    return fmt::format("{:016x}{:016x}", high, low);
}

Bulletin bulletin_of(const Page& page) {
    Bulletin bulletin{.kind = page.kind, .items = {}, .count = page.count};
    for (const Bulletin::Item& item : page.items)
        if (goes_on(item))
            bulletin.items.push_back(item);
        else
            --bulletin.count;
    return bulletin;
}

std::string Paging::draw_id() {
    const std::uint64_t high = draw_();
    return id_of(high, draw_());
}

// What is read out and typed in: nothing that looks like another.
std::string Paging::draw_code() {
    constexpr std::string_view letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    for (;;) {
        std::string code;
        for (std::uint64_t number = draw_(); code.size() < 6; number /= letters.size())
            code += letters[number % letters.size()];
        if (std::ranges::find(pages_, code, &Page::code) == pages_.end()) return code;
    }
}

const Escalation* Paging::escalation_of(const Page& page) const {
    return page.escalation.empty() ? nullptr : on_call_.escalation_named(page.escalation);
}

// The page in which a thing goes on, whether somebody has it already or not.
Page* Paging::covering(AlertKind kind, std::string_view about) {
    for (Page& page : pages_) {
        if (page.kind != kind || is_past(page)) continue;
        const auto item = find_item(page, about);
        if (item != page.items.end() && goes_on(*item)) return &page;
    }
    return nullptr;
}

Page& Paging::page_for(const Bulletin& bulletin, Time now) {
    const Severity severity = heaviest(bulletin);
    const Escalation* escalation = on_call_.escalation_for(bulletin.kind, severity);
    const std::string name = escalation == nullptr ? "" : escalation->name;
    for (Page& page : pages_)
        if (page.is_open() && page.kind == bulletin.kind && page.escalation == name) return page;
    make_room();
    Page page;
    page.id = draw_id();
    page.code = draw_code();
    page.kind = bulletin.kind;
    page.severity = severity;
    page.escalation = name;
    page.opened = page.round_began = now;
    return *pages_.insert(pages_.begin(), std::move(page));
}

void Paging::make_room() {
    while (pages_.size() >= most_pages) {
        const auto oldest = [&](auto is_it) { return std::find_if(pages_.rbegin(), pages_.rend(), is_it); };
        auto victim = oldest([](const Page& page) { return page.over.has_value(); });
        if (victim == pages_.rend())
            victim = oldest([](const Page& page) { return page.acknowledged.has_value(); });
        if (victim == pages_.rend()) victim = pages_.rbegin();
        pages_.erase(std::next(victim).base());
    }
}

void Paging::end(Page& page, std::string_view about, Time now) {
    find_item(page, about)->stage = Stage::over;
    if (std::ranges::none_of(page.items, goes_on)) page.over = now;
}

Call Paging::take(Bulletin bulletin, Time now, bool is_wanted) {
    heed_clock(now);
    Call call{.bulletin = std::move(bulletin), .id = draw_id()};
    if (call.bulletin.kind == AlertKind::test) return call;
    Bulletin fresh{.kind = call.bulletin.kind, .items = {}, .count = 0};
    for (const Bulletin::Item& item : call.bulletin.items) {
        Page* page = covering(call.bulletin.kind, item.alert.about);
        if (item.stage == Stage::over && page != nullptr) {
            add_all(call.ways, page->called);
            end(*page, item.alert.about, now);
        } else if (item.stage != Stage::over && page == nullptr) {
            fresh.items.push_back(item);
        } else if (item.stage != Stage::over && page->is_open()) {
            call.code = page->code;
        }
    }
    if (fresh.items.empty()) return call;
    if (!is_wanted && on_call_.escalation_for(fresh.kind, heaviest(fresh)) == nullptr) return call;
    Page& page = page_for(fresh, now);
    page.severity = std::max(page.severity, heaviest(fresh));
    for (const Bulletin::Item& item : fresh.items) add_item(page, item);
    page.count += call.bulletin.count - call.bulletin.items.size();
    if (std::ranges::none_of(page.items, goes_on)) page.over = now;
    std::vector<Call> steps;
    escalate(page, now, steps);
    for (const Call& step : steps) call.note = step.note;
    add_all(call.ways, page.called);
    page.last_id = call.id;
    page.arrived = false;
    call.code = page.over ? "" : page.code;
    return call;
}

std::optional<Time> Paging::next_of(const Page& page) const {
    if (page.over) return std::nullopt;
    if (page.acknowledged) return page.acknowledged->until;
    const Escalation* escalation = escalation_of(page);
    if (escalation == nullptr || page.step >= escalation->steps.size()) return std::nullopt;
    return page.round_began + escalation->steps[page.step].after;
}

Time Paging::next() const {
    Time next = Time::max();
    for (const Page& page : pages_)
        if (const auto due = next_of(page)) next = std::min(next, *due);
    return next;
}

// What was due before a clock was set back stays as far away as it was.
void Paging::heed_clock(Time now) {
    if (now + clock_slack < last_now_)
        for (Page& page : pages_) page.round_began -= last_now_ - now;
    last_now_ = now;
}

// Steps that came due together, after a time in which nobody looked, are one call.
void Paging::escalate(Page& page, Time now, std::vector<Call>& calls) {
    const Escalation* escalation = escalation_of(page);
    if (escalation == nullptr || !page.is_open()) return;
    std::vector<std::string> ways;
    std::string note;
    while (page.step < escalation->steps.size() &&
           page.round_began + escalation->steps[page.step].after <= now) {
        const EscalationStep& step = escalation->steps[page.step];
        add_all(ways, on_call_.ways_of(step.target, now));
        note = step_note(page, now, on_call_.words_of(step.target, now));
        ++page.step;
    }
    const bool begins_anew =
        page.step > 0 && page.step >= escalation->steps.size() && escalation->repeat > Duration::zero();
    if (begins_anew) {
        page.step = 0;
        ++page.rounds;
        page.round_began = now + escalation->repeat;
    }
    if (ways.empty()) return;
    add_all(page.called, ways);
    page.last_id = draw_id();
    page.arrived = false;
    calls.push_back({.bulletin = bulletin_of(page),
                     .id = page.last_id,
                     .code = page.code,
                     .note = note,
                     .ways = std::move(ways),
                     .ordinary = false});
}

// What happened and nobody is called about is not waited for any longer than this.
void Paging::grow_old(Page& page, Time now) const {
    const bool is_old = page.is_open() && now - page.opened >= longest_wait;
    if (!is_old || escalation_of(page) != nullptr || std::ranges::any_of(page.items, will_end)) return;
    for (Bulletin::Item& item : page.items) item.stage = Stage::over;
    page.over = now;
}

void Paging::lapse(Page& page, Time now) {
    if (page.over || !page.acknowledged || !page.acknowledged->until || *page.acknowledged->until > now)
        return;
    page.acknowledged.reset();
    page.round_began = now;
    page.step = 0;
}

std::vector<Call> Paging::due(Time now) {
    heed_clock(now);
    std::vector<Call> calls;
    for (Page& page : pages_) {
        grow_old(page, now);
        lapse(page, now);
        escalate(page, now, calls);
    }
    return calls;
}

Acknowledged Paging::acknowledge(std::string_view which, const Acknowledgement& by) {
    const auto is_meant = [&](const Page& page) {
        return page.id == which || std::ranges::equal(page.code, which, [](char ours, char theirs) {
                   return ours == (theirs >= 'a' && theirs <= 'z' ? theirs - 'a' + 'A' : theirs);
               });
    };
    const auto page = std::ranges::find_if(pages_, is_meant);
    if (page == pages_.end()) return {};
    if (page->over) return {Acknowledged::Answer::over, *page};
    page->acknowledged = by;
    return {Acknowledged::Answer::taken, *page};
}

void Paging::heard(std::string_view message_id) {
    for (Page& page : pages_)
        if (page.last_id == message_id) page.arrived = true;
}

void Paging::unheard(std::string_view message_id, Time now) {
    for (Page& page : pages_) {
        if (page.last_id != message_id || page.arrived || !page.is_open()) continue;
        // In the first round alone: where no way carries anything, the rounds shall not run one after the
        // other.
        const auto due = page.rounds == 0 ? next_of(page) : std::nullopt;
        if (due && *due > now) page.round_began -= *due - now;
    }
}

std::vector<Call> Paging::recall(std::vector<Page> pages, Time now) {
    pages_ = std::move(pages);
    if (pages_.size() > most_pages) pages_.resize(most_pages);
    last_now_ = now;
    std::vector<Call> calls;
    for (Page& page : pages_) {
        if (page.arrived || !page.is_open()) continue;
        page.last_id = draw_id();
        calls.push_back({.bulletin = bulletin_of(page),
                         .id = page.last_id,
                         .code = page.code,
                         .note = "Tidegate was started again before it was known to have arrived.",
                         .ways = page.called});
    }
    return calls;
}

}  // namespace tidegate::tell

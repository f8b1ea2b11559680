#include "tell/alert/gathering.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t most_happened = 4096, most_lasting = 256;
constexpr unsigned most_tellings = 3;  // of what comes and goes

// What is remembered of a thing: all that a reminder says, or only which one it was.
Alert remembered(const Alert& alert) {
    if (row_of(alert.kind).lasts) return alert;
    return Alert{.kind = alert.kind, .about = alert.about};
}

auto find_waiting(Bulletin& waiting, std::string_view about, Stage stage) {
    return std::ranges::find_if(waiting.items, [&](const Bulletin::Item& item) {
        return item.alert.about == about && item.stage == stage;
    });
}

}  // namespace

void Gathering::set(const AlertRules& rules) {
    CHECK(rules.remind > Duration::zero() && rules.gather >= Duration::zero());
    rules_ = rules;
}

void Gathering::take(Alert alert, Moment now) {
    Shelf& shelf = shelf_of(alert.kind);
    grow_old(shelf, now);
    const auto place = shelf.places.find(alert.about);
    const bool found = place != shelf.places.end();
    if (!alert.over && !found) return begin(shelf, std::move(alert), now);
    if (!alert.over) return go_on(shelf, place->second, std::move(alert), now);
    if (found && place->second->open) return end(shelf, place->second, std::move(alert), now);
    ++known_;
}

void Gathering::begin(Shelf& shelf, Alert alert, Moment now) {
    const bool lasts = row_of(alert.kind).lasts;
    shelf.things.push_back({.alert = remembered(alert), .told = now, .tellings = 1});
    const auto thing = std::prev(shelf.things.end());
    shelf.places.emplace(alert.about, thing);
    tell(shelf, thing, {.alert = std::move(alert)}, now);
    if (shelf.things.size() > (lasts ? most_lasting : most_happened)) forget(shelf, shelf.things.begin());
}

void Gathering::go_on(Shelf& shelf, Things::iterator thing, Alert alert, Moment now) {
    const bool was_open = std::exchange(thing->open, true);
    thing->alert = remembered(alert);
    thing->is_recalled = false;
    const auto ended = find_waiting(shelf.waiting, alert.about, Stage::over);
    const bool nobody_knows_of_end = ended != shelf.waiting.items.end();
    if (nobody_knows_of_end) {
        shelf.waiting.items.erase(ended);
        --shelf.waiting.count;
    }
    if (was_open || nobody_knows_of_end || thing->tellings >= most_tellings) {
        ++known_;
        return;
    }
    const bool comes_and_goes = ++thing->tellings == most_tellings;
    tell(shelf, thing, {.alert = std::move(alert), .comes_and_goes = comes_and_goes}, now);
}

void Gathering::end(Shelf& shelf, Things::iterator thing, Alert alert, Moment now) {
    thing->open = false;
    thing->is_recalled = false;
    const auto waiting = find_waiting(shelf.waiting, alert.about, Stage::raised);
    if (waiting != shelf.waiting.items.end())
        waiting->alert.over = true;
    else if (thing->tellings >= most_tellings)
        ++known_;
    else
        tell(shelf, thing, {.alert = std::move(alert), .stage = Stage::over}, now);
}

void Gathering::tell(Shelf& shelf, Things::iterator thing, Bulletin::Item item, Moment now) {
    thing->told = now;
    shelf.things.splice(shelf.things.end(), shelf.things, thing);
    shelf.waiting.kind = item.alert.kind;
    ++shelf.waiting.count;
    if (shelf.waiting.items.size() < Bulletin::most_listed) shelf.waiting.items.push_back(std::move(item));
}

void Gathering::grow_old(Shelf& shelf, Moment now) {
    while (!shelf.things.empty() && reminder(shelf.things.front()) <= now) {
        const auto thing = shelf.things.begin();
        if (!thing->open || thing->is_recalled || !row_of(thing->alert.kind).lasts || !thing->alert.lasts) {
            forget(shelf, thing);
            continue;
        }
        thing->tellings = 1;
        tell(shelf, thing, {.alert = thing->alert, .stage = Stage::goes_on}, now);
    }
}

void Gathering::forget(Shelf& shelf, Things::iterator thing) {
    shelf.places.erase(thing->alert.about);
    shelf.things.erase(thing);
}

std::vector<Bulletin> Gathering::due(Moment now, bool all) {
    std::vector<Bulletin> out;
    for (Shelf& shelf : shelves_) {
        grow_old(shelf, now);
        if (shelf.waiting.count == 0 || (!all && now < shelf.closed_until)) continue;
        if (shelf.waiting.items.empty()) {  // all that it listed went on after all
            shelf.waiting = {};
            continue;
        }
        out.push_back(std::exchange(shelf.waiting, {}));
        shelf.closed_until = now + rules_.gather;
    }
    return out;
}

std::vector<ToldThing> Gathering::memory() const {
    std::vector<ToldThing> out;
    for (const Shelf& shelf : shelves_) {
        auto thing = shelf.things.begin();
        if (shelf.things.size() > most_lasting)
            std::advance(thing, static_cast<std::ptrdiff_t>(shelf.things.size() - most_lasting));
        for (; thing != shelf.things.end(); ++thing)
            out.push_back({thing->alert, thing->told, thing->tellings, thing->open});
    }
    return out;
}

void Gathering::recall(std::vector<ToldThing> memory) {
    std::ranges::sort(memory, {}, &ToldThing::told);
    for (ToldThing& each : memory) {
        Shelf& shelf = shelf_of(each.alert.kind);
        const std::string about = each.alert.about;
        if (shelf.places.contains(about) || shelf.things.size() >= most_lasting) continue;
        shelf.things.push_back({.alert = std::move(each.alert),
                                .told = each.told,
                                .tellings = each.tellings,
                                .open = each.open,
                                .is_recalled = true});
        shelf.places.emplace(about, std::prev(shelf.things.end()));
    }
}

Moment Gathering::next() const {
    Moment next = Moment::max();
    for (const Shelf& shelf : shelves_) {
        if (shelf.waiting.count > 0) next = std::min(next, shelf.closed_until);
        if (!shelf.things.empty() && row_of(shelf.things.front().alert.kind).lasts)
            next = std::min(next, reminder(shelf.things.front()));
    }
    return next;
}

}  // namespace tidegate::tell

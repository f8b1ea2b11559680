#include "app/serve/case_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tell/cases/kept.h"
#include "tell/cases/public_side.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;
using tell::CaseNews;
using tell::Thing;

constexpr std::string_view book_name = "cases", days_name = "services", aside = "cases.unread";

Thing thing_of(CaseNews::Kind kind) {
    using Kind = CaseNews::Kind;
    switch (kind) {
        case Kind::opened:
            return Thing::case_opened;
        case Kind::drafted:
            return Thing::case_drafted;
        case Kind::published:
            return Thing::case_published;
        case Kind::promise_near:
            return Thing::case_promise_near;
        case Kind::promise_broken:
            return Thing::case_promise_broken;
        case Kind::promise_kept:
            return Thing::case_promise_kept;
        case Kind::checks_open:
            return Thing::case_checks_open;
        case Kind::over:
            return Thing::case_over;
        case Kind::work_changed:
            return Thing::work_changed;
        case Kind::work_late:
            break;
    }
    return Thing::work_late;
}

void tell_of(const CaseNews& news, tell::Telling& telling) {
    const std::string time = news.time == Time{} ? "" : rfc3339(news.time);
    std::vector<tell::Field> fields{{"id", news.id}};
    if (!news.who.empty()) fields.push_back({"author", news.who});
    if (!time.empty()) fields.push_back({"time", time});
    fields.push_back({"title", news.title});
    if (!news.text.empty()) fields.push_back({"text", news.text});
    telling.tell(thing_of(news.kind), fields);
}

tell::CaseRules with_outlets(tell::CaseRules rules, const CaseWorld& world) {
    rules.outlets.clear();
    for (const CaseOutlet& each : world.outlets) rules.outlets.push_back(each.name);
    return rules;
}

tell::CaseState kept_state(const CaseWorld& world) {
    const auto text = world.kept(book_name);
    auto state = !text           ? Result<tell::CaseState>(std::unexpected(text.error()))
                 : text->empty() ? Result<tell::CaseState>(tell::CaseState{})
                                 : tell::read_case_state(*text);
    if (state) return std::move(*state);
    world.telling.tell(Thing::case_trouble, {{"what", "unread"}, {"error", state.error().text()}});
    // Nothing of it is lost: the next text does not replace it.
    if (text) static_cast<void>(world.keep(aside, *text));
    return {};
}

std::vector<PublicService> kept_days(const CaseWorld& world) {
    const auto text = world.kept(days_name);
    if (text && text->empty()) return {};
    auto days = text ? tell::read_service_days(*text)
                     : Result<std::vector<PublicService>>(std::unexpected(text.error()));
    if (days) return std::move(*days);
    world.telling.tell(Thing::case_trouble, {{"what", "unread"}, {"error", days.error().text()}});
    return {};
}

}  // namespace

CaseDesk::CaseDesk(CaseWorld world, tell::CaseRules rules)
    : world_(std::move(world)),
      book_(
          with_outlets(rules, world_), [this](std::string_view id) { return world_.incident(id); },
          kept_state(world_)),
      services_(rules.services, rules.zone, kept_days(world_)) {}

void CaseDesk::adopt(tell::CaseRules rules) {
    const std::scoped_lock lock(mutex_);
    services_.adopt(rules.services, rules.zone);
    book_.adopt(with_outlets(std::move(rules), world_));
}

tell::Measured CaseDesk::measured() const {
    return {.services = services_.standing(), .mail = world_.mail()};
}

void CaseDesk::tick() {
    const Time now = world_.clock();
    const auto heads = world_.heads();
    const std::scoped_lock lock(mutex_);
    if (now >= look_due_ || now + 1min < look_due_) look_at_services(now);
    const tell::Measured figures = measured();
    book_.follow(heads, figures, now);
    book_.tick(figures, now);
    if (!write()) return;
    tell_news();
    if (now < delivery_due_ && now + 1min > delivery_due_) return;
    deliver(now);
}

void CaseDesk::look_at_services(Time now) {
    look_due_ = now + 10s;
    services_.look(now, world_.sights(), book_.in_work());
    if (services_.take_changed()) keep_days();
}

void CaseDesk::keep_days() {
    if (const auto done = world_.keep(days_name, tell::service_days_text(services_.days())); !done)
        trouble(days_name, done.error());
    else
        in_trouble_.erase(std::string(days_name));
}

// One thing's trouble once, until it is over.
void CaseDesk::trouble(std::string_view what, const Error& error) {
    if (in_trouble_.emplace(what).second)
        world_.telling.tell(Thing::case_trouble, {{"what", what}, {"error", error.text()}});
}

Result<void> CaseDesk::written() {
    for (CaseNews& each : book_.take_news()) news_.push_back(std::move(each));
    unwritten_ = book_.take_changed() || unwritten_;
    if (!unwritten_) return {};
    if (auto done = world_.keep(book_name, tell::case_state_text(book_.state())); !done) return done;
    unwritten_ = false;
    in_trouble_.erase(std::string(book_name));
    return {};
}

bool CaseDesk::write() {
    const auto done = written();
    if (!done) trouble(book_name, done.error());
    return done.has_value();
}

void CaseDesk::tell_news() {
    for (const CaseNews& each : std::exchange(news_, {})) tell_of(each, world_.telling);
}

void CaseDesk::deliver(Time now) {
    for (const tell::Publication& each : book_.due(now)) {
        const auto outlet = std::ranges::find(world_.outlets, each.outlet, &CaseOutlet::name);
        // One that is not there any more has nothing to take.
        const auto done = outlet == world_.outlets.end() ? Result<void>() : outlet->take(each);
        if (!done) {
            delivery_due_ = now + 10s;
            trouble(each.outlet, done.error());
            continue;
        }
        in_trouble_.erase(each.outlet);
        book_.delivered(each);
    }
    static_cast<void>(write());
}

CaseResult<std::string> CaseDesk::act(const Deed& deed) {
    const Time now = world_.clock();
    const std::scoped_lock lock(mutex_);
    tell::CaseState before = book_.state();
    const std::size_t news_before = news_.size();
    auto done = deed(book_, measured(), now);
    if (!done) {
        book_.restore(std::move(before));
        return std::unexpected(CaseRefusal{false, std::move(done.error())});
    }
    if (auto kept = written(); !kept) {
        book_.restore(std::move(before));
        news_.resize(news_before);
        trouble(book_name, kept.error());
        return std::unexpected(CaseRefusal{true, std::move(kept.error())});
    }
    tell_news();
    deliver(now);
    return std::move(*done);
}

PublicRecord CaseDesk::record(std::string_view partner) const {
    const Time now = world_.clock();
    const std::scoped_lock lock(mutex_);
    return tell::public_record(book_, services_.days(), partner, now);
}

Result<void> CaseDesk::forget(const AccountTest& is_meant) {
    const std::scoped_lock lock(mutex_);
    book_.forget(is_meant);
    return written();
}

}  // namespace tidegate::app

// The thread that gathers and sends.
#include <algorithm>
#include <memory>
#include <utility>

#include "tell/alert/alerts.h"

namespace tidegate::tell {
namespace {

using Steady = std::chrono::steady_clock;

// A bound on sleeping, whatever the clock says.
constexpr std::chrono::minutes longest_sleep{1};
constexpr std::chrono::seconds farewell{5};
// More than any reminder's; what is older is as old as this.
constexpr std::chrono::days longest_memory{60};

Bulletin check_of(const std::string& way, Time now) {
    const Alert alert{.kind = AlertKind::test,
                      .severity = Severity::notice,
                      .about = "check",
                      .subject = "a check of this way",
                      .text = "Alerts come by " + way + ". Tidegate looks by itself whether they do.",
                      .todo = "Nothing.",
                      .since = now};
    return {.kind = alert.kind, .items = {{.alert = alert}}, .count = 1};
}

}  // namespace

void Alerts::run() {
    for (Call& call : std::exchange(unheard_, {})) send(std::move(call));
    std::vector<Alert> alerts;
    std::optional<Change> change;
    for (bool goes_on = true; goes_on;) {
        goes_on = wait_for_work(alerts, change);
        if (change) take(std::move(*change));
        change.reset();
        for (Alert& alert : alerts) gathering_.take(std::move(alert), options_.ticks());
        send_due(!goes_on);
        send_detours();
        if (goes_on) send_checks();
        if (std::exchange(is_news_, false)) keep();
    }
}

void Alerts::recall() {
    const Time now = options_.clock();
    const Moment ticks = options_.ticks();
    std::vector<ToldThing> told;
    for (AlertMemory::Told& each : options_.memory.told)
        told.push_back(
            {.alert = std::move(each.alert),
             .told = ticks - std::clamp(now - each.told, Duration::zero(), Duration(longest_memory)),
             .tellings = each.tellings,
             .open = each.open});
    gathering_.recall(std::move(told));
    const std::scoped_lock lock(pages_mutex_);
    checked_ = std::move(options_.memory.checked);
    unheard_ = pages_.recall(std::move(options_.memory.pages), now);
}

// The next thing that happens by itself.
Moment Alerts::next() {
    const Time now = options_.clock();
    const Moment ticks = options_.ticks();
    const std::scoped_lock lock(pages_mutex_);
    Time due = pages_.next();
    for (const auto& courier : couriers_)
        if (courier->check() > Duration::zero()) {
            const auto last = checked_.find(courier->way());
            due = std::min(due, last == checked_.end() ? now : last->second + courier->check());
        }
    const Moment next =
        due == Time::max() ? Moment::max() : ticks + std::min(due - now, Duration(longest_sleep));
    return std::min(next, gathering_.next());
}

bool Alerts::wait_for_work(std::vector<Alert>& alerts, std::optional<Change>& change) {
    alerts.clear();
    const Moment due = next();
    std::unique_lock lock(mutex_);
    const auto has_work = [&] {
        return stopping_ || !waiting_.empty() || change_ || woken_ || !detours_.empty();
    };
    if (!has_work() && due > options_.ticks()) {
        const auto sleep = due == Moment::max() ? Steady::duration(longest_sleep) : due - options_.ticks();
        wake_.wait_for(lock, std::min(sleep, Steady::duration(longest_sleep)), has_work);
    }
    is_news_ = std::exchange(woken_, false) || is_news_;
    alerts.swap(waiting_);
    change.swap(change_);
    return !stopping_;
}

void Alerts::take(Change change) {
    gathering_.set(change.rules);
    {
        const std::scoped_lock lock(pages_mutex_);
        pages_.set(std::move(change.on_call));
    }
    {
        const std::unique_lock lock(mutex_);
        couriers_.swap(change.couriers);
    }
    end(change.couriers, Steady::now() + farewell);
}

void Alerts::send_due(bool all) {
    std::vector<Bulletin> bulletins = gathering_.due(options_.ticks(), all);
    {
        const std::unique_lock lock(mutex_);
        counts_.messages += bulletins.size();
        counts_.known = gathering_.known();
    }
    const Time now = options_.clock();
    std::vector<Call> calls;
    std::size_t steps = 0;
    {
        const std::scoped_lock lock(pages_mutex_);
        for (Bulletin& bulletin : bulletins) {
            const bool wanted = is_wanted(bulletin);
            calls.push_back(pages_.take(std::move(bulletin), now, wanted));
        }
        for (Call& call : pages_.due(now)) calls.push_back(std::move(call));
    }
    for (Call& call : calls) {
        const bool is_step = !call.note.empty();
        steps += is_step ? 1 : 0;
        if (is_step && options_.called) options_.called(call);
        send(std::move(call));
    }
    const std::unique_lock lock(mutex_);
    counts_.calls += steps;
}

// Without any way the console and the command line are all there is.
bool Alerts::is_wanted(const Bulletin& bulletin) const {
    return couriers_.empty() ||
           std::ranges::any_of(couriers_, [&](const auto& courier) { return courier->wants(bulletin); });
}

void Alerts::send(Call call) {
    is_news_ = true;
    auto dispatch =
        std::make_shared<Dispatch>(std::move(call.bulletin), call.id, call.code, call.note, options_.clock());
    std::vector<std::pair<Courier*, Coming>> couriers;
    for (const auto& courier : couriers_) {
        const bool is_called = std::ranges::find(call.ways, courier->way()) != call.ways.end();
        if (!is_called && !(call.ordinary && courier->wants(dispatch->bulletin))) continue;
        if (dispatch->give_to(courier->way()))
            couriers.emplace_back(courier.get(), is_called ? Coming::called : Coming::ordinary);
    }
    // By none at all is as if all had failed: the next step is due.
    if (couriers.empty()) tools_.outcome(dispatch->id, false);
    for (const auto& [courier, coming] : couriers) courier->put(dispatch, coming);
}

void Alerts::send_detours() {
    std::vector<Detour> detours;
    {
        const std::unique_lock lock(mutex_);
        detours.swap(detours_);
    }
    for (Detour& detour : detours) {
        if (Courier* courier = courier_of(detour.way); courier != nullptr)
            courier->put(detour.dispatch, Coming::called, std::move(detour.note));
        else
            --detour.dispatch->on_the_way;
    }
}

void Alerts::send_checks() {
    const Time now = options_.clock();
    for (const auto& courier : couriers_) {
        if (courier->check() <= Duration::zero()) continue;
        {
            const std::scoped_lock lock(pages_mutex_);
            const auto last = checked_.find(courier->way());
            // A clock that was set back does not put it off.
            if (last != checked_.end() && last->second <= now && last->second + courier->check() > now)
                continue;
            checked_[courier->way()] = now;
        }
        is_news_ = true;
        auto dispatch =
            std::make_shared<Dispatch>(check_of(courier->way(), now), new_alert_id(), "", "", now);
        static_cast<void>(dispatch->give_to(courier->way()));
        courier->put(std::move(dispatch), Coming::called);
    }
}

void Alerts::keep() {
    if (!writer_) return;
    const Time now = options_.clock();
    const Moment ticks = options_.ticks();
    AlertMemory memory;
    for (ToldThing& each : gathering_.memory())
        memory.told.push_back({.alert = std::move(each.alert),
                               .told = now - std::chrono::duration_cast<Duration>(ticks - each.told),
                               .tellings = each.tellings,
                               .open = each.open});
    {
        const std::scoped_lock lock(pages_mutex_);
        memory.pages = pages_.all();
        memory.checked = checked_;
    }
    writer_->put(memory_text(memory));
}

}  // namespace tidegate::tell

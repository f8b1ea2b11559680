#include "tell/alert/alerts.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "base/check.h"

namespace tidegate::tell {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t most_waiting = 1024, most_happened_waiting = 768;
constexpr std::size_t most_field_bytes = 1000, most_text_bytes = 8000;
// A bound on sleeping, whatever the clock says.
constexpr std::chrono::minutes longest_sleep{1};
constexpr std::chrono::seconds farewell{5};

std::uint64_t chance() {
    std::random_device source;
    return std::uint64_t{source()} << 32 | source();
}

// So that a queue of the longest is no great memory.
void bound(Alert& alert) {
    for (std::string* field : {&alert.about, &alert.account, &alert.subject})
        if (field->size() > most_field_bytes) field->resize(most_field_bytes);
    for (std::string* field : {&alert.text, &alert.todo})
        if (field->size() > most_text_bytes) field->resize(most_text_bytes);
}

}  // namespace

std::string new_alert_id() {
    return fmt::format("{:016x}{:016x}", chance(), chance());
}

std::string machine_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
    return name.data();
}

Alerts::Alerts(AlertOptions options, std::vector<RoutePlan> routes)
    : options_(std::move(options)), gathering_(options_.rules) {
    CHECK(options_.clock != nullptr);
    if (!options_.ticks) options_.ticks = [] { return Steady::now(); };
    if (options_.host.empty()) options_.host = machine_name();
    tools_ = {.ticks = options_.ticks,
              .undelivered = options_.undelivered,
              .host = options_.host,
              .salt = chance()};
    couriers_ = make_couriers(std::move(routes));
    thread_ = std::thread([this] { run(); });
}

Alerts::~Alerts() {
    stop(std::chrono::milliseconds(0));
}

void Alerts::raise(Alert alert) {
    bound(alert);
    const bool lasts = row_of(alert.kind).lasts;
    const std::unique_lock lock(mutex_);
    ++counts_.raised;
    if (stopping_ || waiting_.size() >= (lasts ? most_waiting : most_happened_waiting)) {
        ++counts_.lost;
        return;
    }
    waiting_.push_back(std::move(alert));
    if (waiting_.size() == 1) wake_.notify_one();
}

void Alerts::adopt(const AlertRules& rules, std::vector<RoutePlan> routes) {
    std::optional<Change> change(Change{rules, make_couriers(std::move(routes))});
    const std::unique_lock lock(mutex_);
    if (stopping_) return;
    change_.swap(change);
    wake_.notify_one();
}

AlertCounts Alerts::counts() const {
    const std::unique_lock lock(mutex_);
    AlertCounts counts = counts_;
    counts.waiting = waiting_.size();
    for (const auto& courier : couriers_) counts.routes.push_back(courier->counts());
    return counts;
}

void Alerts::wake() {
    const std::unique_lock lock(mutex_);
    woken_ = true;
    wake_.notify_one();
    for (const auto& courier : couriers_) courier->wake();
}

void Alerts::stop(std::chrono::milliseconds patience) {
    const auto deadline = Steady::now() + patience;
    {
        const std::unique_lock lock(mutex_);
        stopping_ = true;
        wake_.notify_one();
    }
    if (!thread_.joinable()) return;
    thread_.join();
    end(couriers_, deadline);
}

Alerts::Couriers Alerts::make_couriers(std::vector<RoutePlan> routes) const {
    Couriers couriers;
    for (RoutePlan& plan : routes) couriers.push_back(std::make_unique<Courier>(std::move(plan), tools_));
    return couriers;
}

void Alerts::end(Couriers& couriers, Steady::time_point deadline) {
    for (const auto& courier : couriers) courier->stop(deadline);
    for (const auto& courier : couriers) courier->join();
}

void Alerts::run() {
    std::vector<Alert> alerts;
    std::optional<Change> change;
    for (bool goes_on = true; goes_on;) {
        goes_on = wait_for_work(alerts, change);
        if (change) take(std::move(*change));
        change.reset();
        for (Alert& alert : alerts) gathering_.take(std::move(alert), options_.ticks());
        send_due(!goes_on);
    }
}

bool Alerts::wait_for_work(std::vector<Alert>& alerts, std::optional<Change>& change) {
    alerts.clear();
    std::unique_lock lock(mutex_);
    const Moment next = gathering_.next();
    const auto has_work = [&] { return stopping_ || !waiting_.empty() || change_ || woken_; };
    if (!has_work() && next > options_.ticks()) {
        const auto sleep = next == Moment::max() ? Steady::duration(longest_sleep) : next - options_.ticks();
        wake_.wait_for(lock, std::min(sleep, Steady::duration(longest_sleep)), has_work);
    }
    woken_ = false;
    alerts.swap(waiting_);
    change.swap(change_);
    return !stopping_;
}

void Alerts::take(Change change) {
    gathering_.set(change.rules);
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
    for (Bulletin& bulletin : bulletins) {
        auto dispatch = std::make_shared<Dispatch>();
        dispatch->bulletin = std::move(bulletin);
        dispatch->id = new_alert_id();
        dispatch->time = options_.clock();
        std::vector<Courier*> ways;
        for (const auto& courier : couriers_)
            if (courier->wants(dispatch->bulletin.kind)) ways.push_back(courier.get());
        dispatch->on_the_way = static_cast<unsigned>(ways.size());
        for (Courier* courier : ways) courier->put(dispatch);
    }
}

}  // namespace tidegate::tell

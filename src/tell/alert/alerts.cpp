#include "tell/alert/alerts.h"

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
    const std::uint64_t high = chance();
    return id_of(high, chance());
}

std::string machine_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
    return name.data();
}

Alerts::Alerts(AlertOptions options, std::vector<RoutePlan> routes)
    : options_(std::move(options)), gathering_(options_.rules), pages_(chance) {
    CHECK(options_.clock != nullptr);
    if (!options_.ticks) options_.ticks = [] { return Steady::now(); };
    if (options_.host.empty()) options_.host = machine_name();
    tools_ = tools();
    pages_.set(std::move(options_.on_call));
    couriers_ = make_couriers(std::move(routes));
    recall();
    if (options_.keep) writer_ = std::make_unique<LatestWriter>(options_.keep);
    thread_ = std::thread([this] { run(); });
}

Alerts::~Alerts() {
    stop(std::chrono::milliseconds(0));
}

CourierTools Alerts::tools() {
    return {.ticks = options_.ticks,
            .clock = options_.clock,
            .undelivered = options_.undelivered,
            .way_changed = options_.way_changed,
            .fall_back =
                [this](const std::string& way, const std::shared_ptr<Dispatch>& dispatch, std::string note) {
                    if (!dispatch->give_to(way)) return;
                    const std::unique_lock lock(mutex_);
                    detours_.push_back({way, dispatch, std::move(note)});
                    wake_.notify_one();
                },
            .outcome = [this](std::string_view id, bool arrived) { hear_outcome(id, arrived); },
            .host = options_.host,
            .salt = chance()};
}

// What did not arrive because we end is no reason to call somebody else: the next start sends it.
void Alerts::hear_outcome(std::string_view id, bool arrived) {
    {
        const std::unique_lock lock(mutex_);
        if (stopping_ && !arrived) return;
    }
    {
        const std::scoped_lock lock(pages_mutex_);
        if (arrived)
            pages_.heard(id);
        else
            pages_.unheard(id, options_.clock());
    }
    look_again();
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

void Alerts::adopt(const AlertRules& rules, std::vector<RoutePlan> routes, OnCall on_call) {
    std::optional<Change> change(Change{rules, make_couriers(std::move(routes)), std::move(on_call)});
    const std::unique_lock lock(mutex_);
    if (stopping_) return;
    change_.swap(change);
    wake_.notify_one();
}

AlertCounts Alerts::counts() const {
    std::uint64_t unacknowledged = 0;
    for (const Page& page : pages()) unacknowledged += page.is_open() ? 1 : 0;
    const std::unique_lock lock(mutex_);
    AlertCounts counts = counts_;
    counts.waiting = waiting_.size();
    counts.unacknowledged = unacknowledged;
    for (const auto& courier : couriers_) counts.routes.push_back(courier->counts());
    return counts;
}

std::vector<Page> Alerts::pages() const {
    const std::scoped_lock lock(pages_mutex_);
    return pages_.all();
}

Acknowledged Alerts::acknowledge(std::string_view which, const Acknowledgement& by) {
    Acknowledged done;
    {
        const std::scoped_lock lock(pages_mutex_);
        done = pages_.acknowledge(which, by);
    }
    look_again();
    return done;
}

OnCall Alerts::on_call() const {
    const std::scoped_lock lock(pages_mutex_);
    return pages_.on_call();
}

std::map<std::string, Time> Alerts::checked() const {
    const std::scoped_lock lock(pages_mutex_);
    return checked_;
}

void Alerts::look_again() {
    const std::unique_lock lock(mutex_);
    woken_ = true;
    wake_.notify_one();
}

void Alerts::wake() {
    look_again();
    const std::unique_lock lock(mutex_);
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
    send_detours();
    end(couriers_, deadline);
    send_detours();  // to couriers that have ended, and say so
    if (!writer_) return;
    keep();  // with what became of the last ones
    writer_->stop();
}

Courier* Alerts::courier_of(std::string_view way) const {
    const auto found =
        std::ranges::find_if(couriers_, [&](const auto& courier) { return courier->way() == way; });
    return found == couriers_.end() ? nullptr : found->get();
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

}  // namespace tidegate::tell

#include "app/serve/report_sender.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <utility>

#include "app/output.h"
#include "app/report_mail.h"
#include "app/report_week.h"
#include "app/serve/operator.h"
#include "event/json.h"
#include "tell/alert/alerts.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;
using tell::Thing;

// So often it looks at the clock, which may be set.
constexpr auto look = 30s;

std::string state_file(const std::string& folder) {
    return folder + "/report";
}

std::chrono::minutes pause_after(unsigned failures) {
    std::chrono::minutes pause = 1min;
    for (unsigned i = 1; i < failures && pause < 60min; ++i) pause *= 5;
    return std::min<std::chrono::minutes>(pause, 60min);
}

// The mail's id ends up in a header.
bool is_plain(std::string_view id) {
    return !id.empty() && id.size() <= 100 && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace

std::string report_state_text(const ReportState& state) {
    return fmt::format("{{\"week\":{},\"state\":\"{}\",\"id\":{}}}\n", json_string(tell::name(state.week)),
                       state.is_sent ? "sent" : "sending", json_string(state.id));
}

std::optional<ReportState> read_report_state(std::string_view text) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(text, error);
    if (error) return std::nullopt;
    const auto week = tell::parse_week(text_in(value, "week"));
    const std::string state = text_in(value, "state"), id = text_in(value, "id");
    if (!week || (state != "sent" && state != "sending") || (state == "sending" && !is_plain(id)))
        return std::nullopt;
    return ReportState{.week = *week, .is_sent = state == "sent", .id = id};
}

ReportSender::ReportSender(ReportSenderWorld world) : world_(std::move(world)) {}

void ReportSender::adopt(const config::Settings& settings) {
    {
        const std::scoped_lock lock(mutex_);
        settings_ = std::make_shared<const config::Settings>(settings);
        is_news_ = true;
    }
    wake_.notify_all();
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void ReportSender::stop() {
    {
        const std::scoped_lock lock(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool ReportSender::is_ending() const {
    const std::scoped_lock lock(mutex_);
    return ending_;
}

void ReportSender::run() {
    // Of the thread alone (setpriority(2)): reading a week shall cost no door anything.
    static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10));
    Time not_before{};
    std::unique_lock lock(mutex_);
    while (!ending_) {
        const std::shared_ptr<const config::Settings> settings = settings_;
        if (std::exchange(is_news_, false)) not_before = Time{};
        lock.unlock();
        const Time now = world_.clock();
        const bool may_try = not_before <= now || not_before > now + 2h;
        if (const auto state = may_try ? owed(*settings) : std::nullopt) {
            failures_ = send(*settings, *state) ? 0 : failures_ + 1;
            not_before = failures_ == 0 ? Time{} : now + pause_after(failures_);
        }
        lock.lock();
        wake_.wait_for(lock, look, [&] { return ending_ || is_news_; });
    }
}

// What is to be sent now.
std::optional<ReportState> ReportSender::owed(const config::Settings& settings) {
    if (!report_target(settings)) return std::nullopt;
    const tell::IsoWeek due =
        tell::due_week(report_zone(settings),
                       {.weekday = settings.report.weekday, .hour = settings.report.hour}, world_.clock());
    const std::string file = state_file(world_.folder);
    std::error_code ignored;
    if (!state_ && std::filesystem::exists(file, ignored)) {
        const auto text = read_file(file);
        state_ = text ? read_report_state(*text) : std::nullopt;
        if (!state_) tell_trouble(due, file + ": can't be read; nothing is sent for this week");
    }
    // Whoever has never sent one owes none: what was before is not missed.
    const ReportState begun{.week = due, .is_sent = true};
    if (!state_ && !keep(begun)) return std::nullopt;
    const ReportState last = state_.value_or(begun);
    if (last.week >= due) return last.is_sent ? std::nullopt : std::optional(last);
    return ReportState{.week = due,
                       .is_sent = false,
                       .id = fmt::format("report-{}-{}", tell::name(due), tell::new_alert_id())};
}

bool ReportSender::keep(const ReportState& state) {
    state_ = state;
    const auto written = write_file(state_file(world_.folder), report_state_text(state));
    if (!written) tell_trouble(state.week, written.error().text());
    return written.has_value();
}

bool ReportSender::send(const config::Settings& settings, const ReportState& state) {
    const auto target = report_target(settings);
    // Without a word on the disk a daemon that is killed would send it twice.
    if (!target || !keep(state)) return false;
    world_.keep();
    const tell::Zone zone = report_zone(settings);
    const auto week = read_week({.folder = world_.folder, .policy = world_.policy(), .scene = world_.scene()},
                                {.period = tell::period_of(zone, state.week),
                                 .called = tell::name(state.week),
                                 .zone = zone,
                                 .provider = settings.report.provider,
                                 .has_edge = !settings.servers.empty(),
                                 .now = world_.clock()},
                                [this] { return is_ending(); });
    if (!week) {
        if (!is_ending()) tell_trouble(state.week, week.error().text());
        return false;
    }
    const std::string mail = report_mail(*week, {.names = settings.report.names}, *target, state.id);
    const tell::Sent sent = tell::send_mail(*target, mail, [this] { return is_ending(); });
    if (!sent.arrived) {
        if (!is_ending()) tell_trouble(state.week, sent.said);
        return false;
    }
    static_cast<void>(keep({.week = state.week, .is_sent = true, .id = state.id}));
    world_.telling.tell(
        Thing::report_sent,
        {{"week", tell::name(state.week)}, {"route", tell::name_of(*target)}, {"said", sent.said}});
    return true;
}

void ReportSender::tell_trouble(tell::IsoWeek week, std::string_view error) const {
    world_.telling.tell(Thing::report_unsent, {{"week", tell::name(week)}, {"error", error}});
}

}  // namespace tidegate::app

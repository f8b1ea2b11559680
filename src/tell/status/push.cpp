#include "tell/status/push.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "tell/alert/program.h"

namespace tidegate::tell::status {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view blank = "{folder}";

std::vector<std::string> filled(std::vector<std::string> command, const std::string& folder) {
    for (std::string& word : command)
        for (std::size_t at = word.find(blank); at != std::string::npos;
             at = word.find(blank, at + folder.size()))
            word.replace(at, blank.size(), folder);
    return command;
}

}  // namespace

std::vector<std::chrono::milliseconds> usual_pauses() {
    return {5s, 15s, 1min, 5min};
}

Push::Push(PushPlan plan, std::function<void(const Pushed&)> told)
    : plan_(std::move(plan)), told_(std::move(told)) {
    CHECK(!plan_.command.empty() && !plan_.pauses.empty());
    thread_ = std::thread([this] { run(); });
}

Push::~Push() {
    stop();
}

void Push::push(std::string folder) {
    const std::scoped_lock lock(mutex_);
    waiting_ = std::move(folder);
    wake_.notify_one();
}

void Push::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopped_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

bool Push::is_stopped() const {
    const std::scoped_lock lock(mutex_);
    return stopped_;
}

// The newest folder, or once its pause is over the one that failed. Nothing: it stops.
std::optional<std::string> Push::next(std::optional<std::string>& failed, unsigned tries) {
    std::unique_lock lock(mutex_);
    const auto is_due = [this] { return stopped_ || waiting_.has_value(); };
    if (failed)
        wake_.wait_for(lock, plan_.pauses[std::min<std::size_t>(tries, plan_.pauses.size()) - 1], is_due);
    else
        wake_.wait(lock, is_due);
    if (stopped_) return std::nullopt;
    return waiting_ ? std::exchange(waiting_, std::nullopt) : failed;
}

void Push::run() {
    std::optional<std::string> failed;
    unsigned tries = 0;
    while (const auto folder = next(failed, tries)) {
        tries = failed == folder ? tries + 1 : 1;
        const Pushed pushed = carry(*folder, tries);
        failed = pushed.arrived ? std::nullopt : folder;
        if (is_stopped()) return;
        told_(pushed);
    }
}

Pushed Push::carry(const std::string& folder, unsigned tries) {
    Sent sent = run_program({.command = filled(plan_.command, folder),
                             .environment = {"TIDEGATE_FOLDER=" + folder},
                             .time_out = plan_.time_out},
                            [this] { return is_stopped(); });
    return {.arrived = sent.arrived, .tries = tries, .said = std::move(sent.said)};
}

}  // namespace tidegate::tell::status

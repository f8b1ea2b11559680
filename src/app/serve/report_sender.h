#pragma once
// Sends the weekly report by itself: once for each week, whatever happens to the daemon meanwhile.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/error.h"
#include "base/time.h"
#include "config/settings.h"
#include "judge/policy.h"
#include "tell/live/telling.h"
#include "tell/weekly/calendar.h"

namespace tidegate::app {

/// Which week was sent last, or is on its way.
struct ReportState {
    tell::IsoWeek week;
    bool is_sent = false;
    std::string id{};  // of its mail, the same at every try

    friend bool operator==(const ReportState&, const ReportState&) = default;
};
/// For the file `report` of the state folder: one JSON object, and back. Nothing: it is none.
[[nodiscard]] std::string report_state_text(const ReportState& state);
[[nodiscard]] std::optional<ReportState> read_report_state(std::string_view text);

/// What it reaches. Called from its own thread.
struct ReportSenderWorld {
    std::string folder;  // of the state and the journal
    tell::Telling& telling;
    std::function<Time()> clock;
    std::function<std::shared_ptr<const judge::Policy>()> policy;
    std::function<std::string()> scene;  // as GET /v1/scene answers
    std::function<void()> keep;          // the record of incidents and the notes, on the disk
};

/// A thread of its own, of low priority, which sleeps until a report is due: at its hour, or at the start
/// where that passed while the daemon was down (then the latest alone). Before a mail goes out the state says
/// so, with the mail's id, and once it was taken the state says that: a daemon that is killed between the
/// two sends it again under the same id, for nobody can know whether the server has it. What is not taken is
/// tried again after 1, 5 and 25 minutes, then each hour. The first start owes nothing.
/// Thread: the public functions one at a time.  Fails: tells what could not be sent or kept.
class ReportSender {
public:
    explicit ReportSender(ReportSenderWorld world);
    ~ReportSender() { stop(); }
    ReportSender(const ReportSender&) = delete;
    ReportSender& operator=(const ReportSender&) = delete;

    /// At the start, and after a reload.
    void adopt(const config::Settings& settings);
    /// Gives up what is under way.
    void stop();

private:
    void run();
    [[nodiscard]] bool is_ending() const;
    [[nodiscard]] std::optional<ReportState> owed(const config::Settings& settings);
    [[nodiscard]] bool send(const config::Settings& settings, const ReportState& state);
    [[nodiscard]] bool keep(const ReportState& state);
    void tell_trouble(tell::IsoWeek week, std::string_view error) const;

    ReportSenderWorld world_;
    std::optional<ReportState> state_;  // the thread's own; nothing: not read yet
    unsigned failures_ = 0;             // in a row

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    // Under the lock:
    std::shared_ptr<const config::Settings> settings_;
    bool is_news_ = false;
    bool ending_ = false;

    std::thread thread_;
};

}  // namespace tidegate::app

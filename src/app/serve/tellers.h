#pragma once
// By what people are told, beside alerts: the console, the case book, the public page, the weekly report.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/serve/bans.h"
#include "app/serve/case_desk.h"
#include "app/serve/console_door.h"
#include "app/serve/edges.h"
#include "app/serve/intake.h"
#include "app/serve/queues.h"
#include "app/serve/recorder.h"
#include "app/serve/report_upkeep.h"
#include "app/serve/saving.h"
#include "app/serve/state_folder.h"
#include "app/serve/status_page.h"
#include "base/error.h"
#include "base/time.h"
#include "config/settings.h"
#include "guard/desk.h"
#include "net/inherited.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// What they reach once the memory is awake. Owner: the daemon; outlives stop().
struct TellersWorld {
    guard::Desk& desk;
    Intake& intake;
    const Recorder& recorder;
    const Bans& bans;
    const Edges& edges;
    const Queues& queues;
    Saving& saving;
    /// The control socket's calls.
    std::function<void(const net::Request& request, net::Response& response)> control;
    /// As GET /v1/scene answers, with the latest `most` refusals and networks.
    std::function<std::string(std::size_t most)> scene;
    std::string config_file;
};

/// Made at the very start, since what is told is noted from then on; the rest begins with give().
/// Thread: the main one, but for hear() and forget().  Cost: hear() as those who hear.
/// Fails: tells, but for what open() and adopt() give.
class Tellers {
public:
    /// `telling` and `state` outlive it.
    Tellers(tell::Telling& telling, std::function<Time()> clock, const StateFolder& state);
    Tellers(const Tellers&) = delete;
    Tellers& operator=(const Tellers&) = delete;

    void hear(tell::Thing thing, std::span<const tell::Field> fields);
    /// Once; before all that follows.
    void give(TellersWorld world, const config::Settings& settings);
    /// The console's trouble is told, and it is tried again with the next adopt(): the mail servers are
    /// guarded all the same.  Fails: the public page, as StatusPage::open().
    [[nodiscard]] std::vector<Error> open(const config::Settings& settings, net::Inherited* passed);
    /// The daemon is up: reports go out from now on.
    void send_reports(const config::Settings& settings) { report_.adopt(settings); }
    /// After a reload, once the intake has the new settings.  Fails: what could not be changed, and is as it
    /// was.
    [[nodiscard]] std::vector<Error> adopt(const config::Settings& settings);
    /// Four times a second, once a second, twice a minute.
    void beat() { console_.tick(); }
    void tick();
    void tick_slowly() { report_.tick(); }
    /// Takes an account out of the case book and off the lists of subscribers.  Thread: any, one at a time.
    [[nodiscard]] Result<void> forget(const std::string& account);
    /// What was noted for the report is kept; none is sent any more.
    void stop_reports() { report_.stop(); }
    /// Nobody is answered any more.
    void stop(std::chrono::milliseconds grace);

    /// From give() on.
    [[nodiscard]] CaseDesk& cases() { return *cases_; }

private:
    [[nodiscard]] ReportUpkeep::World report_world();
    [[nodiscard]] CaseWorld case_book_world();
    [[nodiscard]] ConsoleDoorWorld console_world();
    [[nodiscard]] StatusWorld status_world(const config::Settings& settings);
    [[nodiscard]] std::optional<tell::status::VisitorStanding> standing_of(const Address& address) const;

    tell::Telling& telling_;
    std::function<Time()> clock_;
    const StateFolder& state_;
    std::unique_ptr<const TellersWorld> world_;  // from give() on
    ReportUpkeep report_;
    ConsoleDoor console_;
    std::unique_ptr<CaseDesk> cases_;
    std::unique_ptr<StatusPage> status_;  // last: its threads ask the others
};

}  // namespace tidegate::app

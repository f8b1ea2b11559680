#pragma once
// What the weekly report needs and the journal does not have, kept in the state folder.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "guard/desk.h"
#include "mail/queue_order.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// Plain data. Bounded: what is older than ten weeks goes, and the oldest where there is too much.
struct ReportNotes {
    static constexpr std::size_t most_turns = 2000, most_changes = 50'000;
    static constexpr Duration kept_for = std::chrono::hours(24 * 70);

    struct Stops {
        std::uint64_t stopped = 0, would_stop = 0;
        friend bool operator==(const Stops&, const Stops&) = default;
    };
    /// A server was out.
    struct Turn {
        std::string server{}, why{};
        Time out{};
        std::optional<Time> back{};
        bool by_hand = false;
        friend bool operator==(const Turn&, const Turn&) = default;
    };
    /// Somebody said that an account has a new password; judge::account_key of its normalised name.
    struct Change {
        std::uint64_t account = 0;
        Time time{};
        friend bool operator==(const Change&, const Change&) = default;
    };

    /// A queue in an hour in which it could be read.
    struct Queue {
        std::uint64_t most_waiting = 0;
        Duration longest_wait{}, backed_up{};  // the wait: while it was backed up
        friend bool operator==(const Queue&, const Queue&) = default;
    };

    std::map<Time, std::map<std::string, Stops>> hours;   // by the hour's start (UTC) and the evidence
    std::map<Time, std::map<std::string, Queue>> queues;  // likewise, and the queue
    std::vector<Turn> turns;                              // in order of time
    std::vector<Change> changes;                          // in order of time

    friend bool operator==(const ReportNotes&, const ReportNotes&) = default;
};

/// One JSON object.
[[nodiscard]] std::string report_notes_text(const ReportNotes& notes);
/// Reads it.  Fails: it is none; nothing of it is taken then.
[[nodiscard]] Result<ReportNotes> read_report_notes(std::string_view text);
[[nodiscard]] std::string report_notes_file(const std::string& folder);

/// Keeps them while the daemon runs.
/// Thread: any.  Cost: hear() a few nanoseconds for what is not noted; keep() waits for the disk.
class ReportNoting {
public:
    /// `account_key`: of an account by any of its names; is called without a lock of ours.
    ReportNoting(std::string folder, std::function<Time()> clock,
                 std::function<std::uint64_t(std::string_view account)> account_key);

    /// What was kept before. A server that was out then is taken to be back: whether it is, is told anew.
    /// Fails: it can't be read; then the notes begin anew.
    [[nodiscard]] Result<void> recall();
    void hear(tell::Thing thing, std::span<const tell::Field> fields);
    /// What was stopped since it was called last; once a minute or so.
    void count(const guard::DeskCounts& counts);
    /// How the queues stand now; likewise.
    void note_queues(std::span<const mail::QueueStanding> queues);
    /// Writes what is new, if anything is.
    [[nodiscard]] Result<void> keep();
    [[nodiscard]] ReportNotes notes() const;

private:
    void hear_out(std::string_view server, std::string_view why, bool by_hand);
    void hear_back(std::string_view server);
    void bound();

    std::string file_;
    std::function<Time()> clock_;
    std::function<std::uint64_t(std::string_view)> account_key_;
    mutable std::mutex mutex_;  // guards all below
    ReportNotes notes_;
    bool is_new_ = false;
    std::array<ReportNotes::Stops, guard::evidence_kinds> counted_{};
    std::optional<Time> queues_noted_{};
};

}  // namespace tidegate::app

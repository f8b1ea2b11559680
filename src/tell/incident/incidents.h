#pragma once
// The record of incidents, which writes itself. docs/incidents.md explains every figure.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.h"
#include "event/incident.h"
#include "event/mail_visit.h"
#include "event/naming.h"
#include "event/notice.h"
#include "event/verdict.h"

namespace tidegate::tell {

struct IncidentSettings {
    /// An alarm that opens at most so long after the last one closed belongs to the same incident.
    Duration reopen_within = std::chrono::minutes(30);
    /// After a node came back, failures of our own servers are still its restart's for so long.
    Duration restart_settles = std::chrono::minutes(5);
    /// Closed incidents kept in memory; older ones are forgotten.
    std::size_t keep_closed = 64;
    /// Pseudonyms are keyed with it; 0: with a digest of all attempts until the incident was opened.
    std::uint64_t pseudonym_key = 0;
};

/// An incident took a turn: `head.state` is what it is since `time`.
struct IncidentNews {
    IncidentHead head;
    Time time{};
    bool again = false;                      // open: it was quiet, and goes on
    std::string who{};                       // closed: by whose hand; empty: it was over by itself
    std::optional<IncidentTarget> target{};  // no turn: this stands out of it from now on

    friend bool operator==(const IncidentNews&, const IncidentNews&) = default;
};

/// What became of words for a record.
enum class Said : std::uint8_t {
    kept,
    no_room,  // its timeline is full
    nowhere,  // there is none of that id
};

/// Fed with everything that happens, in order of time (small steps back are forgiven); opens an incident with
/// the first alarm, puts alarms together that are one, and closes it when it is over. At most one is open.
/// Deterministic; takes its time from what it is told.
/// Thread: one at a time.  Cost: see() some 0.3 us (a few cache misses); memory is bounded (about 16 MiB, and
/// up to 43 MiB while one is open).  Fails: never.
class Incidents {
public:
    explicit Incidents(IncidentSettings settings = {});
    ~Incidents();
    Incidents(Incidents&&) noexcept;
    Incidents& operator=(Incidents&&) noexcept;

    /// An event and what was answered. `account` is a key of the normalised account name (Knock::account);
    /// 0: made of the name as written. The outcome of what was stopped is not looked at: nobody knows it.
    void see(const Event& event, const Verdict& verdict, std::uint64_t account = 0);
    /// What became of a connection to port 25: of whom mail was taken, it is usual; who came to nothing may
    /// be what an incident is about. No time passes by it.
    void see(const MailVisit& visit);
    /// Time passes: call at least once a minute even if nothing comes.
    void tick(Time now);

    void tell(const AlarmNotice& alarm);
    void tell(const HourNotice& hour);
    void tell(const ActionNotice& action);
    /// Words about one that is over are put into its record.
    Said tell(const WordNotice& words);
    void tell(const HopNotice& passage);
    void tell(const RestartNotice& restart);
    void tell(const ProbeNotice& probe);

    /// Ends the incident that is open (or quiet) by hand, whatever alarms say; alarms open now do not open
    /// another, also over a restart. A reason is put into its record, as said by `who`. False: none is open,
    /// or not this one (an empty id: whichever).
    bool close(Time now, std::string_view who, std::string_view id = {}, std::string_view reason = {});

    /// Takes the names of accounts that are meant out of a record (empty: of what none has yet), and the
    /// texts of what people said and did that have one. Not what the one that goes on counts by account,
    /// which is in no checkpoint.  Cost: as names_account() of all these texts.
    void forget(std::string_view id, const AccountTest& is_meant);

    /// What a record of before the program's start says, as all() gave it until `until`; before anything
    /// else. The one that was not over goes on if an alarm is open or opens soon, under the same id; else it
    /// is closed.
    void recall(std::vector<Incident> known, Time until);

    /// The one that is open (or quiet), as it stands.  Cost: milliseconds.
    [[nodiscard]] std::optional<Incident> current() const;
    /// Those that are over, oldest first. Hours that end after an incident closed are still added to it.
    [[nodiscard]] const std::vector<Incident>& closed() const;
    /// closed(), then current().
    [[nodiscard]] std::vector<Incident> all() const;
    /// Any of these.  Cost: a copy; of the one that goes on as current().
    [[nodiscard]] std::optional<Incident> find(std::string_view id) const;
    /// All of them in short, oldest first.  Cost: microseconds; the title of the one that goes on is as of
    /// its last turn, alarm or minute (after a quarter of an hour: ten minutes).
    [[nodiscard]] std::vector<IncidentHead> heads() const;
    /// What became of them since this was asked last, in order.  Cost: whenever a title is made anew, that
    /// of current().
    [[nodiscard]] std::vector<IncidentNews> take_news();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace tidegate::tell

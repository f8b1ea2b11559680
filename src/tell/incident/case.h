#pragma once
// The books of one incident while it goes on.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/sketch.h"
#include "event/incident.h"
#include "event/mail_visit.h"
#include "event/naming.h"
#include "tell/incident/pulse.h"
#include "tell/incident/refusals.h"
#include "tell/incident/sighting.h"
#include "tell/incident/spread.h"
#include "tell/incident/usual_mail.h"
#include "tell/timeline.h"

namespace tidegate::tell {

/// Alarms that are open, by number; those beyond what is kept are only counted.
/// Thread: one at a time.  Cost: linear in what is kept.
class OpenAlarms {
public:
    static constexpr std::size_t most = 256;

    void open(std::uint64_t id);
    /// False where it was not open.
    bool close(std::uint64_t id);
    [[nodiscard]] bool none() const { return ids_.empty() && uncounted_ == 0; }
    [[nodiscard]] bool has(std::uint64_t id) const;
    void clear() { *this = {}; }

private:
    std::vector<std::uint64_t> ids_;
    std::uint64_t uncounted_ = 0;
};

/// What an open incident counts. Attempts come in order of time.
/// Thread: one at a time.  Cost: see() some cache lines for a hostile attempt; up to 34 MiB.
class Case {
public:
    Case(std::string id, const AlarmNotice& first, std::uint64_t pseudonym_key, const Pulse& pulse,
         double usual_hostile_a_minute);

    void see(const Sighting& seen);
    void see(const MailVisit& visit);
    void refused(const Refusals::Change& change);
    /// One more alarm that belongs to it.
    void join(const AlarmNotice& alarm);
    void leave(const AlarmNotice& alarm);
    /// Whether the timeline tells of this series: not of a service's where the total of all services tells
    /// it.
    [[nodiscard]] bool tells(const SeriesName& series) const;
    /// It is over, whatever alarms say.
    void end(Time time);
    void tell(const HourNotice& hour);
    void name_takeover(const Sighting& seen);

    [[nodiscard]] std::string pseudonym(std::uint64_t account) const;
    /// Everything but timeline, actions, restarts and cause; those are told by others.
    [[nodiscard]] Incident record(const UsualSpread& usual, const UsualMail& usual_mail) const;

    OpenAlarms alarms;
    std::optional<Time> quiet_since;
    [[nodiscard]] const std::string& id() const { return incident_.id; }
    [[nodiscard]] IncidentHead head() const;  // without a title
    [[nodiscard]] Time began() const { return incident_.began; }
    [[nodiscard]] Time opened() const { return incident_.opened; }
    [[nodiscard]] const std::vector<Entry>& takeovers() const { return takeovers_; }
    void forget(const AccountTest& is_meant);
    [[nodiscard]] bool only_downwards() const { return only_downwards_; }
    [[nodiscard]] bool many_new_addresses() const { return many_new_addresses_; }
    [[nodiscard]] const Beat& probes() const { return probes_; }
    void probed(bool answered);

private:
    void count(const Sighting& seen);
    void hostile(const Sighting& seen);
    void learn_from(const AlarmNotice& alarm);
    void backfill(const Pulse& pulse);
    void forget_quiet(IncidentCounts& counts) const;
    [[nodiscard]] std::vector<IncidentCampaign> campaigns() const;
    [[nodiscard]] std::vector<IncidentTarget> targets(const UsualSpread& usual,
                                                      const UsualMail& usual_mail) const;

    Incident incident_;
    IncidentCounts at_quiet_;  // when the last alarm closed: what came then is no longer of it
    std::uint64_t key_;
    double usual_hostile_;  // a minute
    Timeline bins_;
    BasicSketch<12> addresses_;
    BasicSketch<11> accounts_, with_faults_;
    BasicSketch<12> mail_addresses_;  // of connections that came to nothing
    Spread spread_{true}, mail_spread_{true};
    std::vector<Entry> takeovers_;
    Beat probes_;
    std::uint64_t hours_dropped_ = 0;
    bool only_downwards_ = true, many_new_addresses_ = false;
};

/// A record in short.
[[nodiscard]] IncidentHead head_of(const Incident& incident);

/// Whether an incident's table shows this hour of this series: from the hour before it began to the one
/// after it closed; attempts always; the totals of other volumes; what raised an
/// alarm, and what became of the attempts at such a service.
[[nodiscard]] bool shows(const Incident& incident, const HourNotice& hour);
/// Puts an hour where it belongs in the table; false where there is no room.
bool add_hour(Incident& incident, const HourNotice& hour);

}  // namespace tidegate::tell

#pragma once
// Everything that looks on while the judge judges: detection of what is out of the ordinary, the posture that
// follows from it, and the record of incidents.

#include <cstdint>
#include <optional>
#include <vector>

#include "event/event.h"
#include "event/incident.h"
#include "event/mail_visit.h"
#include "event/verdict.h"
#include "judge/detect/detection.h"
#include "judge/posture.h"
#include "tell/incident/incidents.h"

namespace tidegate::guard {

/// The daemon and the drills feed it alike: every attempt in order of time, with what was answered.
/// Deterministic: takes its time from attempts and ticks.
/// Thread: one at a time.  Cost: below a microsecond an attempt.  Fails: never.
class Lookout {
public:
    /// News since they were last taken.
    struct News {
        std::vector<judge::Alarm> alarms;  // opened or closed
        std::vector<judge::PostureChange> changes;
        std::vector<tell::IncidentNews> incidents;
    };

    Lookout() = default;
    /// Goes on with what detection and the record knew until `until`; the posture is what follows from that,
    /// at once.
    explicit Lookout(judge::Detection detection, std::vector<Incident> incidents = {}, Time until = {});

    /// `account` is Knock::account. `wait`: how long the password database took, where it was asked and that
    /// is known. True if it looked round before (every ten seconds of the attempts' time).
    bool see(const Event& event, const Verdict& verdict, std::uint64_t account, std::optional<Duration> wait);
    /// What became of a connection to port 25. No time passes by it.
    void see(const MailVisit& visit) { incidents_.see(visit); }
    /// The attempt will be seen in a moment: what that takes is fetched. Nothing else happens.
    void expect(const Event& event) const { detection_.expect(event); }
    /// Time passes, also when nothing comes. True if it looked round.
    bool tick(std::int64_t second);

    /// How far the posture lets the judge's thresholds fall now.
    [[nodiscard]] Decibans shift() const { return posture_.shift(); }
    [[nodiscard]] judge::Posture posture() const { return posture_.posture(); }
    [[nodiscard]] News take_news();

    /// For the record: what people and machines did.
    [[nodiscard]] tell::Incidents& incidents() { return incidents_; }
    [[nodiscard]] const tell::Incidents& incidents() const { return incidents_; }
    [[nodiscard]] const judge::Detection& detection() const { return detection_; }
    /// When it looks round next, Unix time; 0 before anything was seen.
    [[nodiscard]] std::int64_t next_look() const { return next_look_; }

private:
    static constexpr std::int64_t step = 10;  // seconds between two looks

    void look(std::int64_t second);

    judge::Detection detection_;
    judge::PostureKeeper posture_;
    tell::Incidents incidents_;
    News news_;
    std::int64_t next_look_ = 0;
    Duration waited_{};  // for the database, since the last look
    std::uint32_t waits_ = 0;
};

}  // namespace tidegate::guard

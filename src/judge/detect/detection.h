#pragma once
// Detection: volumes by the second against what is normal for this hour of the week, and an alarm when they
// change. docs/detection.md explains the method and has the figures.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "event/event.h"
#include "event/verdict.h"
#include "judge/detect/volume.h"
#include "judge/detect/wall_clock.h"

namespace tidegate::judge {

struct DetectionSettings {
    /// Expected time between two false alarms of all series together, in seconds. Thresholds follow from it.
    double false_alarm_every = 3 * 365.25 * 86400;
    /// Local time of the customers, in order; empty: UTC. A day's and a week's curve follow local time.
    std::vector<ClockChange> clock{};
    /// Days (local, counted from 1970-01-01) on which people live as on Sundays.
    std::vector<std::int64_t> holidays{};
    /// Nobody watched where neither an event nor a tick came for so long; else silence is silence.
    std::int64_t blind_after = 3600;
};

/// What one series should show in a span of time, and how sure that is.
struct Expectation {
    double expected = 0;        // events
    double standard_error = 0;  // of `expected`, from what is known of the past; not the noise of counting
};

/// A change of one series, upwards or downwards. Open until `closed` is set.
struct Alarm {
    std::uint64_t id = 0;  // from 1, in the order of opening
    Series series;
    bool upwards = true;
    std::int64_t since = 0;   // when the change began, as far as can be told (Unix time; before `opened`)
    std::int64_t opened = 0;  // when it was noticed
    std::int64_t closed = 0;  // 0: still open
    double score = 0;         // the highest yet, in units of the threshold: from 1
    double current = 0;       // of the last minutes, in the same units
    // In the whole time since `since`; both grow while it is open.
    double observed = 0;
    double expected = 0;
    double standard_error = 0;  // of `expected`

    [[nodiscard]] bool is_open() const { return closed == 0; }
};

/// One hour of one series that is over.
struct HourRow {
    std::int64_t start = 0;  // Unix time, a whole hour
    Series series;
    double observed = 0;
    // What this hour of the week brings by the past alone, and its uncertainty: for the question "how far
    // above normal?".
    double expected = 0;
    double standard_error = 0;
    // What customers brought in this very hour, as far as can be told: `expected` corrected by how the day
    // went before and by those who logged in successfully. For attempts only; elsewhere the same as above.
    double customers = 0;
    double customers_error = 0;
    double watched = 1;    // share of the hour that was watched
    bool flagged = false;  // in an alarm; not learned as normal

    /// Above normal, in per cent, and one standard error in points; 0 where nothing is expected.
    [[nodiscard]] double percent_above() const { return percent(expected); }
    [[nodiscard]] double percent_error() const { return error(expected, standard_error); }
    /// The same against what customers brought in this hour.
    [[nodiscard]] double percent_above_customers() const { return percent(customers); }
    [[nodiscard]] double percent_customers_error() const { return error(customers, customers_error); }

private:
    [[nodiscard]] double percent(double normal) const {
        return normal > 0 ? (observed / normal - 1) * 100 : 0;
    }
    [[nodiscard]] double error(double normal, double normal_error) const {
        return normal > 0 ? observed / normal * normal_error / normal * 100 : 0;
    }
};

/// Watches all series. Deterministic: same calls, same answers. Takes its time from events and ticks.
/// Thread: one at a time.  Cost: see() some ten ns and one cache line of a table; every 10 s a bin is closed,
/// a few microseconds; memory is fixed (about 3 MiB).  Fails: never.
class Detection {
public:
    explicit Detection(DetectionSettings settings = {});
    ~Detection();
    Detection(Detection&&) noexcept;
    Detection& operator=(Detection&&) noexcept;

    /// One event and what was answered (a verdict that stops it withholds its outcome). Times may step back a
    /// little: such an event counts now.
    void see(const Event& event, const Verdict& verdict);
    /// It will be seen in a moment: what that takes is fetched from memory.
    void expect(const Event& event) const;
    /// Time passes: call at least once a minute even if nothing comes. Closes bins up to `seconds`.
    void tick(std::int64_t seconds);

    /// Counts that somebody else made: so many events of this one series (its total is another) at `seconds`.
    void add(std::int64_t seconds, Series series, double events);

    /// Alarms that opened or closed since the last call of this, in order; an alarm comes once as open and
    /// once as closed.
    [[nodiscard]] std::vector<Alarm> take_changes();
    /// Hours that ended since the last call of this, in order of time and series; series in which nothing
    /// ever happened are left out. Kept are those of the last 15 days at most.
    [[nodiscard]] std::vector<HourRow> take_hours();
    /// Those open now, up to date.
    [[nodiscard]] std::vector<Alarm> open_alarms() const;

    /// The last finished minute: what came, and what was to be expected.
    struct Now {
        double observed = 0;
        Expectation normal;
    };
    [[nodiscard]] Now last_minute(Series series) const;
    /// What any hour (or part of it) should bring, past or to come. From the first hour on: as long as little
    /// is known the standard error is as large as the expectation.
    [[nodiscard]] Expectation expect(Series series, std::int64_t from, std::int64_t seconds) const;
    /// The share of the last minutes' attempts that is beyond normal, 0 to 1.
    [[nodiscard]] double share_of_attack() const;
    /// Start of the bin that is being filled; 0 before the first call.
    [[nodiscard]] std::int64_t now() const;

    /// Everything known, so that detection made from it goes on the same. docs/detection.md has the layout.
    void save(std::string& out) const;
    [[nodiscard]] static Result<Detection> load(std::string_view bytes, DetectionSettings settings);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace tidegate::judge

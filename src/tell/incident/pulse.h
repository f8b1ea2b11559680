#pragma once
// Counts by ten seconds of the last hour and a half, and what is usual.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "event/incident.h"

namespace tidegate::tell {

/// What happened in one stretch of time.
struct Beat {
    double attempts = 0, hostile = 0, stopped = 0, logins = 0, refused = 0, faults = 0;
    double familiar = 0, familiar_bad = 0;  // tries where the account is at home; and those that went wrong
    double disconnects = 0;
    double probes = 0, probes_failed = 0;
    std::array<double, hop_count> passages{}, milliseconds{};  // each hop's, summed up

    Beat& operator+=(const Beat& other);
    Beat& operator*=(double factor);
    [[nodiscard]] std::optional<double> latency(Hop hop) const;
};

/// A ring of beats; those gone by are forgotten.
/// Thread: one at a time.  Cost: at() a comparison; sum() linear in the bins asked for.
class Pulse {
public:
    static constexpr std::int64_t width = 10;  // seconds
    static constexpr std::size_t bins = 540;

    /// The beat of that moment; of the oldest or the newest kept where it lies outside.
    Beat& at(Time time);
    /// Time went on. Longer than the ring: all is forgotten.
    void advance(Time now);
    /// Whole beats within [from, until), as far as kept.
    [[nodiscard]] Beat sum(Time from, Time until) const;
    /// So much of [from, until) is in that sum.
    [[nodiscard]] double minutes(Time from, Time until) const;
    [[nodiscard]] EffectWindow window(Time from, Time until) const;
    /// Of the beat being filled: Unix time / width.
    [[nodiscard]] std::int64_t newest() const { return newest_; }
    [[nodiscard]] const Beat* beat(std::int64_t index) const;
    [[nodiscard]] static std::int64_t index_of(Time time);

private:
    struct Range {
        std::int64_t first, past;
    };
    [[nodiscard]] Range kept(Time from, Time until) const;
    [[nodiscard]] std::size_t slot(std::int64_t index) const;

    std::vector<Beat> ring_ = std::vector<Beat>(bins);
    std::int64_t oldest_ = 0, newest_ = -1;
    bool started_ = false;
};

/// What a minute usually brings, learned where nothing is wrong; forgets with a half-life of a day.
class Usual {
public:
    void learn(const Beat& beat);
    [[nodiscard]] double a_minute(double Beat::* what) const;
    /// `part` of `of`; nothing while fewer than `least` of these are known.
    [[nodiscard]] std::optional<double> share(double Beat::* part, double Beat::* of, double least) const;
    [[nodiscard]] std::optional<double> latency(Hop hop) const;
    [[nodiscard]] double minutes() const { return minutes_; }

private:
    Beat sum_;
    double minutes_ = 0;
};

}  // namespace tidegate::tell

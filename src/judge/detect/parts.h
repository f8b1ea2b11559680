#pragma once
// What Detection is made of.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "judge/detect/detection.h"
#include "judge/detect/newcomers.h"
#include "judge/detect/series_watch.h"
#include "judge/detect/volume.h"
#include "judge/detect/wall_clock.h"

namespace tidegate::judge {

struct Detection::Parts {
    explicit Parts(DetectionSettings given);

    void count(Volume volume, Service service, double events);
    void count_attempt(const Event& event, const Verdict& verdict);
    void advance(std::int64_t seconds);
    void restart(std::int64_t start, std::int64_t seconds);
    void close_bin();
    void end_spans(std::size_t slot, std::int64_t end);
    void end_hour(std::int64_t start);
    void estimate_customers(HourRow& hour, const HourSums& all, const HourSums& right);
    [[nodiscard]] HourRow row(std::size_t index, std::int64_t start, const HourSums& sums) const;
    [[nodiscard]] Alarm alarm(std::size_t index) const;

    DetectionSettings settings;
    WallClock clock;
    Strictness strictness;

    Newcomers newcomers;
    std::array<SeriesWatch, series_count> watches{};
    std::array<double, series_count> counts{};      // of the bin being filled
    std::array<std::uint64_t, series_count> ids{};  // of each series' last alarm
    std::uint64_t last_id = 0;
    std::int64_t bin = 0, latest = 0;  // start of the bin being filled; the last call's time
    std::uint64_t bins = 0;            // watched in all
    double usual_ratio = 1;            // of attempts to log-ins, against their profiles
    std::uint32_t behind = 0;          // calls in a row from long ago

    std::vector<Alarm> changes;
    std::vector<HourRow> rows;
};

}  // namespace tidegate::judge

#pragma once
// When the attack could first be noticed, and when it was.

#include <cstdint>
#include <vector>

#include "drill/play.h"
#include "drill/tally.h"
#include "judge/detect/detection.h"

namespace tidegate::drill {

/// Notes the first second in which the attack's tries pass a tenth of the normal volume: the customers' tries
/// a second, mean of the last hour; and what detection said. Attack and ordinary days are known to it alone,
/// not to detection.
/// Thread: one at a time.  Cost: a few ns a try.  Fails: never.
class Alerts {
public:
    explicit Alerts(const Scenario& scenario);

    /// In order of time.
    void see(const Try& seen);
    /// One that opened or closed. What opens while another is open is the same alert; what tells of less than
    /// usual is none of an attack, but false as well while nobody comes who is not there every day.
    void hear(const judge::Alarm& alarm);
    void write_down(Counts& counts) const;

private:
    static constexpr std::int64_t hour = 3600;

    void go_to(std::int64_t second);

    const Scenario& scenario_;
    std::int64_t begin_;
    std::vector<std::uint32_t> customers_;  // tries in each second of the last hour
    std::uint64_t last_hour_ = 0;
    std::int64_t first_ = 0, second_ = 0;
    std::uint32_t attack_ = 0;   // tries in this second
    std::int64_t intruder_ = 0;  // the last try of one who is not there every day; 0: none yet
    bool attacked_ = false;
    std::int64_t onset_ = 0;    // 0: not yet
    std::int64_t noticed_ = 0;  // the first alarm of the attack's time; 0: none
    std::uint64_t false_ = 0;
    std::uint32_t open_ = 0;
};

}  // namespace tidegate::drill

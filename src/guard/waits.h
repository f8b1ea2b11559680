#pragma once
// How long log-ins wait, by hop and by service: for the record of incidents, and for those who look on.

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/time.h"
#include "event/event.h"
#include "event/notice.h"
#include "judge/detect/volume.h"

namespace tidegate::guard {

/// A hop of one service's log-ins, in milliseconds.
struct Wait {
    Hop hop = Hop::auth;
    Service service = Service::unknown;
    std::uint64_t times = 0;  // in the last minute
    double now_ms = 0;        // the mean of these; 0 where there were none
    double usual_ms = 0;      // the mean of ordinary times, where they are known; else 0
};

/// Sums up what sessions measure, so that nobody takes the desk's lock for it.
///
/// What is usual is a mean in which a measurement counts half after six hours; times that are three times as
/// long count a twentieth, so that an incident does not become usual, and a new server does.
/// Thread: any; take() one at a time.  Cost: note() two atomic additions.  Fails: never.
class Waits {
public:
    /// So often take() is to be called.
    static constexpr std::chrono::seconds step{10};

    void note(Hop hop, Service service, Duration took);
    /// What came since it was called last, a notice for each hop that was passed.
    [[nodiscard]] std::vector<HopNotice> take(Time now);
    /// Those of which anything is known.
    [[nodiscard]] std::vector<Wait> standing() const;

private:
    static constexpr std::size_t cells = hop_count * judge::services;
    static constexpr std::size_t steps_a_minute = 6;

    struct Sum {
        std::uint64_t micros = 0, times = 0;
    };
    struct Coming {
        std::atomic<std::uint64_t> micros = 0, times = 0;
    };
    struct Known {
        std::array<Sum, steps_a_minute> minute{};
        double usual_micros = 0, usual_times = 0;
    };
    static void learn(Known& known, const Sum& sum);

    std::array<Coming, cells> coming_;
    mutable std::mutex mutex_;  // guards all below
    std::array<Known, cells> known_{};
    std::size_t turn_ = 0;
};

}  // namespace tidegate::guard

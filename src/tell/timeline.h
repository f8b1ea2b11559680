#pragma once
// Counts over time, in bins of a minute that become wider when the log is long.

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/sketch.h"
#include "base/time.h"
#include "event/event.h"
#include "tell/report.h"

namespace tidegate::tell {

/// Who was behind the hostile attempts of one bin.
struct Crowd {
    BasicSketch<12> addresses;
    BasicSketch<11> networks, accounts;
    void merge(const Crowd& other);
};

/// What happened in one stretch of time. Counts of attempts; `hostile` as docs/report.md defines it.
struct Stretch {
    std::int64_t index = 0;  // Unix time / width
    std::uint64_t logins = 0;
    std::uint64_t hostile = 0;
    std::uint64_t stopped = 0;
    std::uint64_t unknown_account = 0;                 // of the hostile ones
    std::int64_t first_hostile = 0, last_hostile = 0;  // Unix time
    std::array<std::uint64_t, service_count> services{};
    std::array<std::uint64_t, evidence_kind_count> evidence{};
    std::unique_ptr<Crowd> crowd;  // made with the first hostile attempt

    /// Takes in what came after it.
    void absorb(const Stretch& later);
};

/// Stretches in order of time, only those in which something happened: at most `most`, each of width()
/// seconds. When one more is needed the width doubles. Thread: one at a time.  Cost: at() a comparison for
/// the current bin; 8 KiB a hostile bin.  Fails: never.
class Timeline {
public:
    static constexpr std::size_t most = 4096;

    /// The bin of that moment.
    Stretch& at(std::int64_t seconds);
    [[nodiscard]] const std::vector<Stretch>& bins() const { return bins_; }
    [[nodiscard]] std::int64_t width() const { return width_; }

private:
    void widen();

    std::vector<Stretch> bins_;  // by index
    std::size_t current_ = 0;
    std::int64_t width_ = 60;
};

}  // namespace tidegate::tell

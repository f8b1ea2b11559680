#pragma once
// Log-ins as counts, second by second, made by a dice of its own so that every machine sees the same.

#include <array>
#include <cmath>
#include <cstdint>

#include "base/hash.h"
#include "judge/detect/detection.h"

namespace tidegate::judge {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    double uniform() { return static_cast<double>(mix(++state_ * 0x9e37'79b9'7f4a'7c15ULL) >> 11) * 0x1p-53; }
    double normal() {
        double sum = 0;
        for (int i = 0; i < 12; ++i) sum += uniform();
        return sum - 6;
    }
    /// Nearly Poisson.
    double count(double mean) {
        if (mean > 30) return std::max(0.0, std::round(mean + std::sqrt(mean) * normal()));
        const double limit = std::exp(-mean);
        double product = uniform();
        int out = 0;
        for (; product > limit; ++out) product *= uniform();
        return out;
    }

private:
    std::uint64_t state_;
};

inline constexpr std::int64_t monday = 1'741'564'800;  // 2025-03-10T00:00:00Z
inline constexpr std::int64_t day = 86400, hour = 3600;

/// A provider's ordinary traffic: about one log-in a second, more by day, less on weekends.
class Traffic {
public:
    explicit Traffic(std::uint64_t seed) : dice_(seed) {}
    double share_of_usual = 1;
    double bots_yet = 0;
    std::int64_t clock_offset = 0;  // of the customers

    [[nodiscard]] double log_ins(std::int64_t at) const {
        const std::int64_t here = at + clock_offset;
        const double turn = 2 * 3.14159265358979 * static_cast<double>((here % day + day) % day) / day;
        const bool weekend = (here - monday) / day % 7 >= 5;
        return share_of_usual * (1 - 0.7 * std::cos(turn)) * (weekend ? 0.7 : 1);
    }
    /// Ten seconds from `at`, with an attack of so many tries a second.
    void feed(Detection& detection, std::int64_t at, double attack = 0) {
        const double right = dice_.count(10 * log_ins(at));
        const double wrong = dice_.count(10 * (0.02 * log_ins(at) + 0.03)), bots = dice_.count(10 * attack);
        const double unknown = dice_.count(0.1) + dice_.count(5 * attack);
        bots_yet += bots;
        for (const Service service : {Service::unknown, Service::imap}) {
            detection.add(at, {Volume::attempts, service}, right + wrong + bots);
            detection.add(at, {Volume::successes, service}, right);
            detection.add(at, {Volume::failures, service}, wrong + bots);
            detection.add(at, {Volume::unknown_accounts, service}, unknown);
        }
        detection.tick(at + 10);
    }
    void run(Detection& detection, std::int64_t from, std::int64_t until, double attack = 0) {
        for (std::int64_t at = from; at < until; at += 10) feed(detection, at, attack);
    }

private:
    Dice dice_;
};

}  // namespace tidegate::judge

#pragma once
// Time and chance of these tests: both are made up, and the same in every run.

#include <cmath>
#include <cstdint>

#include "base/hash.h"
#include "edge/admission/client_class.h"

namespace tidegate::edge {

/// Not the clock's beginning, at which nothing would happen in earnest either.
inline Moment at(double seconds) {
    return Moment(std::chrono::hours(1)) + span_of(seconds);
}

class Chance {
public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}
    std::uint64_t number() { return mix(state_ += 0x9e37'79b9'7f4a'7c15ULL); }
    std::uint64_t below(std::uint64_t end) { return number() % end; }
    double share() { return (double(number() >> 11) + 0.5) / 9007199254740992.0; }
    double exponential(double mean) { return -mean * std::log(share()); }
    /// Of four exponential parts: half as wide.
    double steadier(double mean) {
        double sum = 0;
        for (int part = 0; part < 4; ++part) sum += exponential(mean / 4);
        return sum;
    }

private:
    std::uint64_t state_;
};

}  // namespace tidegate::edge

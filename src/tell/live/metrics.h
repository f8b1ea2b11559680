#pragma once
// Figures for Prometheus.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidegate::tell {

/// One family of figures, collected when it is asked for.
struct Metric {
    enum class Kind : std::uint8_t { counter, gauge };
    struct Sample {
        std::vector<std::pair<std::string, std::string>> labels;
        double value = 0;
    };

    std::string name;  // "tidegate_questions_total"
    std::string help;
    Kind kind = Kind::counter;
    std::vector<Sample> samples;
};

/// Prometheus' text format 0.0.4.  Thread: any.
[[nodiscard]] std::string exposition(const std::vector<Metric>& metrics);
inline constexpr std::string_view exposition_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace tidegate::tell

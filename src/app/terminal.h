#pragma once
// What can be shown where our output goes.

#include <cstdint>
#include <string>

#include "tell/report.h"

namespace tidegate::app {

/// Width, colours and character set of the terminal at `descriptor`; careful guesses where it is none.
[[nodiscard]] tell::TextOptions text_options(int descriptor);

/// One line at the bottom of a terminal that says how far a run is; nothing where there is no terminal.
/// Thread: one at a time.
class ProgressLine {
public:
    ProgressLine(bool wanted, int descriptor);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// Draws at most ten times a second. `total` 0: not known.
    void update(std::uint64_t done, std::uint64_t total, std::uint64_t lines);
    /// Takes the line away.
    void clear();

private:
    bool shown_;
    int descriptor_;
    unsigned width_;
    double started_;
    double drawn_ = 0;
    bool dirty_ = false;
};

/// The line itself: "[#####.....]  52 %  1,234,567 lines, 812,000 lines/s, 7 s left".
[[nodiscard]] std::string progress_text(double seconds, std::uint64_t done, std::uint64_t total,
                                        std::uint64_t lines, unsigned width);

/// Seconds on a clock that never goes back.
[[nodiscard]] double seconds_now();

}  // namespace tidegate::app

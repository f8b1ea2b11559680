#pragma once
// Plots for the page: SVG that stretches with the page, with its figures beside it as text, so that they stay
// readable on a phone.

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "tell/zone.h"

namespace tidegate::tell {

/// One quantity: `css` is the class that colours it. Stacked on the series before it, or a line of its own.
struct PlotSeries {
    std::string name;
    std::string css;
    std::vector<double> values;
    bool line = false;  // a gap where a value is negative
};

/// A stretch of columns that is marked, first..past.
struct PlotMark {
    double first = 0, past = 0;  // in columns
    std::string label;
};

struct Plot {
    std::string title;
    std::string description;                            // for those who cannot see it
    std::vector<PlotSeries> series;                     // all of the same length
    std::vector<std::string> hints;                     // one a column, shown when pointed at
    std::vector<std::pair<double, std::string>> ticks;  // column and its label
    std::vector<PlotMark> marks;
    double top = 0;      // of the scale; 0: found
    std::string unit{};  // after the figures of the scale
};

/// A `<figure>`: caption, legend, plot, axes. Everything given is escaped.
[[nodiscard]] std::string figure(const Plot& plot);

/// An SVG document of its own, 960 wide and 320 high, with all that figure() has: title, legend, scale and
/// ticks are in it as text, light or dark as its reader likes.
[[nodiscard]] std::string document(const Plot& plot);

/// Ticks for columns that begin at `first` and are `width` wide: at most seven, at round times of the zone's
/// clock.
[[nodiscard]] std::vector<std::pair<double, std::string>> time_ticks(const Zone& zone, Time first,
                                                                     Duration width, std::size_t columns);

}  // namespace tidegate::tell

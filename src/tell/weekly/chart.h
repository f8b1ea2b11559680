#pragma once
// The days of a weekly report as a drawing.

#include <string>

#include "tell/weekly/letter.h"

namespace tidegate::tell {

/// SVG that brings its colours along and is readable on light and dark ground, since mail programs drop
/// styles. What it shows stands in the table beside it too.
[[nodiscard]] std::string chart_svg(const LetterChart& chart);

}  // namespace tidegate::tell

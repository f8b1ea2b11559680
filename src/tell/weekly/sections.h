#pragma once
// The parts of the weekly report, each from the week's figures.

#include <cstddef>
#include <string>
#include <vector>

#include "tell/weekly/letter.h"

namespace tidegate::tell {

/// What figures mean, each told once, with its number.
class LetterNotes {
public:
    /// The number of this one, from 1.
    [[nodiscard]] std::size_t operator()(const std::string& text);
    [[nodiscard]] std::vector<std::string> all() const { return notes_; }

private:
    std::vector<std::string> notes_;
};

// Of this library alone, in the order in which they are read.
[[nodiscard]] LetterSection figures_section(const Week& week, LetterNotes& notes);
[[nodiscard]] LetterSection days_section(const Week& week, LetterNotes& notes);
[[nodiscard]] LetterSection attacks_section(const Week& week, LetterNotes& notes);
[[nodiscard]] LetterSection stopped_section(const Week& week, LetterNotes& notes);
[[nodiscard]] LetterSection takeovers_section(const Week& week, LetterOptions options, LetterNotes& notes);
[[nodiscard]] LetterSection servers_section(const Week& week, LetterNotes& notes);
[[nodiscard]] LetterSection deeds_section(const Week& week, LetterOptions options);
[[nodiscard]] LetterSection certainty_section(const Week& week);

}  // namespace tidegate::tell

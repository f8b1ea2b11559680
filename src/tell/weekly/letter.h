#pragma once
// The report as people read it, before it is text or HTML: so that both say the same.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tell/weekly/week.h"

namespace tidegate::tell {

/// A figure with its name. `note`: which of Letter::notes says what it means, from 1; 0: none.
struct LetterFact {
    std::string label{}, value{};
    std::size_t note = 0;
};

struct LetterTable {
    struct Column {
        std::string head{};
        bool is_number = false;
        std::size_t note = 0;
    };
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows;  // a text for each column
};

/// Days: what was stopped, what got through, and the log-ins beside them.
struct LetterChart {
    struct Day {
        std::string label{};  // "Mon 23 Nov"
        std::uint64_t logins = 0, stopped = 0, through = 0;
    };
    std::vector<Day> days;
};

struct LetterSection {
    std::string title{};
    std::vector<std::string> paragraphs{};
    std::vector<LetterFact> facts{};
    LetterChart chart{};  // no days: none
    std::vector<LetterTable> tables{};
    std::vector<std::string> items{};
};

/// All texts are plain and hold what clients and people wrote: whoever shows them makes them harmless.
struct Letter {
    std::string title{};    // also the mail's subject
    std::string period{};   // "Mon 23 Nov to Sun 29 Nov 2026, times of Europe/Vienna"
    std::string summary{};  // two sentences
    std::vector<LetterSection> sections;
    std::vector<std::string> notes;  // what the figures mean
    std::string foot{};              // who made it, when
};

struct LetterOptions {
    bool names = false;  // of accounts, and what people wrote about them
};

[[nodiscard]] Letter letter_of(const Week& week, LetterOptions options = {});

/// What kind of week it was, and how it compares: two sentences.
[[nodiscard]] std::string week_summary(const Week& week);
/// What to do next week, the most urgent first. Never empty.
[[nodiscard]] std::vector<std::string> week_advice(const Week& week, LetterOptions options = {});

/// For a terminal or a mail: lines of at most `width` characters but for words that are longer, in '\n'.
[[nodiscard]] std::string letter_text(const Letter& letter, std::size_t width = 72);
/// One page by itself: no script, nothing fetched, styles in its elements so that mail programs keep them.
[[nodiscard]] std::string letter_html(const Letter& letter);

/// One JSON object without a line end. docs/weekly-report.md has the fields.
[[nodiscard]] std::string week_json(const Week& week, LetterOptions options = {});

}  // namespace tidegate::tell

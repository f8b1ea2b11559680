#pragma once
// Cutting other programs' output into lines and words. Views into what was given; no allocation per word.

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tidegate::setup {

/// No program that we ask says more; what is longer is not read to its end.
inline constexpr std::size_t max_output_bytes = std::size_t{1} << 20;
/// No file that we understand nests deeper.
inline constexpr std::size_t max_depth = 32;

inline constexpr std::string_view blanks = " \t\r\n\v\f";

[[nodiscard]] inline std::string_view trim(std::string_view text) {
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Takes the first line, without its end, off `text`.
[[nodiscard]] inline std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

/// Takes the first word, up to one of `separators`, off `text`; empty at the end.
[[nodiscard]] inline std::string_view take_word(std::string_view& text,
                                                std::string_view separators = blanks) {
    const auto begin = text.find_first_not_of(separators);
    text.remove_prefix(begin == std::string_view::npos ? text.size() : begin);
    const auto end = text.find_first_of(separators);
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(word.size());
    return word;
}

[[nodiscard]] inline std::vector<std::string_view> words(std::string_view text,
                                                         std::string_view separators = blanks) {
    std::vector<std::string_view> out;
    while (true) {
        const std::string_view word = take_word(text, separators);
        if (word.empty()) return out;
        out.push_back(word);
    }
}

/// What is before and behind the first `mark`, trimmed; nothing where there is none.
[[nodiscard]] inline std::optional<std::pair<std::string_view, std::string_view>> cut(std::string_view text,
                                                                                      char mark) {
    const auto at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    return std::pair{trim(text.substr(0, at)), trim(text.substr(at + 1))};
}

/// A whole number at the front of `text`, 0 where there is none.
[[nodiscard]] inline unsigned leading_number(std::string_view text) {
    unsigned number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace tidegate::setup

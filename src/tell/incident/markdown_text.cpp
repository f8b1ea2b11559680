#include "tell/incident/markdown_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "tell/words.h"

namespace tidegate::tell {
namespace {

bool is_markup(char c) {
    return std::string_view("\\`*_[]<>&|~#!$^{}").find(c) != std::string_view::npos;
}

bool is_ordinary(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || std::string_view("@._+-").find(c) != std::string_view::npos;
}

/// Entities, not backslashes: a table takes backslashes before bars away, and what is left would be markup.
std::string entity(char c) {
    return fmt::format("&#{};", static_cast<int>(static_cast<unsigned char>(c)));
}

}  // namespace

std::string markdown_text(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    line = harmless(line);
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        // "http://" and "www." become links by themselves.
        const bool link = (c == ':' && line.compare(i, 3, "://") == 0) ||
                          (c == '.' && i >= 3 && (line[i - 1] | 0x20) == 'w');
        out += is_markup(c) || link ? entity(c) : std::string(1, c);
    }
    return out;
}

std::string markdown_name(std::string_view name) {
    const bool ordinary = !name.empty() && std::ranges::all_of(name, is_ordinary);
    return ordinary ? fmt::format("`{}`", name) : markdown_text(name);
}

}  // namespace tidegate::tell

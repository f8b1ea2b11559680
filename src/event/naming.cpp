#include "event/naming.h"

#include <algorithm>
#include <cstddef>

namespace tidegate {
namespace {

// What no name has in it, and what ordinary ones have.
constexpr std::string_view blanks_and_marks = " \t\r\n,;:!?()[]{}<>\"'`";
constexpr std::string_view of_ordinary_names =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+@-";

bool is_between(char c) {
    return blanks_and_marks.contains(c);
}

bool is_out_of_the_ordinary(char c) {
    return !of_ordinary_names.contains(c);
}

bool has_word(std::string_view text, bool (*ends)(char), const AccountTest& is_meant) {
    while (!text.empty()) {
        const auto end = static_cast<std::size_t>(std::ranges::find_if(text, ends) - text.begin());
        std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!word.empty() && is_meant(word)) return true;
        if (!word.ends_with('.')) continue;
        while (word.ends_with('.')) word.remove_suffix(1);  // a sentence's
        if (!word.empty() && is_meant(word)) return true;
    }
    return false;
}

}  // namespace

// "imap/bob@example.org" and a name in another language's quotes are found by the second look, names with
// letters of other languages by the first.
bool names_account(std::string_view text, const AccountTest& is_meant) {
    return has_word(text, is_between, is_meant) || has_word(text, is_out_of_the_ordinary, is_meant);
}

}  // namespace tidegate

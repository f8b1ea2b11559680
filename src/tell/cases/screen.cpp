#include "tell/cases/screen.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/address.h"

namespace tidegate::tell {
namespace {

constexpr std::string_view no_address = "(an address)", no_account = "(an account)",
                           no_partner = "(a partner)";
// Of what an address can be written with, between words.
constexpr std::string_view address_letters = "0123456789abcdefABCDEF.:";
constexpr std::string_view around = "\"'`<>()[]{},;!?";

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool is_same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_blank(char c) {
    return static_cast<unsigned char>(c) <= ' ';
}

std::string_view trimmed(std::string_view text, std::string_view what) {
    while (!text.empty() && what.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
    while (!text.empty() && what.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
    return text;
}

// The longest stretch from its beginning that is an address; "192.0.2.7:143" and "2001:db8::1." begin with
// one.
std::size_t address_at(std::string_view run) {
    for (std::size_t length = std::min<std::size_t>(run.size(), 45); length >= 3; --length) {
        const std::string_view part = run.substr(0, length);
        const bool has_form = std::ranges::count(part, ':') >= 2 || std::ranges::count(part, '.') == 3;
        if (has_form && Address::parse(part)) return length;
    }
    return 0;
}

std::string without_addresses(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t end = std::min(text.find_first_not_of(address_letters, i), text.size());
        if (end == i) {
            out += text[i++];
            continue;
        }
        // Whatever stands before it: "from:192.0.2.7" and "e192.0.2.7" have the same letters as an address.
        bool found = false;
        for (std::size_t from = i; from < end && !found; ++from)
            if (const std::size_t length = address_at(text.substr(from, end - from)); length > 0) {
                out.append(text.substr(i, from - i)).append(no_address);
                i = from + length;
                found = true;
            }
        if (found) continue;
        out.append(text.substr(i, end - i));
        i = end;
    }
    return out;
}

}  // namespace

Screen::Screen(const Incident* incident, std::span<const std::string> contacts,
               std::vector<std::string> partners)
    : names_(incident == nullptr ? Incident{} : *incident, false),
      contacts_(contacts.begin(), contacts.end()),
      partners_(std::move(partners)) {}

bool Screen::is_contact(std::string_view address) const {
    return std::ranges::any_of(contacts_, [&](const std::string& each) { return is_same(each, address); });
}

// A word with an @ that is no contact and no link goes.
std::string Screen::word(std::string_view word) const {
    const std::string_view bare = trimmed(word, around);
    const std::string_view meant = trimmed(bare.starts_with("mailto:") ? bare.substr(7) : bare, ".:");
    const auto at = meant.find('@');
    const bool is_mail = at != std::string_view::npos && at > 0 && at + 1 < meant.size();
    if (!is_mail || is_contact(meant)) return std::string(word);
    const std::size_t begin = static_cast<std::size_t>(bare.data() - word.data());
    const std::size_t end = static_cast<std::size_t>(meant.data() - word.data()) + meant.size();
    return std::string(word.substr(0, begin)) + std::string(no_account) + std::string(word.substr(end));
}

std::string Screen::text(std::string_view text) const {
    std::string known;
    // Contacts first: one of them may be an account that was aimed at.
    for (std::size_t i = 0; i < text.size();) {
        if (is_blank(text[i])) {
            known += text[i++];
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && !is_blank(text[end])) ++end;
        const std::string_view whole = text.substr(i, end - i);
        known +=
            is_contact(trimmed(trimmed(whole, around), ".:")) ? std::string(whole) : word(names_.text(whole));
        i = end;
    }
    known = without_addresses(known);
    for (const std::string& each : partners_)
        for (std::size_t at = 0; !each.empty() && (at = known.find(each, at)) != std::string::npos;
             at += no_partner.size())
            known.replace(at, each.size(), no_partner);
    return known;
}

}  // namespace tidegate::tell

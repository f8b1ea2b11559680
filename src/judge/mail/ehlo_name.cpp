#include "judge/mail/ehlo_name.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>

namespace tidegate::judge {
namespace {

constexpr std::size_t longest_name = 255;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
// Underscores are no host's (RFC 952), and yet in use.
bool is_name_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
}

bool is_same_client(const Address& a, const Address& b) {
    return a.host_key() == b.host_key();
}

// "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321 4.1.3).
std::optional<Address> literal(std::string_view name) {
    if (name.size() < 2 || name.front() != '[' || name.back() != ']') return std::nullopt;
    name = name.substr(1, name.size() - 2);
    constexpr std::string_view tag = "ipv6:";
    if (name.starts_with(tag)) name.remove_prefix(tag.size());
    return Address::parse(name);
}

// The numbers in a name, as many as an address has and no more: providers name lines after them.
struct Numbers {
    std::array<unsigned, 8> values{};
    std::size_t count = 0;
};
Numbers numbers_in(std::string_view name) {
    Numbers out;
    for (std::size_t i = 0; i < name.size() && out.count < out.values.size();) {
        if (!is_digit(name[i])) {
            ++i;
            continue;
        }
        unsigned value = 0;
        for (; i < name.size() && is_digit(name[i]); ++i)
            value = std::min(value * 10 + static_cast<unsigned>(name[i] - '0'), 1000U);
        out.values[out.count++] = value;
    }
    return out;
}

// All four numbers of the address side by side, either way round.
bool holds(std::string_view name, const Address& address) {
    if (!address.is_v4()) return false;
    const std::uint32_t bits = address.v4_bits();
    const std::array<unsigned, 4> octets{bits >> 24U, bits >> 16U & 255U, bits >> 8U & 255U, bits & 255U};
    const Numbers numbers = numbers_in(name);
    const std::span seen(numbers.values.data(), numbers.count);
    for (std::size_t i = 0; i + octets.size() <= seen.size(); ++i) {
        const auto four = seen.subspan(i, octets.size());
        if (std::ranges::equal(four, octets) || std::equal(four.begin(), four.end(), octets.rbegin()))
            return true;
    }
    return false;
}

}  // namespace

std::string folded_name(std::string_view name) {
    std::string out(name.substr(0, longest_name));
    if (out.ends_with('.')) out.pop_back();
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

EhloKind ehlo_kind(std::string_view name, const Address& from, std::span<const std::string> own_names) {
    if (name.empty()) return EhloKind::absent;
    const std::string folded = folded_name(name);
    if (std::ranges::find(own_names, folded) != own_names.end()) return EhloKind::ours;
    if (const auto named = literal(folded))
        return is_same_client(*named, from) ? EhloKind::literal : EhloKind::foreign_literal;
    if (Address::parse(folded)) return EhloKind::foreign_literal;
    if (folded.empty() || !std::ranges::all_of(folded, is_name_character)) return EhloKind::strange;
    if (folded.find('.') == std::string::npos || folded == "localhost.localdomain")
        return EhloKind::unqualified;
    return holds(folded, from) ? EhloKind::holds_address : EhloKind::qualified;
}

std::string_view ehlo_family(std::string_view name) {
    if (name.starts_with('[')) return name;
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return name;
    const std::string_view rest = name.substr(dot + 1);
    return rest.find('.') == std::string_view::npos ? name : rest;
}

}  // namespace tidegate::judge

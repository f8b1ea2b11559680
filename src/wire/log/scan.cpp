#include "wire/log/scan.h"

#include <algorithm>

#include "base/hash.h"

namespace tidegate::wire {
namespace {

// Any constant will do: equal guesses of one stream must meet, and the 16 bits that are left tell nobody
// more.
constexpr std::uint64_t guess_key = 0x7469'6465'6761'7465ULL;
constexpr std::uint64_t guess_bits = 0xffff;

constexpr bool is_mechanism_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
}

// Takes ":PORT" off the end of `text`, if a bracket stands before it.
std::uint16_t take_port(std::string_view& text) {
    if (text.empty() || !is_digit(text.back())) return 0;
    const std::size_t colon = find_last(text, ':');
    if (colon == npos || colon == 0 || text[colon - 1] != ']') return 0;
    const std::uint16_t port = client_port(text.substr(colon + 1));
    if (port != 0) text.remove_suffix(text.size() - colon);
    return port;
}

// An interface's name behind an IPv6 address (RFC 4007 11.2). What may stand there must not be a client's
// text.
bool is_zone(std::string_view text) {
    constexpr std::size_t longest = 15;  // IFNAMSIZ
    return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
               c == '.';
    });
}

}  // namespace

std::optional<Address> client_address(std::string_view text) {
    if (text.starts_with("IPv6:")) text.remove_prefix(5);
    const auto zone = find(text, '%');
    const auto address = Address::parse(text.substr(0, std::min(zone, text.size())));
    if (zone != npos && (!is_zone(text.substr(zone + 1)) || find(text, ':') > zone)) return std::nullopt;
    if (!address || address->is_none() || *address == Address::v4(0)) return std::nullopt;
    return address;
}

std::uint16_t client_port(std::string_view text) {
    Scan in(text);
    const auto port = in.number();
    return port && in.done() && *port <= 0xffff ? static_cast<std::uint16_t>(*port) : std::uint16_t{0};
}

std::optional<Peer> peer_at_end(std::string_view text) {
    Peer peer;
    peer.port = take_port(text);
    if (!text.ends_with(']')) return std::nullopt;
    // No address is longer; so a text full of brackets costs no more than its length.
    constexpr std::size_t reach = 80;
    const std::size_t skipped = text.size() > reach ? text.size() - reach : 0;
    const std::size_t near = find_last(text.substr(skipped), '[');
    if (near == npos) return std::nullopt;
    const std::size_t open = skipped + near;
    const auto address = client_address(text.substr(open + 1, text.size() - open - 2));
    if (!address) return std::nullopt;
    peer.name = text.substr(0, open);
    peer.address = *address;
    return peer;
}

std::string_view mechanism(std::string_view text, EventBatch& out) {
    if (text.empty() || text.size() > 32 || !std::ranges::all_of(text, is_mechanism_character)) return {};
    const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
    if (std::ranges::none_of(text, is_lower)) return text;
    char* upper = out.reserve(text.size());
    std::ranges::transform(text, upper,
                           [&](char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; });
    return {upper, text.size()};
}

std::uint64_t fold_guess(std::string_view secret) {
    return hash_bytes(secret, guess_key) & guess_bits;
}

}  // namespace tidegate::wire

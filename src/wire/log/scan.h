#pragma once
// What the parsers of all daemons scan with: fixed words, numbers, addresses in brackets. Nothing here
// allocates (but `upper`, into a batch's arena), throws or reads beyond the view; every function is linear.

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/address.h"
#include "event/batch.h"

namespace tidegate::wire {

inline constexpr std::size_t npos = std::string_view::npos;

[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Where `c` or `needle` first stands at or after `from`; npos if nowhere.
[[nodiscard]] inline std::size_t find(std::string_view text, char c, std::size_t from = 0) {
    if (from >= text.size()) return npos;
    const void* at = std::memchr(text.data() + from, c, text.size() - from);
    return at == nullptr ? npos : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}
/// The needles are words of a line, the texts short: a look for the first character beats memmem's
/// preparations.
[[nodiscard]] inline std::size_t find(std::string_view text, std::string_view needle, std::size_t from = 0) {
    if (needle.empty()) return from <= text.size() ? from : npos;
    for (std::size_t at = find(text, needle.front(), from); at != npos;
         at = find(text, needle.front(), at + 1)) {
        if (text.substr(at, needle.size()) == needle) return at;
    }
    return npos;
}
/// Where `c` last stands; npos if nowhere.
[[nodiscard]] inline std::size_t find_last(std::string_view text, char c) {
    const void* at = text.empty() ? nullptr : ::memrchr(text.data(), c, text.size());
    return at == nullptr ? npos : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}
[[nodiscard]] inline bool contains(std::string_view text, std::string_view needle) {
    return find(text, needle) != npos;
}

/// Walks a text from its front. Every step that does not fit leaves it where it was and says so.
/// Thread: a value.  Cost: O(1) or linear in what is stepped over.
class Scan {
public:
    explicit constexpr Scan(std::string_view text) : text_(text) {}

    [[nodiscard]] constexpr std::string_view rest() const { return text_; }
    [[nodiscard]] constexpr bool done() const { return text_.empty(); }
    /// The next character; NUL at the end.
    [[nodiscard]] constexpr char peek() const { return text_.empty() ? '\0' : text_.front(); }

    constexpr bool skip(char c) {
        if (peek() != c || text_.empty()) return false;
        text_.remove_prefix(1);
        return true;
    }
    constexpr bool skip(std::string_view word) {
        if (!text_.starts_with(word)) return false;
        text_.remove_prefix(word.size());
        return true;
    }
    constexpr void skip_spaces() {
        while (peek() == ' ') text_.remove_prefix(1);
    }
    constexpr void drop(std::size_t count) {
        text_.remove_prefix(count < text_.size() ? count : text_.size());
    }

    /// An unsigned decimal number that fits, at least one digit.
    constexpr std::optional<std::uint64_t> number() {
        std::uint64_t value = 0;
        std::size_t length = 0;
        while (length < text_.size() && length < 19 && is_digit(text_[length])) {
            value = value * 10 + static_cast<std::uint64_t>(text_[length++] - '0');
        }
        if (length == 0 || (length < text_.size() && is_digit(text_[length]))) return std::nullopt;
        text_.remove_prefix(length);
        return value;
    }
    /// What stands before the first `end`, which is stepped over too.
    std::optional<std::string_view> until(char end) { return cut(find(text_, end), 1); }
    std::optional<std::string_view> until(std::string_view end) { return cut(find(text_, end), end.size()); }
    /// What stands before the first `end`, or all that is left where there is none.
    std::string_view until_or_rest(char end) {
        if (auto head = until(end)) return *head;
        const auto all = text_;
        text_ = {};
        return all;
    }

private:
    std::optional<std::string_view> cut(std::size_t at, std::size_t width) {
        if (at == npos) return std::nullopt;
        const auto head = text_.substr(0, at);
        text_.remove_prefix(at + width);
        return head;
    }

    std::string_view text_;
};

/// An address as daemons write it: Address::parse, with a quick way for dotted quads; "IPv6:" in front and a
/// zone
/// ("%eth0") at the end are dropped. Nothing for anything else, and for `::` and 0.0.0.0, which are no
/// client.
[[nodiscard]] std::optional<Address> client_address(std::string_view text);

/// The client's port, 1 to 65535; 0 for anything else.
[[nodiscard]] std::uint16_t client_port(std::string_view text);

/// A client as "NAME[ADDRESS]" or "NAME[ADDRESS]:PORT".
struct Peer {
    std::string_view name;  // what stands before the bracket: often attacker text (a reverse name, a HELO)
    Address address;
    std::uint16_t port = 0;
};

/// Reads a peer that ends where `text` ends: the last bracket counts, whatever the name holds. Nothing where
/// no well-formed address in brackets ends the text. "[unknown]" and the like are nothing.
[[nodiscard]] std::optional<Peer> peer_at_end(std::string_view text);

/// A SASL mechanism or another word in upper case; the same view where it is so already. Empty for what is no
/// mechanism name (RFC 4422 3.1: 1 to 20 of A-Z, 0-9, - and _; here up to 32).
[[nodiscard]] std::string_view mechanism(std::string_view text, EventBatch& out);

/// The guess field of an event, from text that stands for a password alone (a logged hash of it, or itself):
/// folded with a fixed key and cut to 16 bits, so that equal ones compare equal within a stream and nothing
/// else can be learned. The text goes nowhere else.
[[nodiscard]] std::uint64_t fold_guess(std::string_view secret);

}  // namespace tidegate::wire

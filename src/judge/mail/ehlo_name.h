#pragma once
// What a client calls itself, and whether a mail server would.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/address.h"

namespace tidegate::judge {

/// Kinds of names, those that mail servers have first. RFC 5321 4.1.4 asks for a fully qualified name, or for
/// an address literal where there is none; and forbids to refuse mail for a name that does not resolve, so it
/// is evidence and no more.
enum class EhloKind : std::uint8_t {
    absent,           // nothing was said yet
    qualified,        // "mail.example.org"
    holds_address,    // "203-0-113-7.dsl.example.net": a line's name, made by its provider
    literal,          // "[203.0.113.7]", its own
    unqualified,      // "pc", "localhost"
    strange,          // no name at all: characters that none has
    foreign_literal,  // "[192.0.2.1]" from elsewhere, or an address without brackets
    ours,             // one of our names
};
inline constexpr std::size_t ehlo_kinds = 8;

/// `own_names`: in lower case. Any bytes will do.
/// Thread: any.  Cost: linear in the name, and a copy of it.  Fails: never.
[[nodiscard]] EhloKind ehlo_kind(std::string_view name, const Address& from,
                                 std::span<const std::string> own_names);

/// Of a qualified name what lies behind its first label, if that has a dot: "mx1.mail.example.org" and
/// "mx2.mail.example.org" are one sender's. Else the whole name. `name` is folded; a view of
/// it.
[[nodiscard]] std::string_view ehlo_family(std::string_view name);

/// In lower case (ASCII), without a dot at the end, cut at 255 bytes (RFC 1035 2.3.4).
[[nodiscard]] std::string folded_name(std::string_view name);

}  // namespace tidegate::judge

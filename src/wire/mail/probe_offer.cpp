// What of a server's offer a proxy can pass on, and what several have in common.

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "base/check.h"
#include "wire/log/scan.h"
#include "wire/mail/lines.h"
#include "wire/mail/probe_words.h"
#include "wire/mail/sasl.h"

namespace tidegate::wire {
namespace {

using Names = std::span<const std::string_view>;

// IMAP: STARTTLS, AUTH= and LOGINDISABLED are said anew by whoever speaks to clients; referrals (RFC 2221,
// RFC 2193) lead past the proxy; UNAUTHENTICATE (RFC 8437) to log-ins that nobody judges.
constexpr std::array<std::string_view, 6> not_of_imap{
    "STARTTLS", "LOGINDISABLED", "LOGIN-REFERRALS", "MAILBOX-REFERRALS", "UNAUTHENTICATE", "XCLIENT"};
// UTF8 (RFC 6856 2) is asked for before the log-in, and so can't reach the server; so is LANG (3).
constexpr std::array<std::string_view, 6> not_of_pop3{"STLS", "SASL", "USER", "UTF8", "LANG", "XCLIENT"};
constexpr std::array<std::string_view, 4> not_of_sieve{"STARTTLS", "SASL", "UNAUTHENTICATE", "XCLIENT"};
// REQUIRETLS (RFC 8689) promises what only both of our connections together could keep.
constexpr std::array<std::string_view, 5> not_of_submission{"STARTTLS", "AUTH", "XCLIENT", "XFORWARD",
                                                            "REQUIRETLS"};

Names kept_back(OfferWords words) {
    switch (words) {
        case OfferWords::imap:
            return not_of_imap;
        case OfferWords::pop3:
            return not_of_pop3;
        case OfferWords::managesieve:
            return not_of_sieve;
        case OfferWords::submission:
            return not_of_submission;
    }
    CHECK(false);
}

// GSSAPI and its like speak for a name of the server's that is not ours, EXTERNAL for a certificate that the
// client showed to us, and what ends in PLUS for the TLS between it and us (RFC 5056).
bool can_pass(std::string_view mechanism) {
    constexpr std::array<std::string_view, 6> bound{"EXTERNAL", "GSSAPI",      "GSS-SPNEGO",
                                                    "NTLM",     "KERBEROS_V4", "ANONYMOUS"};
    return !mechanism.ends_with("-PLUS") && !mechanism.starts_with("GS2-") &&
           std::ranges::find(bound, mechanism) == bound.end();
}

bool has(const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::any_of(words, [word](const auto& one) { return is_same_word(one, word); });
}

/// What a capability is called, and what stands behind that.
struct Parts {
    std::string_view name, rest;
};
Parts parts_of(OfferWords words, std::string_view capability) {
    if (words == OfferWords::managesieve && capability.starts_with('"')) {
        const std::size_t end = std::min(capability.find('"', 1), capability.size());
        return {capability.substr(1, end - 1), capability.substr(std::min(end + 1, capability.size()))};
    }
    const std::size_t end =
        std::min(capability.find_first_of(words == OfferWords::imap ? " =" : " "), capability.size());
    return {capability.substr(0, end), capability.substr(end)};
}

std::optional<std::uint64_t> number_of(std::string_view rest) {
    std::uint64_t number = 0;
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc() || end != rest.data() + rest.size() || rest.empty()) return std::nullopt;
    return number;
}

// SIZE: the least, but 0 means that nobody said (RFC 1870 3); LOGIN-DELAY (RFC 2449 6.5): the most.
std::optional<std::string> common_number(const Parts& left, const Parts& right) {
    const auto one = number_of(left.rest), other = number_of(right.rest);
    if (!one || !other) return std::nullopt;
    const bool is_delay = is_same_word(left.name, "LOGIN-DELAY");
    const bool is_one = is_delay ? *one >= *other : (*other == 0 || (*one != 0 && *one <= *other));
    return std::string(left.name) + std::string(is_one ? left.rest : right.rest);
}

// ManageSieve's lists: `"SIEVE" "fileinto vacation"`.
std::optional<std::string> common_list(const Parts& left, const Parts& right) {
    const auto inside = [](std::string_view rest) {
        Scan scan(rest);
        return scan.skip(" \"") && rest.ends_with('"') && rest.size() > 2 ? rest.substr(2, rest.size() - 3)
                                                                          : std::string_view{};
    };
    const std::string_view theirs = inside(right.rest);
    std::string both;
    for (Scan scan(inside(left.rest)); !scan.done();) {
        const std::string_view word = scan.until_or_rest(' ');
        bool is_theirs = false;
        for (Scan other(theirs); !other.done();)
            is_theirs = is_same_word(other.until_or_rest(' '), word) || is_theirs;
        if (is_theirs && !word.empty()) both.append(both.empty() ? "" : " ").append(word);
    }
    return "\"" + std::string(left.name) + "\" \"" + both + '"';
}

std::optional<std::string> common_capability(OfferWords words, std::string_view mine,
                                             const std::vector<std::string>& theirs) {
    const Parts left = parts_of(words, mine);
    for (const std::string& one : theirs) {
        if (is_same_word(one, mine)) return std::string(mine);
        const Parts right = parts_of(words, one);
        if (!is_same_word(left.name, right.name)) continue;
        if (is_same_word(left.name, "SIZE") || is_same_word(left.name, "LOGIN-DELAY"))
            return common_number(left, right);
        if (words == OfferWords::managesieve &&
            (is_same_word(left.name, "SIEVE") || is_same_word(left.name, "NOTIFY")))
            return common_list(left, right);
    }
    return std::nullopt;
}

}  // namespace

void take_capability(OfferWords words, std::string_view capability, ServerOffer& offer) {
    const auto is_name = [&](std::string_view name) {
        return is_same_word(name, parts_of(words, capability).name);
    };
    if (capability.empty() || offer.capabilities.size() >= most_capabilities) return;
    if (std::ranges::any_of(kept_back(words), is_name) || has(offer.capabilities, capability)) return;
    if (words == OfferWords::imap && is_name("AUTH")) return;
    offer.capabilities.emplace_back(capability);
}

void take_mechanisms(std::string_view list, ServerOffer& offer) {
    for (Scan scan(list); !scan.done();) {
        const auto mechanism = mechanism_name(scan.until_or_rest(' '));
        if (!mechanism || !can_pass(*mechanism) || has(offer.mechanisms, *mechanism)) continue;
        if (offer.mechanisms.size() < most_capabilities) offer.mechanisms.push_back(*mechanism);
    }
}

ServerOffer common_offer(OfferWords words, std::span<const ServerOffer> offers) {
    if (offers.empty()) return {};
    ServerOffer common = offers.front();
    for (const ServerOffer& other : offers.subspan(1)) {
        std::vector<std::string> kept;
        for (const std::string& one : common.capabilities)
            if (auto both = common_capability(words, one, other.capabilities))
                kept.push_back(*std::move(both));
        common.capabilities = std::move(kept);
        std::erase_if(common.mechanisms, [&](const auto& one) { return !has(other.mechanisms, one); });
        common.passwords = common.passwords && other.passwords;
    }
    return common;
}

}  // namespace tidegate::wire

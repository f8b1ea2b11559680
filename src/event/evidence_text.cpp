#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "event/verdict.h"

namespace tidegate {
namespace {

// "41,000"; a decayed count is rounded, but something is never nothing.
std::string counted(float count) {
    const auto whole = static_cast<std::uint64_t>(std::llround(std::max(count, 0.0F)));
    if (whole == 0 && count > 0) return "under 1";
    std::string digits = std::to_string(whole);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

std::string counted(float count, std::string_view one, std::string_view many) {
    const std::string number = counted(count);
    return fmt::format("{} {}", number, number == "1" || number == "under 1" ? one : many);
}

std::string rate(const Evidence& evidence, std::string_view whose) {
    return fmt::format("{} and {} lately from {}", counted(evidence.count, "failure", "failures"),
                       counted(evidence.of, "log-in", "log-ins"), whose);
}

std::string network_of(const Event& event) {
    if (event.address.is_none()) return "its network";
    return Prefix(event.address, event.address.is_v4() ? 24 : 48).text();
}

std::string address_of(const Event& event) {
    if (event.address.is_none()) return "this client";
    return event.address.is_v4() ? event.address.text() : Prefix(event.address, 64).text();
}

std::string as_of(const Event& event) {
    if (event.as_number != 0) return fmt::format("AS{}", event.as_number);
    if (event.address.is_none()) return "its AS";
    return Prefix(event.address, event.address.is_v4() ? 16 : 32).text();
}

std::string client_of(const Event& event) {
    if (!event.client.empty()) return fmt::format("clients with the fingerprint {}", event.client);
    if (!event.ehlo.empty()) return fmt::format("clients that call themselves {}", event.ehlo);
    return "clients like this one";
}

std::string familiar(const Evidence& evidence, std::string_view place) {
    if (evidence.count <= 0) return fmt::format("this account is at home at {}", place);
    return fmt::format("this account logged in from {} before ({} of it lately)", place,
                       counted(evidence.count, "log-in", "log-ins"));
}

std::string other_places(const Evidence& evidence) {
    if (evidence.count <= 0) return "this account never logged in from here";
    return fmt::format("{} of this account lately, none from here",
                       counted(evidence.count, "log-in", "log-ins"));
}

std::string no_log_in(const Evidence& evidence, std::string_view known) {
    if (evidence.count <= 0) return std::string(known);
    return fmt::format("{}; {} lately", known, counted(evidence.count, "failure", "failures"));
}

std::string client(const Evidence& evidence, const Event& event) {
    if (evidence.count <= 0 && evidence.of <= 0) return "how it speaks (service, SASL mechanism, TLS)";
    return rate(evidence, client_of(event));
}

std::string at_other_accounts(const Evidence& evidence, const Event& event) {
    return fmt::format("{} on other accounts and {} lately from {}",
                       counted(evidence.count, "failure", "failures"),
                       counted(evidence.of, "log-in", "log-ins"), address_of(event));
}

std::string target(const Evidence& evidence) {
    return fmt::format("{} on this account lately, from wherever; {} on others in the mean",
                       counted(evidence.count, "failure", "failures"), counted(evidence.of));
}

std::string habit(const Evidence& evidence) {
    return fmt::format("this account came from {} lately, in {}",
                       counted(evidence.count, "new place", "new places"),
                       counted(evidence.of, "log-in", "log-ins"));
}

std::string about_place(const Evidence& evidence, const Event& event) {
    switch (evidence.kind) {
        case EvidenceKind::familiar_address:
            return familiar(evidence, address_of(event));
        case EvidenceKind::familiar_network:
            return familiar(evidence, network_of(event));
        case EvidenceKind::familiar_as:
            return "this account logged in from there before; " + rate(evidence, as_of(event));
        case EvidenceKind::address_rate:
            return at_other_accounts(evidence, event);
        case EvidenceKind::network_rate:
            return rate(evidence, "elsewhere in " + network_of(event));
        case EvidenceKind::as_rate:
            return rate(evidence, as_of(event));
        default:
            return client(evidence, event);
    }
}

std::string mails(const Evidence& evidence, std::string_view whose) {
    return fmt::format("{} refused and {} taken lately from {}", counted(evidence.count, "mail", "mails"),
                       counted(evidence.of), whose);
}

std::string about_mail(const Evidence& evidence, const Event& event) {
    switch (evidence.kind) {
        case EvidenceKind::sender_past:
            return mails(evidence, address_of(event));
        case EvidenceKind::known_sender:
            return fmt::format("{} taken lately from {} or its network",
                               counted(evidence.count, "mail", "mails"), address_of(event));
        case EvidenceKind::unknown_recipients:
            return fmt::format("{} and {} lately from {}",
                               counted(evidence.count, "unknown recipient", "unknown recipients"),
                               counted(evidence.of, "mail taken", "mails taken"), address_of(event));
        case EvidenceKind::early_talk:
            return evidence.count <= 0 ? "it spoke too early lately" : "it spoke before it was its turn";
        case EvidenceKind::ehlo_name:
            return fmt::format("no mail server calls itself '{}'", event.ehlo);
        case EvidenceKind::ehlo_past:
            return mails(evidence, client_of(event));
        case EvidenceKind::first_contact:
            return "nothing is known of it, and many such come now: it is asked to come again";
        default:
            return "it was asked to come again, and did, as mail servers do";
    }
}

constexpr std::array<std::string_view, 28> names{
    "exception",    "familiar_address", "familiar_network",   "familiar_as",
    "new_place",    "never_seen",       "unknown_account",    "address_rate",
    "network_rate", "as_rate",          "client_rate",        "familiar_client",
    "shared_guess", "guesses_here",     "many_accounts",      "habit",
    "target",       "listed",           "persistence",        "password_tag",
    "sender_past",  "known_sender",     "unknown_recipients", "early_talk",
    "ehlo_name",    "ehlo_past",        "first_contact",      "came_again"};
static_assert(names.size() == static_cast<std::size_t>(EvidenceKind::came_again) + 1);
static_assert(names[static_cast<std::size_t>(EvidenceKind::target)] == "target");

}  // namespace

std::string_view name(EvidenceKind kind) {
    const auto index = static_cast<std::size_t>(kind);
    return index < names.size() ? names[index] : "unknown";
}

std::string detail(const Evidence& evidence, const Event& event) {
    const float count = evidence.count;
    switch (evidence.kind) {
        case EvidenceKind::exception:
            return "an operator's exception says so";
        case EvidenceKind::new_place:
            return other_places(evidence);
        case EvidenceKind::never_seen:
            return no_log_in(evidence, "no log-in of this account is known");
        case EvidenceKind::unknown_account:
            return no_log_in(evidence, "the servers said that this account does not exist");
        case EvidenceKind::familiar_client:
            return "this account logged in with this client before";
        case EvidenceKind::shared_guess:
            return fmt::format("the same wrong password was tried on {}",
                               counted(count, "account", "accounts"));
        case EvidenceKind::guesses_here:
            return fmt::format("{} lately from this client on this account",
                               counted(count, "failure", "failures"));
        case EvidenceKind::many_accounts:
            return fmt::format("{} on other accounts lately, and hardly a log-in",
                               counted(count, "failure", "failures"));
        case EvidenceKind::habit:
            return habit(evidence);
        case EvidenceKind::target:
            return target(evidence);
        case EvidenceKind::listed:
            return "a block list names it";
        case EvidenceKind::persistence:
            return "it was refused before and comes back as a person would";
        case EvidenceKind::password_tag:
            return evidence.weight > Decibans()
                       ? "not a password with which this account logged in lately"
                       : "the password looks like the one with which this account logged in last";
        default:
            return evidence.kind >= EvidenceKind::sender_past ? about_mail(evidence, event)
                                                              : about_place(evidence, event);
    }
}

}  // namespace tidegate

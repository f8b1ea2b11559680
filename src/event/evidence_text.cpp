#include <fmt/format.h>

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
    const std::string logged_in = fmt::format("this account logged in from {} before", place);
    if (evidence.count < 1.5F) return logged_in;
    return fmt::format("{} ({} times)", logged_in, counted(evidence.count));
}

}  // namespace

std::string_view name(EvidenceKind kind) {
    switch (kind) {
        case EvidenceKind::exception:
            return "exception";
        case EvidenceKind::familiar_address:
            return "familiar_address";
        case EvidenceKind::familiar_network:
            return "familiar_network";
        case EvidenceKind::familiar_as:
            return "familiar_as";
        case EvidenceKind::new_place:
            return "new_place";
        case EvidenceKind::never_seen:
            return "never_seen";
        case EvidenceKind::unknown_account:
            return "unknown_account";
        case EvidenceKind::address_rate:
            return "address_rate";
        case EvidenceKind::network_rate:
            return "network_rate";
        case EvidenceKind::as_rate:
            return "as_rate";
        case EvidenceKind::client_rate:
            return "client_rate";
        case EvidenceKind::familiar_client:
            return "familiar_client";
        case EvidenceKind::shared_guess:
            return "shared_guess";
        case EvidenceKind::guesses_here:
            return "guesses_here";
        case EvidenceKind::many_accounts:
            return "many_accounts";
        case EvidenceKind::target:
            return "target";
        case EvidenceKind::listed:
            return "listed";
        case EvidenceKind::repeated_mistake:
            return "repeated_mistake";
        case EvidenceKind::persistence:
            return "persistence";
        case EvidenceKind::shared_place:
            return "shared_place";
    }
    return "unknown";
}

std::string detail(const Evidence& evidence, const Event& event) {
    const float count = evidence.count;
    switch (evidence.kind) {
        case EvidenceKind::exception:
            return "an operator's exception says so";
        case EvidenceKind::familiar_address:
            return familiar(evidence, address_of(event));
        case EvidenceKind::familiar_network:
            return familiar(evidence, network_of(event));
        case EvidenceKind::familiar_as:
            return familiar(evidence, as_of(event));
        case EvidenceKind::new_place:
            return "this account never logged in from here";
        case EvidenceKind::never_seen:
            return "no log-in of this account is known";
        case EvidenceKind::unknown_account:
            return "the servers said that this account does not exist";
        case EvidenceKind::address_rate:
            return rate(evidence, address_of(event));
        case EvidenceKind::network_rate:
            return rate(evidence, network_of(event));
        case EvidenceKind::as_rate:
            return rate(evidence, as_of(event));
        case EvidenceKind::client_rate:
            return rate(evidence, client_of(event));
        case EvidenceKind::familiar_client:
            return "this account logged in with this client before";
        case EvidenceKind::shared_guess:
            return fmt::format("the same wrong password was tried on {}",
                               counted(count, "account", "accounts"));
        case EvidenceKind::guesses_here:
            return fmt::format("{} from this client on this account",
                               counted(count, "wrong password", "different wrong passwords"));
        case EvidenceKind::many_accounts:
            return fmt::format("this client tried {}", counted(count, "account", "accounts"));
        case EvidenceKind::target:
            return fmt::format("this account fails from {}", counted(count, "network", "networks"));
        case EvidenceKind::listed:
            return count > 0 ? fmt::format("{} it", counted(count, "block list names", "block lists name"))
                             : "a block list names it";
        case EvidenceKind::repeated_mistake:
            return "the same wrong password again, like a device nobody updated";
        case EvidenceKind::persistence:
            return "it was refused before and comes back as a person would";
        case EvidenceKind::shared_place:
            return fmt::format("{} rightly from here", counted(count, "account logs in", "accounts log in"));
    }
    return "";
}

}  // namespace tidegate

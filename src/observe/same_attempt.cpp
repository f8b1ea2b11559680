#include "observe/same_attempt.h"

#include <algorithm>
#include <array>

#include "base/hash.h"

namespace tidegate::observe {
namespace {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_same_text(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view local_part(std::string_view account) {
    return account.substr(0, account.find('@'));
}

/// What every line writes alike of a name: Dovecot cuts long ones, and for what is not printable each server
/// has a '?' or two of its own.
std::string_view certain_part(std::string_view account) {
    constexpr std::size_t cut_from = 64;
    if (account.size() >= cut_from && account.ends_with("...")) account.remove_suffix(3);
    const std::size_t odd = account.find('?');
    return odd == 0 ? account : account.substr(0, odd);
}

std::uint64_t account_hash(std::string_view account) {
    if (account.empty()) return 0;
    // Shorter than any name that is cut; longer ones are told apart when they are compared.
    std::array<char, 60> name{};
    const std::string_view local = local_part(certain_part(account)).substr(0, name.size());
    std::ranges::transform(local, name.begin(), lower);
    return hash_bytes({name.data(), local.size()}, 2) | 1;
}

std::uint64_t address_hash(Address address) {
    return address.is_none() ? 0 : mix(address.high() ^ mix(address.low())) | 1;
}

bool is_mail_entry(Service service) {
    return service == Service::smtp || service == Service::submission;
}

bool can_addresses_differ(const Event& a, const Event& b) {
    if (a.address.is_none() || b.address.is_none()) return true;
    return (comes_through_us(a.layer) && is_local(b.address)) ||
           (comes_through_us(b.layer) && is_local(a.address));
}

}  // namespace

TieHashes tie_hashes(const Event& event) {
    const std::uint64_t session = event.session.empty() ? 0 : hash_bytes(event.session, 1) | 1;
    const std::uint64_t address = address_hash(event.address);
    const std::uint64_t account = account_hash(event.account);
    const std::uint64_t both = address != 0 && account != 0 ? mix(address ^ mix(account)) | 1 : 0;
    return {session, both, address, account};
}

std::uint64_t tie_hash(const Event& event, Tie tie) {
    return tie_hashes(event)[static_cast<std::size_t>(tie)];
}

bool is_same_account(std::string_view a, std::string_view b) {
    const std::string_view certain_a = certain_part(a);
    const std::string_view certain_b = certain_part(b);
    if (certain_a.size() != a.size() || certain_b.size() != b.size()) {
        const std::size_t length = std::min(certain_a.size(), certain_b.size());
        return is_same_text(certain_a.substr(0, length), certain_b.substr(0, length));
    }
    const bool realms = a.find('@') != a.npos && b.find('@') != b.npos;
    return realms ? is_same_text(a, b) : is_same_text(local_part(a), local_part(b));
}

bool is_same_known_account(const Event& a, const Event& b) {
    return !a.account.empty() && !b.account.empty() && is_same_account(a.account, b.account);
}

bool is_local(Address address) {
    return address.is_v4() ? address.v4_bits() >> 24 == 127 : address.high() == 0 && address.low() == 1;
}

bool comes_through_us(Layer layer) {
    return layer == Layer::webmail || layer == Layer::proxy;
}

bool do_services_fit(Service a, Service b) {
    if (a == b || a == Service::unknown || b == Service::unknown) return true;
    if (is_mail_entry(a) && is_mail_entry(b)) return true;
    const auto [low, high] = std::minmax(a, b);
    return low == Service::imap && high == Service::webmail;
}

Duration distance(const Event& a, const Event& b) {
    return a.time < b.time ? b.time - a.time : a.time - b.time;
}

bool is_tied(const Event& a, const Event& b, Tie tie) {
    if (!do_services_fit(a.service, b.service)) return false;
    if (tie == Tie::session) return a.session == b.session;
    if (!a.session.empty() && !b.session.empty()) return false;
    if (tie == Tie::both) return a.address == b.address && is_same_account(a.account, b.account);
    if (tie == Tie::address) return a.address == b.address && (a.account.empty() || b.account.empty());
    return can_addresses_differ(a, b) && is_same_known_account(a, b);
}

bool can_hold(const Event& outer, const Event& inner, bool same_session) {
    if (outer.outcome == Outcome::abort || outer.outcome == inner.outcome) return true;
    if (outer.outcome != Outcome::failure && inner.outcome == Outcome::failure)
        return (same_session || is_same_known_account(outer, inner)) &&
               distance(outer, inner) < same_try_window;
    return same_session;
}

bool is_same_try(const Event& a, const Event& b) {
    const bool passed_on = a.reason == Reason::unknown_account || b.reason == Reason::unknown_account;
    return passed_on && a.layer == b.layer && a.session == b.session && a.outcome == Outcome::failure &&
           b.outcome == Outcome::failure && distance(a, b) < same_try_window && is_same_known_account(a, b);
}

bool knows_less(Reason outer, Reason inner) {
    if (inner == Reason::none || inner == outer) return false;
    if (outer == Reason::none || outer == Reason::other) return true;
    return outer == Reason::bad_password && (inner == Reason::unknown_account || inner == Reason::disabled);
}

}  // namespace tidegate::observe

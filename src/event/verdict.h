#pragma once
// What the judge answers, and why. Weights are decibans: ten times the base-10 logarithm of a likelihood
// ratio (I. J. Good, "Studies in the history of probability and statistics XXXVII", Biometrika 66, 1979).
// Positive speaks for an attacker, negative for a customer.

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "event/event.h"

namespace tidegate {

/// A weight of evidence, in hundredths of a deciban so that sums are exact and the same everywhere.
class Decibans {
public:
    constexpr Decibans() = default;
    static constexpr Decibans hundredths(std::int32_t value) { return Decibans(value); }
    static constexpr Decibans of(double value) {
        return Decibans(static_cast<std::int32_t>(value * 100 + (value < 0 ? -0.5 : 0.5)));
    }
    [[nodiscard]] constexpr double value() const { return hundredths_ / 100.0; }
    [[nodiscard]] constexpr std::int32_t in_hundredths() const { return hundredths_; }
    constexpr Decibans& operator+=(Decibans other) {
        hundredths_ += other.hundredths_;
        return *this;
    }
    friend constexpr Decibans operator+(Decibans a, Decibans b) { return a += b; }
    friend constexpr auto operator<=>(const Decibans&, const Decibans&) = default;

private:
    constexpr explicit Decibans(std::int32_t value) : hundredths_(value) {}
    std::int32_t hundredths_ = 0;
};

/// Kinds of evidence. Names are part of the interface (`--verdicts`, reports): never reuse one.
enum class EvidenceKind : std::uint8_t {
    exception,         // an operator said so
    familiar_address,  // this account logged in from this address before
    familiar_network,  // ... from this /24 or /48
    familiar_as,       // ... from this AS (or /16, /32 where no table is configured)
    new_place,         // the account is known, this place is not
    never_seen,        // no log-in of this account is known
    unknown_account,   // the servers said that it does not exist
    address_rate,      // how this address failed and succeeded lately
    network_rate,      // how its network did
    as_rate,           // how its AS did
    client_rate,       // how this client fingerprint or EHLO name did
    familiar_client,   // this account logged in with this client before
    shared_guess,      // the same wrong password on many accounts
    guesses_here,      // many different wrong passwords from this client on this account
    many_accounts,     // this client fails on one account after another
    habit,             // how often this account comes from new places, and how long ago it logged in
    target,            // this account fails from many places
    listed,            // a block list names the client
    persistence,       // refused before and came back like a person
    password_tag,      // is the password one with which this account logged in lately? (eight bits of it)
    // Of mail on port 25 (judge/mail):
    sender_past,         // how mail from this address, and its network, was taken and refused lately
    known_sender,        // it brought mail that was taken before
    unknown_recipients,  // it asks for mailboxes that do not exist
    early_talk,          // spoke before it was its turn
    ehlo_name,           // calls itself what no mail server is called
    ehlo_past,           // how others of that name, in other networks, did
    first_contact,       // nothing is known of it, and there is a flood of such
    came_again,          // was asked to come again, and did, as mail servers do
};

/// One piece of evidence. `count` and `of` are what it was drawn from; detail() says it in words.
struct Evidence {
    EvidenceKind kind{};
    Decibans weight;
    float count = 0;
    float of = 0;

    friend bool operator==(const Evidence&, const Evidence&) = default;
};

[[nodiscard]] std::string_view name(EvidenceKind);
/// In words, for people: "41,000 failures and 3 log-ins from 203.0.113.0/24".
[[nodiscard]] std::string detail(const Evidence& evidence, const Event& event);

/// At most 8 pieces, heaviest first when finished.
class EvidenceList {
public:
    void add(EvidenceKind kind, Decibans weight, float count = 0, float of = 0);
    [[nodiscard]] std::span<const Evidence> items() const { return {items_.data(), size_}; }
    /// Heaviest first (by absolute weight; equals stay in order).
    void sort();

    friend bool operator==(const EvidenceList& a, const EvidenceList& b);

private:
    std::array<Evidence, 8> items_{};
    std::uint8_t size_ = 0;
};

/// What we do about one attempt, and why.
struct Verdict {
    Measure measure = Measure::pass;
    bool suspected_takeover = false;    // set by the judge once a success with heavy evidence is learned
    bool familiar = false;              // the account succeeded from this /24 or /48 before
    bool again = false;                 // one more try of a log-in that failed or was stopped minutes ago
    Decibans sum;                       // of all evidence, not only of what is kept here
    Decibans threshold;                 // what the sum was held against
    std::chrono::milliseconds delay{};  // only for slow
    std::chrono::seconds hold{};        // only for ban
    EvidenceList evidence;

    friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace tidegate

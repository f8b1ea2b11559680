#pragma once
// A judge, and a town of customers and attackers to try it on.

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "judge/judge.h"

namespace tidegate::judge {

/// One attempt, with texts of its own.
struct Try {
    std::string address = "192.0.2.1", account = "ann@example.org";
    Outcome outcome = Outcome::failure;
    Reason reason = Reason::bad_password;
    std::optional<std::uint64_t> guess{};
    std::string client{}, ehlo{};
    std::uint32_t as_number = 0, lists = 0, attempts = 1;
    std::optional<std::uint8_t> tag{};
    Service service = Service::imap;

    [[nodiscard]] Try right() const {
        Try out = *this;
        out.outcome = Outcome::success;
        out.reason = Reason::none;
        return out;
    }
    [[nodiscard]] Try wrong(std::optional<std::uint64_t> with_guess = {}) const {
        Try out = *this;
        out.outcome = Outcome::failure;
        out.reason = Reason::bad_password;
        out.guess = with_guess;
        return out;
    }
    /// Its texts point into this Try.
    [[nodiscard]] Event event(std::int64_t seconds) const {
        Event out;
        out.time = time_of_unix(seconds);
        out.address = address.empty() ? Address() : Address::parse(address).value();
        out.service = service;
        out.outcome = outcome;
        out.reason = reason;
        out.account = account;
        out.guess = guess;
        out.client = client;
        out.ehlo = ehlo;
        out.as_number = as_number;
        out.lists = lists;
        out.attempts = attempts;
        out.tag = tag;
        out.method = "PLAIN";
        return out;
    }
};

inline std::shared_ptr<const Policy> sealed(Policy policy = {}) {
    policy.seal();
    return std::make_shared<const Policy>(std::move(policy));
}

/// "10.H.M.L" of the low 24 bits.
inline std::string v4_text(std::uint32_t low) {
    return Address::v4(0x0a00'0000U | (low & 0x00ff'ffffU)).text();
}

class Town {
public:
    static constexpr std::int64_t begin = 1'790'000'000;  // 2026-09-21

    explicit Town(Policy given = {}) : policy(sealed(std::move(given))), judge(policy) {}

    [[nodiscard]] Knock knock(const Try& attempt) const { return make_knock(attempt.event(now), *policy); }
    [[nodiscard]] Verdict ask(const Try& attempt) const { return judge.consider(knock(attempt)); }
    Verdict see(const Try& attempt) {
        const Knock given = knock(attempt);
        Verdict verdict = judge.consider(given);
        judge.learn(given, verdict);
        return verdict;
    }
    void pass(std::int64_t seconds) { now += seconds; }

    /// Customer `i` at home.
    [[nodiscard]] static Try customer(std::uint32_t i) {
        return Try{.address = v4_text(i << 8U | 7), .account = "c" + std::to_string(i) + "@example.org"}
            .right();
    }
    /// So many ordinary days: every customer logs in every three hours from home; one in fifty mistypes, and
    /// a bot now and then tries.
    void live(unsigned days, std::uint32_t customers = 300) {
        for (unsigned step = 0; step < days * 8; ++step) {
            for (std::uint32_t i = 0; i < customers; ++i) {
                const Try each = random_() % 50 == 0 ? roaming(i) : customer(i);
                if (random_() % 50 == 0) (void)see(each.wrong());
                (void)see(each);
                if (i % 16 == 0) (void)see(bot());
                pass(3 * 3600 / customers);
            }
        }
    }
    /// Customer `i` somewhere new: in a region of the town's, or abroad.
    [[nodiscard]] Try roaming(std::uint32_t i) {
        Try out = customer(i);
        const auto place = static_cast<std::uint32_t>(random_());
        out.address =
            v4_text(place % 2 == 0 ? (place >> 8U & 0xff00U) | 1U : 0x08'0000U | (place >> 8U & 0x3'ff07U));
        return out;
    }
    /// One of a botnet that tries existing accounts, from far away.
    [[nodiscard]] Try bot() {
        return Try{.address = v4_text(0x80'0000U + static_cast<std::uint32_t>(random_() % 0x40'0000)),
                   .account = "c" + std::to_string(random_() % 300) + "@example.org"};
    }
    /// While customers go on as ever.
    void storm(unsigned attempts) {
        for (unsigned i = 0; i < attempts; ++i) {
            (void)see(bot());
            const auto who = static_cast<std::uint32_t>(random_() % 300);
            if (i % 4 == 0) (void)see(i % 64 == 0 ? roaming(who) : customer(who));
            if (i % 4 == 0) pass(1);
        }
    }

    std::shared_ptr<const Policy> policy;
    Judge judge;
    std::int64_t now = begin;

private:
    std::mt19937_64 random_{7};
};

inline bool has(const Verdict& verdict, EvidenceKind kind) {
    for (const Evidence& piece : verdict.evidence.items())
        if (piece.kind == kind) return true;
    return false;
}
/// The weight of all pieces of a kind.
inline double weight(const Verdict& verdict, EvidenceKind kind) {
    double sum = 0;
    for (const Evidence& piece : verdict.evidence.items())
        if (piece.kind == kind) sum += piece.weight.value();
    return sum;
}

/// What is left of the address's failures, as evidence about another account shows it.
inline float failures_at(const Town& town, const std::string& address) {
    const Verdict other = town.ask({.address = address, .account = "another@example.org"});
    for (const Evidence& piece : other.evidence.items())
        if (piece.kind == EvidenceKind::address_rate) return piece.count;
    return 0;
}

}  // namespace tidegate::judge

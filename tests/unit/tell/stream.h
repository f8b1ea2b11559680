#pragma once
// Synthetic histories with known truth, for the tests of the report.

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "event/event.h"
#include "event/verdict.h"
#include "tell/tally.h"

namespace tidegate::tell {

/// 2024-03-11, a Monday, midnight UTC.
inline constexpr std::int64_t monday = 1'710'115'200;
inline constexpr std::int64_t minutes = 60, hours = 3600, days = 86'400;

struct Told {
    Event event;
    Verdict verdict;
};

/// Attempts gathered in any order and told in order of time.
class Stream {
public:
    Told& login(std::int64_t at, Address from, std::string_view account) {
        return add(at, from, account, Outcome::success, Reason::none);
    }
    Told& failure(std::int64_t at, Address from, std::string_view account,
                  Reason reason = Reason::bad_password) {
        return add(at, from, account, Outcome::failure, reason);
    }
    /// What the judge would have stopped, for a reason.
    static void stop(Told& told, EvidenceKind kind = EvidenceKind::network_rate) {
        told.verdict.measure = Measure::refuse;
        told.verdict.evidence.add(kind, Decibans::of(21), 400, 3);
        told.verdict.evidence.add(EvidenceKind::new_place, Decibans::of(12.5));
        told.verdict.sum = Decibans::of(33.5);
        told.verdict.threshold = Decibans::of(30);
    }
    /// Customers with addresses of their own, `a_day` log-ins spread evenly over [from, until).
    void customers(std::int64_t from, std::int64_t until, std::uint32_t a_day) {
        for (std::int64_t i = 0; i * days < (until - from) * a_day; ++i) {
            const std::int64_t at = from + i * days / a_day;
            const auto who = static_cast<std::uint32_t>(random_() % 500);
            login(at, Address::v4(0x0a00'0000 + who * 256 + 7),
                  "customer" + std::to_string(who) + "@example.org");
        }
    }
    /// One try each from `addresses` addresses, eight in a /24, evenly over [from, until).
    void attack(std::int64_t from, std::int64_t until, std::uint32_t addresses,
                std::uint32_t first = 0xf000'0000, std::uint32_t stopped_percent = 90) {
        for (std::uint32_t i = 0; i < addresses; ++i) {
            const std::int64_t at = from + (until - from) * i / addresses;
            Told& told = failure(at, Address::v4(first + i / 8 * 256 + i % 8 * 30 + 1),
                                 "victim" + std::to_string(i % 1000) + "@example.net",
                                 i % 4 == 0 ? Reason::unknown_account : Reason::bad_password);
            if (i % 100 < stopped_percent)
                stop(told, i % 4 == 0 ? EvidenceKind::unknown_account : EvidenceKind::network_rate);
        }
    }

    [[nodiscard]] Report report(ReadFacts read = {}) {
        std::vector<const Told*> order;
        for (const Told& told : told_) order.push_back(&told);
        std::ranges::sort(order, {}, [](const Told* t) { return std::pair(t->event.time, t->event.line); });
        Tally tally({.zone = "UTC",
                     .as_name = [](std::uint32_t number) { return number == 64500 ? "Example Net" : ""; }});
        for (const Told* told : order) tally.add(told->event, told->verdict);
        return tally.finish(std::move(read));
    }

private:
    Told& add(std::int64_t at, Address from, std::string_view account, Outcome outcome, Reason reason) {
        names_.emplace_back(account);
        Told& told = told_.emplace_back();
        told.event.time = time_of_unix(at);
        told.event.address = from;
        told.event.account = names_.back();
        told.event.outcome = outcome;
        told.event.reason = reason;
        told.event.service = Service::imap;
        told.event.line = told_.size();
        return told;
    }

    std::deque<Told> told_;
    std::deque<std::string> names_;
    std::mt19937_64 random_{1};
};

}  // namespace tidegate::tell

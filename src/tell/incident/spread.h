#pragma once
// How attempts spread over accounts, domains, listeners and services, and what stands out.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/incident.h"
#include "event/mail_visit.h"
#include "tell/heavy_table.h"
#include "tell/incident/sighting.h"

namespace tidegate::tell {

/// Heavy-hitter sketches of what was tried.
/// Thread: one at a time.  Cost: some cache lines an attempt; about 600 KiB.  Fails: never.
class Spread {
public:
    struct Label {
        std::string name;
        void clear() { name.clear(); }
    };
    using Table = HeavyTable<Label>;
    /// How often one was tried: truly between `low` and `high`.
    struct Count {
        double low = 0, high = 0;
    };

    explicit Spread(bool with_names) : with_names_(with_names) {}

    void see(const Sighting& seen);
    /// One of mail, whose accounts are mailboxes: it counts once, however many it names.
    void see(const MailVisit& visit);
    void clear();

    [[nodiscard]] const Table& table(TargetKind kind) const {
        return tables_[static_cast<std::size_t>(kind)];
    }
    [[nodiscard]] Count count(TargetKind kind, std::uint64_t key) const;
    /// Attempts (connections) that had one of this kind.
    [[nodiscard]] double total(TargetKind kind) const { return totals_[static_cast<std::size_t>(kind)]; }

private:
    void see_domain(const Sighting& seen);
    void add(TargetKind kind, std::uint64_t key, std::uint64_t times, std::string_view name);
    void count_name(TargetKind kind, std::uint64_t key, std::uint32_t times, std::string_view name);
    void add_names(TargetKind kind, const MailVisit& visit, std::span<const std::string> names);

    std::array<Table, 4> tables_{Table{12}, Table{10}, Table{6}, Table{4}};  // in the order of TargetKind
    std::array<double, 4> totals_{};
    bool with_names_;
};

/// What is usual: today's and yesterday's attempts, or connections that bring mail. In memory alone: after a
/// restart it is what came since.
class UsualSpread {
public:
    void see(const Sighting& seen);
    void see(const MailVisit& visit);
    /// The share that one usually has of log-ins or of the guessing (of connections whose mail is taken or of
    /// those in vain), whichever is larger.
    [[nodiscard]] double share(TargetKind kind, std::uint64_t key) const;

private:
    struct Day {
        Spread logins{false}, guesses{false};
    };
    Day& on_day_of(Time time);

    std::array<Day, 2> days_;
    std::size_t today_ = 0;
    std::int64_t day_ = 0;
};

/// Those that stand out of `hostile` beyond what is usual; the narrowest that explain it. `clients`: how
/// many different addresses made the attempts. A client's thousand attempts are one decision: shares are as
/// sure as so many clients can make them. docs/incidents.md has the formula.
[[nodiscard]] std::vector<IncidentTarget> find_targets(
    const Spread& hostile, const UsualSpread& usual, double clients,
    const std::function<std::string(std::uint64_t)>& pseudonym);

/// What a share is believed to be: Jeffreys' prior, `n` observations of which `low` to `high` are its.
struct Belief {
    double low = 0, high = 1;  // 95 % credible
    double above_floor = 0;    // probability that it is beyond the floor
};
[[nodiscard]] Belief believe(double low, double high, double n, double floor);

/// The share that one with this normal share must pass to stand out: four times its odds, and a tenth of all
/// attempts more. 1 where it cannot stand out.
[[nodiscard]] double floor_of(double normal_share);

/// "example.org" of "who@Example.ORG", lower case; empty where there is none or it is too long.
[[nodiscard]] std::string domain_of(std::string_view account);

}  // namespace tidegate::tell

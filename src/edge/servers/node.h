#pragma once
// One server's state, of orders, facts and time; for this folder alone.

#include <array>
#include <cstdint>
#include <string>

#include "base/time.h"
#include "edge/servers/choice.h"
#include "edge/servers/pace.h"

namespace tidegate::edge {

/// A decayed count of log-ins a second, over about the last minute.  Cost: an exponential each time.
class LogInRate {
public:
    void add(Time now);
    [[nodiscard]] double a_second(Time now) const;

private:
    double sum_ = 0;
    Time at_{};
};

/// What real log-ins say: so many in a row that were not decided, and then one try at a time.
class LogInsInARow {
public:
    explicit LogInsInARow(const ChoiceRules& rules) : rules_(&rules) {}

    /// A log-in was not decided. `chance`: of the wait until the next try, 0 to 1.
    void failed(std::uint64_t account, bool was_trial, double chance, Time now);
    void decided(bool was_trial);
    /// Given back without an outcome.
    void gave_up_trial() { trying_ = false; }
    void try_one() { trying_ = true; }

    [[nodiscard]] bool is_down() const { return down_; }
    [[nodiscard]] bool may_try(Time now) const { return down_ && !trying_ && now >= retry_at_; }
    [[nodiscard]] Time retry_at() const { return retry_at_; }

private:
    void note(std::uint64_t account);
    void put_off(double chance, Time now);

    static constexpr unsigned most_accounts = 8;
    const ChoiceRules* rules_;
    std::array<std::uint64_t, most_accounts> accounts_{};  // different ones
    unsigned different_ = 0, in_a_row_ = 0;
    bool down_ = false, trying_ = false;
    Duration back_off_{};
    Time retry_at_{};
};

/// All there is to know of one server, but for its sessions, which are counted here.
struct Node {
    enum class Wanted : std::uint8_t { in, draining, quarantined };

    Node(const ServerRules& server, const ChoiceRules& all, std::uint64_t seed)
        : rules(server), hash(seed), pace_a_second(server.log_ins_a_second), log_ins_in_a_row(all) {}

    /// Whether sessions of accounts that have some here may come.
    [[nodiscard]] bool stays_home() const {
        return state == ServerState::up || state == ServerState::slow_start || state == ServerState::draining;
    }
    [[nodiscard]] bool takes_new() const {
        return state == ServerState::up || state == ServerState::slow_start;
    }
    [[nodiscard]] bool has_room() const { return rules.most_sessions == 0 || sessions < rules.most_sessions; }
    /// It could be tried with one log-in.
    [[nodiscard]] bool may_try(Time now) const {
        return configured && wanted == Wanted::in && !ill && log_ins_in_a_row.may_try(now);
    }
    /// 0 to 1: of its weight and its pace.
    [[nodiscard]] double warmth(const ChoiceRules& all, Time now) const;
    void begin_slow_start(Time now) {
        warming_since = now;
        is_warm = false;
    }
    /// From what is wanted and known.
    [[nodiscard]] ServerState state_now() const;

    ServerRules rules;
    std::uint64_t hash;
    double pace_a_second;  // configured or measured
    bool configured = true;

    Wanted wanted = Wanted::in;
    std::string reason, author;  // of draining and quarantined
    Time until{};
    bool ill = false;  // as the checks say
    std::string trouble;
    LogInsInARow log_ins_in_a_row;
    LeaseId trial = 0;  // the log-in that tries whether it is up again

    bool is_warm = true, is_settled = true;
    Time warming_since{}, added_at{};

    ServerState state = ServerState::up;
    Time state_since{};
    double weight = 0;  // that attracts new accounts now

    std::uint32_t sessions = 0, waiting = 0, leaving = 0;
    Pace pace;
    LogInRate log_ins;
};

}  // namespace tidegate::edge

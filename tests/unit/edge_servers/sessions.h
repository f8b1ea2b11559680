#pragma once
// Users who come and go at servers that a test makes, in the test's own time.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "edge/servers/choice.h"

namespace tidegate::edge {

inline constexpr Time noon = time_of_unix(1'796'000'000);

inline std::vector<ServerRules> servers_named(unsigned count, double weight = 1) {
    std::vector<ServerRules> out;
    for (unsigned i = 0; i < count; ++i) {
        ServerRules& one = out.emplace_back();
        one.name = "store" + std::to_string(i + 1);
        one.weight = weight;
    }
    return out;
}

/// Sessions by account, each with its lease.
class Sessions {
public:
    explicit Sessions(const ChoiceRules& rules = {}) : choice(rules) {}

    /// One more session of this account, logged in. Fails the test where it is not let in at once.
    LeaseId come(std::uint64_t account) {
        const Choice got = choice.choose(account, now);
        EXPECT_EQ(got.step, Choice::Step::go_on);
        EXPECT_EQ(got.when, now);
        choice.answered(got.lease, now);
        open.emplace(got.lease, account);
        return got.lease;
    }
    void go(LeaseId lease) {
        ASSERT_EQ(open.erase(lease), 1U);
        choice.ended(lease, now);
    }
    void come_from(std::uint64_t first, std::uint64_t beyond) {
        for (std::uint64_t account = first; account < beyond; ++account) come(account);
    }
    /// Those that are asked to move go and come again, for so long.
    std::size_t move_for(Duration time) {
        std::size_t moved = 0;
        for (const Time end = now + time; now < end; now += std::chrono::seconds(1)) {
            for (const LeaseId lease : choice.to_move(now)) {
                const std::uint64_t account = open.at(lease);
                go(lease);
                come(account);
                ++moved;
            }
        }
        return moved;
    }
    std::map<std::uint64_t, ServerNumber> homes() const {
        std::map<std::uint64_t, ServerNumber> out;
        for (const auto& [lease, account] : open) out[account] = choice.server_of(lease);
        return out;
    }
    ServerStanding standing(std::string_view name) {
        for (const ServerStanding& one : choice.standing(now))
            if (one.name == name) return one;
        ADD_FAILURE() << "no server " << name;
        return {};
    }
    std::uint32_t busiest() {
        std::uint32_t most = 0;
        for (const ServerStanding& one : choice.standing(now)) most = std::max(most, one.sessions);
        return most;
    }

    ServerChoice choice;
    Time now = noon;
    std::map<LeaseId, std::uint64_t> open;
};

/// Of the accounts in both, the part that lies on the same server.
inline double part_kept(const std::map<std::uint64_t, ServerNumber>& before,
                        const std::map<std::uint64_t, ServerNumber>& after) {
    double kept = 0;
    for (const auto& [account, server] : before) {
        const auto found = after.find(account);
        if (found != after.end() && found->second == server) ++kept;
    }
    return kept / static_cast<double>(before.size());
}

}  // namespace tidegate::edge

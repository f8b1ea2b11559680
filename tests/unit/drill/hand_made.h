#pragma once
// Tries made by hand, and the smallest scenario around them.

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

#include "drill/play.h"
#include "drill/scenario.h"

namespace tidegate::drill {

constexpr std::int64_t attack_begin = 1'772'409'600 + 86'400;  // 2026-03-03

/// One ordinary day, then a day with a botnet of each kind: 0 floods, 1 is there every day, 2 has victims,
/// 3 whitens.
inline Scenario small_scenario() {
    Scenario scenario;
    scenario.name = "small";
    scenario.start = time_of_unix(attack_begin - 86'400);
    scenario.days_before = 1;
    scenario.customers.resize(1);
    for (const std::string_view name : {"flood", "background", "siege", "whiteners"})
        scenario.botnets.emplace_back().name = name;
    scenario.botnets[1].throughout = true;
    scenario.botnets[2].task = Task::victim;
    scenario.botnets[3].task = Task::whiten;
    return scenario;
}

inline Try try_at(double second, std::uint64_t login, bool right, std::uint32_t address = 0xc000'0201) {
    Try made;
    made.event.time = time_of_unix(attack_begin, static_cast<std::int64_t>(second * 1e6));
    made.event.address = Address::v4(address);
    made.event.service = Service::submission;
    made.event.outcome = right ? Outcome::success : Outcome::failure;
    made.event.reason = right ? Reason::none : Reason::bad_password;
    made.event.account = "anna@example.org";
    made.truth.right = right;
    made.truth.login = login;
    made.truth.account = 7;
    return made;
}

inline Try log_in(double second, std::uint64_t login, bool familiar = true) {
    Try made = try_at(second, login, true);
    made.truth.familiar = familiar;
    made.truth.actor = 7;
    return made;
}

inline Try guess(double second, std::uint64_t login, std::uint16_t botnet = 0, bool right = false) {
    Try made = try_at(second, login, right, 0xc633'6401);
    made.truth.hostile = true;
    made.truth.group = botnet;
    return made;
}

inline Verdict passed() {
    return {};
}
inline Verdict refused() {
    Verdict verdict;
    verdict.measure = Measure::refuse;
    return verdict;
}
inline Verdict delayed(int seconds) {
    Verdict verdict;
    verdict.measure = Measure::slow;
    verdict.delay = std::chrono::seconds(seconds);
    return verdict;
}

/// Some hundreds of customers, and from noon to three guesses at five times their pace.
inline Scenario noon() {
    const Scenarios read = read_scenarios(R"toml(
days_before = 2
attack_hours = 18
[list.xbl]
[customers.people]
accounts = 400
[botnet.flood]
addresses = 3_000
existing = 0.5
pace = [[12, 500], [15, 0]]
starts_hours = 12
lasts_hours = 3
)toml",
                                          "noon.toml");
    EXPECT_TRUE(read.errors.empty()) << read.errors.front().text();
    return read.variants.front();
}

}  // namespace tidegate::drill

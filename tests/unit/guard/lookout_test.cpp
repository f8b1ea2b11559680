#include "guard/lookout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "attempts.h"

namespace tidegate::guard {
namespace {

using namespace std::chrono_literals;

bool is_open(const Incident& incident) {
    return incident.state == IncidentState::open;
}

/// Two quiet days, then a run of guesses that goes on.
void see_an_attack_begin(Lookout& lookout) {
    const Verdict passed;
    for (int i = 0; i < 2 * 86'400; i += 20)
        lookout.see(attempt("192.0.2.1", "bob@example.org", Outcome::success, noon + std::chrono::seconds(i)),
                    passed, 1, std::nullopt);
    for (int i = 0; i < 6000; ++i)
        lookout.see(attempt("10." + std::to_string(i % 250) + ".1." + std::to_string(i / 250),
                            "info@example.org", Outcome::failure, noon + 48h + i * 20ms),
                    passed, 2, std::nullopt);
}

TEST(Lookout, ARestartInTheMidstOfAnAttackKeepsItsIncidentOpen) {
    Lookout before;
    see_an_attack_begin(before);
    const auto known = before.incidents().all();
    ASSERT_EQ(known.size(), 1U);
    ASSERT_TRUE(is_open(known[0]));

    std::string saved;
    before.detection().save(saved);
    auto loaded = judge::Detection::load(saved, {});
    ASSERT_TRUE(loaded) << loaded.error().text();
    Lookout after(std::move(*loaded));
    EXPECT_EQ(after.shift(), before.shift());
    const auto again = after.incidents().all();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_TRUE(is_open(again[0]));
    EXPECT_EQ(again[0].opened, known[0].opened);
    auto alarmed = again[0].alarmed, alarmed_before = known[0].alarmed;
    EXPECT_EQ(alarmed.size(), alarmed_before.size());
    EXPECT_TRUE(after.take_news().alarms.empty()) << "it is no news";

    // It ends once, as it would have.
    for (Lookout* each : {&before, &after}) {
        for (int i = 0; i < 6 * 3600; i += 20)
            each->see(attempt("192.0.2.1", "bob@example.org", Outcome::success,
                              noon + 48h + 2min + std::chrono::seconds(i)),
                      Verdict{}, 1, std::nullopt);
        EXPECT_TRUE(std::ranges::none_of(each->incidents().all(), is_open));
        EXPECT_EQ(each->incidents().all().size(), 1U);
    }
}

// As the daemon does it: what was saved, and what came after that.
Lookout restarted(const Lookout& lookout, Time until) {
    std::string saved;
    lookout.detection().save(saved);
    auto loaded = judge::Detection::load(saved, {});
    EXPECT_TRUE(loaded);
    return Lookout(std::move(*loaded), lookout.incidents().all(), until);
}

TEST(Lookout, TheRecordGoesOnOverARestart) {
    Lookout undisturbed, lookout;
    for (Lookout* each : {&undisturbed, &lookout}) see_an_attack_begin(*each);
    const Time until = noon + 48h + 2min;
    Lookout after = restarted(lookout, until);
    for (Lookout* each : {&undisturbed, &after}) {
        each->incidents().tell(
            ActionNotice{.time = until + 1min, .kind = ActionKind::block, .who = "eve", .text = "a block"});
        for (int i = 0; i < 6000; ++i)
            each->see(attempt("10." + std::to_string(i % 250) + ".2." + std::to_string(i / 250),
                              "info@example.org", Outcome::failure, until + 1min + i * 20ms),
                      Verdict{}, 2, std::nullopt);
        for (int i = 0; i < 6 * 3600; i += 20)
            each->see(attempt("192.0.2.1", "bob@example.org", Outcome::success,
                              until + 4min + std::chrono::seconds(i)),
                      Verdict{}, 1, std::nullopt);
    }
    const auto whole = undisturbed.incidents().all(), both = after.incidents().all();
    ASSERT_EQ(whole.size(), 1U);
    ASSERT_EQ(both.size(), 1U) << "one attack, one record";
    EXPECT_EQ(both[0].state, IncidentState::closed);
    EXPECT_EQ(both[0].id, whole[0].id);
    EXPECT_EQ(both[0].began, whole[0].began);
    EXPECT_EQ(both[0].closed, whole[0].closed);
    EXPECT_EQ(both[0].alarms, whole[0].alarms);
    EXPECT_EQ(both[0].alarmed, whole[0].alarmed);
    EXPECT_EQ(both[0].counts.attempts, whole[0].counts.attempts);
    EXPECT_EQ(both[0].counts.hostile, whole[0].counts.hostile);
    EXPECT_EQ(both[0].actions.size(), whole[0].actions.size());
    EXPECT_EQ(both[0].hours.size(), whole[0].hours.size());
    EXPECT_EQ(both[0].timeline.size(), whole[0].timeline.size() + 1) << "and a line of the restart";
    EXPECT_TRUE(std::ranges::is_sorted(both[0].timeline, {}, &Entry::time));
}

TEST(Lookout, WhatWasOverBeforeARestartStaysAsItWas) {
    Lookout lookout;
    see_an_attack_begin(lookout);
    for (int i = 0; i < 6 * 3600; i += 20)
        lookout.see(attempt("192.0.2.1", "bob@example.org", Outcome::success,
                            noon + 48h + 2min + std::chrono::seconds(i)),
                    Verdict{}, 1, std::nullopt);
    const auto known = lookout.incidents().all();
    ASSERT_EQ(known.size(), 1U);
    Lookout after = restarted(lookout, noon + 54h);
    EXPECT_EQ(after.incidents().all(), known);
    // The next one is the next one.
    after.incidents().tell(
        AlarmNotice{.id = 99, .series = {.volume = "failures"}, .since = noon + 55h, .opened = noon + 55h});
    ASSERT_EQ(after.incidents().all().size(), 2U);
    EXPECT_NE(after.incidents().all()[1].id, known[0].id);
}

TEST(Lookout, WhatWasQuietAndDoesNotComeAgainIsClosed) {
    Lookout lookout;
    see_an_attack_begin(lookout);
    auto known = lookout.incidents().all();
    ASSERT_EQ(known.size(), 1U);
    Lookout after{judge::Detection(), known, noon + 48h + 2min};
    EXPECT_EQ(after.incidents().all(), known) << "until it is known that nothing comes";
    after.incidents().tick(noon + 48h + 3min);
    after.incidents().tick(noon + 48h + 40min);
    ASSERT_EQ(after.incidents().all().size(), 1U);
    EXPECT_EQ(after.incidents().all()[0].state, IncidentState::closed);
    EXPECT_EQ(after.incidents().all()[0].closed, noon + 48h + 2min);
}

TEST(Lookout, ARestartInQuietTimesOpensNothing) {
    std::string saved;
    Lookout().detection().save(saved);
    auto loaded = judge::Detection::load(saved, {});
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(Lookout(std::move(*loaded)).incidents().all().empty());
}

}  // namespace
}  // namespace tidegate::guard

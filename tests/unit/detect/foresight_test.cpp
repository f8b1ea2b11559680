// What is learned of how far the expectation of an hour may be off: held against worlds whose truth is known.

#include "judge/detect/foresight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "traffic.h"

namespace tidegate::judge {
namespace {

using testing::Gt;
using testing::Lt;

constexpr Age later_today{.bins = 6 * bins_an_hour, .of_another_day = false};
constexpr Age next_day{.bins = 12 * bins_an_hour, .of_another_day = true};

/// How hours differ from what the week's curve says.
struct Kind {
    const char* name;
    double by_day, by_hour;  // standard deviations of days, and of hours apart from their day
    double wander;           // of a level that forgets itself within twelve hours
    // What is left of a deviation after six hours, and of another day's after twelve, in truth.
    double left, left_overnight;
};
const std::vector<Kind> kinds = {
    {"days", 0.03, 0, 0, 1, 0},      {"wild days", 0.06, 0, 0, 1, 0},       {"hours", 0, 0.03, 0, 0, 0},
    {"both", 0.03, 0.03, 0, 0.5, 0}, {"wandering", 0, 0, 0.04, 0.61, 0.37},
};

/// Hours of such a world, each told to Foresight with the levels that a perfect observer would have: the last
/// hour's, and 1 for days'.
class World {
public:
    World(const Kind& kind, std::uint64_t seed) : kind_(kind), dice_(seed * apart) {}
    void live(Foresight& foresight, int days) {
        for (int day = 0; day < days; ++day)
            for (int hour = 0; hour < 24; ++hour) foresight.learn(next(hour));
    }
    /// An hour, with what came to pass.
    Lesson next(int hour) {
        if (hour == 0) of_day_ = kind_.by_day * dice_.normal();
        const double keep = std::exp(-1.0 / 12);
        wandered_ = keep * wandered_ + kind_.wander * std::sqrt(1 - keep * keep) * dice_.normal();
        const double level = 1 + of_day_ + kind_.by_hour * dice_.normal() + wandered_;
        const double before = std::exchange(level_, level);
        return {.observed = 1e6 * level,
                .expected = 1e6 * (hour == 0 ? 1 : before),
                .base = 1e6,
                .number = number_++,
                .first_half = hour < 12,
                .whole = true,
                .maturity = Maturity::week,
                .standing = {.fast = level, .slow = 1, .ordinary = true, .todays = true}};
    }
    [[nodiscard]] double level() const { return level_; }

private:
    static constexpr std::uint64_t apart = 1'000'003;  // dice with neighbouring seeds are nearly the same

    Kind kind_;
    Dice dice_;
    double of_day_ = 0, wandered_ = 0, level_ = 1;
    std::uint64_t number_ = 0;
};

TEST(Foresight, LearnsWhatIsLeftOfADeviation) {
    for (const Kind& kind : kinds) {
        double left = 0, overnight = 0;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            Foresight foresight;
            World(kind, seed).live(foresight, 28);
            left += foresight.left(Maturity::week, later_today) / 20;
            overnight += foresight.left(Maturity::week, next_day) / 20;
        }
        EXPECT_NEAR(left, kind.left, 0.22) << kind.name;
        EXPECT_NEAR(overnight, kind.left_overnight, 0.22) << kind.name;
    }
}

/// Of an hour of the evening, foretold at noon after four weeks, in many worlds of a kind.
struct Foretold {
    double off = 0, stated = 0;  // root mean squares
};
Foretold foretell(const Kind& kind) {
    constexpr int worlds = 200;
    Foretold out;
    for (std::uint64_t seed = 1; seed <= worlds; ++seed) {
        Foresight foresight;
        World world(kind, 1000 + seed);
        world.live(foresight, 28);
        for (int hour = 0; hour < 12; ++hour) foresight.learn(world.next(hour));
        const double expected = 1 + (world.level() - 1) * foresight.left(Maturity::week, later_today);
        for (int hour = 12; hour < 18; ++hour) (void)world.next(hour);
        out.off += std::pow(world.level() - expected, 2) / worlds;
        out.stated += foresight.variance(Maturity::week, later_today) / worlds;
    }
    return {.off = std::sqrt(out.off), .stated = std::sqrt(out.stated)};
}

TEST(Foresight, IsOffByWhatItSays) {
    for (const Kind& kind : kinds) {
        const Foretold noon = foretell(kind);
        EXPECT_THAT(noon.off, Lt(1.15 * noon.stated)) << kind.name;
        // Where only days differ, noon tells all of the evening: what is stated then is what was off while
        // that was learned.
        if (kind.by_hour > 0 || kind.wander > 0)
            EXPECT_THAT(noon.off, Gt(0.65 * noon.stated)) << kind.name;
        else
            EXPECT_THAT(noon.stated, Lt(0.6 * kind.by_day)) << kind.name;
    }
}

TEST(Foresight, TheSmallHoursSpeakOfYesterday) {
    // Until nine the last hours' level is yesterday's, and says nothing of the afternoon.
    Foresight foresight;
    World world(kinds[0], 3);
    double yesterdays = 1;
    for (int hour = 0; hour < 28 * 24; ++hour) {
        if (hour % 24 == 0) yesterdays = world.level();
        Lesson lesson = world.next(hour % 24);
        lesson.standing.todays = hour % 24 >= 9;
        if (!lesson.standing.todays) lesson.standing.fast = yesterdays;
        foresight.learn(lesson);
    }
    EXPECT_THAT(foresight.left(Maturity::week, later_today), Gt(0.9));
    EXPECT_THAT(foresight.left(Maturity::week, next_day), Lt(0.5));
}

TEST(Foresight, BelievesLittleBeforeItHasSeenAnything) {
    const Foresight foresight;
    EXPECT_NEAR(foresight.left(Maturity::week, later_today), 0.61, 0.01);
    EXPECT_NEAR(foresight.left(Maturity::week, next_day), 0.37, 0.01);
    EXPECT_EQ(foresight.left(Maturity::week, {}), 1);
    EXPECT_NEAR(foresight.variance(Maturity::week, later_today), 0.0016, 1e-6);
    EXPECT_THAT(foresight.variance(Maturity::none, {}), Gt(0.3));
}

TEST(Foresight, GrowsNoSurerWithAge) {
    for (const Kind& kind : kinds) {
        Foresight foresight;
        World(kind, 5).live(foresight, 20);
        for (const bool of_another_day : {false, true}) {
            double before = 0, left = 1;
            for (double bins = 0; bins < 3 * bins_a_day; bins += 100) {
                const Age age{.bins = bins, .of_another_day = of_another_day};
                const double variance = foresight.variance(Maturity::week, age);
                EXPECT_LE(before, variance) << kind.name;
                EXPECT_LE(foresight.left(Maturity::week, age), left) << kind.name;
                before = variance;
                left = foresight.left(Maturity::week, age);
            }
        }
    }
}

TEST(Foresight, AnAlarmTeachesNothing) {
    Foresight quiet, hurt;
    World one(kinds[3], 7), two(kinds[3], 7);
    one.live(quiet, 14);
    two.live(hurt, 14);
    Lesson attack = two.next(0);
    attack.observed *= 5;
    attack.whole = attack.standing.ordinary = false;
    hurt.learn(attack);
    EXPECT_EQ(quiet.variance(Maturity::week, later_today), hurt.variance(Maturity::week, later_today));
    EXPECT_EQ(quiet.left(Maturity::week, later_today), hurt.left(Maturity::week, later_today));
}

}  // namespace
}  // namespace tidegate::judge

#include "edge/timer_wheel.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;

constexpr Steady::time_point began{1h};

/// Notes what happens to it.
class Noted : public Timed {
public:
    void expire() override {
        ++expired;
        if (on_expire) on_expire();
    }
    void look(Steady::time_point /*now*/) override { ++looked; }
    void end() override { ++ended; }
    void wind_down() override { ++wound_down; }

    unsigned expired = 0, looked = 0, ended = 0, wound_down = 0;
    std::function<void()> on_expire;
};

class TimerWheelTest : public testing::Test {
protected:
    std::unique_ptr<Noted> timed(std::chrono::milliseconds in) {
        auto out = std::make_unique<Noted>();
        all_.add(*out);
        out->expire_at(now_ + in);
        return out;
    }
    void pass(std::chrono::milliseconds time) {
        now_ += time;
        all_.sweep(now_);
    }

    Steady::time_point now_ = began;
    TimerWheel all_{began};
};

TEST_F(TimerWheelTest, IsOverWithTheFirstSweepFromItOn) {
    for (const auto in :
         {0ms, 1ms, 249ms, 250ms, 251ms, 499ms, 30'000ms, 63'750ms, 64'000ms, 64'001ms, 1'800'000ms}) {
        const auto one = timed(in);
        const auto until = now_ + in;
        while (now_ + 250ms < until) {
            pass(250ms);
            ASSERT_EQ(one->expired, 0U) << in.count();
        }
        pass(250ms);
        EXPECT_EQ(one->expired, 1U) << in.count();
    }
}

TEST_F(TimerWheelTest, OneThatHasPassedIsToldOfAgainTillItIsPutOff) {
    const auto one = timed(1s);
    for (int i = 0; i < 6; ++i) pass(250ms);
    EXPECT_EQ(one->expired, 3U);
    one->expire_at(now_ + 1h);
    for (int i = 0; i < 1000; ++i) pass(250ms);
    EXPECT_EQ(one->expired, 3U);
    EXPECT_EQ(one->looked, 0U);
}

TEST_F(TimerWheelTest, NothingIsMissedInAPause) {
    const auto soon = timed(1s), late = timed(100s), never = timed(2h);
    pass(1h);
    EXPECT_EQ(soon->expired, 1U);
    EXPECT_EQ(late->expired, 1U);
    EXPECT_EQ(never->expired, 0U);
    pass(1h);
    EXPECT_EQ(never->expired, 1U);
}

TEST_F(TimerWheelTest, TheRestlessAreLookedAtWithEverySweep) {
    const auto one = timed(1s), other = timed(1s);
    all_.make_restless(*one);
    for (int i = 0; i < 3; ++i) pass(250ms);
    EXPECT_EQ(one->looked, 3U);
    EXPECT_EQ(other->looked, 0U);
    one->expire_at(now_ + 500ms);
    pass(250ms);
    EXPECT_EQ(one->looked, 4U);
    pass(250ms);
    EXPECT_EQ(one->expired, 1U);
    EXPECT_EQ(one->looked, 4U);
}

TEST_F(TimerWheelTest, WhoIsGoneIsForgottenAlsoAmidASweep) {
    auto first = timed(1s), second = timed(1s), third = timed(1h);
    third.reset();
    Noted* const left = first.get();
    left->on_expire = [&] { second.reset(); };
    second->on_expire = [&] { first.reset(); };
    pass(1s);
    EXPECT_EQ(second, nullptr);
    ASSERT_NE(first, nullptr);
    left->on_expire = [&] { first.reset(); };
    pass(1s);
    EXPECT_EQ(first, nullptr);
    pass(2h);
}

TEST_F(TimerWheelTest, EachIsEverybody) {
    const auto soon = timed(1s), late = timed(1h), restless = timed(1h);
    all_.make_restless(*restless);
    all_.each([](Timed& one) { one.end(); });
    for (const auto* one : {soon.get(), late.get(), restless.get()}) EXPECT_EQ(one->ended, 1U);
}

// Whatever is put off, brought forward, taken out and added: each sweep finds those whose time is over, and
// no others.
TEST_F(TimerWheelTest, FindsWhatALookAtAllOfThemWould) {
    std::mt19937 dice(1);
    const auto upto = [&](unsigned most) { return static_cast<unsigned>(dice() % (most + 1)); };
    std::vector<std::pair<std::unique_ptr<Noted>, Steady::time_point>> model;
    std::size_t found = 0;
    for (int step = 0; step < 20'000; ++step) {
        const std::chrono::milliseconds in(upto(upto(3) == 0 ? 200'000 : 2'000));
        if (model.size() < 50 && upto(3) == 0) {
            model.emplace_back(timed(in), now_ + in);
            if (upto(9) == 0) all_.make_restless(*model.back().first);
        } else if (!model.empty()) {
            auto& [one, until] = model[upto(static_cast<unsigned>(model.size() - 1))];
            until = now_ + in;
            one->expire_at(until);
        }
        if (upto(50) == 0 && !model.empty())
            model.erase(model.begin() + upto(static_cast<unsigned>(model.size() - 1)));
        if (upto(2) != 0) continue;
        for (auto& [one, until] : model) one->expired = 0;
        pass(250ms + std::chrono::milliseconds(upto(upto(99) == 0 ? 100'000 : 20)));
        for (const auto& [one, until] : model) {
            ASSERT_EQ(one->expired, until <= now_ ? 1U : 0U) << step;
            found += one->expired;
        }
    }
    EXPECT_GT(found, 1000U);
}

}  // namespace
}  // namespace tidegate::edge

#include "rehearse/figures.h"

#include <gtest/gtest.h>

#include "drill/crowd/doorway.h"

namespace tidegate::rehearse {
namespace {

using drill::Moment;

/// Nobody calls.
class NoDoor final : public drill::Doorway {
    void call(Moment, drill::CallId, std::uint32_t, const drill::Guest&) override {}
    void speak(Moment, drill::CallId, const drill::Words&) override {}
    void trickle(Moment, drill::CallId) override {}
    void begin_tls(Moment, drill::CallId) override {}
    void hang_up(Moment, drill::CallId) override {}
    void take_replies(std::vector<drill::Reply>& out) override { out.clear(); }
};

/// A minute of attack, then a minute of calm; one mail server and two stores.
class Figures : public testing::Test {
protected:
    Figures() {
        small_.scenario.days_before = 1;
        small_.scenario.quiet_minutes = 1;
        small_.scenario.attack_hours = 2.0 / 60;
        small_.scenario.floods.emplace_back().lasts_minutes = 1;
    }
    [[nodiscard]] Moment at(double seconds) const { return shore().begin + drill::moment(seconds); }
    [[nodiscard]] drill::Shore& shore() const {
        if (!shore_) shore_ = std::make_unique<drill::Shore>(small_.scenario, 1, door_);
        return *shore_;
    }
    void look(double seconds, const char* posture, double pressure = 0, std::uint64_t sessions = 0) {
        sights_.looks.push_back(
            {.at = at(seconds), .posture = posture, .pressure = pressure, .sessions = sessions});
    }
    drill::Run run() {
        drill::Run out;
        add_figures({.small = small_,
                     .shore = shore(),
                     .targets = targets_,
                     .sights = sights_,
                     .log = log_,
                     .unheard = unheard_,
                     .knows_pace = true,
                     .stayed = stayed_},
                    out, unseen_);
        return out;
    }

    Small small_;
    std::vector<Target> targets_ =
        *targets_in("smtp://127.0.0.1?at_once=10,imap://127.0.0.1,imap://127.0.0.2");
    std::vector<bool> stayed_{true, true, true};
    Sights sights_;
    std::string log_;
    std::vector<Address> unheard_;
    std::map<std::string, std::string> unseen_;

private:
    mutable NoDoor door_;
    mutable std::unique_ptr<drill::Shore> shore_;
};

TEST_F(Figures, TheWorstLoadIsThatOfAnyMoment) {
    sights_.loads = {{at(1), {3, 40, 40}}, {at(2), {12, 40, 40}}, {at(3), {2, 40, 40}}};
    EXPECT_DOUBLE_EQ(run().crowd.worst_load, 1.2);
    EXPECT_FALSE(unseen_.contains("servers.worst_over_limit"));
}

TEST_F(Figures, WithoutALimitThereIsNoLoad) {
    targets_[0].at_once = 0;
    sights_.loads = {{at(1), {300, 40, 40}}};
    run();
    EXPECT_TRUE(unseen_.contains("servers.worst_over_limit"));
}

TEST_F(Figures, TheSpreadCountsFromTheFirstMinuteOrThird) {
    sights_.loads = {{at(10), {0, 90, 10}}, {at(50), {0, 55, 45}}, {at(100), {0, 52, 48}}};
    EXPECT_DOUBLE_EQ(run().crowd.busiest_over_mean, 1.1);
    stayed_[2] = false;
    run();
    EXPECT_TRUE(unseen_.contains("servers.busiest_over_mean"));
}

TEST_F(Figures, LimitsAndSilenceAreReadFromTheLog) {
    log_ =
        "<5>started version=0.1.0\n"
        "<6>limit_changed text=\"127.3.4.0/24: no answer for 30 s: more connections than it is granted\"\n"
        "<6>limit_changed text=\"12 networks: no answer for 60 s: it went on after a silence\"\n"
        "<6>limit_changed text=\"mx1: 4 -> 5 at once: it was used up, and answers were no slower\"\n";
    const drill::Run done = run();
    EXPECT_EQ(done.crowd.limits, 3);
    EXPECT_EQ(done.crowd.door.networks_silenced, 13);
    EXPECT_EQ(done.limits[2], "mx1: 4 -> 5 at once: it was used up, and answers were no slower");
}

TEST_F(Figures, WhoIsClosedInASilentNetworkIsASilencedSender) {
    log_ =
        "<6>limit_changed text=\"127.3.4.0/24: no answer for 30 s: more connections than it is granted\"\n";
    unheard_ = {*Address::parse("127.3.4.5"), *Address::parse("127.3.5.5")};
    EXPECT_EQ(run().crowd.silenced_customers, 1);
    EXPECT_FALSE(unseen_.contains("silence.customers"));
    log_ += "<6>limit_changed text=\"12 networks: no answer for 60 s: it went on after a silence\"\n";
    run();
    EXPECT_TRUE(unseen_.contains("silence.customers"));
}

TEST_F(Figures, CalmAgainCountsFromTheEndOfTheAttack) {
    look(-5, "calm");
    look(4, "watch", 0.5, 70);
    look(70, "watch", 0.2, 30);
    look(75, "calm");
    const drill::Run done = run();
    EXPECT_DOUBLE_EQ(*done.crowd.alert_seconds, 4);
    EXPECT_DOUBLE_EQ(*done.crowd.calm_seconds, 15);
    EXPECT_DOUBLE_EQ(done.crowd.most_pressure, 0.5);
    EXPECT_EQ(done.crowd.door.most_sessions, 70);
}

TEST_F(Figures, APostureThatWasNotSeenToEndIsUnseen) {
    look(4, "watch");
    look(119, "watch");
    EXPECT_FALSE(run().crowd.calm_seconds);
    EXPECT_TRUE(unseen_.contains("posture.calm_seconds"));
}

TEST_F(Figures, APostureThatNeverLeftCalmSaysNothing) {
    look(4, "calm");
    look(119, "calm");
    EXPECT_FALSE(run().crowd.calm_seconds);
    EXPECT_TRUE(unseen_.contains("posture.calm_seconds"));
    EXPECT_TRUE(unseen_.contains("alert.seconds"));
}

}  // namespace
}  // namespace tidegate::rehearse

#include "edge/shared_admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;

const Address somebody = Address::v4(0xcb00'7107), another = Address::v4(0xc633'6407);

AdmissionSettings one_at_a_time() {
    AdmissionSettings settings;
    settings.limiter.floor = settings.limiter.ceiling = settings.limiter.start = 1;
    return settings;
}

class SharedAdmissionTest : public testing::Test {
protected:
    void open(const AdmissionSettings& settings) {
        SharedAdmission::Hooks hooks;
        hooks.limit = [this](const LimitChange& change, std::string_view server) {
            limits_.push_back(text(change, server));
        };
        hooks.silence = [this](const Prefix& network, std::chrono::seconds time) {
            silences_.emplace_back(network.text(), time);
        };
        admission_.emplace(settings, std::move(hooks));
    }
    SharedAdmission::Entry enter(ClientClass which = ClientClass::fresh, std::atomic<int>* called = nullptr) {
        return admission_->enter("store1", which, somebody, [called] {
            if (called != nullptr) ++*called;
        });
    }

    std::vector<std::string> limits_;
    std::vector<std::pair<std::string, std::chrono::seconds>> silences_;
    std::optional<SharedAdmission> admission_;
};

TEST_F(SharedAdmissionTest, ASeatIsGivenBack) {
    AdmissionSettings settings;
    settings.reception.most = 1;
    open(settings);
    {
        const auto first = admission_->arrive(somebody, ClientClass::familiar);
        EXPECT_TRUE(first.seat);
        EXPECT_EQ(admission_->standing().sessions, 1U);
        EXPECT_FALSE(admission_->arrive(another, ClientClass::familiar).seat);
    }
    EXPECT_EQ(admission_->standing().sessions, 0U);
    EXPECT_TRUE(admission_->arrive(another, ClientClass::familiar).seat);
}

TEST_F(SharedAdmissionTest, ASeatThatMovesIsCountedOnce) {
    open({});
    auto arrival = admission_->arrive(somebody, ClientClass::fresh);
    SharedAdmission::Seat seat = std::move(arrival.seat);
    arrival.seat = {};
    seat.move(ClientClass::doubtful);
    const auto standing = admission_->standing();
    EXPECT_EQ(standing.by_class[ClientClass::doubtful], 1U);
    EXPECT_EQ(standing.by_class[ClientClass::fresh], 0U);
    EXPECT_EQ(standing.sessions, 1U);
}

TEST_F(SharedAdmissionTest, ANetworkWhoseSessionsAreAllInVainIsSilenced) {
    AdmissionSettings settings;
    settings.silence.flood_calm = settings.silence.flood_full = 5;
    for (const bool excused : {false, true}) {
        open(settings);
        for (int i = 0; i < 5; ++i) {
            auto arrival = admission_->arrive(somebody, ClientClass::fresh);
            ASSERT_TRUE(arrival.seat) << i;
            SharedAdmission::Seat seat = std::move(arrival.seat);
            if (excused) seat.excuse();
            const SharedAdmission::Seat elsewhere = std::move(seat);
        }
        EXPECT_EQ(admission_->arrive(somebody, ClientClass::fresh).silent, !excused);
    }
}

TEST_F(SharedAdmissionTest, WhoWaitsIsCalledWhenSomebodyLeaves) {
    open(one_at_a_time());
    std::atomic<int> called = 0;
    auto first = enter();
    ASSERT_EQ(first.ruling(), Ruling::admitted);
    auto second = enter(ClientClass::fresh, &called);
    ASSERT_EQ(second.ruling(), Ruling::queued);
    EXPECT_EQ(called, 0);
    first.leave(1ms, Served::answered);
    EXPECT_EQ(second.ruling(), Ruling::admitted);
    EXPECT_EQ(called, 1);
    const auto standing = admission_->standing();
    ASSERT_EQ(standing.servers.size(), 1U);
    EXPECT_EQ(standing.servers[0].name, "store1");
    EXPECT_EQ(standing.servers[0].in_flight, 1U);
}

TEST_F(SharedAdmissionTest, WhoGoesAwayGivesHisPlaceUp) {
    open(one_at_a_time());
    std::atomic<int> called = 0;
    std::optional first = enter();
    std::optional gone = enter(ClientClass::fresh, &called);
    auto third = enter();
    gone.reset();
    EXPECT_EQ(third.ruling(), Ruling::queued);
    first.reset();
    EXPECT_EQ(third.ruling(), Ruling::admitted);
    EXPECT_EQ(called, 0) << "nobody is there to be called";
    EXPECT_EQ(admission_->standing().servers[0].queued, 0U);
}

TEST_F(SharedAdmissionTest, WhoWaitsTooLongIsToldSo) {
    AdmissionSettings settings = one_at_a_time();
    settings.lines.patience = {{1ms, 1ms, 1ms, 1ms, 1ms}};
    open(settings);
    std::atomic<int> called = 0;
    const auto first = enter();
    auto second = enter(ClientClass::fresh, &called);
    while (second.ruling() == Ruling::queued) admission_->tick();
    EXPECT_EQ(second.ruling(), Ruling::shed);
    EXPECT_EQ(second.reason(), ShedReason::patience);
    EXPECT_EQ(called, 1);
}

TEST_F(SharedAdmissionTest, AFloodOfTheDoubtfulIsSilencedAndRecorded) {
    AdmissionSettings settings;
    settings.silence.flood_calm = settings.silence.flood_full = 5;
    open(settings);
    bool silent = false;
    for (int i = 0; i < 20 && !silent; ++i)
        silent = admission_->arrive(somebody, ClientClass::doubtful).silent;
    EXPECT_TRUE(silent);
    admission_->tick();
    ASSERT_EQ(silences_.size(), 1U);
    EXPECT_EQ(silences_[0].first, "203.0.113.0/24");
    EXPECT_GT(silences_[0].second, 20s);
    EXPECT_THAT(limits_, testing::Contains(testing::HasSubstr("203.0.113.0/24")));
    admission_->familiar(somebody);
    EXPECT_FALSE(admission_->arrive(somebody, ClientClass::familiar).silent);
}

}  // namespace
}  // namespace tidegate::edge

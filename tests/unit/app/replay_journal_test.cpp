#include "app/replay_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "app/serve/kept_orders.h"
#include "app/serve/subject.h"
#include "keep/journal.h"

namespace tidegate::app {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr Time noon = time_of_unix(1'785'931'200);

Ground ground_of(judge::Policy policy) {
    Ground ground;
    policy.memory_bytes = std::size_t{8} << 20;
    policy.seal();
    ground.policy = std::make_shared<const judge::Policy>(std::move(policy));
    return ground;
}

judge::Exception denied(std::string_view subject) {
    judge::Exception exception = exception_about(subject).value();
    exception.effect = judge::Exception::Effect::deny;
    exception.reason = "test";
    exception.author = "eve";
    return exception;
}

class ReplayJournalTest : public testing::Test {
protected:
    ReplayJournalTest() {
        std::string name = (fs::temp_directory_path() / "tidegate-trial-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        keep::WriterOptions options;
        options.clock = [] { return noon; };
        journal_ = std::move(keep::Journal::open(folder_, std::move(options)).value());
    }
    ~ReplayJournalTest() override {
        journal_.reset();
        fs::remove_all(folder_);
    }
    void attempt(std::string_view account, std::string_view address, Outcome outcome, Time time,
                 Measure answered = Measure::pass) {
        Event event;
        event.time = time;
        event.address = Address::parse(address).value();
        event.account = account;
        event.service = Service::imap;
        event.outcome = outcome;
        event.reason = outcome == Outcome::failure ? Reason::bad_password : Reason::none;
        journal_->append({.event = &event, .answered = answered});
    }
    TrialResult trial(judge::Policy policy) {
        EXPECT_TRUE(journal_->flush());
        return try_on_journal(folder_, ground_of(std::move(policy))).value();
    }

    std::string folder_;
    std::unique_ptr<keep::Journal> journal_;
};

TEST_F(ReplayJournalTest, TellsWhatAChangedConfigurationWouldHaveDone) {
    attempt("bob@example.org", "198.51.100.7", Outcome::success, noon);
    attempt("eve@example.org", "203.0.113.9", Outcome::success, noon + 1min);
    for (int i = 0; i < 5; ++i)
        attempt("user" + std::to_string(i), "203.0.113.7", Outcome::failure, noon + i * 1min + 2min);
    const auto same = trial({});
    EXPECT_EQ(same.attempts, 7U);
    EXPECT_EQ(same.guesses, 5U);
    EXPECT_EQ(same.was.guesses_stopped, 0U);
    EXPECT_EQ(same.would.customers_refused, 0U);

    judge::Policy changed;
    changed.exceptions.push_back(denied("203.0.113.0/24"));
    const auto result = trial(changed);
    EXPECT_EQ(result.was.guesses_stopped, 0U);
    EXPECT_EQ(result.would.guesses_stopped, 5U);
    EXPECT_EQ(result.would.customers_refused, 1U);
    EXPECT_THAT(trial_text(folder_, result), HasSubstr("+5"));
    EXPECT_THAT(trial_json(result), HasSubstr(R"("would":{"guesses_stopped":5,"customers_refused":1)"));
}

TEST_F(ReplayJournalTest, WhatWasStoppedThenAndWouldNotBeIsCountedApart) {
    attempt("bob@example.org", "203.0.113.7", Outcome::failure, noon, Measure::refuse);
    const auto result = trial({});
    EXPECT_EQ(result.was.guesses_stopped, 1U);
    EXPECT_EQ(result.would.guesses_stopped, 0U);
    EXPECT_EQ(result.unknown, 1U);
}

TEST_F(ReplayJournalTest, ExceptionsByHandHoldWhenTheyHeld) {
    const auto policy_changed = [&](Time time) {
        journal_->append({.kind = keep::EntryKind::policy, .time = time});
    };
    const Order order{.id = 0, .exception = denied("203.0.113.0/24"), .created = noon - 1h};
    ASSERT_TRUE(journal_->add_exemption(exemption_of(order)));  // lifted at noon, by the journal's clock
    ASSERT_TRUE(journal_->lift_exemption(1, "joe", ""));
    policy_changed(noon - 1h);
    attempt("a@example.org", "203.0.113.7", Outcome::failure, noon - 30min, Measure::refuse);
    policy_changed(noon);
    attempt("b@example.org", "203.0.113.8", Outcome::failure, noon + 1h);
    const auto result = trial({});
    EXPECT_EQ(result.was.guesses_stopped, 1U);
    EXPECT_EQ(result.would.guesses_stopped, 1U);
    EXPECT_EQ(result.unknown, 0U);
}

TEST_F(ReplayJournalTest, WithoutAJournalSaysSo) {
    EXPECT_FALSE(try_on_journal(folder_ + "/none", ground_of({})));
}

}  // namespace
}  // namespace tidegate::app

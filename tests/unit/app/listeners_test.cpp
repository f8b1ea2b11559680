#include "app/serve/listeners.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/serve/edge_room.h"

namespace tidegate::app {
namespace {

using edge::MovedDomains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

EdgePlan::Entrance entrance(std::string name, std::size_t own = 0,
                            edge::Protocol protocol = edge::Protocol::smtp) {
    EdgePlan::Entrance out;
    out.rules.name = std::move(name);
    out.rules.protocol = protocol;
    out.own_sessions = own;
    out.places.push_back(net::Endpoint::parse("192.0.2.2:25").value());
    return out;
}

class ListenersTest : public testing::Test {
protected:
    explicit ListenersTest(std::vector<DomainMove> before = {}) { start(std::move(before)); }
    void start(std::vector<DomainMove> before) {
        listeners_.emplace(Listeners::World{.clock = [this] { return now_; },
                                            .told =
                                                [this](const DomainMove& move, std::string_view why) {
                                                    told_.push_back(move.domain + ": " + std::string(why));
                                                },
                                            .keep = [this](std::string_view text) -> Result<void> {
                                                if (disk_full_)
                                                    return std::unexpected(Error{"moves", 0, "full", ""});
                                                kept_ = text;
                                                return {};
                                            }},
                           std::move(before));
    }
    void give(std::vector<EdgePlan::Entrance> entrances) {
        EdgePlan plan;
        plan.entrances = std::move(entrances);
        listeners_->give(plan);
    }
    void give_all() {
        give({entrance("mx"), entrance("mx2", 100), entrance("imap", 5, edge::Protocol::imap)});
    }
    Result<MoveAct> move(std::string domain, std::string to = "mx2", bool force = false,
                         std::optional<Time> until = {}) {
        return listeners_->move({.domain = std::move(domain),
                                 .listener = std::move(to),
                                 .author = "alice",
                                 .reason = "flood",
                                 .since = now_,
                                 .until = until},
                                force);
    }
    [[nodiscard]] MovedDomains::Rule at(std::string_view listener, std::string_view domain) const {
        return listeners_->moved()->at(listener, domain);
    }

    Time now_ = time_of_unix(1'785'931'200);
    bool disk_full_ = false;
    std::string kept_;
    std::vector<std::string> told_;
    std::optional<Listeners> listeners_;
};

TEST_F(ListenersTest, AMoveHoldsAtOnceAndUntilItIsTakenBack) {
    give_all();
    const auto act = move("example.org");
    ASSERT_TRUE(act) << act.error().text();
    EXPECT_THAT(act->text, HasSubstr("mail for example.org is taken at mx2 alone"));
    EXPECT_THAT(act->text, HasSubstr("192.0.2.2:25"));
    EXPECT_FALSE(act->unwritten);
    EXPECT_EQ(at("mx", "example.org"), MovedDomains::Rule::elsewhere);
    EXPECT_EQ(at("mx2", "example.com"), MovedDomains::Rule::reserved);
    ASSERT_TRUE(listeners_->back("example.org"));
    EXPECT_EQ(at("mx", "example.org"), MovedDomains::Rule::here);
    EXPECT_EQ(kept_, domain_moves_text({}));
    EXPECT_FALSE(listeners_->back("example.org")) << "it is not moved";
}

TEST_F(ListenersTest, TheLastOrderAboutADomainHolds) {
    give({entrance("mx"), entrance("mx2", 100), entrance("mx3", 100)});
    ASSERT_TRUE(move("example.org", "mx2"));
    ASSERT_TRUE(move("example.org", "mx3"));
    EXPECT_EQ(at("mx2", "example.org"), MovedDomains::Rule::elsewhere);
    EXPECT_EQ(at("mx3", "example.org"), MovedDomains::Rule::here);
    EXPECT_EQ(at("mx2", "example.com"), MovedDomains::Rule::here) << "nothing is moved there any more";
    EXPECT_THAT(read_domain_moves(kept_).value(), SizeIs(1));
}

TEST_F(ListenersTest, SaysWhyNot) {
    give_all();
    const struct {
        std::string listener, says;
    } cases[] = {{"mx3", "there is no listener 'mx3' (for mail there are mx, mx2)"},
                 {"imap", "'imap' takes no mail"},
                 {"mx", "'mx' has no sessions of its own"}};
    for (const auto& each : cases) {
        const auto act = move("example.org", each.listener);
        ASSERT_FALSE(act) << each.listener;
        EXPECT_THAT(act.error().text(), HasSubstr(each.says));
        EXPECT_FALSE(move("example.org", each.listener, true).has_value() && each.listener != "mx");
    }
    EXPECT_EQ(at("mx2", "example.org"), MovedDomains::Rule::elsewhere) << "forced to mx";
    give({});
    EXPECT_THAT(move("example.org").error().text(), HasSubstr("none takes mail"));
}

TEST_F(ListenersTest, OrdersOutliveAReloadAndARestart) {
    give_all();
    ASSERT_TRUE(move("example.org"));
    give_all();
    EXPECT_EQ(at("mx", "example.org"), MovedDomains::Rule::elsewhere);
    start(read_domain_moves(kept_).value());
    EXPECT_EQ(at("mx", "example.org"), MovedDomains::Rule::here) << "before there are listeners";
    give_all();
    EXPECT_EQ(at("mx", "example.org"), MovedDomains::Rule::elsewhere);
}

TEST_F(ListenersTest, OneWhoseListenerIsNotThereWaitsAndMailIsTakenEverywhere) {
    give_all();
    ASSERT_TRUE(move("example.org"));
    give({entrance("mx"), entrance("mx2", 100, edge::Protocol::submission)});
    EXPECT_EQ(at("mx", "example.org"), MovedDomains::Rule::here);
    EXPECT_THAT(told_, ElementsAre(HasSubstr("example.org: its listener is not there")));
    EXPECT_THAT(listeners_->waiting(), SizeIs(1));
    EXPECT_THAT(listeners_->standing({})[1].domains, IsEmpty());
    give_all();
    EXPECT_EQ(at("mx", "example.org"), MovedDomains::Rule::elsewhere);
    EXPECT_THAT(listeners_->waiting(), IsEmpty());
    EXPECT_THAT(listeners_->standing({})[1].domains, SizeIs(1));
}

TEST_F(ListenersTest, EndsByItselfWhenItsTimeIsOver) {
    give_all();
    ASSERT_TRUE(move("example.org", "mx2", false, now_ + 2h));
    ASSERT_TRUE(move("example.net"));
    now_ += 2h - 1us;
    listeners_->tick();
    EXPECT_EQ(at("mx", "example.org"), MovedDomains::Rule::elsewhere);
    now_ += 1us;
    listeners_->tick();
    EXPECT_EQ(at("mx", "example.org"), MovedDomains::Rule::here);
    EXPECT_EQ(at("mx", "example.net"), MovedDomains::Rule::elsewhere);
    EXPECT_THAT(told_, ElementsAre("example.org: its time is over"));
    EXPECT_THAT(read_domain_moves(kept_).value(), SizeIs(1));
    start({{.domain = "example.org", .listener = "mx2", .since = now_ - 3h, .until = now_ - 1h}});
    give_all();
    EXPECT_EQ(at("mx", "example.org"), MovedDomains::Rule::here) << "over while the daemon was away";
}

TEST_F(ListenersTest, WhatCannotBeWrittenHoldsAndIsSaid) {
    give_all();
    disk_full_ = true;
    const auto act = move("example.org");
    ASSERT_TRUE(act);
    EXPECT_TRUE(act->unwritten);
    EXPECT_EQ(at("mx", "example.org"), MovedDomains::Rule::elsewhere);
}

TEST_F(ListenersTest, TenThousandDomainsAndNoMore) {
    std::vector<DomainMove> before;
    for (std::size_t i = 0; i < most_domain_moves; ++i)
        before.push_back({.domain = fmt::format("d{}.example.org", i), .listener = "mx2", .since = now_});
    start(std::move(before));
    give_all();
    EXPECT_EQ(at("mx", "d9999.example.org"), MovedDomains::Rule::elsewhere);
    EXPECT_THAT(move("example.net").error().text(), HasSubstr("10000 domains are moved already"));
    EXPECT_TRUE(move("d7.example.org")) << "one that is moved may be moved again";
}

config::Settings settings_of(std::initializer_list<unsigned> own) {
    config::Settings settings;
    for (const unsigned each : own) {
        config::Entrance& one = settings.entrances.emplace_back();
        one.name = fmt::format("mx{}", settings.entrances.size());
        one.own_sessions = each;
        one.line = 10 * settings.entrances.size();
    }
    return settings;
}

TEST(EdgeRoom, ATenthIsLeftToAllOthers) {
    const auto shares = shares_of(settings_of({0, 500, 400}), 1000);
    ASSERT_TRUE(shares) << shares.error().text();
    EXPECT_EQ((*shares)[1].own, 500U);
    EXPECT_EQ((*shares)[1].name, "mx2");
    const auto too_much = shares_of(settings_of({0, 500, 401}), 1000);
    ASSERT_FALSE(too_much);
    EXPECT_EQ(too_much.error().line, 30U);
    EXPECT_THAT(too_much.error().text(), HasSubstr("leave 99 of 1000 for all others"));
    EXPECT_THAT(too_much.error().mend, HasSubstr("LimitNOFILE"));
    EXPECT_FALSE(shares_of(settings_of({10'000'000}), 1000));
    EXPECT_TRUE(shares_of(settings_of({0}), 1));
}

TEST(EdgeRoom, ThereIsRoom) {
    EXPECT_GT(room_for_sessions(), 0U);
}

}  // namespace
}  // namespace tidegate::app

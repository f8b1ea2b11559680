// Whether the record names what floods aim at, and that a drill can fail by it.

#include "drill/crowd/aim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drill/crowd/crowd.h"

namespace tidegate::drill {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

IncidentTarget named(TargetKind kind, std::string name, Service service = Service::smtp) {
    IncidentTarget target;
    target.kind = kind;
    (kind == TargetKind::account ? target.account.name : target.name) = std::move(name);
    target.share = 0.8;
    target.confidence = 0.99;
    target.service = service;
    return target;
}

class Aims : public testing::Test {
protected:
    Aims() {
        scenario_.floods.resize(3);
        scenario_.floods[0].domain = 7;
        scenario_.floods[1].domain = 7;
    }
    CrowdCounts counts(const std::vector<std::vector<IncidentTarget>>& looks) {
        Aim aim(scenario_);
        double seconds = 0;
        for (const std::vector<IncidentTarget>& each : looks) {
            Incident incident;
            incident.targets = each;
            aim.look({&incident, 1}, seconds += 10);
        }
        CrowdCounts counts;
        aim.tell(counts);
        return counts;
    }
    Scenario scenario_;
};

TEST_F(Aims, CountFromWhenTheyWereNamed) {
    const auto right = named(TargetKind::domain, "d7.example.org");
    const CrowdCounts all = counts({{}, {right}, {}, {right}});
    EXPECT_EQ(all.target_seconds, 20);
    EXPECT_EQ(all.target_share, 0.8);
    EXPECT_EQ(all.target_confidence, 0.99);
    EXPECT_EQ(all.target_wrong, 0U);
}

TEST_F(Aims, AreNotNamedWhileAnotherIsTooAndWhatIsWrongCountsToTheEnd) {
    const auto right = named(TargetKind::domain, "d7.example.org");
    const auto wrong = named(TargetKind::domain, "d1.example.org");
    const CrowdCounts all = counts({{right, wrong}, {right}, {wrong, named(TargetKind::account, "a@b")}});
    EXPECT_EQ(all.target_seconds, 20);
    EXPECT_EQ(all.target_wrong, 2U);
    EXPECT_EQ(counts({{right, wrong}}).target_seconds, std::nullopt);
}

TEST_F(Aims, ThePortIsRightAndLogInsAreNot) {
    const auto right = named(TargetKind::domain, "d7.example.org");
    EXPECT_EQ(counts({{right, named(TargetKind::listener, "mx")}}).target_wrong, 0U);
    EXPECT_EQ(counts({{named(TargetKind::listener, "mx")}}).target_seconds, std::nullopt);
    EXPECT_EQ(counts({{right, named(TargetKind::service, "IMAP", Service::unknown)}}).target_wrong, 1U);
}

TEST_F(Aims, OfSeveralAllMustBeNamed) {
    scenario_.floods[2].domain = 3;
    const auto one = named(TargetKind::domain, "d7.example.org"),
               other = named(TargetKind::domain, "d3.example.org");
    EXPECT_EQ(counts({{one}, {one, other}}).target_seconds, 20);
}

TEST_F(Aims, WithoutAnyThereIsNothingToName) {
    for (Flood& flood : scenario_.floods) flood.domain = 0;
    EXPECT_TRUE(Aim(scenario_).is_none());
}

TEST(AimedFlood, IsNamedInTheRecord) {
    constexpr const char* text = R"(
days_before = 1
quiet_minutes = 40
attack_hours = 0.1
[mail.senders]
hosts = 200
a_minute = 240
unknown_recipients = 0.2
[mail_servers]
count = 2
logins_per_second = 5
[edge]
sessions = 2_000
[connections.flood]
addresses = 3_000
times_capacity = 30
lasts_minutes = 4
domain = 7
manners = { smtp = 1 }
early = 0
[variant.aimed]
[variant.spread]
[variant.spread.connections.flood]
domain = 0
)";
    const Scenarios all = read_scenarios(text, "test.toml");
    ASSERT_THAT(all.errors, IsEmpty());
    const CrowdRun run = play_crowd(*all.find("aimed"), 1);
    ASSERT_FALSE(run.incidents.empty());
    EXPECT_THAT(run.incidents.front().targets,
                ElementsAre(AllOf(Field(&IncidentTarget::name, "d7.example.org"),
                                  Field(&IncidentTarget::service, Service::smtp))));
    ASSERT_TRUE(run.counts.target_seconds);
    EXPECT_LE(*run.counts.target_seconds, 120);
    EXPECT_EQ(run.counts.target_wrong, 0U);
    const CrowdRun spread = play_crowd(*all.find("spread"), 1);
    ASSERT_FALSE(spread.incidents.empty());
    EXPECT_THAT(spread.incidents.front().targets, IsEmpty()) << "it goes where mail goes";
    EXPECT_EQ(spread.counts.target_seconds, std::nullopt);
}

}  // namespace
}  // namespace tidegate::drill

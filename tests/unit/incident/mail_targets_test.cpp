// What connections to port 25 say of an incident's target: the shares, what is usual, and whatever attackers
// do to be named for another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "event/mail_visit.h"
#include "history.h"
#include "tell/incident/forms.h"
#include "tell/incident/incidents.h"
#include "tell/incident/spread.h"
#include "tell/incident/usual_mail.h"

namespace tidegate::tell {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::int64_t flood_begins = 5 * hour;

/// Mail to twenty domains, of which example.org gets half; and floods.
class MailTargets : public testing::Test {
protected:
    MailVisit visit(std::int64_t second, VisitEnd end, const std::string& domain, const std::string& user) {
        return {.time = at(second),
                .address = Address::v4(0xf000'0000U + ++clients_),
                .end = end,
                .listener = "mx",
                .domains = {domain},
                .mailboxes = {user + '@' + domain}};
    }
    static std::string domain_of_ours(std::uint32_t number) {
        return number % 2 == 0 ? "example.org" : "d" + std::to_string(number % 38 / 2) + ".example.net";
    }
    /// Twelve mails a minute, and three to nobody.
    void usual(std::int64_t from, std::int64_t until) {
        for (std::int64_t second = from; second < until; second += 4) {
            const VisitEnd end = second / 4 % 5 == 0 ? VisitEnd::in_vain : VisitEnd::served;
            const std::string user = (end == VisitEnd::served ? "user" : "nobody") + std::to_string(++mails_);
            incidents_.see(visit(second, end, domain_of_ours(mails_), user));
            incidents_.tick(at(second));
        }
    }
    void flood(std::int64_t from, std::int64_t until, const std::string& domain) {
        for (std::int64_t second = from; second < until; ++second) {
            for (int i = 0; i < 20; ++i) {
                MailVisit each = visit(second, VisitEnd::in_vain, domain, "guess" + std::to_string(clients_));
                if (i % 4 != 0) each.domains = each.mailboxes = {};
                incidents_.see(each);
            }
            incidents_.tick(at(second));
        }
    }
    void alarm(std::int64_t opened, std::int64_t since) {
        incidents_.tell(AlarmNotice{.id = 1,
                                    .series = {"connections", Service::smtp},
                                    .upwards = true,
                                    .since = at(since),
                                    .opened = at(opened),
                                    .score = 4,
                                    .observed = 900,
                                    .expected = 12,
                                    .standard_error = 3});
    }
    [[nodiscard]] std::vector<IncidentTarget> targets() const { return incidents_.current().value().targets; }

    Incidents incidents_;
    std::uint32_t clients_ = 0, mails_ = 0;
};

auto is_domain(std::string_view name) {
    return AllOf(Field(&IncidentTarget::kind, TargetKind::domain),
                 Field(&IncidentTarget::name, std::string(name)),
                 Field(&IncidentTarget::service, Service::smtp));
}

TEST_F(MailTargets, TheDomainThatAFloodAimsAtIsNamed) {
    usual(0, flood_begins);
    flood(flood_begins, flood_begins + 30, "d3.example.net");
    alarm(flood_begins + 30, flood_begins);
    flood(flood_begins + 30, flood_begins + 60, "d3.example.net");
    ASSERT_THAT(targets(), ElementsAre(is_domain("d3.example.net")));
    const IncidentTarget target = targets().front();
    EXPECT_GT(target.share, 0.95);
    EXPECT_GT(target.share_high, target.share_low);
    EXPECT_NEAR(target.normal_share, 0.5 / 19, 0.01) << "the flood's own beginning is not usual";
    EXPECT_GT(target.confidence, 0.999);
}

TEST_F(MailTargets, WhatCameBetweenTheBeginningAndTheAlarmCounts) {
    usual(0, flood_begins);
    flood(flood_begins, flood_begins + 60, "d3.example.net");
    alarm(flood_begins + 60, flood_begins);
    EXPECT_THAT(targets(), ElementsAre(is_domain("d3.example.net")));
}

TEST_F(MailTargets, MoreOfTheUsualIsAimedAtNobody) {
    usual(0, flood_begins);
    alarm(flood_begins, flood_begins - 40);
    for (int i = 0; i < 2000; ++i)
        incidents_.see(visit(flood_begins + i / 10, VisitEnd::in_vain,
                             domain_of_ours(static_cast<std::uint32_t>(i)), "x" + std::to_string(i)));
    EXPECT_THAT(targets(), IsEmpty());
}

TEST_F(MailTargets, MailThatIsTakenIsNoSignOfAnything) {
    usual(0, flood_begins);
    alarm(flood_begins, flood_begins - 40);
    for (int i = 0; i < 2000; ++i)
        incidents_.see(visit(flood_begins + i / 10, VisitEnd::served, "d3.example.net", "x"));
    EXPECT_THAT(targets(), IsEmpty());
}

TEST_F(MailTargets, UntilItIsKnownWhatIsUsualNothingStandsOut) {
    usual(0, 300);  // of which 75 visits are not known yet
    flood(300, 360, "example.org");
    alarm(360, 300);
    flood(360, 600, "example.org");
    EXPECT_THAT(targets(), IsEmpty()) << "it may get nine tenths of all mail";
}

TEST_F(MailTargets, AMailboxIsNamedAndItsDomainIsNotNamedBesideIt) {
    usual(0, flood_begins);
    alarm(flood_begins, flood_begins - 40);
    for (int i = 0; i < 500; ++i)
        incidents_.see(visit(flood_begins + i / 10, VisitEnd::in_vain, "d3.example.net", "shop"));
    ASSERT_THAT(targets(), SizeIs(1));
    const IncidentTarget target = targets().front();
    EXPECT_EQ(target.kind, TargetKind::account);
    EXPECT_EQ(target.account.name, "shop@d3.example.net");
    EXPECT_THAT(target.account.pseudonym, testing::StartsWith("account "));
    const Incident record = incidents_.current().value();
    EXPECT_THAT(incident_markdown(record, {.names = true}), HasSubstr("the mailbox `shop@d3.example.net`"));
    EXPECT_THAT(incident_markdown(record, {}), Not(HasSubstr("shop")));
    EXPECT_THAT(record.title, Not(HasSubstr("shop")));
    incidents_.tell(AlarmNotice{.id = 1, .opened = at(flood_begins), .closed = at(flood_begins + 600)});
    incidents_.tick(at(flood_begins + 2 * hour));
    const auto is_meant = [](std::string_view name) { return name == "shop@d3.example.net"; };
    ASSERT_THAT(incidents_.closed(), SizeIs(1));
    incidents_.forget(incidents_.closed().front().id, is_meant);
    EXPECT_EQ(incidents_.closed().front().targets.front().account.name, "");
}

TEST_F(MailTargets, AListenerThatTurnsThemAwayIsNamed) {
    for (int i = 0; i < 3000; ++i) {
        MailVisit each = visit(i * 5, VisitEnd::served, domain_of_ours(++mails_), "x");
        each.listener = i % 2 == 0 ? "mx" : "mx2";
        incidents_.see(each);
    }
    alarm(flood_begins, flood_begins - 40);
    for (int i = 0; i < 200; ++i) {
        MailVisit each = visit(flood_begins + i, VisitEnd::in_vain, "", "");
        each.domains = each.mailboxes = {};
        each.listener = "mx2";
        incidents_.see(each);
    }
    incidents_.see(MailVisit{.time = at(flood_begins + 200),
                             .address = {},
                             .end = VisitEnd::turned_away,
                             .times = 5000,
                             .listener = "mx2"});
    EXPECT_THAT(targets(), ElementsAre(AllOf(Field(&IncidentTarget::kind, TargetKind::listener),
                                             Field(&IncidentTarget::name, "mx2"),
                                             Field(&IncidentTarget::service, Service::smtp))));
}

// ---- whoever wants to be taken for another, or to be nothing

TEST_F(MailTargets, OneClientsThousandConnectionsAreOneDecision) {
    usual(0, flood_begins);
    alarm(flood_begins, flood_begins - 40);
    for (int i = 0; i < 5000; ++i) {
        MailVisit each = visit(flood_begins + i / 100, VisitEnd::in_vain, "d3.example.net", "x");
        each.address = Address::v4(0xf000'0001);
        incidents_.see(each);
    }
    ASSERT_THAT(targets(), SizeIs(1));
    EXPECT_LT(targets().front().share_low, 0.5) << "one who decided so says little of the others";
}

TEST_F(MailTargets, ManySilentOnesMakeNoDecisionsOfOneThatSpeaks) {
    usual(0, flood_begins);
    alarm(flood_begins, flood_begins - 40);
    for (int i = 0; i < 5000; ++i) {
        MailVisit each = visit(flood_begins + i / 100, VisitEnd::in_vain, "d3.example.net", "x");
        if (i % 2 == 0)
            each.domains = each.mailboxes = {};
        else
            each.address = Address::v4(0xf000'0001);
        incidents_.see(each);
    }
    ASSERT_THAT(targets(), SizeIs(1));
    EXPECT_LT(targets().front().share_low, 0.5);
}

TEST_F(MailTargets, ManyNamesInOneConnectionAreOneConnection) {
    Spread spread(true);
    MailVisit each = visit(0, VisitEnd::in_vain, "example.org", "a");
    for (int i = 0; i < 7; ++i) each.domains.push_back("d" + std::to_string(i) + ".example.net");
    spread.see(each);
    EXPECT_EQ(spread.total(TargetKind::domain), 1);
    EXPECT_EQ(spread.total(TargetKind::account), 1);
    EXPECT_EQ(spread.total(TargetKind::listener), 1);
}

TEST_F(MailTargets, ThousandsOfDomainsHideNoneThatIsMeant) {
    usual(0, flood_begins);
    alarm(flood_begins, flood_begins - 40);
    for (int i = 0; i < 60'000; ++i) {
        const std::string domain = i % 3 == 0 ? "d3.example.net" : "x" + std::to_string(i) + ".example.com";
        incidents_.see(visit(flood_begins + i / 1000, VisitEnd::in_vain, domain, "a" + std::to_string(i)));
    }
    ASSERT_THAT(targets(), ElementsAre(is_domain("d3.example.net")));
    EXPECT_NEAR(targets().front().share, 1.0 / 3, 0.02);
}

TEST_F(MailTargets, LongAndForeignNamesAreKeptShortAndHarmless) {
    usual(0, flood_begins);
    alarm(flood_begins, flood_begins - 40);
    const std::string domain = std::string(200, 'a') + "\xe2\x80\xae\xff.example.com";
    for (int i = 0; i < 200; ++i)
        incidents_.see(visit(flood_begins + i, VisitEnd::in_vain, domain, "user" + std::to_string(i)));
    const Incident record = incidents_.current().value();
    ASSERT_THAT(record.targets, SizeIs(1));
    EXPECT_LE(record.targets.front().name.size(), 128U);
    EXPECT_THAT(record.title, Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_THAT(incident_markdown(record, {}), Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_TRUE(parse_incident_json(incident_json(record)).has_value());
}

// A day of a flood would be what is usual the day after.
TEST_F(MailTargets, OfAMinuteOnlyTheFirstAreLearned) {
    UsualMail usual;
    for (int minutes = 0; minutes < 100; ++minutes)
        for (int i = 0; i < 1000; ++i)
            usual.see(visit(minutes * minute, VisitEnd::in_vain, "d3.example.net", "x"));
    usual.see(visit(10 * hour, VisitEnd::in_vain, "d3.example.net", "x"));
    EXPECT_TRUE(usual.is_known());
    EXPECT_THAT(usual.part_at(at(10 * hour)), SizeIs(1));
    usual.see(visit(10 * hour, VisitEnd::in_vain, "d3.example.net", "x"));
    EXPECT_THAT(usual.part_at(at(9 * hour)), SizeIs(1));
    EXPECT_LT(usual.spread().share(TargetKind::domain, 1), 0.01);
}

// ---- what people read

TEST_F(MailTargets, AreToldInWords) {
    usual(0, flood_begins);
    flood(flood_begins, flood_begins + 30, "d3.example.net");
    alarm(flood_begins + 30, flood_begins);
    flood(flood_begins + 30, flood_begins + 120, "d3.example.net");
    const Incident record = incidents_.current().value();
    EXPECT_THAT(record.title, HasSubstr(", aimed at the domain d3.example.net"));
    EXPECT_THAT(incident_markdown(record, {}),
                AllOf(HasSubstr("* the domain `d3.example.net`: "),
                      HasSubstr(" of the connections to port 25 that came to nothing (")));
    const Incident again = parse_incident_json(incident_json(record)).value();
    ASSERT_THAT(again.targets, ElementsAre(is_domain("d3.example.net")));
    EXPECT_NEAR(again.targets.front().share_low, record.targets.front().share_low, 0.001);
}

TEST_F(MailTargets, AreNewsOnce) {
    usual(0, flood_begins);
    alarm(flood_begins + 30, flood_begins);
    static_cast<void>(incidents_.take_news());
    flood(flood_begins + 30, flood_begins + 120, "d3.example.net");
    std::vector<IncidentTarget> told;
    for (int i = 0; i < 3; ++i) {
        for (const IncidentNews& each : incidents_.take_news())
            if (each.target) told.push_back(*each.target);
        flood(flood_begins + 120 + i * 90, flood_begins + 210 + i * 90, "d3.example.net");
    }
    EXPECT_THAT(told, ElementsAre(is_domain("d3.example.net")));
}

TEST_F(MailTargets, StayOverARestart) {
    usual(0, flood_begins);
    alarm(flood_begins + 30, flood_begins);
    flood(flood_begins + 30, flood_begins + 120, "d3.example.net");
    std::vector<Incident> known{parse_incident_json(incident_json(incidents_.current().value())).value()};
    incidents_ = Incidents();
    incidents_.recall(std::move(known), at(flood_begins + 120));
    alarm(flood_begins + 30, flood_begins);
    flood(flood_begins + 130, flood_begins + 200, "example.org");
    ASSERT_THAT(targets(), ElementsAre(is_domain("d3.example.net")))
        << "it is not known again what is usual, and what was known holds";
    for (const IncidentNews& each : incidents_.take_news()) EXPECT_FALSE(each.target) << "no news";
}

}  // namespace
}  // namespace tidegate::tell

#include "guard/mail_desk.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace tidegate::guard {
namespace {

constexpr std::int64_t begin = 1'790'000'000;

// Listed, with a name that no server has.
Event mail_of(std::string_view address, std::int64_t seconds = begin) {
    Event out;
    out.time = out.received = time_of_unix(seconds);
    out.address = Address::parse(address).value();
    out.service = Service::smtp;
    out.kind = EventKind::attempt;
    out.ehlo = "pc";
    out.lists = 1;
    return out;
}

Event taken_from(std::string_view address, std::int64_t seconds = begin) {
    Event out = mail_of(address, seconds);
    out.outcome = Outcome::success;
    return out;
}

constexpr Stance acts{.acts = true, .posture = judge::Posture::calm};
constexpr Stance watches{.acts = false, .posture = judge::Posture::calm};

TEST(MailDesk, RemembersWhomItAskedToComeAgain) {
    MailDesk desk;
    EXPECT_TRUE(desk.consider(mail_of("203.0.113.1"), acts).stops());
    EXPECT_TRUE(desk.consider(mail_of("203.0.113.1", begin + 60), acts).stops());
    EXPECT_FALSE(desk.consider(mail_of("203.0.113.1", begin + 400), acts).stops());
    EXPECT_EQ(desk.counts().questions, 3U);
    EXPECT_EQ(desk.counts().deferred, 2U);
}

TEST(MailDesk, StopsNobodyAndAsksNobodyWhileItWatches) {
    MailDesk desk;
    const Answer answer = desk.consider(mail_of("203.0.113.1"), watches);
    EXPECT_FALSE(answer.stops());
    EXPECT_EQ(answer.verdict.measure, Measure::defer) << "it is judged all the same";
    EXPECT_EQ(desk.counts().would_stop, 1U);
    EXPECT_TRUE(desk.consider(mail_of("203.0.113.1", begin + 400), acts).stops())
        << "nobody had told it to come again";
}

TEST(MailDesk, KnowsWhoHasDelivered) {
    MailDesk desk;
    const auto address = Address::parse("198.51.100.1").value();
    EXPECT_FALSE(desk.is_known_sender(address));
    desk.learn(taken_from("198.51.100.1"));
    desk.learn(taken_from("198.51.100.1"));
    EXPECT_TRUE(desk.is_known_sender(address));
    EXPECT_FALSE(desk.consider(mail_of("198.51.100.1"), acts).stops());
    EXPECT_EQ(desk.counts().taken, 2U);
}

TEST(MailDesk, DoubtsWhoseMailWasRefusedAndNoStranger) {
    MailDesk desk;
    const auto connection = [](std::string_view address) {
        Event event = mail_of(address);
        event.kind = EventKind::connect;
        event.lists = 0;
        event.ehlo = {};
        return event;
    };
    static_cast<void>(desk.consider(mail_of("192.0.2.1"), {.acts = true, .posture = judge::Posture::storm}));
    EXPECT_FALSE(desk.doubts(connection("203.0.113.1"))) << "not even in a storm";
    for (int i = 0; i < 30; ++i) {
        Event refused = mail_of("203.0.113.1");
        refused.lists = 0;
        refused.outcome = Outcome::failure;
        refused.reason = Reason::other;
        desk.learn(refused);
    }
    EXPECT_TRUE(desk.doubts(connection("203.0.113.1")));
    EXPECT_FALSE(desk.doubts(connection("198.51.100.1")));
}

TEST(MailDesk, FollowsThePostureOfTheWholeHouse) {
    MailDesk desk;
    Event event = mail_of("203.0.113.1");
    event.lists = 0;
    event.ehlo = "mx.example.org";
    EXPECT_FALSE(desk.consider(event, acts).stops());
    EXPECT_TRUE(desk.consider(event, {.acts = true, .posture = judge::Posture::storm}).stops());
}

TEST(MailDesk, ObeysOperatorsAsSoonAsTheyHaveSpoken) {
    MailDesk desk;
    judge::Exception deny;
    deny.effect = judge::Exception::Effect::deny;
    deny.prefix = Prefix::parse("198.51.100.0/24").value();
    judge::Policy policy;
    policy.exceptions = {deny};
    policy.seal();
    desk.learn(taken_from("198.51.100.1"));
    desk.learn(taken_from("198.51.100.1"));
    desk.adopt(std::make_shared<const judge::Policy>(std::move(policy)));
    EXPECT_EQ(desk.consider(mail_of("198.51.100.1"), acts).verdict.measure, Measure::refuse);
    EXPECT_EQ(desk.counts().refused, 1U);
}

TEST(MailDesk, KnowsItsOwnNamesInAnyCase) {
    MailDesk desk;
    desk.name_ourselves({"MX.Example.com."});
    Event event = mail_of("203.0.113.1");
    event.ehlo = "mx.EXAMPLE.com";
    event.lists = 0;
    EXPECT_EQ(desk.consider(event, acts).verdict.evidence.items()[0].kind, EvidenceKind::ehlo_name);
}

TEST(MailDesk, ComesBackWithWhatItKnew) {
    MailDesk desk, again;
    desk.learn(taken_from("198.51.100.1"));
    desk.learn(taken_from("198.51.100.1"));
    std::string memory;
    desk.save(memory);
    ASSERT_TRUE(again.restore(memory));
    EXPECT_TRUE(again.is_known_sender(Address::parse("198.51.100.1").value()));
    EXPECT_FALSE(again.restore("x"));
    EXPECT_TRUE(again.is_known_sender(Address::parse("198.51.100.1").value())) << "it stays as it was";
}

// ---- why, for people

Event in_session(std::string_view session, Event event) {
    event.session = session;
    return event;
}

TEST(MailDesk, TellsWhomItStoppedAndWhy) {
    MailDesk desk;
    const auto address = Address::parse("203.0.113.1").value();
    const Time since = time_of_unix(begin - 3600);
    EXPECT_TRUE(desk.stops_of(address, since).empty());
    const Answer first = desk.consider(in_session("e1", mail_of("203.0.113.1")), acts);
    static_cast<void>(desk.consider(in_session("e1", mail_of("203.0.113.1", begin + 5)), acts));
    static_cast<void>(desk.consider(in_session("e2", mail_of("203.0.113.1", begin + 60)), watches));
    static_cast<void>(desk.consider(in_session("e3", mail_of("203.0.113.2", begin + 60)), acts));
    const auto stops = desk.stops_of(address, since);
    ASSERT_EQ(stops.size(), 2U);
    EXPECT_EQ(stops[0].session, "e2") << "latest first";
    EXPECT_FALSE(stops[0].acts);
    EXPECT_EQ(stops[1].session, "e1");
    EXPECT_TRUE(stops[1].acts);
    EXPECT_EQ(stops[1].times, 2U);
    EXPECT_EQ(stops[1].time, time_of_unix(begin + 5));
    EXPECT_EQ(stops[1].event().ehlo, "pc");
    EXPECT_GE(stops[1].verdict.sum, first.verdict.threshold);
    EXPECT_FALSE(stops[1].verdict.evidence.items().empty());
    EXPECT_EQ(desk.stops_of(address, time_of_unix(begin + 30)).size(), 1U);
}

TEST(MailDesk, OnlyLooksWhereNobodyBringsMail) {
    MailDesk desk;
    const Verdict seen = desk.look(mail_of("203.0.113.1"), judge::Posture::calm);
    EXPECT_EQ(seen.measure, Measure::defer);
    EXPECT_EQ(desk.counts().questions, 0U);
    EXPECT_TRUE(desk.stops_of(Address::parse("203.0.113.1").value(), Time()).empty());
    EXPECT_TRUE(desk.consider(mail_of("203.0.113.1", begin + 400), acts).stops())
        << "it was not asked to come again by that";
}

TEST(MailDesk, SaysWhatWatchModeLetInAndActingWouldNotHave) {
    MailDesk desk;
    const auto taken = [&](std::string_view session) {
        return desk.learn(in_session(session, taken_from("203.0.113.1")));
    };
    EXPECT_FALSE(taken("e1"));
    static_cast<void>(desk.consider(in_session("e2", mail_of("203.0.113.2")), watches));
    EXPECT_FALSE(taken("e1")) << "another's";
    const auto would = taken("e2");
    ASSERT_TRUE(would);
    EXPECT_EQ(would->verdict.measure, Measure::defer);
    static_cast<void>(desk.consider(in_session("e3", mail_of("203.0.113.3")), acts));
    EXPECT_FALSE(taken("e3")) << "that one was told";
}

TEST(MailStops, AreBounded) {
    MailStops stops;
    std::vector<std::string> sessions;
    for (std::size_t i = 0; i < MailStops::most + 100; ++i) sessions.push_back("e" + std::to_string(i));
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        stops.add(in_session(sessions[i], mail_of("2001:db8::1", begin + static_cast<std::int64_t>(i))), {},
                  true);
        stops.add(in_session(sessions[i / 2], mail_of("2001:db8::1", begin)), {}, true);
    }
    for (int i = 0; i < 10; ++i) stops.add(mail_of("2001:db8::1"), {}, true);  // of no session
    EXPECT_EQ(stops.size(), MailStops::most);
    EXPECT_EQ(stops.of_session(sessions.front()), nullptr);
    EXPECT_EQ(stops.of_session(""), nullptr);
    ASSERT_NE(stops.of_session(sessions.back()), nullptr);
    EXPECT_EQ(stops.of_session(sessions.back())->session, sessions.back());
    EXPECT_EQ(stops.of_address(Address::parse("2001:db8::2").value(), Time()).size(), 16U)
        << "of the same /64";
    EXPECT_TRUE(stops.of_address(Address::parse("2001:db8:0:1::1").value(), Time()).empty());
}

}  // namespace
}  // namespace tidegate::guard

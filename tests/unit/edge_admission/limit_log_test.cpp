#include "edge/admission/limit_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "moments.h"

namespace tidegate::edge {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::vector<LimitChange> drained(LimitLog& log) {
    std::vector<LimitChange> out;
    log.drain(out);
    return out;
}

LimitChange server_limit(double when, std::uint32_t server, double from, double to) {
    return {.when = at(when),
            .what = LimitKind::server_limit,
            .reason = to > from ? LimitReason::room : LimitReason::slower,
            .server = server,
            .from = from,
            .to = to};
}

LimitChange capped(double when, std::uint32_t network, double to) {
    return {.when = at(when),
            .what = LimitKind::network_sessions,
            .reason = LimitReason::flood,
            .network = Prefix(Address::v4(10U << 24 | network << 8), 24),
            .to = to};
}

TEST(LimitLog, ChangesOfOneLimitAreOne) {
    LimitLog log;
    log.note(server_limit(1, 0, 20, 30));
    log.note(server_limit(2, 1, 20, 10));
    log.note(server_limit(3, 0, 30, 40));
    log.note(server_limit(4, 0, 40, 35));
    const auto changes = drained(log);
    ASSERT_THAT(changes, SizeIs(2));
    EXPECT_EQ(changes[0].when, at(1));
    EXPECT_EQ(changes[0].last, at(4));
    EXPECT_EQ(changes[0].from, 20);
    EXPECT_EQ(changes[0].to, 35);
    EXPECT_EQ(changes[0].reason, LimitReason::slower);
    EXPECT_EQ(changes[0].times, 3U);
    EXPECT_EQ(changes[1].server, 1U);
    EXPECT_THAT(drained(log), IsEmpty());
}

TEST(LimitLog, LimitsOfDifferentThingsStayApart) {
    LimitLog log;
    std::size_t noted = 0;
    for (const LimitKind what : {LimitKind::class_refused, LimitKind::deadline, LimitKind::late})
        for (const ClientClass each : all_classes) {
            log.note({.when = at(1), .what = what, .client_class = each});
            ++noted;
        }
    log.note(server_limit(1, 0, 1, 2));
    log.note({.when = at(1), .what = LimitKind::late, .server = 1});
    log.note(capped(1, 1, 8));
    log.note({.when = at(1), .what = LimitKind::silence, .network = capped(1, 1, 8).network, .to = 30});
    EXPECT_THAT(drained(log), SizeIs(noted + 4));
}

TEST(LimitLog, ManyNetworksBecomeOne) {
    LimitLog log(10);
    for (std::uint32_t i = 0; i < 1000; ++i) log.note(capped(i, i, 8));
    log.note(capped(1000, 3, 4));
    const auto changes = drained(log);
    ASSERT_THAT(changes, SizeIs(11));
    EXPECT_EQ(changes[3].to, 4) << "the first ones are still apart";
    EXPECT_EQ(changes[3].times, 2U);
    EXPECT_EQ(changes[10].network, Prefix{});
    EXPECT_EQ(changes[10].times, 990U);
    EXPECT_EQ(text(changes[10], ""), "990 networks: at most 8 sessions: more connections than it is granted");
}

struct TextCase {
    LimitChange change;
    const char* text;
};

TEST(LimitLog, SaysItInWords) {
    const Prefix network = *Prefix::parse("192.0.2.0/24");
    const TextCase cases[] = {
        {{.what = LimitKind::server_limit, .reason = LimitReason::errors, .from = 120, .to = 84},
         "mx1: 120 -> 84 at once: the server failed or did not answer in time"},
        {{.what = LimitKind::class_refused,
          .reason = LimitReason::pressure,
          .client_class = ClientClass::listed,
          .to = 1},
         "listed clients are refused at accept: sessions or queues fill up"},
        {{.what = LimitKind::class_refused,
          .reason = LimitReason::relief,
          .client_class = ClientClass::doubtful,
          .from = 1},
         "doubtful clients are taken in at accept: sessions or queues empty"},
        {{.what = LimitKind::network_sessions, .reason = LimitReason::flood, .network = network, .to = 8},
         "192.0.2.0/24: at most 8 sessions: more connections than it is granted"},
        {{.what = LimitKind::silence, .reason = LimitReason::persistent, .network = network, .to = 60},
         "192.0.2.0/24: no answer for 60 s: it went on after a silence"},
        {{.what = LimitKind::silence, .reason = LimitReason::familiar, .network = network, .from = 60},
         "192.0.2.0/24: answered again: a familiar client was seen there"},
        {{.what = LimitKind::deadline, .reason = LimitReason::pressure, .from = 60, .to = 47.9493},
         "fresh clients: 60 -> 47.9 s to log in: sessions or queues fill up"},
        {{.what = LimitKind::late, .reason = LimitReason::standing, .from = 10, .to = 0.5},
         "mx1: fresh clients wait 0.5 s at most, before 10 s: the line did not empty"},
    };
    for (const auto& [change, expected] : cases)
        EXPECT_EQ(text(change, is_of_server(change.what) ? "mx1" : ""), expected);
}

TEST(LimitLog, SaysAtWhichListenerWithPlacesOfItsOwn) {
    const Prefix network = *Prefix::parse("192.0.2.0/24");
    const TextCase cases[] = {
        {{.what = LimitKind::class_refused, .reason = LimitReason::pressure, .listener = 1, .to = 1},
         "fresh clients are refused at accept at mx2: sessions or queues fill up"},
        {{.what = LimitKind::network_sessions,
          .reason = LimitReason::flood,
          .listener = 1,
          .network = network,
          .to = 8},
         "192.0.2.0/24: at most 8 sessions at mx2: more connections than it is granted"},
        {{.what = LimitKind::deadline, .reason = LimitReason::pressure, .listener = 1, .from = 60, .to = 30},
         "fresh clients: 60 -> 30 s to log in at mx2: sessions or queues fill up"},
    };
    for (const auto& [change, expected] : cases) EXPECT_EQ(text(change, "mx2"), expected);
}

TEST(LimitLog, NamesAreUnlike) {
    std::set<std::string_view> names;
    for (int i = 0; i <= int(LimitReason::standing); ++i) names.insert(name(LimitReason(i)));
    EXPECT_EQ(names.size(), std::size_t(LimitReason::standing) + 1);
    names.clear();
    for (int i = 0; i <= int(LimitKind::late); ++i) names.insert(name(LimitKind(i)));
    EXPECT_EQ(names.size(), std::size_t(LimitKind::late) + 1);
}

}  // namespace
}  // namespace tidegate::edge

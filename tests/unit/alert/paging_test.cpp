#include "tell/alert/paging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alerting.h"
#include "tell/alert/alert_memory.h"

namespace tidegate::tell {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Alert down(const std::string& server, bool over = false) {
    return {.kind = AlertKind::server_down,
            .severity = Severity::critical,
            .about = server,
            .subject = "the server " + server + " is down",
            .since = noon,
            .over = over};
}

Bulletin one(Alert alert) {
    const Stage stage = alert.over ? Stage::over : Stage::raised;
    const AlertKind kind = alert.kind;
    return {.kind = kind, .items = {{.alert = std::move(alert), .stage = stage}}, .count = 1};
}

Escalation night(Duration repeat = 0s) {
    Escalation out{.name = "night", .steps = {}, .repeat = repeat};
    out.wants.fill(true);
    for (const auto& [after, way] :
         {std::pair<Duration, const char*>{0s, "eve"}, {10min, "bob"}, {20min, "boss"}})
        out.steps.push_back({.after = after, .target = {.kind = CallTarget::Kind::way, .name = way}});
    return out;
}

struct Bench {
    std::uint64_t drawn = 0;
    Paging pages{[this] { return ++drawn * 0x9e3779b97f4a7c15U; }};
    Time now = noon;

    explicit Bench(Duration repeat = 0s) { pages.set(OnCall({}, {}, {night(repeat)})); }
    Call take(Alert alert) { return pages.take(one(std::move(alert)), now); }
    std::vector<std::string> ways_after(Duration by) {
        now += by;
        std::vector<std::string> ways;
        for (const Call& call : pages.due(now)) ways.insert(ways.end(), call.ways.begin(), call.ways.end());
        return ways;
    }
    Acknowledged acknowledge(const std::string& which, std::optional<Duration> length = {}) {
        Acknowledgement by{.who = "eve", .time = now};
        if (length) by.until = now + *length;
        return pages.acknowledge(which, by);
    }
};

TEST(Paging, WhatNobodyIsForWaitsForNobody) {
    Bench bench;
    bench.pages.set(OnCall({}, {}, {}));
    EXPECT_THAT(bench.pages.take(one(down("mx1")), noon, false).code, IsEmpty());
    EXPECT_THAT(bench.pages.all(), IsEmpty());
    EXPECT_THAT(bench.pages.take(one(down("mx1")), noon, true).code, SizeIs(6));
    EXPECT_THAT(bench.pages.all(), SizeIs(1));
    // What is over is so for who has it, whatever was configured since.
    static_cast<void>(bench.pages.take(one(down("mx1", true)), noon, false));
    EXPECT_TRUE(bench.pages.all()[0].over);
    // An escalation is a way of its own.
    bench.pages.set(OnCall({}, {}, {night()}));
    EXPECT_THAT(bench.pages.take(one(down("mx2")), noon, false).ways, ElementsAre("eve"));
}

TEST(Paging, StepsAreTakenUntilSomebodyAcknowledges) {
    Bench bench;
    const Call first = bench.take(down("mx1"));
    EXPECT_THAT(first.ways, ElementsAre("eve"));
    EXPECT_TRUE(first.ordinary);
    EXPECT_THAT(first.code, SizeIs(6));
    EXPECT_EQ(bench.pages.next(), noon + 10min);
    EXPECT_THAT(bench.ways_after(10min - 1s), IsEmpty());
    EXPECT_THAT(bench.ways_after(1s), ElementsAre("bob"));
    EXPECT_THAT(bench.ways_after(0s), IsEmpty());
    std::string code = first.code;
    for (char& c : code) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    EXPECT_EQ(bench.acknowledge(code).answer, Acknowledged::Answer::taken);
    EXPECT_THAT(bench.ways_after(24h), IsEmpty());
    EXPECT_EQ(bench.pages.next(), Time::max());
    EXPECT_EQ(bench.acknowledge("ABCDEF").answer, Acknowledged::Answer::unknown);
}

TEST(Paging, AStepSaysWhyItComes) {
    Bench bench;
    static_cast<void>(bench.take(down("mx1")));
    bench.now += 10min;
    const auto calls = bench.pages.due(bench.now);
    ASSERT_THAT(calls, SizeIs(1));
    EXPECT_EQ(calls[0].note, "To the way bob: for 10 minutes nobody has acknowledged it.");
    EXPECT_FALSE(calls[0].ordinary);
    EXPECT_EQ(calls[0].bulletin.items.at(0).alert.about, "mx1");
}

TEST(Paging, AllBeginsAgainAfterTheLastStep) {
    Bench bench(30min);
    static_cast<void>(bench.take(down("mx1")));
    EXPECT_THAT(bench.ways_after(10min), ElementsAre("bob"));
    EXPECT_THAT(bench.ways_after(10min), ElementsAre("boss"));
    EXPECT_THAT(bench.ways_after(30min - 1s), IsEmpty());
    EXPECT_THAT(bench.ways_after(1s), ElementsAre("eve"));
    EXPECT_THAT(bench.ways_after(10min), ElementsAre("bob"));
    Bench once;
    static_cast<void>(once.take(down("mx1")));
    EXPECT_THAT(once.ways_after(20min), ElementsAre("bob", "boss")) << "due together, called together";
    EXPECT_THAT(once.ways_after(240h), IsEmpty());
    EXPECT_TRUE(once.pages.all()[0].is_open());
}

TEST(Paging, WhatElseComesJoinsAndGoesToWhomItHasReached) {
    Bench bench;
    const Call first = bench.take(down("mx1"));
    bench.ways_after(10min);
    const Call second = bench.take(down("mx2"));
    EXPECT_EQ(second.code, first.code);
    EXPECT_THAT(second.ways, ElementsAre("eve", "bob"));
    EXPECT_THAT(bench.pages.all(), SizeIs(1));
    // Told again by a daemon that has started anew: nothing new.
    EXPECT_THAT(bench.take(down("mx2")).ways, IsEmpty());
    // Of another kind: a page of its own.
    EXPECT_NE(bench.take(takeover("bob")).code, first.code);
}

TEST(Paging, EndsWithTheLastOfItsThingsAndSaysSoToWhoeverWasCalled) {
    Bench bench;
    static_cast<void>(bench.take(down("mx1")));
    static_cast<void>(bench.take(down("mx2")));
    EXPECT_THAT(bench.take(down("mx1", true)).ways, ElementsAre("eve"));
    EXPECT_THAT(bench.ways_after(10min), ElementsAre("bob"));
    const Call last = bench.take(down("mx2", true));
    EXPECT_THAT(last.ways, ElementsAre("eve", "bob"));
    EXPECT_EQ(last.code, "") << "nothing to acknowledge any more";
    EXPECT_THAT(bench.ways_after(24h), IsEmpty());
    EXPECT_EQ(bench.acknowledge(bench.pages.all()[0].code).answer, Acknowledged::Answer::over);
    EXPECT_THAT(bench.take(down("mx1")).ways, ElementsAre("eve")) << "again: a page anew";
}

TEST(Paging, AnAcknowledgementCoversWhatGoesOnAndNothingElse) {
    Bench bench;
    const Call first = bench.take(down("mx1"));
    static_cast<void>(bench.acknowledge(first.code));
    EXPECT_THAT(bench.take(down("mx1")).ways, IsEmpty());
    EXPECT_THAT(bench.take(down("mx2")).ways, ElementsAre("eve"));
    // What happened, happened: another takeover of the same account is another.
    const Call takeover_call = bench.take(takeover("bob"));
    static_cast<void>(bench.acknowledge(takeover_call.code));
    EXPECT_THAT(bench.take(takeover("bob")).ways, ElementsAre("eve"));
}

TEST(Paging, AnAcknowledgementForAWhileEndsAndAllBeginsAgain) {
    Bench bench;
    const Call first = bench.take(down("mx1"));
    static_cast<void>(bench.acknowledge(first.code, 2h));
    EXPECT_EQ(bench.pages.next(), noon + 2h);
    EXPECT_THAT(bench.ways_after(2h - 1s), IsEmpty());
    EXPECT_THAT(bench.ways_after(1s), ElementsAre("eve"));
    EXPECT_THAT(bench.ways_after(10min), ElementsAre("bob"));
}

TEST(Paging, WhereAMessageReachedNobodyTheNextStepIsTakenAtOnce) {
    Bench bench;
    const Call first = bench.take(down("mx1"));
    bench.pages.unheard(first.id, bench.now);
    EXPECT_THAT(bench.ways_after(0s), ElementsAre("bob"));
    bench.pages.heard(bench.pages.all()[0].last_id);
    bench.pages.unheard(bench.pages.all()[0].last_id, bench.now);
    EXPECT_THAT(bench.ways_after(10min - 1s), IsEmpty());
    EXPECT_THAT(bench.ways_after(1s), ElementsAre("boss"));
}

TEST(Paging, NoEscalationIsForWhatIsLessGraveButItIsKept) {
    Bench bench;
    const Call call = bench.take(anomaly("failures"));
    EXPECT_THAT(call.ways, IsEmpty());
    EXPECT_THAT(call.code, SizeIs(6));
    EXPECT_EQ(bench.acknowledge(bench.pages.all()[0].id).answer, Acknowledged::Answer::taken);
    Alert test = down("test");
    test.kind = AlertKind::test;
    EXPECT_EQ(bench.take(test).code, "");
    EXPECT_THAT(bench.pages.all(), SizeIs(1));
}

TEST(Paging, WhatHappenedAndNobodyIsCalledAboutIsOverAfterADay) {
    Bench bench;
    bench.pages.set({});
    static_cast<void>(bench.take(takeover("bob")));
    static_cast<void>(bench.take(down("mx1")));
    bench.ways_after(24h - 1s);
    EXPECT_FALSE(bench.pages.all()[1].over);
    bench.ways_after(1s);
    EXPECT_TRUE(bench.pages.all()[1].over);
    EXPECT_FALSE(bench.pages.all()[0].over) << "it goes on";
    EXPECT_TRUE(read_memory(memory_text({.pages = bench.pages.all(), .told = {}, .checked = {}})));
}

TEST(Paging, AClockThatWasSetBackPutsNoStepOff) {
    Bench bench;
    static_cast<void>(bench.take(down("mx1")));
    EXPECT_THAT(bench.ways_after(5min), IsEmpty());
    EXPECT_THAT(bench.ways_after(-48h), IsEmpty());
    EXPECT_THAT(bench.ways_after(5min), ElementsAre("bob"));
}

TEST(Paging, ThereAreSixtyFourAndTheOldestThatIsDoneGoesFirst) {
    Bench bench;
    Escalation other = night();
    for (int i = 0; i < 64; ++i) {
        const Call call = bench.take(takeover(std::to_string(i)));
        if (i != 63) static_cast<void>(bench.acknowledge(call.code));
    }
    EXPECT_THAT(bench.pages.all(), SizeIs(64));
    const std::string open = bench.pages.all()[0].id;
    static_cast<void>(bench.take(down("mx1")));
    EXPECT_THAT(bench.pages.all(), SizeIs(64));
    EXPECT_EQ(bench.pages.all()[1].id, open);
    EXPECT_EQ(bench.pages.all().back().items[0].alert.about, "1");
}

// ---- over a restart
AlertMemory kept(const Paging& pages) {
    auto read = read_memory(memory_text({.pages = pages.all(), .told = {}, .checked = {}}));
    EXPECT_TRUE(read) << read.error().text();
    return std::move(read.value());
}

TEST(Paging, ARestartRepeatsNothingThatArrivedAndForgetsNobody) {
    Bench before;
    const Call first = before.take(down("mx1"));
    before.pages.heard(first.id);
    Bench after;
    after.now = noon + 5min;
    EXPECT_THAT(after.pages.recall(kept(before.pages).pages, after.now), IsEmpty());
    EXPECT_THAT(after.take(down("mx1")).ways, IsEmpty()) << "raised again by what starts anew";
    EXPECT_THAT(after.ways_after(5min), ElementsAre("bob"));
    EXPECT_EQ(after.acknowledge(first.code).answer, Acknowledged::Answer::taken);
    Bench third;
    static_cast<void>(third.pages.recall(kept(after.pages).pages, after.now));
    EXPECT_EQ(third.pages.all()[0].acknowledged->who, "eve");
    third.now = after.now;
    EXPECT_THAT(third.ways_after(24h), IsEmpty());
}

TEST(Paging, ARestartSendsAgainWhatIsNotKnownToHaveArrived) {
    Bench before;
    const Call first = before.take(down("mx1"));
    Bench after;
    const auto calls = after.pages.recall(kept(before.pages).pages, noon + 1min);
    ASSERT_THAT(calls, SizeIs(1));
    EXPECT_EQ(calls[0].code, first.code);
    EXPECT_THAT(calls[0].ways, ElementsAre("eve"));
    EXPECT_TRUE(calls[0].ordinary);
}

TEST(AlertMemory, IsReadAsItWasWritten) {
    Bench bench;
    Alert alert = takeover("b\"o\\b\n@example.org");
    const Call call = bench.take(alert);
    static_cast<void>(bench.acknowledge(call.code, 1h));
    AlertMemory memory{.pages = bench.pages.all(),
                       .told = {{.alert = alert, .told = noon, .tellings = 2, .open = false}},
                       .checked = {{"mail to ops", noon + 1us}}};
    const std::string text = memory_text(memory);
    const auto read = read_memory(text);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(memory_text(*read), text);
    EXPECT_EQ(read->told.at(0).alert, alert);
    EXPECT_EQ(read->pages.at(0).acknowledged->until, noon + 1h);
    EXPECT_EQ(read->checked.at("mail to ops"), noon + 1us);
}

TEST(AlertMemory, WhatIsBrokenIsRefusedWhole) {
    Bench bench;
    static_cast<void>(bench.take(down("mx1")));
    const std::string whole = memory_text({.pages = bench.pages.all(), .told = {}, .checked = {}});
    ASSERT_TRUE(read_memory(whole));
    for (std::size_t size = 0; size + 2 < whole.size(); size += 7)
        EXPECT_FALSE(read_memory(whole.substr(0, size))) << size;
    const auto changed = [&](std::string_view from, std::string_view to) {
        std::string text = whole;
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return read_memory(text.replace(at, from.size(), to));
    };
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"\"version\":1", "\"version\":2"},
                                                          {"\"kind\":\"server_down\"", "\"kind\":\"pigeon\""},
                                                          {"\"step\":1", "\"step\":-1"},
                                                          {"\"step\":1", "\"step\":4294967296"},
                                                          {"\"count\":1", "\"count\":0"},
                                                          {"\"stage\":\"raised\"", "\"stage\":\"over\""},
                                                          {"\"arrived\":false", "\"arrived\":0"},
                                                          {"\"called\":[\"eve\"]", "\"called\":[1]"},
                                                          {"\"opened\":\"2024", "\"opened\":\"yesterday"}}) {
        const auto read = changed(from, to);
        ASSERT_FALSE(read) << from;
        EXPECT_THAT(read.error().text(), HasSubstr("can't be read"));
    }
}

}  // namespace
}  // namespace tidegate::tell

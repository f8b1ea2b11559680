#include "observe/follow/live_joiner.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <regex>
#include <set>

#include "event/text.h"
#include "observe/pipeline.h"
#include "pipeline_case.h"

namespace tidegate::observe {
namespace {

constexpr auto worker = Layer::worker;
constexpr auto success = Outcome::success;
constexpr auto unknown = Reason::unknown_account;
const Time start = time_of_unix(1'700'000'000);

/// A line of a log or a word of a door, short enough for a table of cases.
struct Said {
    double second = 0;
    Layer layer = Layer::front;
    Outcome outcome = Outcome::failure;
    Reason reason = Reason::bad_password;
    std::string_view address = "192.0.2.5";
    std::string_view account = "bob@example.com";
    std::string_view session = {};
    Service service = Service::imap;
    std::uint32_t attempts = 1;
    Origin origin = Origin::log;
};

constexpr Said by_door(Said said) {
    said.origin = Origin::door;
    said.layer = Layer::auth;
    return said;
}

Time at(double second) {
    return start + Duration(static_cast<std::int64_t>(second * 1e6));
}

Event event_of(const Said& said) {
    Event event;
    event.time = at(said.second);
    event.layer = said.layer;
    event.outcome = said.outcome;
    event.reason = said.outcome == Outcome::success ? Reason::none : said.reason;
    event.address = Address::parse(said.address).value_or(Address{});
    event.account = said.account;
    event.session = said.session;
    event.service = said.service;
    event.attempts = said.attempts;
    if (said.layer == Layer::front) event.method = "PLAIN";
    return event;
}

/// What was counted, with what was said of it later.
struct Told {
    std::map<std::uint64_t, Event> attempts;  // texts are kept below
    std::set<std::string> texts;
    std::map<std::uint64_t, Time> when;
    int corrections = 0;
    int withdrawn = 0;
    Time now{};

    void take(const LiveAttempt& told) {
        if (told.number == 0) return;
        if (told.part == Part::withdraws) {
            EXPECT_EQ(attempts.erase(told.number), 1U) << "withdrawn, and never counted";
            ++withdrawn;
            return;
        }
        EXPECT_EQ(attempts.contains(told.number), told.part == Part::corrects);
        corrections += told.part == Part::corrects;
        if (told.part == Part::counts) when[told.number] = now;
        Event copy = told.event;
        copy.account = *texts.emplace(copy.account).first;
        copy.session = *texts.emplace(copy.session).first;
        copy.method = *texts.emplace(copy.method).first;
        if (told.part == Part::corrects) copy.attempts = attempts[told.number].attempts;
        attempts[told.number] = copy;
    }
    [[nodiscard]] std::uint32_t count(Outcome outcome) const {
        std::uint32_t sum = 0;
        for (const auto& [number, event] : attempts) sum += event.outcome == outcome ? event.attempts : 0;
        return sum;
    }
    [[nodiscard]] std::uint32_t failures() const { return count(Outcome::failure); }
    [[nodiscard]] std::uint32_t successes() const { return count(Outcome::success); }
};

Told live(const std::vector<Said>& lines, bool catching_up = false) {
    Told told;
    LiveJoiner joiner([&](const LiveAttempt& attempt) { told.take(attempt); });
    for (const Said& said : lines) {
        const Time moment = catching_up ? start + std::chrono::hours(1) : at(said.second);
        while (const auto due = joiner.next_tick()) {
            if (*due > moment) break;
            told.now = *due;
            joiner.tick(*due);
        }
        told.now = moment;
        joiner.push(event_of(said), said.origin, moment);
    }
    while (const auto due = joiner.next_tick()) {
        told.now = *due;
        joiner.tick(*due);
    }
    return told;
}

std::uint32_t failures(const std::vector<Said>& lines) {
    const std::uint32_t count = live(lines).failures();
    return count;
}

TEST(LiveJoiner, TheFirstWordCountsAtOnce) {
    const Told told = live({{.layer = worker, .session = "s"}, {.second = 2, .session = "s"}});
    EXPECT_EQ(told.failures(), 1U);
    EXPECT_LE(told.when.at(1), at(0.05));
    EXPECT_EQ(told.attempts.at(1).method, "PLAIN") << "learned from the later line";
    EXPECT_EQ(told.corrections, 1);
    EXPECT_EQ(live({{.session = "s"}}).when.at(1), at(0)) << "a front line does not wait";
}

TEST(LiveJoiner, LinesOfOneLayerStayApart) {
    EXPECT_EQ(failures({{.session = "s"}, {.session = "s"}, {.second = 1}}), 3U);
    EXPECT_EQ(failures({{.layer = worker, .session = "s"}, {.layer = worker, .session = "s"}}), 2U);
}

TEST(LiveJoiner, WithoutASessionAddressAndAccountWithinThreeSeconds) {
    EXPECT_EQ(failures({{.layer = worker}, {.second = 3}}), 1U);
    EXPECT_EQ(failures({{.layer = worker}, {.second = 3.5}}), 2U);
    EXPECT_EQ(failures({{.layer = worker}, {.second = 1, .account = "eve"}}), 2U);
    EXPECT_EQ(failures({{.layer = worker}, {.second = 1, .address = "192.0.2.6"}}), 2U);
    EXPECT_EQ(failures({{.layer = worker}, {.second = 1, .service = Service::pop3}}), 2U);
    EXPECT_EQ(failures({{.layer = worker, .session = "s"}, {.second = 1, .session = "t"}}), 2U);
}

TEST(LiveJoiner, NAttemptsLessThoseThatWereCounted) {
    EXPECT_EQ(failures({{.layer = worker, .session = "s"},
                        {.second = 6, .layer = worker, .session = "s"},
                        {.second = 8, .session = "s", .attempts = 2}}),
              2U);
    EXPECT_EQ(failures({{.layer = worker, .session = "s"}, {.second = 178, .session = "s", .attempts = 3}}),
              3U);
    EXPECT_EQ(failures({{.layer = worker, .session = "s"},
                        {.second = 2, .layer = worker, .session = "s"},
                        {.second = 3, .session = "s", .attempts = 1}}),
              2U);
}

TEST(LiveJoiner, TwoDatabasesAreOneTry) {
    const Told told = live({{.layer = worker, .reason = unknown, .session = "s"},
                            {.second = 0.01, .layer = worker, .session = "s"},
                            {.second = 2, .session = "s"}});
    EXPECT_EQ(told.failures(), 1U);
    EXPECT_EQ(told.attempts.at(1).reason, Reason::bad_password);
    const Told slow = live({{.layer = worker, .reason = unknown, .session = "s"},
                            {.second = 1, .layer = worker, .session = "s"}});
    EXPECT_EQ(slow.failures(), 1U);
    EXPECT_EQ(slow.attempts.at(1).reason, Reason::bad_password);
    EXPECT_EQ(slow.corrections, 1);
}

TEST(LiveJoiner, AFailureJustBeforeItsSuccessIsPartOfIt) {
    const Told quick = live({{.layer = worker, .reason = unknown, .session = "s"},
                             {.second = 0.01, .outcome = success, .session = "s"}});
    EXPECT_EQ(quick.failures(), 0U);
    EXPECT_EQ(quick.successes(), 1U);
    EXPECT_EQ(quick.withdrawn, 0) << "it had not been counted yet";
    const Told slow = live({{.layer = worker, .reason = unknown, .session = "s"},
                            {.second = 1, .outcome = success, .session = "s"}});
    EXPECT_EQ(slow.failures(), 0U);
    EXPECT_EQ(slow.successes(), 1U);
    EXPECT_EQ(slow.withdrawn, 1);
    const Told typo =
        live({{.layer = worker, .session = "s"}, {.second = 2, .outcome = success, .session = "s"}});
    EXPECT_EQ(typo.failures(), 1U) << "a mistyped password";
    const Told other =
        live({{.layer = worker, .account = "victim"}, {.outcome = success, .account = "mallory"}});
    EXPECT_EQ(other.failures(), 1U) << "somebody else's success hides nothing";
}

TEST(LiveJoiner, WhoeverNamesNoAddressWaitsForWhoDoes) {
    const Told told =
        live({{.layer = Layer::pam, .address = "", .service = Service::unknown}, {.second = 2}});
    EXPECT_EQ(told.failures(), 1U);
    EXPECT_EQ(told.attempts.at(1).address, Address::parse("192.0.2.5"));
    EXPECT_EQ(told.when.at(1), at(2));
    EXPECT_EQ(live({{.layer = Layer::pam, .address = ""}}).when.at(1), at(3)) << "not for ever";
    EXPECT_EQ(failures({{.layer = Layer::pam, .address = "", .service = Service::unknown},
                        {.second = 2, .layer = worker, .session = "s"},
                        {.second = 2, .layer = Layer::auth, .session = "s"},
                        {.second = 4, .session = "s"}}),
              1U);
}

TEST(LiveJoiner, AWebmailsOwnLogInIsTheWebmailsAttempt) {
    const Said first{
        .layer = Layer::webmail, .address = "192.0.2.77", .account = "x", .service = Service::webmail};
    const Told told = live({first,
                            {.second = 60, .layer = worker, .address = "127.0.0.1", .session = "s"},
                            {.second = 62, .address = "127.0.0.1", .session = "s"},
                            {.second = 62, .layer = Layer::webmail, .service = Service::webmail}});
    EXPECT_EQ(told.failures(), 2U);
    EXPECT_EQ(told.attempts.at(2).address, Address::parse("192.0.2.5"));
    EXPECT_EQ(live({{.layer = worker, .address = "127.0.0.1"}}).when.at(1), at(0.025))
        << "where nothing comes through us it is a client like any other";
}

TEST(LiveJoiner, PostfixOfOldNamesNoAccount) {
    EXPECT_EQ(failures({{.layer = worker, .account = "a", .service = Service::unknown},
                        {.second = 1, .layer = worker, .account = "b", .service = Service::unknown},
                        {.second = 2, .account = "", .service = Service::submission},
                        {.second = 3, .account = "", .service = Service::submission}}),
              2U);
}

// Doors.

TEST(LiveJoiner, ADoorsAttemptSwallowsItsLines) {
    for (const std::string_view session : {"", "s"})
        for (const double log : {-0.01, 0.01, 0.9}) {
            const Told told = live({by_door({.second = log < 0 ? 0.01 : 0, .session = session}),
                                    {.second = std::max(log, 0.0), .layer = Layer::auth, .session = "s"},
                                    {.second = 2.5, .session = "s"}});
            EXPECT_EQ(told.failures(), 1U) << session << log;
        }
    // The log may be first, and the door's word wait in a queue.
    const Told late = live(
        {{.layer = Layer::auth, .session = "s"}, by_door({.second = 0.5}), {.second = 2.5, .session = "s"}});
    EXPECT_EQ(late.failures(), 1U);
}

TEST(LiveJoiner, WhyADoorsAttemptFailedIsAskedOfTheLogs) {
    const Said before{.layer = worker, .address = "192.0.2.99", .account = "x@example.com", .session = "x"};
    const Told told = live({before,
                            by_door({.second = 9, .reason = Reason::none}),
                            {.second = 9.01, .layer = worker, .reason = unknown, .session = "s"}});
    EXPECT_EQ(told.failures(), 2U);
    EXPECT_EQ(told.attempts.at(2).reason, unknown);
    EXPECT_EQ(told.when.at(2), at(9.01)) << "counted when it was known";
    EXPECT_EQ(told.corrections, 0);
    const Told alone = live({before, by_door({.second = 9, .reason = Reason::none})});
    EXPECT_LE(alone.when.at(2), at(9.05)) << "and not later where nobody says why";
    const Told doors = live({by_door({.second = 9, .reason = Reason::none})});
    EXPECT_EQ(doors.when.at(1), at(9)) << "no log is followed that could say why";
}

TEST(LiveJoiner, ADoorsLinesOfPostfixHaveNoSession) {
    // Three tries of one account at once, and each line some seconds later.
    std::vector<Said> lines;
    for (int i = 0; i < 3; ++i) lines.push_back(by_door({.second = i * 0.1, .service = Service::smtp}));
    for (int i = 0; i < 3; ++i)
        lines.push_back({.second = 0.3 + i * 0.1, .layer = Layer::auth, .service = Service::unknown});
    for (int i = 0; i < 3; ++i) lines.push_back({.second = 17 + i * 0.1, .service = Service::submission});
    EXPECT_EQ(failures(lines), 3U);
    lines.push_back({.second = 18, .service = Service::submission});
    EXPECT_EQ(failures(lines), 4U) << "one that the door has not seen";
}

TEST(LiveJoiner, PostfixMayLogBeforeTheDoorIsTold) {
    const Said line{.account = {}, .service = Service::submission};
    const Said report = by_door({.second = 0.2, .service = Service::submission});
    EXPECT_EQ(failures({line, report}), 1U);
    Said again = line, report_again = report;
    again.second = 5;
    report_again.second = 5.2;
    EXPECT_EQ(failures({line, report, again, report_again}), 2U);
    EXPECT_EQ(failures({{.account = {}, .session = "s"}, by_door({.second = 0.2, .session = "s"})}), 2U)
        << "a session's line was written at its end, of a try before";
}

TEST(LiveJoiner, ASessionsLastLineSaysNAttempts) {
    for (const std::string_view session : {"", "s"}) {
        const std::vector<Said> doors{by_door({.second = 0, .account = "a", .session = session}),
                                      by_door({.second = 6, .account = "b", .session = session}),
                                      by_door({.second = 15, .account = "c", .session = session})};
        for (const std::uint32_t attempts : {3U, 5U}) {
            std::vector<Said> lines = doors;
            lines.push_back({.second = 170, .account = "c", .session = "s", .attempts = attempts});
            EXPECT_EQ(failures(lines), attempts) << session;
        }
        // The same, and the authentication server tells each, too.
        std::vector<Said> lines;
        for (const Said& each : doors) {
            lines.push_back(each);
            lines.push_back(
                {.second = each.second, .layer = Layer::auth, .account = each.account, .session = "s"});
        }
        lines.push_back({.second = 170, .account = "c", .session = "s", .attempts = 3});
        EXPECT_EQ(failures(lines), 3U) << session;
    }
}

TEST(LiveJoiner, ALineOfAnAccountThatNoDoorSawIsCounted) {
    EXPECT_EQ(
        failures({by_door({.account = "a"}), {.second = 5, .account = "b", .session = "s", .attempts = 2}}),
        3U);
    EXPECT_EQ(failures({by_door({}), {.second = 5, .address = "192.0.2.6", .session = "s"}}), 2U);
    EXPECT_EQ(failures({by_door({}), {.second = 5, .session = "s", .service = Service::pop3}}), 2U);
    EXPECT_EQ(failures({by_door({}), {.second = 1000, .session = "s"}}), 2U) << "too late";
}

TEST(LiveJoiner, ADoorsSuccessIsOneSuccess) {
    for (const std::string_view session : {"", "s"}) {
        const Told told = live({by_door({.outcome = success, .session = session}),
                                {.second = 0.2, .outcome = success, .session = "s"}});
        EXPECT_EQ(told.successes(), 1U) << session;
        const Told early = live({{.outcome = success, .session = "s"},
                                 by_door({.second = 0.1, .outcome = success, .session = session})});
        EXPECT_EQ(early.successes(), 1U) << session;
    }
    // Postfix tells of each message that a session sends.
    const Told postfix = live({by_door({.outcome = success, .service = Service::smtp}),
                               {.second = 1, .outcome = success, .service = Service::submission},
                               {.second = 60, .outcome = success, .service = Service::submission}});
    EXPECT_EQ(postfix.successes(), 1U);
}

TEST(LiveJoiner, TwoDatabasesBehindADoor) {
    const Told bad = live({by_door({}),
                           {.second = 0.1, .layer = Layer::auth, .reason = unknown, .session = "s"},
                           {.second = 0.1, .layer = Layer::auth, .session = "s"},
                           {.second = 2, .session = "s"}});
    EXPECT_EQ(bad.failures(), 1U);
    for (const double first : {0.0, 0.02}) {
        const Told good = live({{.second = first, .layer = Layer::auth, .reason = unknown, .session = "s"},
                                by_door({.second = 0.021, .outcome = success}),
                                {.second = 0.2, .outcome = success, .session = "s"}});
        EXPECT_EQ(good.failures(), 0U);
        EXPECT_EQ(good.successes(), 1U);
    }
}

TEST(LiveJoiner, MemoryIsBounded) {
    Told told;
    std::uint64_t counted = 0;
    LiveJoiner joiner([&](const LiveAttempt& attempt) { counted += attempt.part == Part::counts; });
    for (int i = 0; i < 100'000; ++i)
        joiner.push(event_of({.layer = worker, .address = i % 2 == 0 ? "" : "192.0.2.5"}), Origin::log,
                    start);
    joiner.finish();
    EXPECT_EQ(counted + joiner.joined(), 100'000U);
}

TEST(LiveJoiner, NothingIsLostOrMadeWhateverComes) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        const std::array<std::string_view, 4> sessions{"", "", "s", "t"};
        const std::array<std::string_view, 3> accounts{"", "a", "b@example.com"};
        const std::array<std::string_view, 3> addresses{"", "192.0.2.1", "127.0.0.1"};
        std::vector<Said> lines(80);
        double second = 0;
        std::uint32_t most = 0;
        for (Said& said : lines) {
            second += random() % 3 == 0 ? 0.7 : 0;
            said.second = second;
            said.layer = static_cast<Layer>(1 + random() % 6);
            said.outcome = static_cast<Outcome>(1 + random() % 3);
            said.session = sessions[random() % 4];
            said.account = accounts[random() % 3];
            said.address = addresses[random() % 3];
            said.attempts = static_cast<std::uint32_t>(1 + random() % 3);
            if (random() % 4 == 0) said.origin = Origin::door;
            most += said.attempts;
        }
        const Told told = live(lines);
        EXPECT_LE(told.failures() + told.successes() + told.count(Outcome::abort), most);
        EXPECT_GE(told.attempts.size(), 1U);
    }
}

// Recorded logs: the sums are replay's.

using Sums = std::map<std::string, std::uint64_t>;

void add_up(const Event& event, std::uint64_t count, Sums& sums) {
    const bool counted = event.outcome == Outcome::success || event.outcome == Outcome::failure;
    if (event.kind != EventKind::attempt || !counted || count == 0) return;
    sums[event.address.text() + (event.outcome == success ? " in" : " failed")] += count;
}

Sums replayed(const std::string& file, bool join, const std::function<void(const Event&)>& see) {
    Sums sums;
    Input input;
    input.files = {file};
    input.join = join;
    input.zone = "UTC";
    Steps steps;
    steps.prepare = [](Work& work) { prepare_knocks(work); };
    steps.fold = [](Work& work) { work.verdicts.resize(work.batch.events.size()); };
    steps.tally = [&](Work& work) {
        for (const Event& event : work.batch.events) {
            if (see) see(event);
            add_up(event, event.attempts, sums);
        }
    };
    EXPECT_TRUE(run(input, steps));
    return sums;
}

class Recordings : public testing::TestWithParam<std::string> {};

/// Live, the lines come in the course of time, or all at once after a restart.
Sums counted_live(const std::string& file, bool catching_up) {
    Told told;
    LiveJoiner joiner([&](const LiveAttempt& attempt) { told.take(attempt); });
    replayed(file, false, [&](const Event& event) {
        const Time moment = catching_up ? start : event.time;
        joiner.push(event, Origin::log, moment);
    });
    joiner.finish();
    Sums sums;
    for (const auto& [number, event] : told.attempts) add_up(event, event.attempts, sums);
    return sums;
}

TEST_P(Recordings, LiveCountsWhatReplayCounts) {
    const Sums replay = replayed(GetParam(), true, {});
    EXPECT_EQ(counted_live(GetParam(), true), replay) << "catching up";
    EXPECT_EQ(counted_live(GetParam(), false), replay) << "as it was written";
}

/// What the clients did, as a door reports it: at once, without a session, and without Dovecot's failure
/// delay.
std::vector<Event> door_events(const std::string& file, EventBatch& batch) {
    std::string name = std::filesystem::path(file).filename().string();
    name = name.substr(0, std::min(name.find("-rfc3339"), name.find('.')));
    std::ifstream truth(std::filesystem::path(file).parent_path() / (name + ".truth.jsonl"));
    std::vector<Event> all;
    for (std::string row; std::getline(truth, row);) {
        const bool hostile = row.find("\"hostile\": true") != row.npos;
        row = std::regex_replace(row, std::regex(R"("session": \d+, )"), "");
        const bool undecided = row.find("\"internal\"") != row.npos;
        if (undecided) row = std::regex_replace(row, std::regex("\"internal\""), "\"failure\"");
        const auto event = parse_text(row, batch);
        if (!event || event->outcome == Outcome::abort) continue;
        all.push_back(*event);
        // Dovecot refuses such names, and a broken exchange, before it asks anybody.
        all.back().layer = hostile || event->account.empty() ? Layer::none : Layer::auth;
        if (undecided) all.back().reason = Reason::internal;
        if (event->outcome == Outcome::failure) all.back().time -= std::chrono::seconds(2);
    }
    std::ranges::sort(all, {}, &Event::time);
    return all;
}

/// With a door that sees every attempt, whatever the log tells again is not counted again.
TEST_P(Recordings, ADoorsAttemptsAreNotCountedAgain) {
    EventBatch batch;
    const std::vector<Event> doors = door_events(GetParam(), batch);
    Told told;
    LiveJoiner joiner([&](const LiveAttempt& attempt) { told.take(attempt); });
    std::size_t next = 0;
    Sums want;
    for (const Event& event : doors) add_up(event, event.reason == Reason::internal ? 0 : 1, want);
    const auto door_until = [&](Time time) {
        for (; next < doors.size() && doors[next].time <= time; ++next)
            if (doors[next].layer != Layer::none) joiner.push(doors[next], Origin::door, doors[next].time);
    };
    replayed(GetParam(), false, [&](const Event& event) {
        // The stamps of these logs have no fractions.
        door_until(event.time + std::chrono::seconds(1));
        joiner.push(event, Origin::log, event.time + std::chrono::seconds(1));
    });
    door_until(Time::max());
    joiner.finish();
    Sums got;
    for (const auto& [number, event] : told.attempts)
        if (event.reason != Reason::internal && event.reason != Reason::tls &&
            event.reason != Reason::protocol)
            add_up(event, event.attempts, got);
    for (const auto& [who, count] : got) want.try_emplace(who, 0);
    // One log calls a broken exchange a failure, another says what it was.
    for (const Event& event : doors)
        if (event.account.empty()) want.erase(event.address.text() + " failed");
    for (const auto& [who, count] : want) EXPECT_EQ(got[who], count) << who;
}

std::vector<std::string> recorded_logs() {
    std::vector<std::string> all;
    for (const auto& each : std::filesystem::recursive_directory_iterator(TIDEGATE_TEST_DATA "/logs"))
        if (each.path().extension() == ".log" && each.path().string().find("handmade") == std::string::npos)
            all.push_back(each.path().string());
    std::ranges::sort(all);
    return all;
}

INSTANTIATE_TEST_SUITE_P(All, Recordings, testing::ValuesIn(recorded_logs()), [](const auto& info) {
    std::string name = std::filesystem::path(info.param).parent_path().filename().string() + "_" +
                       std::filesystem::path(info.param).stem().string();
    for (char& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return name;
});

}  // namespace
}  // namespace tidegate::observe

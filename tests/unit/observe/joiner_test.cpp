#include "observe/joiner.h"

#include <gtest/gtest.h>

#include <random>

#include "event/text.h"
#include "pipeline_case.h"

namespace tidegate::observe {
namespace {

/// A line of a log, short enough for a table of cases.
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
    std::uint64_t guess = 0;
};

Event event_of(const Said& said, std::uint64_t line) {
    Event event;
    event.time = time_of_unix(1'700'000'000) + Duration(static_cast<std::int64_t>(said.second * 1e6));
    event.layer = said.layer;
    event.outcome = said.outcome;
    event.reason = said.outcome == Outcome::success ? Reason::none : said.reason;
    event.address = Address::parse(said.address).value_or(Address{});
    event.account = said.account;
    event.session = said.session;
    event.service = said.service;
    event.attempts = said.attempts;
    if (said.guess != 0) event.guess = said.guess;
    event.line = line;
    if (said.layer == Layer::front) event.method = "PLAIN";
    return event;
}

struct Joined {
    std::vector<std::uint32_t> attempts;  // by line
    std::vector<Reason> reasons;
    std::vector<Outcome> outcomes;
    std::vector<std::string> texts;
    std::vector<std::uint32_t> knock_attempts;
    std::vector<std::string> accounts;
    std::uint64_t joined = 0;
};

void take(const Item& item, Joined& into) {
    for (std::size_t i = 0; i < item.work.batch.events.size(); ++i) {
        const Event& event = item.work.batch.events[i];
        EXPECT_EQ(event.line, into.attempts.size() + 1) << "the order changed";
        into.attempts.push_back(event.attempts);
        into.reasons.push_back(event.reason);
        into.outcomes.push_back(event.outcome);
        into.accounts.emplace_back(event.account);
        into.knock_attempts.push_back(item.work.knocks[i].attempts);
        append_text(event, into.texts.emplace_back());
    }
}

Joined join_in_items(const std::vector<Said>& lines, std::size_t item_size, bool from_start = false) {
    Joined result;
    Joiner joiner(prepare_knocks, from_start);
    std::vector<ItemPtr> out;
    for (std::size_t at = 0; at < lines.size(); at += item_size) {
        auto item = std::make_unique<Item>();
        for (std::size_t i = at; i < std::min(lines.size(), at + item_size); ++i) {
            Event event = event_of(lines[i], i + 1);
            // Texts that end with their own item, so that a view kept too long shows under AddressSanitizer.
            event.account = item->work.batch.keep(event.account);
            event.session = item->work.batch.keep(event.session);
            item->work.batch.events.push_back(event);
        }
        prepare_knocks(item->work);
        item->survey();
        joiner.push(std::move(item), out);
        for (ItemPtr& done : out) take(*done, result);
        out.clear();
    }
    joiner.finish(out);
    for (ItemPtr& done : out) take(*done, result);
    result.joined = joiner.joined();
    return result;
}

Joined join(const std::vector<Said>& lines, bool from_start = false) {
    Joined result = join_in_items(lines, lines.size(), from_start);
    for (const std::size_t size : {1U, 2U, 3U, 7U}) {
        const Joined other = join_in_items(lines, size, from_start);
        EXPECT_EQ(other.texts, result.texts) << "cut into items of " << size;
        EXPECT_EQ(other.joined, result.joined);
    }
    EXPECT_EQ(result.attempts, result.knock_attempts);
    return result;
}

using Counts = std::vector<std::uint32_t>;
constexpr auto worker = Layer::worker;
constexpr auto success = Outcome::success;
constexpr auto unknown = Reason::unknown_account;

TEST(Joiner, LinesOfOneLayerStayApart) {
    EXPECT_EQ(join({{.session = "s"}, {.session = "s"}, {.second = 1}}).attempts, (Counts{1, 1, 1}));
    EXPECT_EQ(join({{.layer = worker, .session = "s"}, {.layer = worker, .session = "s"}}).attempts,
              (Counts{1, 1}));
}

TEST(Joiner, TheWorkerSaysWhyAndTheFrontHow) {
    const Joined got = join({{.layer = worker, .reason = unknown, .session = "s", .guess = 0x21bd},
                             {.second = 2, .session = "s"}});
    EXPECT_EQ(got.attempts, (Counts{0, 1}));
    EXPECT_EQ(got.reasons[1], unknown);
    EXPECT_NE(got.texts[1].find("21bd"), std::string::npos) << got.texts[1];
    EXPECT_NE(got.texts[1].find("PLAIN"), std::string::npos);
    EXPECT_EQ(got.joined, 1U);
}

TEST(Joiner, OtherSessionsStayApart) {
    EXPECT_EQ(join({{.layer = worker, .session = "s"}, {.second = 1, .session = "t"}}).attempts,
              (Counts{1, 1}));
}

TEST(Joiner, WithoutASessionAddressAndAccountWithinThreeSeconds) {
    EXPECT_EQ(join({{.layer = worker}, {.second = 3}}).attempts, (Counts{0, 1}));
    EXPECT_EQ(join({{.layer = worker}, {.second = 3.5}}).attempts, (Counts{1, 1}));
    EXPECT_EQ(join({{.layer = worker}, {.second = 1, .account = "eve"}}).attempts, (Counts{1, 1}));
    EXPECT_EQ(join({{.layer = worker}, {.second = 1, .address = "192.0.2.6"}}).attempts, (Counts{1, 1}));
    EXPECT_EQ(join({{.layer = worker, .session = "s"}, {.second = 1}}).attempts, (Counts{0, 1}));
}

TEST(Joiner, AccountsMayDifferInCaseAndRealm) {
    EXPECT_EQ(join({{.layer = worker}, {.account = "Bob"}}).attempts, (Counts{0, 1}));
    EXPECT_EQ(join({{.layer = worker}, {.account = "BOB@example.com"}}).attempts, (Counts{0, 1}));
    EXPECT_EQ(join({{.layer = worker}, {.account = "bob@example.net"}}).attempts, (Counts{1, 1}));
}

TEST(Joiner, PostfixOfOldNamesNoAccount) {
    const Joined got = join({{.layer = worker, .service = Service::unknown},
                             {.second = 2, .account = "", .service = Service::smtp}});
    EXPECT_EQ(got.attempts, (Counts{0, 1}));
    EXPECT_EQ(got.accounts[1], "bob@example.com");
    // Two clients behind one address: in order.
    const Joined two = join({{.layer = worker, .account = "a", .service = Service::smtp},
                             {.second = 1, .layer = worker, .account = "b", .service = Service::smtp},
                             {.second = 2, .account = "", .service = Service::submission},
                             {.second = 3, .account = "", .service = Service::submission}});
    EXPECT_EQ(two.attempts, (Counts{0, 0, 1, 1}));
    EXPECT_EQ(two.accounts[2], "a");
    EXPECT_EQ(two.accounts[3], "b");
}

TEST(Joiner, PamAndSaslauthdNameNoAddress) {
    EXPECT_EQ(
        join({{.layer = Layer::pam, .address = "", .service = Service::unknown}, {.second = 2}}).attempts,
        (Counts{0, 1}));
    EXPECT_EQ(join({{.layer = Layer::pam, .address = ""}, {.second = 2, .account = ""}}).attempts,
              (Counts{1, 1}));
}

TEST(Joiner, ThreeLayersAreOneAttempt) {
    EXPECT_EQ(join({{.layer = Layer::pam, .address = "", .service = Service::unknown},
                    {.second = 2, .layer = worker, .session = "s"},
                    {.second = 2, .layer = Layer::auth, .session = "s"},
                    {.second = 4, .session = "s"}})
                  .attempts,
              (Counts{0, 0, 0, 1}));
}

TEST(Joiner, ServicesThatCannotBeOneStayApart) {
    EXPECT_EQ(join({{.layer = worker, .service = Service::pop3}, {.second = 1}}).attempts, (Counts{1, 1}));
}

TEST(Joiner, NAttemptsAndKLinesAreTheLargerOfBoth) {
    // All within reach: the last line joins, the others stand for themselves.
    EXPECT_EQ(join({{.layer = worker, .session = "s"},
                    {.second = 2, .layer = worker, .session = "s"},
                    {.second = 4, .session = "s", .attempts = 2}})
                  .attempts,
              (Counts{1, 0, 1}));
    EXPECT_EQ(
        join({{.layer = worker, .session = "s"}, {.second = 1, .session = "s", .attempts = 3}}).attempts,
        (Counts{0, 3}));
    EXPECT_EQ(join({{.layer = worker, .session = "s"},
                    {.second = 2, .layer = worker, .session = "s"},
                    {.second = 2.5, .session = "s", .attempts = 1}})
                  .attempts,
              (Counts{1, 0, 1}));
}

TEST(Joiner, ASessionIsRememberedForTenMinutes) {
    EXPECT_EQ(join({{.layer = worker, .session = "s"},
                    {.second = 10, .layer = worker, .session = "s"},
                    {.second = 300, .account = "other", .session = "t"},
                    {.second = 610, .session = "s", .attempts = 2}})
                  .attempts,
              (Counts{1, 1, 1, 0}));
    EXPECT_EQ(
        join({{.layer = worker, .session = "s"}, {.second = 178, .session = "s", .attempts = 3}}).attempts,
        (Counts{1, 2}));
}

TEST(Joiner, AFailureJustBeforeItsSuccessIsPartOfIt) {
    const Joined got = join({{.layer = worker, .reason = unknown, .session = "s", .guess = 5},
                             {.second = 1, .outcome = success, .session = "s"}});
    EXPECT_EQ(got.attempts, (Counts{0, 1}));
    EXPECT_EQ(got.reasons[1], Reason::none);
    EXPECT_EQ(got.texts[1].find("guess"), std::string::npos) << "a success has no wrong password";
}

TEST(Joiner, AMistypedPasswordBeforeASuccessIsAnAttempt) {
    EXPECT_EQ(
        join({{.layer = worker, .session = "s"}, {.second = 2, .outcome = success, .session = "s"}}).attempts,
        (Counts{1, 1}));
    EXPECT_EQ(join({{.layer = worker}, {.second = 2, .outcome = success}}).attempts, (Counts{1, 1}));
}

TEST(Joiner, SomebodyElsesSuccessHidesNoFailure) {
    EXPECT_EQ(
        join({{.layer = worker, .account = "victim"}, {.outcome = success, .account = "mallory"}}).attempts,
        (Counts{1, 1}));
    EXPECT_EQ(join({{.layer = worker, .account = "victim"}, {.outcome = success, .account = ""}}).attempts,
              (Counts{1, 1}));
}

TEST(Joiner, ALateInnerLineJoinsWithinTheSecond) {
    const std::vector<Said> lines{{.layer = worker, .account = "x"},  // switches the machinery on
                                  {.second = 10, .session = "s"},
                                  {.second = 10, .layer = worker, .reason = unknown, .session = "s"}};
    const Joined got = join(lines);
    EXPECT_EQ(got.attempts, (Counts{1, 1, 0}));
    EXPECT_EQ(got.reasons[1], unknown);
    EXPECT_EQ(join({lines[1], lines[2]}, true).attempts, (Counts{1, 0})) << "on from the start";
}

TEST(Joiner, AWebmailsOwnLogInIsTheWebmailsAttempt) {
    const Joined got = join({{.layer = worker, .address = "127.0.0.1", .session = "s"},
                             {.second = 2, .address = "127.0.0.1", .session = "s"},
                             {.second = 2, .layer = Layer::webmail, .service = Service::webmail}});
    EXPECT_EQ(got.attempts, (Counts{0, 0, 1}));
    EXPECT_EQ(
        join({{.address = "192.0.2.99"}, {.layer = Layer::webmail, .service = Service::webmail}}).attempts,
        (Counts{1, 1}));
}

TEST(Joiner, AnAbortedConnectionWhoseAttemptFailedIsAFailure) {
    const Joined got =
        join({{.layer = worker}, {.second = 1, .outcome = Outcome::abort, .reason = Reason::other}});
    EXPECT_EQ(got.attempts, (Counts{0, 1}));
    EXPECT_EQ(got.outcomes[1], Outcome::failure);
    EXPECT_EQ(got.reasons[1], Reason::bad_password);
}

TEST(Joiner, LinesWithoutALayerAreLeftAlone) {
    EXPECT_EQ(join({{.layer = worker}, {.layer = Layer::none}}).attempts, (Counts{1, 1}));
}

TEST(Joiner, PassesItemsAtOnceWhereOneLayerSpeaks) {
    Joiner joiner(prepare_knocks, false);
    std::vector<ItemPtr> out;
    auto item = std::make_unique<Item>();
    item->work.batch.events.push_back(event_of({}, 1));
    item->survey();
    joiner.push(std::move(item), out);
    EXPECT_EQ(out.size(), 1U);
}

TEST(Joiner, MemoryIsBoundedWhereTimeStandsStill) {
    Joiner joiner(prepare_knocks, false);
    std::vector<ItemPtr> out;
    std::size_t held = 0;
    std::size_t most = 0;
    for (int i = 0; i < 400; ++i) {
        auto item = std::make_unique<Item>();
        for (int k = 0; k < 1000; ++k) item->work.batch.events.push_back(event_of({.layer = worker}, 1));
        prepare_knocks(item->work);
        item->survey();
        joiner.push(std::move(item), out);
        held += 1;
        held -= out.size();
        out.clear();
        most = std::max(most, held);
    }
    EXPECT_LT(most, 70U);
    EXPECT_GT(most, 10U);
}

TEST(Joiner, NothingIsLostOrMadeWhateverComes) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        const std::array<std::string_view, 4> sessions{"", "", "s", "t"};
        const std::array<std::string_view, 3> accounts{"", "a", "b@example.com"};
        const std::array<std::string_view, 3> addresses{"", "192.0.2.1", "127.0.0.1"};
        std::vector<Said> lines(60);
        double second = 0;
        for (Said& said : lines) {
            second += random() % 3 == 0 ? 0.7 : 0;
            said.second = second - (random() % 20 == 0 ? 100 : 0);
            said.layer = static_cast<Layer>(random() % 7);
            said.outcome = static_cast<Outcome>(1 + random() % 3);
            said.session = sessions[random() % 4];
            said.account = accounts[random() % 3];
            said.address = addresses[random() % 3];
            said.attempts = static_cast<std::uint32_t>(1 + random() % 3);
        }
        const Joined got = join(lines, seed % 2 == 0);
        ASSERT_EQ(got.attempts.size(), lines.size());
        std::uint64_t away = 0;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            EXPECT_LE(got.attempts[i], lines[i].attempts);
            away += got.attempts[i] == 0;
        }
        EXPECT_EQ(away, got.joined);
    }
}

}  // namespace
}  // namespace tidegate::observe

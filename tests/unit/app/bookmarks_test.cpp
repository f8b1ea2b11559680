#include "app/serve/bookmarks.h"

#include <gtest/gtest.h>

#include "app/serve/checkpoint.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;

constexpr Time noon = time_of_unix(1'785'931'200);

bool idle() {
    return true;
}
bool busy() {
    return false;
}

TEST(Bookmark, IsReadAsItWasWritten) {
    const Bookmark logs{{{"/var/log/\"mail\".log", "file1 7:8"}, {"journal", ""}}, 42};
    EXPECT_EQ(Bookmark::parse(logs.text(), 42), logs);
    for (const std::string_view text : {"", "[]", "{\"a\":7}", "{\"a\""})
        EXPECT_EQ(Bookmark::parse(text, 42), (Bookmark{{}, 42})) << text;
}

TEST(Bookmarks, APositionIsGoodOnceNothingWaits) {
    Bookmarks logs({}, 4s);
    logs.read("a", "1", noon, 10);
    logs.tick(noon, busy);
    EXPECT_FALSE(logs.news());
    EXPECT_EQ(logs.good(), Bookmark{});
    logs.tick(noon + 1s, idle);
    EXPECT_EQ(logs.news(), (Bookmark{{{"a", "1"}}, 10}));
    EXPECT_FALSE(logs.news());
    logs.tick(noon + 2s, idle);
    EXPECT_FALSE(logs.news());
}

TEST(Bookmarks, WhereSomethingAlwaysWaitsAPositionIsGoodOnceItIsOldEnough) {
    Bookmarks logs({}, 4s);
    logs.read("a", "1", noon, 10);
    logs.tick(noon, busy);
    logs.read("a", "2", noon + 3s, 20);
    logs.read("b", "9", noon + 3s, 30);
    logs.tick(noon + 4s, busy);
    EXPECT_FALSE(logs.news());
    logs.tick(noon + 5s, busy);
    EXPECT_EQ(logs.news(), (Bookmark{{{"a", "1"}}, 10}));
    logs.tick(noon + 7s, busy);
    EXPECT_FALSE(logs.news());
    logs.tick(noon + 8s, busy);
    EXPECT_EQ(logs.news(), (Bookmark{{{"a", "2"}, {"b", "9"}}, 30}));
}

TEST(Bookmarks, SourcesThatSayNothingStayWhereTheyWere) {
    Bookmarks logs({{{"quiet", "5"}}, 3}, 4s);
    logs.read("a", "1", noon, 10);
    logs.tick(noon, idle);
    EXPECT_EQ(logs.good(), (Bookmark{{{"quiet", "5"}, {"a", "1"}}, 10}));
}

std::string checkpoint_of(std::string_view judge, const Bookmark& logs) {
    CheckpointBytes gathered;
    gathered.judge() += judge;
    Incident incident;
    incident.id = "2026-08-05-1";
    incident.opened = incident.began = noon;
    incident.title = "log-ins by IMAP";
    incident.timeline.push_back({.time = noon, .who = "Tidegate", .text = "seen"});
    incident.targets.push_back({.account = {.name = "bob@example.org", .pseudonym = "account 3f2a91"}});
    return std::move(gathered).finish(noon, "detection", logs, {incident});
}

TEST(AppCheckpoint, IsReadAsItWasWritten) {
    const Bookmark logs{{{"a", "b"}}, 7};
    const std::string_view judge("a\0b", 3);
    const std::string bytes = checkpoint_of(judge, logs);
    const auto read = checkpoint_in(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->time, noon);
    EXPECT_EQ(read->judge, judge);
    EXPECT_EQ(read->detection, "detection");
    EXPECT_EQ(read->logs, logs);
    ASSERT_EQ(read->incidents.size(), 1U);
    EXPECT_EQ(read->incidents[0].id, "2026-08-05-1");
    EXPECT_EQ(read->incidents[0].timeline.at(0).text, "seen");
    EXPECT_TRUE(read->unread.empty());
    EXPECT_EQ(bytes.find("bob@example.org"), std::string::npos) << "nobody's name is kept";
}

TEST(AppCheckpoint, TheVersionBeforeHadNoIncidentsAndIsRead) {
    CheckpointBytes gathered;
    gathered.judge() += "judge";
    std::string bytes = std::move(gathered).finish(noon, "detection", {{{"a", "b"}}, 7}, {});
    bytes.resize(bytes.size() - sizeof(std::uint64_t));  // their number
    bytes[bytes.find("state 3") + 6] = '2';
    const auto read = checkpoint_in(bytes);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->judge, "judge");
    EXPECT_TRUE(read->incidents.empty());
}

TEST(AppCheckpoint, ARecordThatCannotBeReadCostsNothingElse) {
    std::string bytes = checkpoint_of("judge", {{{"a", "b"}}, 7});
    bytes[bytes.find("\"timeline\"") + 1] = 'T';
    const auto read = checkpoint_in(bytes);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->judge, "judge");
    EXPECT_EQ(read->incidents.size() + read->unread.size(), 1U);
}

TEST(AppCheckpoint, CutShortIsAnErrorAndNoCrash) {
    const std::string bytes = checkpoint_of("judge", {{{"a", "b"}}, 7});
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        EXPECT_FALSE(checkpoint_in(bytes.substr(0, i))) << i;
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x40);
        static_cast<void>(checkpoint_in(damaged));
    }
    EXPECT_FALSE(checkpoint_in(bytes + "x"));
}

}  // namespace
}  // namespace tidegate::app

#include "keep/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kept.h"

namespace tidegate::keep {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Connection> empty_database(const Folder& folder) {
    put_bytes(folder / "journal.sqlite", "");
    auto connection = Connection::open(folder / "journal.sqlite", Connection::Mode::write);
    EXPECT_TRUE(connection);
    return std::move(*connection);
}

std::string words_said() {
    return text_of(Note{.who = "ada", .about = "1970-01-01-1", .text = "we look at it"});
}

TEST(JournalSchema, StepsAreTakenFromWhereTheDatabaseIs) {
    const Folder folder;
    const auto connection = empty_database(folder);
    const std::vector<const char*> steps{"CREATE TABLE a (x); INSERT INTO a VALUES (1)",
                                         "ALTER TABLE a ADD COLUMN y DEFAULT 7", "UPDATE a SET y = y + x"};
    expect_done(upgrade(*connection, std::span(steps).first(1)));
    EXPECT_EQ(connection->number("PRAGMA user_version"), 1);
    expect_done(upgrade(*connection, steps));
    EXPECT_EQ(connection->number("PRAGMA user_version"), 3);
    EXPECT_EQ(connection->number("SELECT y FROM a"), 8);
    expect_done(upgrade(*connection, steps));
    EXPECT_EQ(connection->number("SELECT y FROM a"), 8);
}

TEST(JournalSchema, AStepThatFailsLeavesNothing) {
    const Folder folder;
    const auto connection = empty_database(folder);
    const std::vector<const char*> steps{"CREATE TABLE a (x)",
                                         "INSERT INTO a VALUES (1); INSERT INTO none VALUES (2)"};
    EXPECT_FALSE(upgrade(*connection, steps));
    EXPECT_EQ(connection->number("PRAGMA user_version"), 1);
    EXPECT_EQ(connection->number("SELECT count(*) FROM a"), 0);
}

TEST(JournalSchema, ALaterOneIsRefused) {
    const Folder folder;
    Hand hand;
    open_journal(folder.path(), hand).reset();
    sql(folder.path(), "PRAGMA user_version = 1000");
    for (const std::string& text : {Journal::open(folder.path(), options_with(hand)).error().text(),
                                    Reader::open(folder.path()).error().text()})
        EXPECT_THAT(text, HasSubstr("has schema version 1000, this Tidegate knows " +
                                    std::to_string(schema_version()) + " (use the Tidegate that wrote it"));
}

// version_N.sql was written by the last Tidegate of that version; this one opens them all.
TEST(JournalSchema, EveryVersionIsOpened) {
    std::vector<Seen> known{{1, EntryKind::event, "bob@example.org", time_of_unix(100), 0},
                            {2, EntryKind::tick, "", time_of_unix(160), 0},
                            {3, EntryKind::posture, "", time_of_unix(161), -900},
                            {4, EntryKind::event, "alice@example.org", time_of_unix(170), 0}};
    for (std::int64_t version = 1; version <= schema_version(); ++version) {
        SCOPED_TRACE(version);
        if (version == 2) known.push_back({5, EntryKind::words, words_said(), time_of_unix(171), 0});
        const Folder folder;
        {
            const auto connection = empty_database(folder);
            expect_done(connection->execute(bytes_of(TIDEGATE_SOURCE_DIR "/tests/unit/keep/version_" +
                                                     std::to_string(version) + ".sql")));
            put_bytes(folder / "checkpoint-2-1700000000000000", "what was known");
        }
        std::vector<Seen> wanted = known;
        wanted.push_back({known.size() + 1, EntryKind::event, "new", time_of_unix(9), 0});
        Hand hand;
        {
            const auto journal = open_journal(folder.path(), hand);
            ASSERT_TRUE(journal);
            EXPECT_EQ(append(*journal, failure_of("new", 9)), wanted.size());
        }
        EXPECT_EQ(sql(folder.path(), "PRAGMA user_version"), schema_version());
        std::vector<Seen> seen;
        const Reading reading = read_all(folder.path(), seen);
        EXPECT_TRUE(reading.damaged.empty());
        EXPECT_EQ(seen, wanted);
        auto reader = Reader::open(folder.path());
        EXPECT_EQ(reader->exemptions()->at(0).subject, "192.0.2.0/24");
        EXPECT_EQ(reader->deeds({})->at(0).action, "allow");
        const auto checkpoint = reader->latest_checkpoint();
        EXPECT_EQ(checkpoint->sequence, 2U);
        EXPECT_EQ(checkpoint->file.bytes(), "what was known");
    }
}

// Makes such a file of what this version writes: set TIDEGATE_WRITE_FIXTURE to a folder, then
// `sqlite3 FOLDER/journal.sqlite .dump` and the two pragmas.
TEST(JournalSchema, TheFixtureCanBeMadeAgain) {
    const Folder own;
    const char* wanted = std::getenv("TIDEGATE_WRITE_FIXTURE");
    const std::string folder = wanted == nullptr ? own.path() : wanted;
    Hand hand;
    const auto journal = open_journal(folder, hand);
    append(*journal, failure_of("bob@example.org", 100));
    journal->append({.kind = EntryKind::tick, .time = time_of_unix(160)});
    expect_done(journal->save_checkpoint(2, "what was known"));
    journal->append({.kind = EntryKind::posture, .time = time_of_unix(161), .value = -900});
    append(*journal, failure_of("alice@example.org", 170));
    const std::string said = words_said();
    journal->append({.kind = EntryKind::words, .time = time_of_unix(171), .text = said});
    ASSERT_TRUE(journal->add_exemption(
        {.kind = SubjectKind::network, .subject = "192.0.2.0/24", .author = "op", .created = hand.now()}));
    EXPECT_EQ(Reader::open(folder)->latest_checkpoint()->sequence, 2U);
}

}  // namespace
}  // namespace tidegate::keep

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "kept.h"

namespace tidegate::keep {
namespace {

using ::testing::HasSubstr;

TEST(JournalBackup, WhileEntriesComeIn) {
    const Folder folder, copies;
    Hand hand;
    const std::string copy = copies / "backup";
    std::uint64_t before = 0;
    {
        const auto journal = open_journal(folder.path(), hand);
        for (int i = 0; i < 20'000; ++i) append(*journal, failure_of("a", i));
        expect_done(journal->save_checkpoint(12'345, std::string(1'000'000, 'c')));
        ASSERT_TRUE(journal->record({.author = "op", .action = "mode"}));
        before = journal->standing().last;
        std::atomic<bool> done = false;
        std::thread appender([&] {
            while (!done) append(*journal, failure_of("later", 1));
        });
        for (int round = 0; round < 3; ++round) expect_done(journal->backup(copy));
        done = true;
        appender.join();
    }
    for (const auto& file : std::filesystem::directory_iterator(copy))
        EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600)) << file.path();

    // Restored: the files put back are a journal like any other.
    const auto journal = open_journal(copy, hand);
    EXPECT_GT(append(*journal, failure_of("restored", 1)), before);
    expect_done(journal->flush());
    std::vector<Seen> seen;
    const Reading reading = read_all(copy, seen);
    EXPECT_EQ(reading.missing, 0U);
    EXPECT_TRUE(reading.damaged.empty());
    expect_whole(seen, 1);
    EXPECT_GT(seen.size(), before);
    auto reader = Reader::open(copy);
    EXPECT_EQ(reader->deeds({})->size(), 1U);
    const auto checkpoint = reader->latest_checkpoint();
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(checkpoint->sequence, 12'345U);
    EXPECT_EQ(checkpoint->file.bytes(), std::string(1'000'000, 'c'));
}

TEST(JournalBackup, ASecondOneReplacesTheFirst) {
    const Folder folder, copy;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    for (int i = 1; i <= 4; ++i) {
        append(*journal, failure_of("a", i));
        hand.move(std::chrono::seconds(1));
        expect_done(journal->save_checkpoint(static_cast<std::uint64_t>(i), std::to_string(i)));
        expect_done(journal->backup(copy.path()));
    }
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator(copy.path()))
        files += file.path().filename().string().starts_with("checkpoint-") ? 1 : 0;
    EXPECT_EQ(files, 1U);
    EXPECT_EQ(Reader::open(copy.path())->latest_checkpoint()->file.bytes(), "4");
}

TEST(JournalBackup, NeverIntoAJournalThatIsOpen) {
    const Folder folder, other;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    append(*journal, failure_of("a", 1));
    const auto into_itself = journal->backup(folder.path());
    ASSERT_FALSE(into_itself);
    EXPECT_THAT(into_itself.error().text(), HasSubstr("another Tidegate has this journal open"));
    put_bytes(other / "journal.sqlite-wal", "not closed");
    const auto into_other = journal->backup(other.path());
    ASSERT_FALSE(into_other);
    EXPECT_THAT(into_other.error().text(), HasSubstr("back up into another folder"));
    EXPECT_FALSE(journal->backup("/proc/none"));
}

TEST(JournalBackup, HasNothingThatWasForgotten) {
    const Folder folder, copy;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    append(*journal, failure_of("Zaphod", 1));
    expect_done(journal->backup(copy.path()));
    ASSERT_TRUE(journal->forget([](std::string_view account) { return account == "Zaphod"; }, "op"));
    std::vector<Seen> seen;
    read_all(copy.path(), seen);
    ASSERT_EQ(seen.at(0).account, "Zaphod");
    expect_done(journal->backup(copy.path()));
    seen.clear();
    read_all(copy.path(), seen);
    EXPECT_EQ(seen.at(0).account, "");
    EXPECT_EQ(bytes_of(copy / "journal.sqlite").find("Zaphod"), std::string::npos);
}

}  // namespace
}  // namespace tidegate::keep

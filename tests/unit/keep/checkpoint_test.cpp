#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kept.h"

namespace tidegate::keep {
namespace {

using ::testing::HasSubstr;

std::size_t files_like(const Folder& folder, const std::string& prefix) {
    std::size_t count = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder.path()))
        count += file.path().filename().string().starts_with(prefix) ? 1 : 0;
    return count;
}

Checkpoint latest(const Folder& folder) {
    auto reader = Reader::open(folder.path());
    EXPECT_TRUE(reader);
    auto checkpoint = reader->latest_checkpoint();
    EXPECT_TRUE(checkpoint);
    return std::move(*checkpoint);
}

/// Checkpoints "1", "2" ... of as many entries.
void save_some(const Folder& folder, int count) {
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    for (int i = 1; i <= count; ++i) {
        const std::uint64_t sequence = append(*journal, failure_of("a", i));
        expect_done(journal->save_checkpoint(sequence, std::string(100'000, static_cast<char>('0' + i))));
        hand.move(std::chrono::seconds(1));
    }
}

TEST(JournalCheckpoint, TheLatestComesBack) {
    const Folder folder;
    save_some(folder, 5);
    const Checkpoint checkpoint = latest(folder);
    EXPECT_EQ(checkpoint.sequence, 5U);
    EXPECT_EQ(checkpoint.file.bytes(), std::string(100'000, '5'));
    EXPECT_EQ(checkpoint.written, time_of_unix(1'700'000'004));
    EXPECT_TRUE(checkpoint.damaged.empty());
    EXPECT_EQ(files_like(folder, "checkpoint-"), 2U);
}

TEST(JournalCheckpoint, ThereMayBeNone) {
    const Folder folder;
    save_some(folder, 0);
    EXPECT_EQ(latest(folder).sequence, 0U);
    EXPECT_EQ(latest(folder).path, "");
}

TEST(JournalCheckpoint, ADamagedOneFallsBackToTheOneBefore) {
    const std::function<void(const std::string&)> damages[] = {
        [](const std::string& path) { std::filesystem::remove(path); },
        [](const std::string& path) { std::filesystem::resize_file(path, 99'999); },
        [](const std::string& path) { put_bytes(path, std::string(99'999, '3') + "4"); },
        [](const std::string& path) { put_bytes(path, ""); },
    };
    for (const auto& damage : damages) {
        const Folder folder;
        save_some(folder, 3);
        damage(latest(folder).path);
        const Checkpoint checkpoint = latest(folder);
        EXPECT_EQ(checkpoint.sequence, 2U);
        EXPECT_EQ(checkpoint.file.bytes(), std::string(100'000, '2'));
        ASSERT_EQ(checkpoint.damaged.size(), 1U);
        EXPECT_THAT(checkpoint.damaged[0].text(), HasSubstr("checkpoint-3-"));
        damage(checkpoint.path);
        const Checkpoint none = latest(folder);
        EXPECT_EQ(none.sequence, 0U);
        EXPECT_EQ(none.damaged.size(), 2U);
        EXPECT_EQ(none.file.bytes(), "");
    }
}

TEST(JournalCheckpoint, WhatACrashLeftIsTidiedUp) {
    const Folder folder;
    save_some(folder, 1);
    put_bytes(folder / "checkpoint-7-1.new", "half");
    put_bytes(folder / "checkpoint-7-1", "without a row");
    save_some(folder, 0);
    EXPECT_EQ(files_like(folder, "checkpoint-"), 1U);
    EXPECT_EQ(latest(folder).sequence, 1U);
}

TEST(JournalCheckpoint, TwoAtOneSequenceAreTwo) {
    const Folder folder;
    Hand hand;
    {
        const auto journal = open_journal(folder.path(), hand);
        expect_done(journal->save_checkpoint(0, "one"));
        hand.move(Duration(1));
        expect_done(journal->save_checkpoint(0, "two"));
    }
    EXPECT_EQ(latest(folder).file.bytes(), "two");
    std::filesystem::remove(latest(folder).path);
    EXPECT_EQ(latest(folder).file.bytes(), "one");
}

TEST(JournalCheckpoint, TheTailBehindItIsRead) {
    const Folder folder;
    save_some(folder, 2);
    Hand hand;
    {
        const auto journal = open_journal(folder.path(), hand);
        for (int i = 0; i < 7; ++i) append(*journal, failure_of("tail", i));
    }
    std::vector<Seen> seen;
    read_all(folder.path(), seen, latest(folder).sequence + 1);
    EXPECT_EQ(seen.size(), 7U);
    expect_whole(seen, 3);
}

}  // namespace
}  // namespace tidegate::keep

#include <gtest/gtest.h>

#include <random>

#include "kept.h"

namespace tidegate::keep {
namespace {

constexpr std::uint64_t mebi = 1 << 20;

// Nothing that zstd could make small.
void append_noise(Journal& journal, std::mt19937_64& random, int entries) {
    for (int i = 0; i < entries; ++i) {
        std::string account(200, '\0');
        for (char& c : account) c = static_cast<char>(random());
        append(journal, failure_of(account, i));
    }
}

std::uint64_t size_on_disk(const Folder& folder) {
    return size_of_file(folder / "journal.sqlite") + size_of_file(folder / "journal.sqlite-wal");
}

/// The writer prunes behind a commit; a task comes after it.
void settle(Journal& journal) {
    for (int i = 0; i < 3; ++i) expect_done(journal.flush());
}

TEST(JournalBounds, SizeHoldsAndTheOldestGoFirst) {
    const Folder folder;
    Hand hand;
    WriterOptions options = options_with(hand);
    options.bounds.most_bytes = 16 * mebi;
    const auto journal = open_journal(folder.path(), options);
    std::mt19937_64 random(1);
    for (int round = 0; round < 30; ++round) {
        append_noise(*journal, random, 8000);
        settle(*journal);
        EXPECT_LE(size_on_disk(folder), 16 * mebi) << round;
    }
    EXPECT_GT(size_on_disk(folder), 10 * mebi);
    EXPECT_LE(journal->standing().size_bytes, 16 * mebi);
    std::vector<Seen> seen;
    const Reading reading = read_all(folder.path(), seen);
    EXPECT_EQ(reading.last, 240'000U);
    EXPECT_GT(reading.first, 150'000U);
    EXPECT_EQ(reading.missing, 0U);
    expect_whole(seen, reading.first);
}

TEST(JournalBounds, SpaceIsGivenBackWhenTheBoundIsLowered) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    std::mt19937_64 random(1);
    append_noise(*journal, random, 100'000);
    expect_done(journal->flush());
    EXPECT_GT(size_on_disk(folder), 18 * mebi);
    Bounds lower;
    lower.most_bytes = 2 * mebi;
    journal->set_bounds(lower);
    hand.move(std::chrono::minutes(2));
    for (int i = 0; i < 20; ++i) expect_done(journal->flush());
    expect_done(journal->close());
    EXPECT_LE(size_on_disk(folder), 2 * mebi);
}

TEST(JournalBounds, WhatIsTooOldGoes) {
    const Folder folder;
    Hand hand;
    WriterOptions options = options_with(hand);
    options.bounds.most_age = std::chrono::hours(24 * 7);
    const auto journal = open_journal(folder.path(), options);
    for (int day = 0; day < 10; ++day) {
        // As old as it likes by its own time: what counts is when it came.
        for (int i = 0; i < 8192; ++i) append(*journal, failure_of("a", day * 1000));
        settle(*journal);
        hand.move(std::chrono::hours(24));
    }
    settle(*journal);
    std::vector<Seen> seen;
    const Reading reading = read_all(folder.path(), seen);
    EXPECT_EQ(reading.first, 2 * 8192U + 1 + 8192U);
    EXPECT_EQ(reading.last, 10 * 8192U);
}

TEST(JournalBounds, TheSequenceGoesOnWhenAllIsGone) {
    const Folder folder;
    Hand hand;
    {
        const auto journal = open_journal(folder.path(), hand);
        append(*journal, failure_of("a", 1));
        append(*journal, failure_of("a", 1));
    }
    hand.move(std::chrono::hours(24 * 400));
    {
        const auto journal = open_journal(folder.path(), hand);
        settle(*journal);
        std::vector<Seen> seen;
        EXPECT_EQ(read_all(folder.path(), seen).entries, 0U);
    }
    const auto journal = open_journal(folder.path(), hand);
    EXPECT_EQ(append(*journal, failure_of("a", 1)), 3U);
}

}  // namespace
}  // namespace tidegate::keep

#include "keep/journal.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kept.h"

namespace tidegate::keep {
namespace {

using ::testing::HasSubstr;

TEST(Journal, GivesBackWhatWasAppendedInOrder) {
    const Folder folder;
    Hand hand;
    std::vector<Seen> written;
    {
        const auto journal = open_journal(folder.path(), hand);
        for (std::uint64_t i = 1; i <= 20'000; ++i) {
            const std::string account = "user" + std::to_string(i % 97);
            const auto seconds = static_cast<std::int64_t>(i);
            if (i % 100 == 0) {
                const Entry tick{.kind = EntryKind::tick, .time = time_of_unix(seconds)};
                EXPECT_EQ(journal->append(tick), i);
                written.push_back({i, EntryKind::tick, "", time_of_unix(seconds), 0});
            } else {
                EXPECT_EQ(append(*journal, failure_of(account, seconds)), i);
                written.push_back({i, EntryKind::event, account, time_of_unix(seconds), 0});
            }
            if (i % 777 == 0) expect_done(journal->flush());
        }
        expect_done(journal->flush());
        EXPECT_EQ(journal->standing().written, 20'000U);
        EXPECT_EQ(journal->standing().waiting_bytes, 0U);
    }
    std::vector<Seen> seen;
    const Reading reading = read_all(folder.path(), seen);
    EXPECT_EQ(seen, written);
    EXPECT_EQ(reading.first, 1U);
    EXPECT_EQ(reading.last, 20'000U);
    EXPECT_EQ(reading.missing, 0U);
    EXPECT_TRUE(reading.damaged.empty());
    EXPECT_LT(sql(folder.path(), "SELECT count(*) FROM batches"), 30);
}

TEST(Journal, KeepsTheAnswers) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    const Event event = failure_of("bob", 5);
    journal->append({.event = &event, .answered = Measure::slow, .sum = Decibans::of(7.25)});
    journal->append({.kind = EntryKind::vouch, .event = &event});
    journal->append({.event = &event, .suspected_takeover = true, .sum = Decibans::of(-3)});
    journal->append({.kind = EntryKind::posture, .time = time_of_unix(6), .value = -1200});
    expect_done(journal->flush());
    std::vector<std::string> told;
    auto reader = journal->read();
    ASSERT_TRUE(reader);
    ASSERT_TRUE(reader->read(0, [&](std::uint64_t, const Entry& entry) {
        told.push_back(std::to_string(static_cast<int>(entry.kind)) + " " +
                       std::to_string(static_cast<int>(entry.answered)) + " " +
                       std::to_string(entry.sum.in_hundredths()) + " " +
                       std::to_string(entry.suspected_takeover) + " " + std::to_string(entry.value));
        return true;
    }));
    EXPECT_THAT(told, ::testing::ElementsAre("1 1 725 0 0", "2 0 0 0 0", "1 0 -300 1 0", "5 0 0 0 -1200"));
}

TEST(Journal, GoesOnWhereItEnded) {
    const Folder folder;
    Hand hand;
    for (std::uint64_t round = 0; round < 5; ++round) {
        const auto journal = open_journal(folder.path(), hand);
        for (std::uint64_t i = 1; i <= 10; ++i)
            EXPECT_EQ(append(*journal, failure_of("a", 1)), round * 10 + i);
        expect_done(journal->close());
        EXPECT_EQ(append(*journal, failure_of("late", 1)), 0U);
        EXPECT_FALSE(journal->flush());
    }
    std::vector<Seen> seen;
    read_all(folder.path(), seen);
    EXPECT_EQ(seen.size(), 50U);
    expect_whole(seen, 1);
}

TEST(Journal, SmallCommitsBecomeFewRows) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    for (int i = 0; i < 300; ++i) {
        append(*journal, failure_of("a", i));
        expect_done(journal->flush());
    }
    EXPECT_LE(sql(folder.path(), "SELECT count(*) FROM batches"), 50);
    EXPECT_GE(sql(folder.path(), "SELECT count(*) FROM batches WHERE whole"), 1);
    expect_done(journal->close());
    const auto again = open_journal(folder.path(), hand);
    EXPECT_EQ(sql(folder.path(), "SELECT count(*) FROM batches WHERE NOT whole"), 0);
    std::vector<Seen> seen;
    read_all(folder.path(), seen);
    EXPECT_EQ(seen.size(), 300U);
    expect_whole(seen, 1);
}

TEST(Journal, CommitsByItselfWithinASecond) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    const auto start = std::chrono::steady_clock::now();
    append(*journal, failure_of("a", 1));
    while (journal->standing().written == 0 &&
           std::chrono::steady_clock::now() - start < std::chrono::seconds(30))
        std::this_thread::yield();
    EXPECT_EQ(journal->standing().written, 1U);
}

TEST(Journal, ReadsFromASequenceAndStopsWhenTold) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    for (int i = 1; i <= 30'000; ++i) append(*journal, failure_of("a", i));
    expect_done(journal->flush());
    auto reader = journal->read();
    ASSERT_TRUE(reader);
    for (const std::uint64_t from : {1U, 2U, 8192U, 8193U, 29'999U, 30'000U}) {
        std::vector<Seen> seen;
        const auto reading = reader->read(from, into(seen));
        ASSERT_TRUE(reading);
        EXPECT_EQ(seen.size(), 30'001 - from);
        expect_whole(seen, from);
    }
    std::uint64_t calls = 0;
    ASSERT_TRUE(reader->read(10'000, [&](std::uint64_t, const Entry&) { return ++calls < 3; }));
    EXPECT_EQ(calls, 3U);
    const auto beyond = reader->read(30'001, [](std::uint64_t, const Entry&) { return true; });
    ASSERT_TRUE(beyond);
    EXPECT_EQ(beyond->entries, 0U);
}

TEST(Journal, ReadsTimesEvenIfTheyAreOutOfOrder) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    for (int i = 0; i < 20'000; ++i) append(*journal, failure_of("a", 1000 + i * 7919 % 20'000));
    expect_done(journal->flush());
    auto reader = journal->read();
    ASSERT_TRUE(reader);
    std::vector<Seen> seen;
    ASSERT_TRUE(reader->read_times(time_of_unix(1100), time_of_unix(1200), into(seen)));
    EXPECT_EQ(seen.size(), 100U);
    EXPECT_TRUE(std::ranges::is_sorted(seen, {}, &Seen::sequence));
    for (const Seen& each : seen)
        EXPECT_TRUE(each.time >= time_of_unix(1100) && each.time < time_of_unix(1200));
}

TEST(Journal, AFullQueueLeavesAnEntryThatSaysSo) {
    const Folder folder;
    Hand hand;
    WriterOptions options = options_with(hand);
    options.most_waiting_bytes = 1000;
    options.commit_every = std::chrono::hours(1);
    const auto journal = open_journal(folder.path(), options);
    std::uint64_t dropped = 0, kept = 0;
    for (int i = 0; i < 100; ++i) (append(*journal, failure_of("someone", 100 + i)) == 0 ? dropped : kept)++;
    EXPECT_GT(dropped, 0U);
    EXPECT_GT(kept, 10U);
    EXPECT_EQ(journal->standing().lost, dropped);
    expect_done(journal->flush());
    append(*journal, failure_of("later", 500));
    expect_done(journal->flush());
    std::vector<Seen> seen;
    const Reading reading = read_all(folder.path(), seen);
    EXPECT_EQ(reading.missing, 0U);
    ASSERT_EQ(seen.size(), kept + 2);
    const auto first_lost = 100 + static_cast<std::int64_t>(kept);
    EXPECT_EQ(seen[kept], (Seen{kept + 1, EntryKind::lost, "", time_of_unix(first_lost),
                                static_cast<std::int64_t>(dropped)}));
    EXPECT_EQ(seen.back().account, "later");
}

TEST(Journal, DropsAnEntryThatIsMonstrous) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    const std::string huge(most_entry_bytes, 'x');
    EXPECT_EQ(append(*journal, failure_of(huge, 1)), 0U);
    EXPECT_NE(append(*journal, failure_of(std::string_view(huge).substr(100), 2)), 0U);
    expect_done(journal->flush());
    std::vector<Seen> seen;
    read_all(folder.path(), seen);
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0].kind, EntryKind::lost);
    EXPECT_EQ(seen[1].account.size(), most_entry_bytes - 100);
}

TEST(Journal, IsItsOwnersAlone) {
    const Folder folder;
    Hand hand;
    ::umask(0);
    {
        put_bytes(folder / "journal.sqlite", "");
        ::chmod((folder / "journal.sqlite").c_str(), 0666);
        const auto journal = open_journal(folder.path(), hand);
        append(*journal, failure_of("a", 1));
        expect_done(journal->save_checkpoint(1, "all"));
        for (const auto& file : std::filesystem::directory_iterator(folder.path()))
            EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600))
                << file.path();
    }
    ::umask(022);
}

std::string refusal(const std::string& folder) {
    Hand hand;
    const auto journal = Journal::open(folder, options_with(hand));
    return journal ? "opened" : journal.error().text();
}

TEST(Journal, RefusesWhatItCannotOpen) {
    const Folder folder;
    put_bytes(folder / "file", "text");
    EXPECT_THAT(refusal(folder / "file"), HasSubstr("is no folder"));
    EXPECT_THAT(refusal(folder / "none/below"), HasSubstr("cannot be made: No such file"));

    std::filesystem::create_directories(folder / "a/journal.sqlite");
    EXPECT_THAT(refusal(folder / "a"), HasSubstr("journal.sqlite: is no regular file (move it away"));

    std::filesystem::create_directories(folder / "b");
    put_bytes(folder / "b/journal.sqlite", std::string(5000, 'x'));
    EXPECT_THAT(refusal(folder / "b"), HasSubstr("not a database (move it away, or put a backup"));
    EXPECT_EQ(bytes_of(folder / "b/journal.sqlite"), std::string(5000, 'x'));
}

TEST(Journal, RefusesAnotherProgramsDatabase) {
    const Folder folder;
    put_bytes(folder / "journal.sqlite", "");
    sql(folder.path(), "CREATE TABLE theirs (a)");
    const std::string before = bytes_of(folder / "journal.sqlite");
    EXPECT_THAT(refusal(folder.path()), HasSubstr("is another program's database (give Tidegate a folder"));
    EXPECT_EQ(bytes_of(folder / "journal.sqlite"), before);
}

TEST(Journal, IsOpenOnceAtATime) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    EXPECT_THAT(refusal(folder.path()), HasSubstr("another Tidegate has this journal open (end that one"));
    append(*journal, failure_of("a", 1));
    expect_done(journal->flush());
}

TEST(Journal, SaysWhenAnotherProgramHoldsTheDatabase) {
    const Folder folder;
    Hand hand;
    open_journal(folder.path(), hand).reset();
    auto other = Connection::open(folder / "journal.sqlite", Connection::Mode::write);
    ASSERT_TRUE(other);
    expect_done(
        (*other)->execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA user_version = 1"));
    EXPECT_THAT(refusal(folder.path()), HasSubstr("locked (another program has it open for writing"));
}

TEST(Journal, NeedsPermission) {
    if (::geteuid() == 0) {
        // Root may everything; a folder that nobody may write in is refused as well.
        EXPECT_THAT(refusal("/proc/sys/keep"), HasSubstr("cannot be made"));
        return;
    }
    const Folder folder;
    std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read);
    EXPECT_THAT(refusal(folder.path()), HasSubstr("must belong to the user that Tidegate runs as"));
}

TEST(Journal, AReaderNeedsOne) {
    const Folder folder;
    const auto none = Reader::open(folder.path());
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().text(), HasSubstr("is no journal (name the folder"));
    put_bytes(folder / "journal.sqlite", "");
    EXPECT_FALSE(Reader::open(folder.path()));
}

TEST(Journal, CanBeReadWhenTheDaemonIsGone) {
    const Folder folder;
    Hand hand;
    {
        const auto journal = open_journal(folder.path(), hand);
        append(*journal, failure_of("a", 1));
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "journal.sqlite-wal"));
    std::vector<Seen> seen;
    read_all(folder.path(), seen);
    EXPECT_EQ(seen.size(), 1U);
}

}  // namespace
}  // namespace tidegate::keep

#include "keep/journal.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>
#include <vector>

#include "kept.h"

namespace tidegate::keep {
namespace {

constexpr int appenders = 4;
constexpr int entries_each = 15'000;

// Each appender's own entries are numbered by their time.
void append_all(Journal& journal, int appender) {
    const std::string account = "user" + std::to_string(appender);
    for (int i = 1; i <= entries_each; ++i)
        while (append(journal, failure_of(account, i)) == 0) std::this_thread::yield();
}

TEST(JournalConcurrent, AppendersReadersAndForgetting) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    std::atomic<int> appending = appenders;
    std::vector<std::thread> threads;
    for (int i = 0; i < appenders; ++i)
        threads.emplace_back([&, i] {
            append_all(*journal, i);
            --appending;
        });
    threads.emplace_back([&] {
        while (appending != 0) {
            auto reader = journal->read();
            ASSERT_TRUE(reader) << reader.error().text();
            std::uint64_t next = 1;
            const auto reading = reader->read(1, [&](std::uint64_t sequence, const Entry&) {
                EXPECT_EQ(sequence, next++);
                return !::testing::Test::HasFailure();
            });
            ASSERT_TRUE(reading) << reading.error().text();
            EXPECT_TRUE(reading->damaged.empty());
        }
    });
    threads.emplace_back([&] {
        const auto is_meant = [](std::string_view account) { return account == "user0"; };
        do {
            const auto done = journal->forget(is_meant, "op");
            ASSERT_TRUE(done) << done.error().text();
            EXPECT_EQ(done->damaged, 0U);
        } while (appending != 0);
    });
    threads.emplace_back([&] {
        while (appending != 0) {
            const std::uint64_t sequence = journal->standing().last;
            expect_done(journal->save_checkpoint(sequence, std::to_string(sequence)));
        }
    });
    for (std::thread& thread : threads) thread.join();
    ASSERT_TRUE(journal->forget([](std::string_view account) { return account == "user0"; }, "op"));

    std::vector<Seen> seen;
    read_all(folder.path(), seen);
    expect_whole(seen, 1);
    std::map<std::string, std::int64_t> last;
    std::erase_if(seen, [](const Seen& each) { return each.kind == EntryKind::lost; });
    ASSERT_EQ(seen.size(), std::size_t{appenders} * entries_each);
    for (const Seen& each : seen) ASSERT_EQ(unix_seconds(each.time), ++last[each.account]);
    EXPECT_EQ(last.size(), std::size_t{appenders});
    EXPECT_EQ(last.count("user0"), 0U);
    EXPECT_EQ(last[""], entries_each);
}

TEST(JournalConcurrent, EveryFlushSeesItsOwnEntries) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 30; ++round) {
                const std::uint64_t sequence = append(*journal, failure_of("a", round));
                expect_done(journal->flush());
                EXPECT_GE(journal->standing().written, sequence);
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(journal->standing().written, 120U);
}

TEST(JournalConcurrent, ClosingWhileOthersAppendLosesNothingThatGotANumber) {
    for (int round = 0; round < 10; ++round) {
        const Folder folder;
        Hand hand;
        const auto journal = open_journal(folder.path(), hand);
        std::atomic<std::uint64_t> highest = 0;
        std::atomic<int> started = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 3; ++i)
            threads.emplace_back([&] {
                std::uint64_t mine = 0;
                while (const std::uint64_t sequence = append(*journal, failure_of("a", 1))) {
                    mine = sequence;
                    if (sequence == 1) ++started;
                }
                std::uint64_t before = highest;
                while (before < mine && !highest.compare_exchange_weak(before, mine)) {
                }
            });
        while (started == 0) std::this_thread::yield();
        expect_done(journal->close());
        for (std::thread& thread : threads) thread.join();
        std::vector<Seen> seen;
        const Reading reading = read_all(folder.path(), seen);
        EXPECT_EQ(reading.missing, 0U);
        EXPECT_GE(reading.last, highest);
    }
}

}  // namespace
}  // namespace tidegate::keep

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kept.h"

namespace tidegate::keep {
namespace {

using ::testing::HasSubstr;

/// Three batches of 8192.
void fill(const Folder& folder) {
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    for (int i = 0; i < 3 * 8192; ++i) {
        append(*journal, failure_of("a", i));
        if (i % 8192 == 8191) expect_done(journal->flush());
    }
    expect_done(journal->close());
    ASSERT_EQ(sql(folder.path(), "SELECT count(*) FROM batches"), 3);
}

TEST(JournalDamage, ADamagedBatchIsNamedAndTheRestRead) {
    const char* damages[] = {
        "UPDATE batches SET entries = substr(entries, 1, length(entries) / 2) WHERE first = 8193",
        "UPDATE batches SET entries = '' WHERE first = 8193",
        "UPDATE batches SET entries = randomblob(5000) WHERE first = 8193",
        "UPDATE batches SET entries = (SELECT entries FROM batches WHERE first = 1) WHERE first = 8193",
        "UPDATE batches SET entries = zeroblob(100) WHERE first = 8193",
    };
    for (const char* damage : damages) {
        const Folder folder;
        fill(folder);
        sql(folder.path(), damage);
        std::vector<Seen> seen;
        const Reading reading = read_all(folder.path(), seen);
        EXPECT_EQ(seen.size(), 2 * 8192U) << damage;
        EXPECT_EQ(reading.missing, 8192U);
        ASSERT_EQ(reading.damaged.size(), 1U);
        EXPECT_THAT(reading.damaged[0].text(), HasSubstr("journal.sqlite: batch 8193 to 16384: "));
        EXPECT_EQ(seen.back().sequence, 3 * 8192U);
    }
}

TEST(JournalDamage, ALastBatchThatIsDamagedIsNoReasonToStop) {
    const Folder folder;
    fill(folder);
    sql(folder.path(), "UPDATE batches SET entries = 'x', whole = 0 WHERE first = 16385");
    Hand hand;
    {
        const auto journal = open_journal(folder.path(), hand);
        EXPECT_EQ(append(*journal, failure_of("b", 1)), 3 * 8192U + 1);
    }
    std::vector<Seen> seen;
    const Reading reading = read_all(folder.path(), seen);
    EXPECT_EQ(reading.damaged.size(), 1U);
    EXPECT_EQ(seen.size(), 2 * 8192U + 1);
}

// Bytes of the file are turned over, wherever that is: what comes back is right, or an error.
TEST(JournalDamage, AnyByteOfTheFile) {
    const Folder folder;
    fill(folder);
    const std::string whole = bytes_of(folder / "journal.sqlite");
    std::vector<Seen> all;
    read_all(folder.path(), all);
    std::size_t noticed = 0;
    for (std::size_t at = 16; at < whole.size(); at += whole.size() / 150) {
        std::string bent = whole;
        bent[at] = static_cast<char>(~bent[at]);
        put_bytes(folder / "journal.sqlite", bent);
        auto reader = Reader::open(folder.path());
        std::vector<Seen> seen;
        const auto reading = reader ? reader->read(0, into(seen)) : Result<Reading>(std::unexpected(Error{}));
        noticed += !reading || !reading->damaged.empty() ? 1 : 0;
        if (!reading) continue;
        for (const Seen& each : seen) ASSERT_EQ(each, all[each.sequence - 1]) << at;
    }
    EXPECT_GT(noticed, 50U);
}

}  // namespace
}  // namespace tidegate::keep

// A disk that is full, and one that fails.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <random>

#include "kept.h"

namespace tidegate::keep {
namespace {

using ::testing::HasSubstr;

/// What the journal told.
struct Told {
    std::mutex mutex;
    std::vector<Condition> conditions;

    std::function<void(const Standing&)> notice() {
        return [this](const Standing& standing) {
            const std::unique_lock lock(mutex);
            conditions.push_back(standing.condition);
        };
    }
};

class SmallDisk {
public:
    explicit SmallDisk(std::string path) : path_(std::move(path)) {
        std::filesystem::create_directories(path_);
        mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=2m") == 0;
        if (!mounted_) why_ = std::strerror(errno);
    }
    ~SmallDisk() {
        if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    [[nodiscard]] bool is_there() const { return mounted_; }
    [[nodiscard]] const std::string& why() const { return why_; }
    [[nodiscard]] bool grow() const {
        return ::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0;
    }

private:
    std::string path_, why_;
    bool mounted_ = false;
};

void append_noise(Journal& journal, std::mt19937_64& random, std::size_t bytes) {
    for (std::size_t done = 0; done < bytes; done += 1000) {
        std::string account(1000, '\0');
        for (char& c : account) c = static_cast<char>(random());
        append(journal, failure_of(account, 1));
    }
}

// What holds of a disk that takes no more, whatever the reason, and then does again.
void expect_survives(const Folder& folder, Condition expected, const char* words,
                     const std::function<void()>& break_it, const std::function<void()>& mend_it) {
    Hand hand;
    Told told;
    WriterOptions options = options_with(hand);
    options.notice = told.notice();
    options.most_waiting_bytes = 1 << 20;
    const auto journal = open_journal(folder.path(), options);
    std::mt19937_64 random(3);
    append(*journal, failure_of("first", 1));
    expect_done(journal->flush());
    const std::uint64_t before = journal->standing().written;

    break_it();
    Result<void> flushed{};
    for (int i = 0; i < 10 && flushed; ++i) {
        append_noise(*journal, random, 800'000);
        flushed = journal->flush();
    }
    ASSERT_FALSE(flushed);
    EXPECT_THAT(flushed.error().text(), HasSubstr(words));
    EXPECT_EQ(journal->standing().condition, expected);
    EXPECT_EQ(journal->standing().error.value_or(Error{}).text(), flushed.error().text());
    EXPECT_GE(journal->standing().written, before);

    // It stops, not the service: entries wait, then are dropped and counted.
    append_noise(*journal, random, 4'000'000);
    EXPECT_FALSE(journal->flush());
    const std::uint64_t lost = journal->standing().lost;
    EXPECT_GT(lost, 1000U);
    EXPECT_LT(journal->standing().waiting_bytes, 3U << 20);

    // Not before its time, and not while nothing has changed.
    hand.move(std::chrono::seconds(31));
    EXPECT_FALSE(journal->flush());
    mend_it();
    EXPECT_FALSE(journal->flush());
    hand.move(std::chrono::seconds(31));
    expect_done(journal->flush());
    EXPECT_EQ(journal->standing().condition, Condition::ok);
    EXPECT_FALSE(journal->standing().error);
    append(*journal, failure_of("last", 2));
    expect_done(journal->close());
    EXPECT_THAT(told.conditions, ::testing::ElementsAre(expected, Condition::ok));

    std::vector<Seen> seen;
    const Reading reading = read_all(folder.path(), seen);
    EXPECT_EQ(reading.missing, 0U);
    EXPECT_TRUE(reading.damaged.empty());
    EXPECT_EQ(seen.front().account, "first");
    EXPECT_EQ(seen.back().account, "last");
    std::uint64_t counted = 0;
    for (const Seen& each : seen)
        counted += each.kind == EntryKind::lost ? static_cast<std::uint64_t>(each.value) : 0;
    EXPECT_EQ(counted, lost);
}

TEST(JournalDisk, FullStopsTheJournalAlone) {
    const Folder folder;
    const SmallDisk disk(folder.path());
    if (!disk.is_there()) GTEST_SKIP() << "no small file system can be mounted here: " << disk.why();
    expect_survives(
        folder, Condition::full, "full (make room on its file system", [] {},
        [&] { ASSERT_TRUE(disk.grow()); });
}

// A limit on the size of files gives EFBIG, which is an I/O error to SQLite and needs no privilege.
class FileLimit {
public:
    FileLimit() {
        ::getrlimit(RLIMIT_FSIZE, &was_);
        old_ = std::signal(SIGXFSZ, SIG_IGN);
    }
    ~FileLimit() {
        lift();
        std::signal(SIGXFSZ, old_);
    }
    FileLimit(const FileLimit&) = delete;
    FileLimit& operator=(const FileLimit&) = delete;
    void set(rlim_t bytes) {
        const rlimit limit{bytes, was_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    void lift() { ::setrlimit(RLIMIT_FSIZE, &was_); }

private:
    rlimit was_{};
    void (*old_)(int) = nullptr;
};

TEST(JournalDisk, AnErrorOfTheDiskStopsTheJournalAlone) {
    const Folder folder;
    FileLimit limit;
    expect_survives(
        folder, Condition::failed, "disk I/O error (look into the kernel's log",
        [&] { limit.set(1'000'000); }, [&] { limit.lift(); });
}

TEST(JournalDisk, RecordsSayThatTheyWereNotKept) {
    const Folder folder;
    Hand hand;
    FileLimit limit;
    const auto journal = open_journal(folder.path(), hand);
    limit.set(20'000);
    const auto kept = journal->record({.author = "op", .action = "mode", .reason = std::string(50'000, 'x')});
    EXPECT_FALSE(kept);
    EXPECT_FALSE(journal->save_checkpoint(0, std::string(50'000, 'x')));
    limit.lift();
    EXPECT_TRUE(journal->record({.author = "op", .action = "mode"}));
    expect_done(journal->save_checkpoint(0, std::string(50'000, 'x')));
    auto reader = journal->read();
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->deeds({})->size(), 1U);
}

}  // namespace
}  // namespace tidegate::keep

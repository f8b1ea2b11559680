// kill -9 under load, again and again on the same journal. TIDEGATE_KILLS sets how often; 20 where it is
// unset.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include "kept.h"

namespace tidegate::keep {
namespace {

using Steady = std::chrono::steady_clock;

/// What the child says: this sequence was given, or is on the disk as flush() said, at this time.
struct Word {
    std::uint64_t sequence = 0;
    Steady::time_point at{};
    bool flushed = false;
};

void say(int pipe, const Word& word) {
    // Shorter than PIPE_BUF, so never cut.
    if (::write(pipe, &word, sizeof word) != sizeof word) ::_exit(3);
}

// Entries are numbered by their time: the journal's first is of second 1.
[[noreturn]] void append_until_killed(const std::string& folder, bool flushes, int pipe) {
    WriterOptions options;
    options.clock = [] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); };
    auto opened = Journal::open(folder, options);
    if (!opened) ::_exit(1);
    Journal& journal = **opened;
    std::thread flushing([&] {
        while (flushes) {
            const std::uint64_t sequence = journal.standing().last;
            if (!journal.flush()) ::_exit(2);
            say(pipe, {sequence, Steady::now(), true});
            if (!journal.save_checkpoint(sequence, std::to_string(sequence))) ::_exit(2);
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    for (;;) {
        std::uint64_t sequence = 0;
        for (int i = 0; i < 50; ++i) {
            const std::uint64_t next = journal.standing().last + 1;
            const Event event = failure_of("someone@example.org", static_cast<std::int64_t>(next));
            sequence = append(journal, event);
            if (sequence != next) ::_exit(4);
        }
        say(pipe, {sequence, Steady::now(), false});
        // A flood would be written for its size; the rule of the second is for what is not.
        std::this_thread::sleep_for(std::chrono::milliseconds(flushes ? 2 : 20));
    }
}

struct Child {
    pid_t pid = -1;
    int words = -1;
};

Child start(const std::string& folder, bool flushes) {
    int ends[2];
    if (::pipe(ends) != 0) return {};
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::close(ends[0]);
        append_until_killed(folder, flushes, ends[1]);
    }
    ::close(ends[1]);
    return {pid, ends[0]};
}

struct Promised {
    std::uint64_t old = 0;      // appended more than a second before the kill
    std::uint64_t flushed = 0;  // flush() had returned
    std::uint64_t last = 0;
};

// Listens for that long from the first word on, kills, and hears the rest. With `at_once` the child has that
// long from its very start, and may not even have opened the journal.
Promised listen_and_kill(const Child& child, Steady::duration life, bool at_once) {
    std::vector<Word> words;
    Word word;
    if (at_once) {
        std::this_thread::sleep_for(life);
        ::kill(child.pid, SIGKILL);
    }
    const auto hear = [&] { return ::read(child.words, &word, sizeof word) == sizeof word; };
    Steady::time_point start{}, killed{};
    while (hear()) {
        if (words.empty()) start = Steady::now();
        words.push_back(word);
        if (killed != Steady::time_point{} || Steady::now() - start < life) continue;
        killed = Steady::now();
        ::kill(child.pid, SIGKILL);
    }
    ::close(child.words);
    Promised promised;
    for (const Word& each : words) {
        promised.last = std::max(promised.last, each.sequence);
        if (each.flushed) promised.flushed = std::max(promised.flushed, each.sequence);
        const bool old = !each.flushed && killed - each.at > std::chrono::seconds(1);
        if (old) promised.old = std::max(promised.old, each.sequence);
    }
    return promised;
}

TEST(JournalKill, LosesAtMostTheLastSecond) {
    const Folder folder;
    const char* wanted = std::getenv("TIDEGATE_KILLS");
    const int kills = wanted == nullptr ? 20 : std::atoi(wanted);
    std::mt19937 random(9);
    std::uint64_t before = 0, promised_by_age = 0;
    for (int i = 0; i < kills; ++i) {
        // Each fourth lives long enough to have something that is a second old, with nobody flushing; each
        // fourth dies while it opens.
        const bool grows_old = i % 4 == 3, at_once = i % 4 == 1;
        const Child child = start(folder.path(), !grows_old);
        ASSERT_GT(child.pid, 0);
        const unsigned longest = at_once ? 40 : 400;
        const std::chrono::milliseconds life((grows_old ? 1100 : 0) + static_cast<int>(random() % longest));
        const Promised promised = listen_and_kill(child, life, at_once);
        int status = 0;
        ASSERT_EQ(::waitpid(child.pid, &status, 0), child.pid);
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
            << "the child ended by itself: " << status;
        if (!at_once) ASSERT_GT(promised.last, before);
        if (promised.old > before) ++promised_by_age;

        std::vector<Seen> seen;
        const Reading reading = read_all(folder.path(), seen, before + 1);
        EXPECT_TRUE(reading.damaged.empty());
        EXPECT_EQ(reading.missing, 0U);
        expect_whole(seen, before + 1);
        for (const Seen& each : seen)
            ASSERT_EQ(unix_seconds(each.time), static_cast<std::int64_t>(each.sequence));
        const std::uint64_t last = seen.empty() ? before : seen.back().sequence;
        EXPECT_GE(last, promised.flushed);
        EXPECT_GE(last, promised.old);
        const auto checkpoint = Reader::open(folder.path())->latest_checkpoint();
        ASSERT_TRUE(checkpoint);
        EXPECT_TRUE(checkpoint->damaged.empty());
        EXPECT_LE(checkpoint->sequence, last);
        EXPECT_EQ(checkpoint->file.bytes(),
                  checkpoint->path.empty() ? "" : std::to_string(checkpoint->sequence));
        before = last;
    }
    EXPECT_EQ(promised_by_age, static_cast<std::uint64_t>(kills / 4));
    EXPECT_EQ(sql(folder.path(), "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
}

}  // namespace
}  // namespace tidegate::keep

// Against a journald of our own, in a mount namespace; skipped where neither may be had.

#include "observe/follow/journald_follower.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "temporary_folder.h"

namespace tidegate::observe {
namespace {

/// Runs journald with `folder` as /var/log/journal and gives it what it is told, until it goes.
constexpr std::string_view script = R"(
mount -t tmpfs none /run && mount -t tmpfs none /var/log || exit 9
mkdir -p /run/systemd/journal /var/log/journal && mount --bind "$1" /var/log/journal || exit 9
for at in /lib/systemd /usr/lib/systemd; do [ -x $at/systemd-journald ] && journald=$at/systemd-journald; done
$journald >/dev/null 2>&1 & daemon=$!
trap 'kill $daemon' EXIT
i=0; until [ -S /run/systemd/journal/socket ]; do i=$((i+1)); [ $i -gt 100 ] && exit 9; sleep 0.05; done
journalctl --flush || exit 9
echo ready
while read -r name text; do echo "$text" | systemd-cat -t "$name"; journalctl --sync; echo done; done
)";

class OwnJournald {
public:
    explicit OwnJournald(const TemporaryFolder& folder) {
        int in[2];
        int out[2];
        if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) return;
        const std::string text(script);
        child_ = ::fork();
        if (child_ == 0) {
            ::dup2(in[0], 0);
            ::dup2(out[1], 1);
            ::execlp("unshare", "unshare", "-m", "sh", "-c", text.c_str(), "sh", folder.path("").c_str(),
                     nullptr);
            ::_exit(127);
        }
        ::close(in[0]);
        ::close(out[1]);
        to_ = ::fdopen(in[1], "w");
        from_ = ::fdopen(out[0], "r");
        works_ = answer() == "ready";
    }
    ~OwnJournald() {
        if (to_ != nullptr) std::fclose(to_);  // the script ends with its input
        if (from_ != nullptr) std::fclose(from_);
        if (child_ > 0) ::waitpid(child_, nullptr, 0);
    }
    OwnJournald(const OwnJournald&) = delete;
    OwnJournald& operator=(const OwnJournald&) = delete;

    [[nodiscard]] bool works() const { return works_; }
    void say(const std::string& program, const std::string& text) {
        std::fprintf(to_, "%s %s\n", program.c_str(), text.c_str());
        std::fflush(to_);
        EXPECT_EQ(answer(), "done");
    }

private:
    std::string answer() {
        std::string line;
        for (int c = 0; from_ != nullptr && (c = std::fgetc(from_)) != EOF && c != '\n';)
            line += static_cast<char>(c);
        return line;
    }

    pid_t child_ = -1;
    std::FILE* to_ = nullptr;
    std::FILE* from_ = nullptr;
    bool works_ = false;
};

class FollowingTheJournal : public testing::Test {
protected:
    void SetUp() override {
        journald_ = std::make_unique<OwnJournald>(folder_);
        if (!journald_->works()) GTEST_SKIP() << "no journald of our own (not root, or none installed)";
        machine_ = std::filesystem::directory_iterator(folder_.path(""))->path().string();
    }
    static std::string read(JournaldFollower& follower) {
        std::vector<char> buffer(std::size_t{128} << 10);
        std::string all;
        follower.wake();
        for (;;) {
            const Lines lines = follower.next(buffer);
            if (lines.bytes == 0) return all;
            all.append(buffer.data(), lines.bytes);
        }
    }
    /// Everything up to the line that ends with `last`; waits for it.
    static std::string read_until(JournaldFollower& follower, const std::string& last) {
        std::string all;
        for (int i = 0; i < 50 && !all.ends_with(last + "\n"); ++i) {
            all += read(follower);
            pollfd asked{follower.descriptor(), POLLIN, 0};
            if (!all.ends_with(last + "\n")) ::poll(&asked, 1, 200);
        }
        return all;
    }

    TemporaryFolder folder_;
    std::unique_ptr<OwnJournald> journald_;
    std::string machine_;
};

TEST_F(FollowingTheJournal, EntriesAsTheyComeAndOnlyThoseOfMailPrograms) {
    journald_->say("dovecot", "first");
    JournaldFollower all(machine_, {.from_end = false, .saved = ""});
    JournaldFollower fresh(machine_, {.from_end = true, .saved = ""});
    const std::string first = read_until(all, "first");
    EXPECT_NE(first.find(" dovecot["), std::string::npos) << first;
    EXPECT_EQ(read(fresh), "");
    journald_->say("somebody", "of no interest");
    journald_->say("dovecot", "second");
    const std::string second = read_until(all, "second");
    EXPECT_EQ(second.find("interest"), std::string::npos);
    EXPECT_EQ(std::ranges::count(second, '\n'), 1);
    EXPECT_EQ(read_until(fresh, "second"), second);
    EXPECT_FALSE(all.take_error());
}

TEST_F(FollowingTheJournal, GoesOnBehindItsCursor) {
    journald_->say("dovecot", "first");
    journald_->say("dovecot", "second");
    JournaldFollower before(machine_, {.from_end = false, .saved = ""});
    EXPECT_EQ(std::ranges::count(read_until(before, "second"), '\n'), 2);
    const std::string position = before.position();
    EXPECT_NE(position, "");
    JournaldFollower idle(machine_, {.from_end = true, .saved = position});
    EXPECT_EQ(read(idle), "");
    journald_->say("dovecot", "third");
    JournaldFollower after(machine_, {.from_end = true, .saved = position});
    const std::string third = read_until(after, "third");
    EXPECT_EQ(std::ranges::count(third, '\n'), 1) << third;
    EXPECT_EQ(read_until(idle, "third"), third);
}

TEST_F(FollowingTheJournal, ThePlaceIsThatOfItsBeginning) {
    journald_->say("dovecot", "first");
    JournaldFollower all(machine_, {.from_end = false, .saved = ""});
    static_cast<void>(read_until(all, "first"));
    JournaldFollower follower(machine_, {.from_end = true, .saved = ""});
    follower.begin();
    const std::string position = follower.position();
    EXPECT_EQ(position, all.position());
    journald_->say("dovecot", "second");
    EXPECT_EQ(std::ranges::count(read_until(follower, "second"), '\n'), 1);
    JournaldFollower again(machine_, {.from_end = true, .saved = position});
    EXPECT_EQ(std::ranges::count(read_until(again, "second"), '\n'), 1);
}

TEST_F(FollowingTheJournal, ACursorThatIsNoneIsToldAndLeft) {
    journald_->say("dovecot", "first");
    JournaldFollower follower(machine_, {.from_end = true, .saved = "nonsense"});
    EXPECT_EQ(read(follower), "");
    EXPECT_TRUE(follower.take_error());
    journald_->say("dovecot", "second");
    EXPECT_EQ(std::ranges::count(read_until(follower, "second"), '\n'), 1);
    EXPECT_FALSE(follower.take_error()) << "told once";
}

TEST(JournaldFollower, AFolderThatIsNotThereIsTroubleToldOnce) {
    TemporaryFolder folder;
    JournaldFollower follower(folder.path("none"), {.from_end = true, .saved = ""});
    std::vector<char> buffer(std::size_t{128} << 10);
    EXPECT_EQ(follower.next(buffer).bytes, 0U);
    const auto error = follower.take_error();
    ASSERT_TRUE(error);
    EXPECT_NE(error->text().find("cannot be read"), std::string::npos);
    EXPECT_EQ(follower.next(buffer).bytes, 0U);
    EXPECT_FALSE(follower.take_error());
}

}  // namespace
}  // namespace tidegate::observe

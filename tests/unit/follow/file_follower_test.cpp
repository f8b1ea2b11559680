#include "observe/follow/file_follower.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <filesystem>

#include "followed.h"
#include "wire/log/parser.h"

namespace tidegate::observe {
namespace {

namespace fs = std::filesystem;

class FollowingFiles : public testing::Test {
protected:
    TemporaryFolder folder_;
    std::string log_ = folder_.path("mail.log");
};

/// Lines that are told apart, and long enough that a file's beginning is known again.
std::string line(int number) {
    return "Nov 22 19:48:20 mx1 line number " + std::to_string(number) + " of a log\n";
}
std::string lines(int first, int last) {
    std::string all;
    for (int i = first; i <= last; ++i) all += line(i);
    return all;
}

TEST_F(FollowingFiles, LinesAsTheyCome) {
    append(log_, lines(1, 2));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), lines(1, 2));
    EXPECT_EQ(followed.read(), "");
    append(log_, line(3));
    EXPECT_EQ(followed.read(), line(3));
    EXPECT_EQ(followed.first_lines, (std::vector<std::uint64_t>{1, 3}));
}

TEST_F(FollowingFiles, FromTheEndOnlyWhatBeginsFromNowOn) {
    append(log_, line(1) + "half a li");
    Followed followed(log_, {.from_end = true, .saved = {}});
    EXPECT_EQ(followed.read(), "");
    append(log_, "ne\n" + line(2));
    EXPECT_EQ(followed.read(), line(2));
    EXPECT_EQ(followed.first_lines, std::vector<std::uint64_t>{0}) << "its number is not known";
}

TEST_F(FollowingFiles, ThePlaceIsThatOfItsBeginning) {
    append(log_, line(1));
    Followed early(log_, {.from_end = true, .saved = {}}), late(log_, {.from_end = true, .saved = {}});
    early.follower.begin();
    const auto place = FilePosition::parse(early.follower.position());
    ASSERT_TRUE(place);
    EXPECT_EQ(place->files.back().offset, line(1).size());
    append(log_, line(2));
    early.follower.begin();
    EXPECT_EQ(early.read(), line(2));
    EXPECT_EQ(late.read(), "") << "the first look is its beginning";
    Followed again(log_, {.from_end = true, .saved = place});
    EXPECT_EQ(again.read(), line(2));
}

TEST_F(FollowingFiles, APartialLineWaitsForItsEnd) {
    append(log_, "half");
    Followed followed(log_);
    EXPECT_EQ(followed.read(), "");
    EXPECT_EQ(followed.follower.bytes_behind(), 4U);
    append(log_, " a line\n");
    EXPECT_EQ(followed.read(), "half a line\n");
    EXPECT_EQ(followed.follower.bytes_behind(), 0U);
}

TEST_F(FollowingFiles, WaitsForAFileThatIsNotThere) {
    Followed followed(log_, {.from_end = true, .saved = {}});
    EXPECT_EQ(followed.read(), "");
    EXPECT_EQ(followed.error(), "does not exist");
    EXPECT_EQ(followed.read(), "");
    EXPECT_EQ(followed.error(), "") << "told once";
    append(log_, line(1));
    EXPECT_EQ(followed.read(), line(1)) << "it came later: from its start";
    EXPECT_EQ(followed.follower.counts().mended, 1U);
}

TEST_F(FollowingFiles, TheDescriptorWakes) {
    append(log_, line(1));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), line(1));
    const auto is_woken = [&] {
        pollfd asked{followed.follower.descriptor(), POLLIN, 0};
        return ::poll(&asked, 1, 5000) == 1;
    };
    append(log_, line(2));
    EXPECT_TRUE(is_woken());
    EXPECT_EQ(followed.read(), line(2));
    fs::rename(log_, log_ + ".1");
    EXPECT_TRUE(is_woken());
    EXPECT_EQ(followed.read(), "");
    append(log_, line(3));
    EXPECT_TRUE(is_woken()) << "a new file in the folder";
    EXPECT_EQ(followed.read(), line(3));
    append(log_ + ".1", line(4));
    EXPECT_TRUE(is_woken()) << "the old one is still watched";
    EXPECT_EQ(followed.read(), line(4));
}

TEST_F(FollowingFiles, RotationByRenaming) {
    append(log_, line(1));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), line(1));
    append(log_, line(2));
    fs::rename(log_, log_ + ".1");
    append(log_ + ".1", line(3));
    append(log_, line(5));
    EXPECT_EQ(followed.read(), lines(2, 3) + line(5)) << "the old one to its end first";
    append(log_ + ".1", line(4));
    append(log_, line(6));
    EXPECT_EQ(followed.read(), line(4) + line(6)) << "the daemon still writes into the old one";
    EXPECT_EQ(followed.follower.counts().rotations, 1U);
    EXPECT_EQ(followed.error(), "");
}

TEST_F(FollowingFiles, AnOldFileIsLeftWhenItIsQuietForLong) {
    append(log_, line(1));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), line(1));
    fs::rename(log_, log_ + ".1");
    append(log_ + ".1", "cut sh");
    append(log_, line(2));
    EXPECT_EQ(followed.read(), line(2));
    followed.now += std::chrono::minutes(11);
    EXPECT_EQ(followed.read(), "");
    append(log_ + ".1", "ort\n");
    EXPECT_EQ(followed.read(), "");
    EXPECT_EQ(followed.follower.counts().cut_lines, 1U);
}

TEST_F(FollowingFiles, FilesThatCameAndWentBetweenTwoLooks) {
    append(log_, line(1));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), line(1));
    for (int i = 2; i <= 5; ++i) {
        for (int k = 5; k >= 1; --k)
            if (fs::exists(log_ + "." + std::to_string(k)))
                fs::rename(log_ + "." + std::to_string(k), log_ + "." + std::to_string(k + 1));
        fs::rename(log_, log_ + ".1");
        append(log_, line(i));
    }
    EXPECT_EQ(followed.read(), lines(2, 5));
    EXPECT_EQ(followed.read(), "");
}

TEST_F(FollowingFiles, OldRotationsAreNotRead) {
    append(log_ + ".1", line(100));
    append(log_ + "-20260101", line(200));
    append(log_, line(1));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), line(1));
    append(log_ + ".1", line(101));  // somebody still writes there
    fs::rename(log_, log_ + ".2");
    append(log_, line(2));
    EXPECT_EQ(followed.read(), line(2));
}

TEST_F(FollowingFiles, CopyAndTruncate) {
    append(log_, lines(1, 3));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), lines(1, 3));
    fs::copy_file(log_, log_ + ".1");
    fs::resize_file(log_, 0);
    append(log_, line(4));
    EXPECT_EQ(followed.read(), line(4));
    EXPECT_EQ(followed.follower.counts().truncations, 1U);
}

TEST_F(FollowingFiles, WhatWasCopiedAndNotReadIsReadFromTheCopy) {
    append(log_, lines(1, 3) + "line th");
    Followed followed(log_);
    EXPECT_EQ(followed.read(), lines(1, 3));
    append(log_, "at was cut\n" + line(4));
    fs::copy_file(log_, log_ + ".1");
    fs::resize_file(log_, 0);
    append(log_, line(5));
    EXPECT_EQ(followed.read(), "line that was cut\n" + lines(4, 5));
    // And the copy is not taken for a file that came between.
    fs::rename(log_, log_ + ".2");
    append(log_, line(6));
    EXPECT_EQ(followed.read(), line(6));
}

TEST_F(FollowingFiles, TruncatedAndGrownBeyondTheOldEnd) {
    append(log_, lines(1, 3));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), lines(1, 3));
    fs::resize_file(log_, 0);
    append(log_, lines(11, 20));
    EXPECT_EQ(followed.read(), lines(11, 20)) << "known by its beginning, not by its size";
}

TEST_F(FollowingFiles, AWriterThatDoesNotAppendLeavesAHole) {
    const int file = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    const std::string first = lines(1, 5000);
    ASSERT_EQ(::write(file, first.data(), first.size()), static_cast<ssize_t>(first.size()));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), first);
    fs::resize_file(log_, 0);
    const std::string second = line(5001);
    ASSERT_EQ(::write(file, second.data(), second.size()), static_cast<ssize_t>(second.size()));
    ::close(file);
    EXPECT_EQ(followed.read(), second);
}

TEST_F(FollowingFiles, DeletedAndMadeAgain) {
    append(log_, line(1));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), line(1));
    append(log_, line(2));
    fs::remove(log_);
    EXPECT_EQ(followed.read(), line(2)) << "we still have it";
    EXPECT_EQ(followed.error(), "");
    followed.now += std::chrono::seconds(6);
    EXPECT_EQ(followed.read(), "");
    EXPECT_EQ(followed.error(), "does not exist");
    append(log_, line(3));
    EXPECT_EQ(followed.read(), line(3));
}

TEST_F(FollowingFiles, ReplacedByAnotherFile) {
    append(log_, line(1));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), line(1));
    append(log_ + ".new", lines(11, 12));
    fs::rename(log_ + ".new", log_);
    EXPECT_EQ(followed.read(), lines(11, 12));
}

TEST_F(FollowingFiles, ReplacedByACopyOfItself) {
    append(log_, lines(1, 9));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), lines(1, 9));
    fs::copy_file(log_, log_ + "~");
    append(log_ + "~", line(10));
    fs::rename(log_ + "~", log_);
    EXPECT_EQ(followed.read(), line(10));
}

TEST_F(FollowingFiles, ALinkThatChangesItsTarget) {
    fs::create_directory(folder_.path("a"));
    fs::create_directory(folder_.path("b"));
    append(folder_.path("a/mail-1.log"), line(1));
    fs::create_symlink("a/mail-1.log", log_);
    Followed followed(log_);
    EXPECT_EQ(followed.read(), line(1));
    append(folder_.path("a/mail-1.log"), line(2));
    append(folder_.path("b/mail-2.log"), line(3));
    fs::create_symlink("b/mail-2.log", log_ + ".new");
    fs::rename(log_ + ".new", log_);
    EXPECT_EQ(followed.read(), lines(2, 3));
}

TEST_F(FollowingFiles, PackedRotationsAreLeftAlone) {
    append(log_, line(1));
    Followed followed(log_);
    EXPECT_EQ(followed.read(), line(1));
    fs::rename(log_, log_ + ".1");
    folder_.write("mail.log.1.gz", gzipped(line(1)));
    fs::remove(log_ + ".1");
    append(log_, line(2));
    EXPECT_EQ(followed.read(), line(2));
}

TEST_F(FollowingFiles, AnEndlessLineIsCutAndSkipped) {
    append(log_, line(1) + std::string(200'000, 'x'));
    Followed followed(log_);
    const std::string first = followed.read();
    EXPECT_TRUE(first.starts_with(line(1) + "xxx"));
    EXPECT_EQ(first.size(), line(1).size() + wire::max_line_bytes + 2);
    append(log_, std::string(3'000'000, 'x'));
    EXPECT_EQ(followed.read(), "");
    append(log_, "x\n" + line(3));
    EXPECT_EQ(followed.read(), line(3));
    EXPECT_EQ(followed.first_lines.back(), 3U);
    EXPECT_EQ(followed.follower.counts().cut_lines, 1U);
}

TEST_F(FollowingFiles, DirectoriesAreTroubleToldOnce) {
    fs::create_directory(log_);
    Followed followed(log_);
    EXPECT_EQ(followed.read(), "");
    EXPECT_EQ(followed.error(), "is a directory");
    EXPECT_EQ(followed.read(), "");
    EXPECT_EQ(followed.error(), "");
    fs::remove(log_);
    append(log_, line(1));
    EXPECT_EQ(followed.read(), line(1));
}

TEST_F(FollowingFiles, AFifoDoesNotStopUs) {
    ASSERT_EQ(::mkfifo(log_.c_str(), 0644), 0);
    Followed followed(log_);
    EXPECT_EQ(followed.read(), "");
    EXPECT_EQ(followed.error(), "is no regular file");
}

TEST_F(FollowingFiles, UnreadableUntilItIsMended) {
    if (::geteuid() == 0) {
        // Root may read everything; another user's eyes are lent for the test.
        ASSERT_EQ(::chmod(folder_.path("").c_str(), 0755), 0);
        ASSERT_EQ(::seteuid(65534), 0);
    }
    const bool borrowed = ::getuid() == 0;
    const auto as_owner = [&](auto what) {
        if (borrowed) ASSERT_EQ(::seteuid(0), 0);
        what();
        if (borrowed) ASSERT_EQ(::seteuid(65534), 0);
    };
    as_owner([&] { append(log_, line(1)), ::chmod(log_.c_str(), 0); });
    Followed followed(log_, {.from_end = true, .saved = {}});
    EXPECT_EQ(followed.read(), "");
    EXPECT_EQ(followed.error(), "cannot be opened: Permission denied");
    EXPECT_EQ(followed.read(), "");
    EXPECT_EQ(followed.error(), "");
    as_owner([&] { ::chmod(log_.c_str(), 0644); });
    EXPECT_EQ(followed.read(), "") << "it was there before: from its end";
    as_owner([&] { append(log_, line(2)), ::chmod(log_.c_str(), 0); });
    EXPECT_EQ(followed.read(), line(2)) << "it is open";
    if (borrowed) ASSERT_EQ(::seteuid(0), 0);
}

// Positions.

TEST_F(FollowingFiles, GoesOnWhereItWas) {
    append(log_, lines(1, 2) + "half");
    Followed before(log_);
    EXPECT_EQ(before.read(), lines(1, 2));
    append(log_, " a line\n" + line(3));
    Followed after(log_, saved(before.follower.position()));
    EXPECT_EQ(after.read(), "half a line\n" + line(3));
    EXPECT_EQ(after.first_lines, std::vector<std::uint64_t>{3});
    Followed again(log_, saved(after.follower.position()));
    EXPECT_EQ(again.read(), "");
    EXPECT_EQ(again.error(), "");
}

TEST_F(FollowingFiles, ReadsTheRestOfTheRotatedFileFirst) {
    append(log_, line(1));
    Followed before(log_);
    EXPECT_EQ(before.read(), line(1));
    append(log_, line(2));
    fs::rename(log_, log_ + ".1");
    append(log_, line(3));
    fs::rename(log_ + ".1", log_ + ".2");
    fs::rename(log_, log_ + ".1");
    append(log_, line(4));
    Followed after(log_, saved(before.follower.position()));
    EXPECT_EQ(after.read(), lines(2, 4)) << "also of the file that came and went meanwhile";
    EXPECT_EQ(after.error(), "");
}

TEST_F(FollowingFiles, RemembersAnOldFileThatMayStillGrow) {
    append(log_, line(1));
    Followed before(log_);
    EXPECT_EQ(before.read(), line(1));
    fs::rename(log_, log_ + ".1");
    append(log_, line(2));
    EXPECT_EQ(before.read(), line(2));
    append(log_ + ".1", line(3));
    append(log_, line(4));
    Followed after(log_, saved(before.follower.position()));
    EXPECT_EQ(after.read(), lines(3, 4));
}

TEST_F(FollowingFiles, FindsTheCopyAfterATruncationThatNobodySaw) {
    append(log_, lines(1, 3));
    Followed before(log_);
    EXPECT_EQ(before.read(), lines(1, 3));
    append(log_, line(4));
    fs::copy_file(log_, log_ + ".1");
    fs::resize_file(log_, 0);
    append(log_, line(5));
    Followed after(log_, saved(before.follower.position()));
    EXPECT_EQ(after.read(), lines(4, 5));
}

TEST_F(FollowingFiles, SaysThatTheOldFileIsGone) {
    append(log_, line(1));
    Followed before(log_);
    EXPECT_EQ(before.read(), line(1));
    fs::rename(log_, folder_.path("elsewhere"));
    fs::remove(folder_.path("elsewhere"));
    append(log_, line(2));
    Followed after(log_, saved(before.follower.position()));
    EXPECT_EQ(after.read(), line(2));
    EXPECT_EQ(after.error(), "was rotated while nobody read it, and the old file is gone or packed");
}

TEST_F(FollowingFiles, AnInodeUsedAgainIsNotTheOldFile) {
    append(log_, lines(1, 3));
    Followed before(log_);
    EXPECT_EQ(before.read(), lines(1, 3));
    auto position = *FilePosition::parse(before.follower.position());
    fs::resize_file(log_, 0);
    append(log_, lines(11, 20));
    ASSERT_EQ(position.files.size(), 1U);
    Followed after(log_, saved(position.text()));
    EXPECT_EQ(after.read(), lines(11, 20));
}

TEST_F(FollowingFiles, GoesOnInALineThatIsSkipped) {
    append(log_, std::string(200'000, 'x'));
    Followed before(log_);
    EXPECT_NE(before.read(), "");
    append(log_, "x\n" + line(2));
    Followed after(log_, saved(before.follower.position()));
    EXPECT_EQ(after.read(), line(2));
}

}  // namespace
}  // namespace tidegate::observe

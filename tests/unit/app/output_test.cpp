#include "app/output.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/terminal.h"
#include "program.h"

namespace tidegate::app {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Output, WritesEverythingInOrder) {
    const Folder folder;
    const std::string path = folder.write("out", "");
    const int descriptor = ::open(path.c_str(), O_WRONLY);
    std::string expected;
    {
        Output out(descriptor);
        for (int i = 0; i < 100'000; ++i) {
            out.write(std::to_string(i) + '\n');
            expected += std::to_string(i) + '\n';
        }
    }
    ::close(descriptor);
    EXPECT_EQ(slurp(path), expected);
}

TEST(Output, AFullDiskIsSaidOnce) {
    const int descriptor = ::open("/dev/full", O_WRONLY);
    Output out(descriptor, "the log");
    out.write(std::string(1 << 20, 'x'));
    EXPECT_TRUE(out.failed());
    EXPECT_FALSE(out.flush());
    EXPECT_THAT(out.error(), StartsWith("the log: "));
    ::close(descriptor);
}

TEST(WriteFile, ReplacesAtOnceAndKeepsToItsOwner) {
    const Folder folder;
    const std::string path = folder.path("file");
    ASSERT_TRUE(write_file(path, "one"));
    ASSERT_TRUE(write_file(path, "two"));
    EXPECT_EQ(slurp(path), "two");
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(*read_file(path), "two");
}

TEST(WriteFile, LeavesTheOldOneWhereItFails) {
    EXPECT_FALSE(write_file("/dev/full", "x"));
    const auto failed = write_file("/nonexistent/file", "x");
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().text(), HasSubstr("/nonexistent/file: cannot be written"));
    EXPECT_FALSE(read_file("/nonexistent/file"));
    EXPECT_FALSE(read_file("/"));
}

TEST(Progress, SaysHowFarAndHowLong) {
    EXPECT_EQ(progress_text(2, 500, 1000, 2'000'000, 120),
              "[###############...............]  50 %  2,000,000 lines, 1,000,000 lines/s, 2 s left");
    EXPECT_EQ(progress_text(2, 500, 0, 2'000'000, 120), "2,000,000 lines, 1,000,000 lines/s");
    EXPECT_EQ(progress_text(0, 0, 1000, 0, 120),
              "[..............................]   0 %  0 lines, 0 lines/s");
    EXPECT_LE(progress_text(200, 10, 1000, 1, 20).size(), 20U);
    EXPECT_THAT(progress_text(200, 100, 1000, 1, 120), HasSubstr("30:00 min left"));
}

}  // namespace
}  // namespace tidegate::app

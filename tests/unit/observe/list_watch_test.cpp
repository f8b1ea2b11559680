#include "observe/list_watch.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "temporary_folder.h"

namespace tidegate::observe {
namespace {

using Sight = ListWatch::Sight;

constexpr FileStamp first{.device = 1, .inode = 10, .size = 100, .modified_ns = 1000, .changed_ns = 1000};

FileStamp written(std::uint64_t size, std::int64_t when) {
    FileStamp stamp = first;
    stamp.size = size;
    stamp.modified_ns = stamp.changed_ns = when;
    return stamp;
}

TEST(ListWatch, WhatIsWrittenIntoIsTakenOnceItStandsStill) {
    ListWatch watch(first);
    EXPECT_EQ(watch.look(first), Sight::same);
    EXPECT_EQ(watch.look(written(50, 2000)), Sight::settling);
    EXPECT_EQ(watch.look(written(80, 3000)), Sight::settling);
    EXPECT_EQ(watch.look(written(80, 3000)), Sight::changed);
    EXPECT_EQ(watch.look(written(80, 3000)), Sight::changed) << "until somebody has taken it";
    watch.settle(written(80, 3000));
    EXPECT_EQ(watch.look(written(80, 3000)), Sight::same);
}

TEST(ListWatch, EachPartOfTheStampCounts) {
    for (std::uint64_t FileStamp::* part : {&FileStamp::device, &FileStamp::inode, &FileStamp::size}) {
        ListWatch watch(first);
        FileStamp other = first;
        other.*part += 1;
        EXPECT_EQ(watch.look(other), Sight::settling);
    }
    for (std::int64_t FileStamp::* part : {&FileStamp::modified_ns, &FileStamp::changed_ns}) {
        ListWatch watch(first);
        FileStamp other = first;
        other.*part += 1;
        EXPECT_EQ(watch.look(other), Sight::settling);
    }
}

TEST(ListWatch, WhatIsRenamedIntoPlaceIsTakenAtOnce) {
    FileStamp renamed = written(120, 2000);
    renamed.inode = 11;
    ListWatch written_anew(first);
    EXPECT_EQ(written_anew.look(renamed), Sight::settling)
        << "another file that somebody may be writing into";
    renamed.changed_ns = 2001;
    ListWatch watch(first);
    EXPECT_EQ(watch.look(renamed), Sight::changed);
    ListWatch same_file(first);
    renamed.inode = first.inode;
    EXPECT_EQ(same_file.look(renamed), Sight::settling) << "a backup's hard link changes the times, too";
}

TEST(ListWatch, AFileIsMissingAfterTwoLooks) {
    ListWatch watch(first);
    EXPECT_EQ(watch.look({}), Sight::settling);
    EXPECT_EQ(watch.look(first), Sight::same);
    EXPECT_EQ(watch.look({}), Sight::settling);
    EXPECT_EQ(watch.look({}), Sight::missing);
    EXPECT_EQ(watch.look({}), Sight::missing);
    EXPECT_EQ(watch.look(written(7, 9000)), Sight::settling);
    EXPECT_EQ(watch.look(written(7, 9000)), Sight::changed);
}

TEST(ListWatch, StampsAreThoseOfRegularFiles) {
    const TemporaryFolder folder;
    EXPECT_FALSE(stamp_of(folder.path("none")));
    EXPECT_FALSE(stamp_of(folder.path("")));
    EXPECT_FALSE(stamp_of("-"));
    const std::string file = folder.write("list", "192.0.2.1\n");
    const auto stamp = stamp_of(file);
    ASSERT_TRUE(stamp);
    EXPECT_EQ(stamp->size, 10U);
    EXPECT_EQ(stamp_of(file), stamp);
    std::filesystem::rename(folder.write("new", "192.0.2.2\n"), file);
    EXPECT_NE(stamp_of(file)->inode, stamp->inode);
}

}  // namespace
}  // namespace tidegate::observe

#include "observe/follow/position.h"

#include <gtest/gtest.h>

namespace tidegate::observe {
namespace {

TEST(FilePosition, TextComesBack) {
    FilePosition position;
    EXPECT_EQ(FilePosition::parse(position.text()), position);
    position.files = {{.device = 0xfd01,
                       .inode = 77,
                       .offset = 12345678901,
                       .lines = 9,
                       .head_bytes = 256,
                       .head_hash = 0xfedc'ba98'7654'3210},
                      {.inode = ~0ULL, .lines_known = false, .in_line = true}};
    EXPECT_EQ(position.text(),
              "file1 fd01:77:12345678901:9:256:fedcba9876543210 0:18446744073709551615:0:0:0:0:ui");
    EXPECT_EQ(FilePosition::parse(position.text()), position);
}

TEST(FilePosition, RefusesWhatItDidNotWrite) {
    for (const std::string_view text :
         {"", "file2 1:2:3:4:5:6", "file1 1:2:3:4:5", "file1 1:2:3:4:5:6:x", "file1 1:2:3:4:5:g",
          "file1 1:2:3:4:257:6", "file1 1:-2:3:4:5:6", "file1 1:2:3:4:5:6 ", "file1  1:2:3:4:5:6",
          "file1 1:2:99999999999999999999:4:5:6", "file1 1:2: 3:4:5:6"})
        EXPECT_TRUE(!FilePosition::parse(text) || FilePosition::parse(text)->text() == "file1 1:2:3:4:5:6")
            << text;
    EXPECT_FALSE(FilePosition::parse("file1 1:2:3:4:5"));
    EXPECT_FALSE(FilePosition::parse("file2 1:2:3:4:5:6"));
    EXPECT_FALSE(FilePosition::parse("file1 1:2:3:4:257:6"));
    std::string many = "file1";
    for (std::size_t i = 0; i <= FilePosition::most_files; ++i) many += " 1:2:3:4:5:6";
    EXPECT_FALSE(FilePosition::parse(many));
}

TEST(Rotations, NamesThatRotationMakes) {
    for (const std::string_view name : {"mail.log.1", "mail.log-20260131", "mail.log.2026-01-31",
                                        "mail-20260131.log", "mail.1.log", "mail.log_3"})
        EXPECT_TRUE(is_rotation_of(name, "mail.log")) << name;
    for (const std::string_view name :
         {"mail.log", "mail.log.1.gz", "mail.log~", "mail.log.bak", "mail.log.", "mail.err.1", "mail.log1",
          "mail.log.1.log", "mail", ".log", "", "mail..log", "mail.log.1x"})
        EXPECT_FALSE(is_rotation_of(name, "mail.log")) << name;
    EXPECT_TRUE(is_rotation_of("maillog.1", "maillog"));
    EXPECT_FALSE(is_rotation_of("maillog", "maillog"));
}

TEST(Rotations, NumbersCountBackwardsAndDatesForwards) {
    EXPECT_TRUE(rotated_before("log.10", "log.9"));
    EXPECT_FALSE(rotated_before("log.1", "log.2"));
    EXPECT_TRUE(rotated_before("log-20260101", "log-20260102"));
}

}  // namespace
}  // namespace tidegate::observe

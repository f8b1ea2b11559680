#include "wire/mail/lines.h"

#include <gtest/gtest.h>

namespace tidegate::wire {
namespace {

TEST(Lines, ListsOfWords) {
    EXPECT_TRUE(has_word("PLAIN LOGIN", "login"));
    EXPECT_TRUE(has_word("  plain\tLOGIN ", "PLAIN"));
    EXPECT_TRUE(has_word("IMAP4rev1 starttls", "STARTTLS"));
    EXPECT_FALSE(has_word("IMAP4rev1 STARTTLSX", "STARTTLS"));
    EXPECT_FALSE(has_word("PLAINLOGIN", "PLAIN"));
    EXPECT_FALSE(has_word("", "PLAIN"));
    EXPECT_FALSE(has_word("PLAIN", ""));
}

TEST(Lines, WordsAreCutOffTheFront) {
    std::string_view text = " \tAUTH  PLAIN ";
    EXPECT_EQ(take_word(text), "AUTH");
    EXPECT_EQ(text, "PLAIN");
    EXPECT_EQ(take_word(text), "PLAIN");
    EXPECT_EQ(take_word(text), "");
}

}  // namespace
}  // namespace tidegate::wire

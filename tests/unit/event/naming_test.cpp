#include "event/naming.h"

#include <gtest/gtest.h>

#include <string>

namespace tidegate {
namespace {

bool is_bob(std::string_view name) {
    return name == "bob@example.org" || name == "bj\xc3\xb6rn@example.org" || name == "o'neill@example.org" ||
           name == "bob";
}

TEST(Naming, FindsANameAsPeopleWriteIt) {
    for (const std::string_view text :
         {"bob@example.org", "called (bob@example.org), he was it", "It was bob@example.org.",
          "bob@example.org...", "imap/bob@example.org=him", "bob's phone", "<bob>",
          "bj\xc3\xb6rn@example.org?", "\u201ebob@example.org\u201c", "\nbob\t", "\377bob@example.org\377"})
        EXPECT_TRUE(names_account(text, is_bob)) << text;
}

TEST(Naming, AnotherNameIsAnother) {
    for (const std::string_view text :
         {"", ".", "...", "alice@example.org", "bob@example.org.example.net", "bobby", "bob@example.net",
          "not-bob@example.org", "bob+lists@example.org"})
        EXPECT_FALSE(names_account(text, is_bob)) << text;
}

TEST(Naming, NobodyIsAskedAboutNothing) {
    const auto asked = [](std::string_view name) {
        EXPECT_FALSE(name.empty());
        return false;
    };
    EXPECT_FALSE(names_account(" , .. bob , \xc3\xb6 .", asked));
}

}  // namespace
}  // namespace tidegate

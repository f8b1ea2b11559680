// A TOML document as a tree: what was written, and on which line.

#include "config/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::config {
namespace {

TEST(Tree, KeepsKindsOrderAndLines) {
    const auto tree = read_tree("b = 1\na = [2.5, 'x']\n[t.u]\nwhen = 2026-03-02\nyes = true\n", "f");
    ASSERT_TRUE(tree);
    ASSERT_EQ(tree->branches.size(), 3U);
    EXPECT_EQ(tree->branches[0].name, "b");
    EXPECT_EQ(tree->branches[0].line, 1U);
    EXPECT_EQ(std::get<std::int64_t>(tree->branches[0].tree.value), 1);
    const Tree* list = tree->find("a");
    ASSERT_NE(list, nullptr);
    ASSERT_EQ(list->kind, Tree::Kind::list);
    ASSERT_EQ(list->items.size(), 2U);
    EXPECT_EQ(std::get<double>(list->items[0].value), 2.5);
    EXPECT_EQ(std::get<std::string>(list->items[1].value), "x");
    const Tree* table = tree->find("t");
    ASSERT_NE(table, nullptr);
    const Tree* inner = table->find("u");
    ASSERT_NE(inner, nullptr);
    EXPECT_EQ(std::get<config::Moment>(inner->branches[0].tree.value).text, "2026-03-02");
    EXPECT_EQ(inner->branches[1].line, 5U);
    EXPECT_EQ(tree->find("c"), nullptr);
}

TEST(Tree, WhatIsNoTomlIsAnErrorWithItsLine) {
    const auto broken = read_tree("a = 1\nb = \n", "f.toml");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().file, "f.toml");
    EXPECT_EQ(broken.error().line, 2U);
    EXPECT_FALSE(read_tree("[!]", "f.toml"));
}

TEST(Tree, AFolderIsNoFile) {
    const auto text = read_file("/");
    ASSERT_FALSE(text);
    EXPECT_THAT(text.error().mend, testing::HasSubstr("folder"));
    EXPECT_FALSE(read_file("/nowhere/at/all"));
}

}  // namespace
}  // namespace tidegate::config

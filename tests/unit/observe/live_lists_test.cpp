#include "observe/live_lists.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "temporary_folder.h"

namespace tidegate::observe {
namespace {

Address at(std::string_view text) {
    return *Address::parse(text);
}

/// Lists in real files, and the looks at them.
class LiveListsTest : public testing::Test {
protected:
    void load(const std::vector<std::string>& names) {
        std::vector<ListFile> files;
        for (const std::string& name : names) files.push_back({.name = name, .path = folder_.path(name)});
        auto loaded = LiveLists::load(std::move(files));
        ASSERT_TRUE(loaded);
        lists_ = *loaded;
    }
    /// As many looks as a written file needs, and one for what was read.
    std::vector<ListTiding> looks() {
        std::vector<ListTiding> all;
        for (int i = 0; i < 3; ++i) {
            for (ListTiding& each : lists_->poll()) all.push_back(std::move(each));
            lists_->wait();
        }
        return all;
    }
    /// Writes a version that differs from the one before in its time, whatever the clock of the file system
    /// says.
    void write(std::string_view name, std::string_view content) {
        const std::string file = folder_.write(name, content);
        version_ += std::chrono::seconds(1);
        std::filesystem::last_write_time(file, version_);
    }
    void put_in_place(std::string_view name, std::string_view content) {
        write("new", content);
        std::filesystem::rename(folder_.path("new"), folder_.path(name));
    }
    [[nodiscard]] std::uint32_t look(std::string_view address) const { return lists_->look(at(address)); }

    TemporaryFolder folder_;
    std::shared_ptr<LiveLists> lists_;
    std::filesystem::file_time_type version_ =
        std::chrono::file_clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(1'577'836'800)));
};

TEST_F(LiveListsTest, EachListHasABit) {
    write("a", "192.0.2.0/24\n");
    write("b", "192.0.2.1\n");
    write("c", "2001:db8::/32\n");
    load({"a", "b", "c"});
    EXPECT_EQ(lists_->count(), 3U);
    EXPECT_EQ(look("192.0.2.1"), 3U);
    EXPECT_EQ(look("192.0.2.2"), 1U);
    EXPECT_EQ(look("2001:db8::1"), 4U);
    EXPECT_EQ(look("198.51.100.1"), 0U);
    EXPECT_GT(lists_->bytes(), 0U);
    EXPECT_TRUE(looks().empty());
}

TEST_F(LiveListsTest, AllThatIsWrongIsSaid) {
    write("a", "192.0.2.0/24\nx\n");
    const auto loaded =
        LiveLists::load({{.name = "a", .path = folder_.path("a")}, {.name = "b", .path = folder_.path("b")}});
    ASSERT_FALSE(loaded);
    ASSERT_EQ(loaded.error().size(), 2U);
    EXPECT_EQ(loaded.error()[0].line, 2U);
    EXPECT_EQ(loaded.error()[1].file, folder_.path("b"));
}

TEST_F(LiveListsTest, AChangedFileTakesTheOldOnesPlace) {
    write("a", "192.0.2.1\n");
    write("b", "192.0.2.9\n");
    load({"a", "b"});
    write("a", "192.0.2.1\n192.0.2.2\n");
    EXPECT_TRUE(lists_->poll().empty());
    lists_->wait();
    EXPECT_EQ(look("192.0.2.2"), 0U) << "not before it stands still";
    const auto tidings = looks();
    ASSERT_EQ(tidings.size(), 1U);
    EXPECT_EQ(tidings[0].name, "a");
    EXPECT_EQ(tidings[0].entries, 2U);
    EXPECT_FALSE(tidings[0].trouble);
    EXPECT_EQ(look("192.0.2.2"), 1U);
    EXPECT_EQ(look("192.0.2.9"), 2U);
    EXPECT_TRUE(looks().empty());
}

TEST_F(LiveListsTest, AFileRenamedIntoPlaceIsReadAtTheFirstLook) {
    write("a", "192.0.2.1\n");
    load({"a"});
    put_in_place("a", "192.0.2.2\n");
    EXPECT_TRUE(lists_->poll().empty());
    lists_->wait();
    EXPECT_EQ(lists_->poll().size(), 1U);
    EXPECT_EQ(look("192.0.2.1"), 0U);
    EXPECT_EQ(look("192.0.2.2"), 1U);
}

TEST_F(LiveListsTest, ABrokenVersionLeavesTheOldOneAndIsToldOnce) {
    write("a", "192.0.2.1\n");
    load({"a"});
    write("a", "192.0.2.2\n<html>\n");
    const auto tidings = looks();
    ASSERT_EQ(tidings.size(), 1U);
    ASSERT_TRUE(tidings[0].trouble);
    EXPECT_EQ(tidings[0].trouble->file, folder_.path("a"));
    EXPECT_EQ(tidings[0].trouble->line, 2U);
    EXPECT_FALSE(tidings[0].trouble->mend.empty());
    EXPECT_EQ(look("192.0.2.1"), 1U);
    EXPECT_EQ(look("192.0.2.2"), 0U);
    EXPECT_TRUE(looks().empty());
    write("a", "192.0.2.2\n");
    EXPECT_EQ(looks().size(), 1U);
    EXPECT_EQ(look("192.0.2.2"), 1U);
}

TEST_F(LiveListsTest, AFileThatGoesAwayLeavesItsListAndIsToldOnce) {
    write("a", "192.0.2.1\n");
    load({"a"});
    std::filesystem::remove(folder_.path("a"));
    EXPECT_TRUE(lists_->poll().empty()) << "it may be on its way";
    const auto tidings = looks();
    ASSERT_EQ(tidings.size(), 1U);
    ASSERT_TRUE(tidings[0].trouble);
    EXPECT_EQ(tidings[0].entries, 1U);
    EXPECT_EQ(look("192.0.2.1"), 1U);
    write("a", "192.0.2.2\n");
    ASSERT_EQ(looks().size(), 1U);
    EXPECT_EQ(look("192.0.2.2"), 1U);
    std::filesystem::remove(folder_.path("a"));
    EXPECT_EQ(looks().size(), 1U) << "another time is told again";
}

TEST_F(LiveListsTest, ASuddenlyEmptyVersionIsBelievedTheSecondTime) {
    write("a", "192.0.2.1\n192.0.2.3\n");
    load({"a"});
    for (int round = 0; round < 2; ++round) {
        write("a", "");
        auto tidings = looks();
        ASSERT_EQ(tidings.size(), 1U);
        ASSERT_TRUE(tidings[0].trouble);
        EXPECT_EQ(tidings[0].entries, 2U);
        EXPECT_EQ(look("192.0.2.1"), 1U);
        write("a", "192.0.2.1\n192.0.2.5\n");  // a good one between: the next empty one is doubtful again
        tidings = looks();
        ASSERT_EQ(tidings.size(), 1U);
        EXPECT_FALSE(tidings[0].trouble);
    }
    write("a", "");
    EXPECT_TRUE(looks().at(0).trouble);
    write("a", "");  // as `touch` does
    const auto tidings = looks();
    ASSERT_EQ(tidings.size(), 1U);
    EXPECT_FALSE(tidings[0].trouble);
    EXPECT_EQ(look("192.0.2.1"), 0U);
}

TEST_F(LiveListsTest, ATenthIsNotDoubted) {
    std::string ten, eleven;
    for (int i = 0; i < 10; ++i) ten += "192.0.2." + std::to_string(i) + "\n";
    eleven = ten + "192.0.2.10\n";
    write("a", ten);
    write("b", eleven);
    load({"a", "b"});
    write("a", "192.0.2.1\n");
    write("b", "192.0.2.1\n");
    for (const ListTiding& each : looks()) EXPECT_EQ(each.trouble.has_value(), each.name == "b");
    EXPECT_EQ(look("192.0.2.2"), 2U);
}

TEST_F(LiveListsTest, WhatIsNoRegularFileIsReadOnce) {
    const std::string pipe = folder_.path("pipe");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    std::jthread writer([&] { folder_.write("pipe", "192.0.2.1\n"); });
    load({"pipe"});
    writer.join();
    EXPECT_EQ(look("192.0.2.1"), 1U);
    EXPECT_TRUE(looks().empty());
}

}  // namespace
}  // namespace tidegate::observe

#include "app/serve/state_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace tidegate::app {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class StateFolderTest : public testing::Test {
protected:
    StateFolderTest() {
        std::string name = (fs::temp_directory_path() / "tidegate-state-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~StateFolderTest() override { fs::remove_all(path_); }
    StateFolder open() const { return std::move(StateFolder::open(path_).value()); }

    fs::path path_;
};

TEST_F(StateFolderTest, OneDaemonAtATime) {
    const auto folder = open();
    const auto second = StateFolder::open(path_);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().text(), HasSubstr("another daemon"));
}

TEST_F(StateFolderTest, KnowsOfATableThatAnEarlierOneLeft) {
    open().mark_table(true);
    auto folder = open();
    EXPECT_TRUE(folder.has_table());
    folder.mark_table(false);
    folder.mark_table(false);
    EXPECT_FALSE(folder.has_table());
}

TEST_F(StateFolderTest, KnowsWhetherTheOneBeforeCameToItsEnd) {
    EXPECT_FALSE(open().mark_running());
    open().mark_ended();  // a start that failed before it ran
    {
        auto folder = open();
        EXPECT_TRUE(folder.mark_running()) << "the first was killed";
        folder.mark_ended();
        folder.mark_ended();
    }
    EXPECT_FALSE(open().mark_running());
}

TEST_F(StateFolderTest, KeepsWhatWasOrderedAboutServers) {
    const auto folder = open();
    ASSERT_TRUE(folder.kept_servers());
    EXPECT_EQ(*folder.kept_servers(), "");
    ASSERT_TRUE(folder.keep_servers("[\n]\n"));
    EXPECT_EQ(folder.kept_servers().value(), "[\n]\n");
    fs::remove(path_ / "servers");
    fs::create_directory(path_ / "servers");
    EXPECT_FALSE(folder.kept_servers());  // there, and no file: nobody may take it for nothing
}

TEST_F(StateFolderTest, KeepsWhatIsRememberedOfSenders) {
    const auto folder = open();
    EXPECT_EQ(folder.kept_mail().value(), "");
    const std::string memory("\0\xff\n", 3);
    ASSERT_TRUE(folder.keep_mail(memory));
    EXPECT_EQ(folder.kept_mail().value(), memory);
}

TEST_F(StateFolderTest, IsFreeOnceItIsClosed) {
    {
        const auto folder = open();
    }
    EXPECT_TRUE(StateFolder::open(path_));
}

TEST_F(StateFolderTest, AFileIsNoFolder) {
    std::ofstream(path_ / "file") << "x";
    EXPECT_FALSE(StateFolder::open(path_ / "file"));
}

TEST_F(StateFolderTest, AWordThatItIsToWatchOutlivesThem) {
    {
        auto folder = open();
        EXPECT_FALSE(folder.held_watch());
        ASSERT_TRUE(folder.hold_watch("eve: too many customers"));
    }
    auto folder = open();
    EXPECT_THAT(folder.held_watch().value(), HasSubstr("too many customers"));
    ASSERT_TRUE(folder.hold_watch(std::nullopt));
    EXPECT_FALSE(folder.held_watch());
}

}  // namespace
}  // namespace tidegate::app

#include "app/serve/state_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "app/serve/subject.h"

namespace tidegate::app {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr Time noon = time_of_unix(1'785'931'200);

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

TEST_F(StateFolderTest, KeepsACheckpoint) {
    auto folder = open();
    EXPECT_FALSE(folder.load().value());
    const Checkpoint saved{
        noon, std::string("a\0b", 3), "detection", {{"/var/log/mail.log", "file1 7"}, {"x", ""}}};
    ASSERT_TRUE(folder.save(saved));
    const auto loaded = folder.load();
    ASSERT_TRUE(loaded && *loaded);
    EXPECT_EQ((*loaded)->time, saved.time);
    EXPECT_EQ((*loaded)->judge, saved.judge);
    EXPECT_EQ((*loaded)->detection, saved.detection);
    EXPECT_EQ((*loaded)->positions, saved.positions);
}

TEST_F(StateFolderTest, ADamagedCheckpointIsAnErrorAndNoCrash) {
    auto folder = open();
    ASSERT_TRUE(folder.save(Checkpoint{noon, "judge", "detection", {{"a", "b"}}}));
    const fs::path file = path_ / "checkpoint";
    std::string bytes;
    {
        std::ifstream in(file, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x40);
        std::ofstream(file, std::ios::binary) << damaged;
        EXPECT_FALSE(folder.load()) << i;
        std::ofstream(file, std::ios::binary) << bytes.substr(0, i);
        EXPECT_FALSE(folder.load()) << i;
    }
}

TEST_F(StateFolderTest, OneDaemonAtATime) {
    const auto folder = open();
    const auto second = StateFolder::open(path_);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().text(), HasSubstr("another daemon"));
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

TEST_F(StateFolderTest, KeepsOrders) {
    auto folder = open();
    EXPECT_TRUE(folder.orders().value().empty());
    Order order{.id = 7, .exception = exception_about("203.0.113.0/24").value(), .created = noon};
    order.exception.effect = judge::Exception::Effect::deny;
    order.exception.reason = "they \"guess\"\n";
    order.exception.author = "eve";
    order.exception.expires = noon + 24h;
    ASSERT_TRUE(folder.save(std::vector{order}));
    const auto orders = folder.orders().value();
    ASSERT_EQ(orders.size(), 1U);
    EXPECT_EQ(orders[0].id, 7U);
    EXPECT_EQ(subject_of(orders[0].exception), "203.0.113.0/24");
    EXPECT_EQ(orders[0].exception.effect, judge::Exception::Effect::deny);
    EXPECT_EQ(orders[0].exception.reason, order.exception.reason);
    EXPECT_EQ(orders[0].exception.expires, order.exception.expires);
    EXPECT_EQ(orders[0].created, noon);
}

TEST_F(StateFolderTest, OrdersThatCantBeReadAreNotLostSilently) {
    auto folder = open();
    for (const std::string_view text :
         {"", "{}", "[7]", "[{\"id\":1}]", "[{\"id\":\"x\",\"subject\":\"bob\"}]"}) {
        std::ofstream(path_ / "orders.json") << text;
        EXPECT_FALSE(folder.orders()) << text;
    }
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

#include "app/serve/bans.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

namespace tidegate::app {
namespace {

constexpr Time noon = time_of_unix(1'785'931'200);

struct Folder {
    Folder() {
        std::string name = std::filesystem::temp_directory_path() / "bans-XXXXXX";
        path = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string path;
};

/// Bans of a dry run, and what it said that it would do.
class DryBans : public testing::Test {
protected:
    DryBans() {
        telling_.listen([this](tell::Thing thing, std::span<const tell::Field> fields) {
            if (thing != tell::Thing::firewall_dry_run) return;
            const std::scoped_lock lock(mutex_);
            said_ += std::string(std::get<std::string_view>(fields.front().value)) + '\n';
        });
        settings_.mode = config::FirewallMode::dry_run;
    }
    void adopt(bool acts) { ASSERT_FALSE(bans_.adopt(settings_, judge::Policy(), acts)); }
    void ban(std::string_view address) {
        Event event;
        event.time = noon;
        event.address = Address::parse(address).value();
        Verdict verdict;
        verdict.hold = std::chrono::hours(1);
        bans_.ban(event, verdict);
    }
    std::string said() {
        const std::scoped_lock lock(mutex_);
        return said_;
    }

    std::mutex mutex_;
    std::string said_;
    tell::Telling telling_{[](std::string_view) { return true; }, [] { return std::int64_t{0}; }};
    config::Firewall settings_;
    const Folder folder_;
    StateFolder state_ = std::move(StateFolder::open(folder_.path).value());
    Bans bans_{telling_, [] { return noon; }, state_};
};

TEST_F(DryBans, SwitchingItOffLiftsWhomItKeptOut) {
    adopt(true);
    ban("203.0.113.7");
    while (bans_.standing()->in_force == 0) std::this_thread::yield();
    const std::size_t before = said().size();
    settings_.mode = config::FirewallMode::off;
    adopt(true);
    EXPECT_FALSE(bans_.standing());
    EXPECT_NE(said().find("delete table inet tidegate", before), std::string::npos) << said().substr(before);
}

TEST_F(DryBans, WatchingTakesEverythingBackAndActingBeginsAnew) {
    settings_.syn_rate = 5;
    adopt(true);
    ban("203.0.113.7");
    while (bans_.standing()->in_force == 0) std::this_thread::yield();
    const std::size_t before = said().size();
    EXPECT_FALSE(bans_.set_acting(false));
    EXPECT_NE(said().find("delete table inet tidegate", before), std::string::npos) << said().substr(before);
    EXPECT_FALSE(bans_.is_banned(Address::parse("203.0.113.7").value()));
    EXPECT_FALSE(bans_.set_acting(true));
    ban("203.0.113.8");
    while (bans_.standing()->in_force == 0) std::this_thread::yield();
    EXPECT_EQ(bans_.standing()->in_force, 1U);
}

TEST_F(DryBans, WhileItOnlyWatchesNobodyIsBanned) {
    adopt(false);
    ban("203.0.113.7");
    bans_.close();
    EXPECT_EQ(said().find("203.0.113.7"), std::string::npos) << said();
}

}  // namespace
}  // namespace tidegate::app

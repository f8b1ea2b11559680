// Many threads look while answers come, zones are suspended and come back.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "lists_case.h"

namespace tidegate::observe {
namespace {

using namespace std::chrono_literals;
using Mood = NameServer::Mood;
using ListsStorm = ListsCase;

constexpr unsigned threads = 4;
constexpr std::uint32_t first_client = 0xc000'0200;  // 192.0.2.0

DnsLists::Options small() {
    DnsLists::Options options;
    options.most_clients = 256;  // so that entries are forgotten all the time
    options.most_in_flight = 64;
    options.budget = 50ms;
    options.patience = 60ms;
    return options;
}

TEST_F(ListsStorm, EverybodyWhoWaitsIsWokenOnce) {
    for (std::uint32_t i = 0; i < 256; i += 2) {
        const std::string name = std::to_string(i) + ".2.0.192.list.example.org";
        server_.put(name, {record(2)});
    }
    start_used({test_zone(), test_zone("second.example.org")}, small());
    std::atomic<std::uint64_t> waiting = 0, woken = 0, wrong = 0;
    std::vector<std::thread> all;
    for (unsigned t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            for (std::uint32_t i = 0; i < 3000; ++i) {
                const std::uint32_t last = (i * 7 + t * 31) % 256;
                // Counted before: he may be woken before look() returns.
                ++waiting;
                const auto found = lists_->look(Address::v4(first_client + last), [&] { ++woken; });
                if (!found.pending) --waiting;
                if ((found.zones & 1) != 0 && last % 2 != 0) ++wrong;
            }
        });
    for (std::thread& each : all) each.join();
    EXPECT_TRUE(eventually([&] { return woken == waiting; }));
    lists_.reset();
    EXPECT_EQ(woken, waiting);
    EXPECT_GT(woken, 0U);
    EXPECT_EQ(wrong, 0U);
}

TEST_F(ListsStorm, ManyAskAboutOneAddressAtOnce) {
    start_used({test_zone()}, [] {
        DnsLists::Options options;
        options.budget = 1h;
        return options;
    }());
    server_.set(Mood::held);
    std::atomic<unsigned> pending = 0, woken = 0;
    std::vector<std::thread> all;
    for (unsigned t = 0; t < threads; ++t)
        all.emplace_back([&] {
            for (int i = 0; i < 200; ++i)
                if (lists_->look(named_address, [&] { ++woken; }).pending) ++pending;
        });
    for (std::thread& each : all) each.join();
    EXPECT_EQ(pending, threads * 200);
    ASSERT_TRUE(eventually([&] { return server_.asked() == 1; }));
    server_.release();
    EXPECT_TRUE(eventually([&] { return woken == threads * 200; }));
    EXPECT_EQ(server_.asked(), 1U);
}

TEST_F(ListsStorm, ZonesThatComeAndGo) {
    start_used({test_zone(), keyed_zone()}, small());
    std::atomic<bool> over = false;
    std::vector<std::thread> all;
    for (unsigned t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            for (std::uint32_t i = t; !over; i += 13) {
                (void)lists_->look(Address::v4(first_client + i % 256));
                if (i % 64 == 0) (void)lists_->standing();
            }
        });
    constexpr std::array moods{Mood::error_code, Mood::names_all, Mood::silent, Mood::refused, Mood::garbage};
    for (const Mood mood : moods) {
        server_.set(mood);
        EXPECT_TRUE(eventually([&] {
            pass(1h);
            return all_are(ZoneState::suspended);
        }));
        server_.set(Mood::honest);
        EXPECT_TRUE(eventually([&] {
            pass(1h);
            return all_are(ZoneState::in_use);
        }));
    }
    over = true;
    for (std::thread& each : all) each.join();
    EXPECT_GE(notices().size(), 2 * moods.size());
}

TEST_F(ListsStorm, StoppingIsPrompt) {
    start_used({test_zone()}, [] {
        DnsLists::Options options;
        options.budget = 1h;
        options.patience = 1h;
        return options;
    }());
    server_.set(Mood::silent);
    std::atomic<int> woken = 0;
    for (std::uint32_t i = 0; i < 200; ++i)
        (void)lists_->look(Address::v4(first_client + i), [&] { ++woken; });
    const auto began = std::chrono::steady_clock::now();
    lists_.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
    EXPECT_EQ(woken, 200);
}

}  // namespace
}  // namespace tidegate::observe

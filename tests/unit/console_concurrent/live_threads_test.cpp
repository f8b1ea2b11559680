// Many look on while others tell, come, go and read nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "../net/served.h"
#include "console/live.h"
#include "console/worker.h"
#include "net/http_server.h"

namespace tidegate::console {
namespace {

using namespace std::chrono_literals;
using net::eventually;
using testing::HasSubstr;

constexpr std::string_view get = "GET /live HTTP/1.1\r\nHost: a\r\n\r\n";

class LiveStreams : public testing::Test {
protected:
    LiveStreams() { endpoint_ = net::listen(server_, threads_); }
    ~LiveStreams() override { server_.stop(0ms); }

    /// Ticks, as often as it takes.
    bool ticks_until(const std::function<bool()>& holds) {
        return eventually([&] {
            clock_ += 250;
            live_.tick();
            return holds();
        });
    }

    std::atomic<std::int64_t> clock_ = 1'000'000;
    std::atomic<bool> may_look_ = true;
    std::atomic<int> scenes_ = 0;
    std::mutex mutex_;
    std::vector<std::pair<std::string, std::string>> incidents_;
    Live live_{{.scene =
                    [this] {
                        return "{\"number\":" + std::to_string(++scenes_) + ",\"filler\":\"" +
                               std::string(20'000, 'x') + "\"}";
                    },
                .incidents =
                    [this] {
                        const std::scoped_lock lock(mutex_);
                        return incidents_;
                    },
                .clock = [this] { return Moment(std::chrono::milliseconds(clock_)); }}};
    net::Threads threads_{2};
    net::HttpServer server_{threads_, {}, [this](const net::Request& request, net::Response& response) {
                                if (!live_.open(request, response, [this] { return may_look_.load(); }))
                                    response.say(503, "enough");
                            }};
    net::Endpoint endpoint_;
};

TEST_F(LiveStreams, WhatIsToldReachesAllInOrder) {
    std::vector<std::unique_ptr<net::WireClient>> readers;
    for (int i = 0; i < 8; ++i) {
        readers.push_back(std::make_unique<net::WireClient>(endpoint_));
        ASSERT_TRUE(readers.back()->send(get));
        EXPECT_THAT(readers.back()->read_until("event: scene\n"), HasSubstr("text/event-stream"));
    }
    std::vector<std::jthread> tellers;
    for (int teller = 0; teller < 4; ++teller)
        tellers.emplace_back([this, teller] {
            for (int i = 0; i < 20; ++i)
                live_.tell("{\"by\":" + std::to_string(teller) + ",\"n\":" + std::to_string(i) + "}");
        });
    tellers.clear();
    live_.tell("{\"last\":true}");
    std::atomic<int> done = 0;
    std::vector<std::jthread> reading;
    for (const auto& reader : readers)
        reading.emplace_back([&done, &reader] {
            const std::string text = reader->read_until("{\"last\":true}");
            std::size_t at = 0;
            for (int i = 0; i < 20; ++i) {
                at = text.find("{\"by\":2,\"n\":" + std::to_string(i) + "}", at);
                EXPECT_NE(at, std::string::npos) << i;
            }
            ++done;
        });
    EXPECT_TRUE(ticks_until([&] { return done == 8; }));
}

TEST_F(LiveStreams, OneSceneIsWrittenForAll) {
    std::vector<std::unique_ptr<net::WireClient>> readers;
    for (int i = 0; i < 4; ++i) {
        readers.push_back(std::make_unique<net::WireClient>(endpoint_));
        ASSERT_TRUE(readers.back()->send(get));
        readers.back()->read_until("event: scene\n");
    }
    const int before = scenes_;
    EXPECT_EQ(before, 4);
    ASSERT_TRUE(ticks_until([&] { return scenes_ > before; }));
    for (const auto& reader : readers)
        EXPECT_THAT(reader->read_until("\"number\":5"), HasSubstr("\"number\":5"));
}

TEST_F(LiveStreams, ASlowReaderIsCutAndTheOthersGoOn) {
    net::WireClient slow(endpoint_), quick(endpoint_);
    ASSERT_TRUE(slow.send(get));
    ASSERT_TRUE(quick.send(get));
    quick.read_until("event: scene\n");
    std::atomic<bool> over = false;
    std::jthread reading([&] {
        while (!over) quick.read_until("event: scene\n");
    });
    ASSERT_TRUE(eventually([&] { return live_.readers() == 2; }));
    EXPECT_TRUE(ticks_until([&] { return live_.readers() == 1; }));
    EXPECT_EQ(server_.counts().slow_readers, 1U);
    over = true;
    const int now = scenes_;
    EXPECT_TRUE(ticks_until([&] { return scenes_ > now + 1; }));
}

TEST_F(LiveStreams, WhoMayLookOnNoMoreIsSentAway) {
    net::WireClient reader(endpoint_);
    ASSERT_TRUE(reader.send(get));
    reader.read_until("event: scene\n");
    may_look_ = false;
    EXPECT_TRUE(ticks_until([&] { return live_.readers() == 0; }));
    EXPECT_THAT(reader.read_to_end(), HasSubstr("\r\n0\r\n\r\n"));
}

TEST_F(LiveStreams, ComingAndGoingLeavesNobody) {
    std::vector<std::jthread> people;
    for (int person = 0; person < 4; ++person)
        people.emplace_back([this] {
            for (int i = 0; i < 20; ++i) {
                net::WireClient reader(endpoint_);
                EXPECT_TRUE(reader.send(get));
                reader.read_until("event: scene\n");
                live_.tell("{}");
                live_.tick();
            }
        });
    people.clear();
    EXPECT_TRUE(eventually([&] { return live_.readers() == 0; }));
    EXPECT_FALSE(live_.wants_told());
}

TEST_F(LiveStreams, ThereIsAnEndToThem) {
    std::vector<std::unique_ptr<net::WireClient>> readers;
    for (std::size_t i = 0; i < Live::most_readers; ++i) {
        readers.push_back(std::make_unique<net::WireClient>(endpoint_));
        ASSERT_TRUE(readers.back()->send(get));
        readers.back()->read_until("event: scene\n");
    }
    net::WireClient one_more(endpoint_);
    ASSERT_TRUE(one_more.send(get));
    EXPECT_THAT(one_more.read_reply(), HasSubstr("503"));
}

TEST_F(LiveStreams, AnIncidentThatTookATurnIsShown) {
    net::WireClient reader(endpoint_);
    ASSERT_TRUE(reader.send(get));
    reader.read_until("event: scene\n");
    const int before = scenes_;
    ASSERT_TRUE(ticks_until([&] { return scenes_ > before; }));
    {
        const std::scoped_lock lock(mutex_);
        incidents_.emplace_back("2026-08-05-1", R"({"id":"2026-08-05-1","state":"open"})");
    }
    std::atomic<bool> seen = false;
    std::jthread reading([&] {
        reader.read_until("event: incident\ndata: {\"id\":\"2026-08-05-1\",\"state\":\"open\"}\n");
        seen = true;
    });
    EXPECT_TRUE(ticks_until([&] { return seen.load(); }));
}

TEST(Worker, TurnsAwayWhatWouldWaitTooLongAndKeepsPlaces) {
    Worker worker;
    std::atomic<bool> goes_on = false, began = false;
    std::atomic<int> done = 0;
    ASSERT_TRUE(worker.start(
        [&] {
            began = true;
            goes_on.wait(false);
        },
        false));
    ASSERT_TRUE(eventually([&] { return began.load(); }));
    int taken = 0, of_known = 0;
    while (worker.start([&] { ++done; }, false)) ++taken;
    while (worker.start([&] { ++done; }, true)) ++of_known;
    EXPECT_EQ(taken, static_cast<int>(Worker::most - Worker::reserved));
    EXPECT_EQ(of_known, static_cast<int>(Worker::reserved));
    goes_on = true;
    goes_on.notify_all();
    EXPECT_TRUE(eventually([&] { return done == static_cast<int>(Worker::most); }));
    worker.stop();
    EXPECT_FALSE(worker.start([] {}, true));
}

}  // namespace
}  // namespace tidegate::console

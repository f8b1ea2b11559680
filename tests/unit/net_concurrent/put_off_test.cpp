// Requests that are put off, and woken from other threads.

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/http_server.h"
#include "served.h"

namespace tidegate::net {
namespace {

using namespace std::chrono_literals;

std::string body_of(const std::string& reply) {
    return reply.substr(std::min(reply.size(), reply.find("\r\n\r\n") + 4));
}

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Puts off what asks for "/later" and keeps who is to be woken.
class Later {
public:
    void answer(const Request& request, Response& response) {
        response.body() = request.was_put_off() ? "later" : "now";
        if (request.path() != "/later" || request.was_put_off()) return;
        response.put_off();
        const std::scoped_lock lock(mutex_);
        wakers_.push_back(request.waker());
        came_.notify_all();
    }
    std::vector<Waker> wait_for(std::size_t many) {
        std::unique_lock lock(mutex_);
        came_.wait(lock, [&] { return wakers_.size() >= many; });
        return std::exchange(wakers_, {});
    }
    [[nodiscard]] HttpHandler handler() {
        return [this](const Request& request, Response& response) { answer(request, response); };
    }

private:
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<Waker> wakers_;
};

// A request counts a moment after its handler has put it off.
void wait_for_in_flight(const HttpServer& server, std::size_t many) {
    while (server.counts().in_flight != many) std::this_thread::yield();
}

const std::string later = "GET /later HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(PutOff, WhatWasPutOffIsAnsweredWhenItIsWoken) {
    Later answers;
    Threads threads(2);
    HttpServer server(threads, {}, answers.handler());
    const Endpoint to = listen(server, threads);
    std::vector<std::unique_ptr<WireClient>> waiting;
    for (int i = 0; i < 8; ++i) {
        waiting.push_back(std::make_unique<WireClient>(to));
        ASSERT_TRUE(waiting.back()->send(later + get));
    }
    const auto wakers = answers.wait_for(waiting.size());
    wait_for_in_flight(server, waiting.size());
    WireClient other(to);
    ASSERT_TRUE(other.send(get));
    EXPECT_EQ(body_of(other.read_reply()), "now") << "nobody else waits";
    for (const Waker& wake : wakers) wake();
    for (const auto& each : waiting) {
        EXPECT_EQ(body_of(each->read_reply()), "later");
        EXPECT_EQ(body_of(each->read_reply()), "now");
    }
    for (const Waker& wake : wakers) wake();  // of nobody
    ASSERT_TRUE(other.send(get));
    EXPECT_EQ(body_of(other.read_reply()), "now");
}

TEST(PutOff, WhoIsNeverWokenIsAnsweredAtHisDeadline) {
    Later answers;
    Threads threads(1);
    HttpServer server(threads, {.rules = {.request = 20ms}}, answers.handler());
    WireClient client(listen(server, threads));
    ASSERT_TRUE(client.send(later));
    EXPECT_EQ(body_of(client.read_reply()), "later");
}

TEST(PutOff, InACrowdNobodyWaits) {
    Later answers;
    Threads threads(1);
    HttpServer server(threads, {.rules = {.max_in_flight = 4}}, answers.handler());
    const Endpoint to = listen(server, threads);
    std::vector<std::unique_ptr<WireClient>> waiting;
    for (std::size_t i = 0; i < 3; ++i) {
        waiting.push_back(std::make_unique<WireClient>(to));
        ASSERT_TRUE(waiting.back()->send(later));
    }
    const auto wakers = answers.wait_for(waiting.size());
    wait_for_in_flight(server, waiting.size());
    WireClient client(to);
    ASSERT_TRUE(client.send(later));
    EXPECT_EQ(body_of(client.read_reply()), "later");
    for (const Waker& wake : wakers) wake();
}

TEST(PutOff, AStopAnswersThoseWhoWait) {
    Later answers;
    Threads threads(1);
    HttpServer server(threads, {}, answers.handler());
    WireClient client(listen(server, threads));
    ASSERT_TRUE(client.send(later));
    const auto wakers = answers.wait_for(1);
    std::thread waker([&] { wakers.front()(); });
    EXPECT_EQ(server.stop(5s), 0U);
    waker.join();
    EXPECT_EQ(body_of(client.read_to_end()), "later");
}

TEST(PutOff, AStopThatRunsOutOfTimeCutsThoseWhoWait) {
    Later answers;
    Threads threads(1);
    HttpServer server(threads, {}, answers.handler());
    WireClient client(listen(server, threads));
    ASSERT_TRUE(client.send(later));
    const auto wakers = answers.wait_for(1);
    EXPECT_EQ(server.stop(10ms), 1U);
    wakers.front()();
    EXPECT_EQ(client.read_to_end(), "");
}

}  // namespace
}  // namespace tidegate::net

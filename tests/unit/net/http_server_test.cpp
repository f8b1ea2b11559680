#include "net/http_server.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <vector>

#include "served.h"

namespace tidegate::net {
namespace {

using namespace std::chrono_literals;

void say_who(const Request& request, Response& response) {
    if (request.path() == "/throw") throw std::runtime_error("of a handler");
    if (const auto& process = request.peer().process)
        response.body() = std::to_string(process->user) + ' ' + std::to_string(process->pid);
    else
        response.body() = request.peer().address.text() + (request.peer().port != 0 ? " port" : "");
}

std::string body_of(const std::string& reply) {
    return reply.substr(std::min(reply.size(), reply.find("\r\n\r\n") + 4));
}

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(HttpServer, KnowsWhoAsks) {
    const TemporaryFolder folder;
    Threads threads(2);
    HttpServer server(threads, {}, say_who);
    const std::pair<Endpoint, std::string> cases[] = {
        {listen(server, threads), "127.0.0.1 port"},
        {listen(server, threads, Endpoint::parse("[::1]:0").value()), "::1 port"},
        {listen(server, threads, folder.socket("s")),
         std::to_string(::getuid()) + ' ' + std::to_string(::getpid())},
    };
    for (const auto& [to, wanted] : cases) {
        WireClient client(to);
        ASSERT_TRUE(client.send(get));
        EXPECT_EQ(body_of(client.read_reply()), wanted);
    }
}

TEST(HttpServer, AnIpv4ClientOfAnIpv6SocketIsOne) {
    Threads threads(1);
    HttpServer server(threads, {}, say_who);
    const Endpoint any = listen(server, threads, Endpoint::parse("[::]:0").value());
    WireClient client({Address::v4(0x7f00'0001), any.port, {}});
    ASSERT_TRUE(client.send(get));
    EXPECT_EQ(body_of(client.read_reply()), "127.0.0.1 port");
}

TEST(HttpServer, CountsWhatItAnswers) {
    Threads threads(1);
    HttpOptions options;
    options.keys.accept_field("X-API-Key", "abc");
    HttpServer server(threads, std::move(options), say_who);
    WireClient client(listen(server, threads));
    ASSERT_TRUE(client.send(get + "GET /throw HTTP/1.1\r\nHost: a\r\nX-API-Key: abc\r\n\r\n" +
                            "GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: abc\r\n\r\nnonsense\r\n\r\n"));
    const std::string all = client.read_to_end();
    std::vector<std::string> statuses;
    for (auto at = all.find("HTTP/1.1 "); at != std::string::npos; at = all.find("HTTP/1.1 ", at + 1))
        statuses.push_back(all.substr(at + 9, 3));
    EXPECT_EQ(statuses, (std::vector<std::string>{"401", "500", "200", "400"}));
    const HttpCounts counts = server.http_counts();
    EXPECT_EQ(counts.requests, 2U);
    EXPECT_EQ(counts.thrown, 1U);
    EXPECT_EQ(counts.unauthorised, 1U);
    EXPECT_EQ(counts.bad, 1U);
}

TEST(HttpServer, ASlowRequestIsTold) {
    Threads threads(1);
    HttpServer server(threads, {.rules = {.request = 20ms}}, say_who);
    WireClient client(listen(server, threads));
    ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf"));
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 408 "));
    EXPECT_EQ(server.counts().late, 1U);
}

TEST(HttpServer, BeyondItsConnectionsItIsUnavailable) {
    Threads threads(1);
    HttpServer server(threads, {.rules = {.max_connections = 1}}, say_who);
    const Endpoint to = listen(server, threads);
    WireClient first(to);
    ASSERT_TRUE(first.send(get));
    first.read_reply();
    WireClient second(to);
    ASSERT_TRUE(second.send(get));
    const std::string reply = second.read_reply();
    EXPECT_TRUE(reply.starts_with("HTTP/1.1 503 ")) << reply;
    EXPECT_EQ(body_of(reply), "enough connections for now\n");
    EXPECT_TRUE(second.is_closed());
}

TEST(HttpServer, TheLargestBodyFits) {
    Threads threads(1);
    HttpServer server(threads, {}, [](const Request& request, Response& response) {
        response.body() = std::to_string(request.body().size());
    });
    const Endpoint to = listen(server, threads);
    for (const auto& [size, wanted] : {std::pair(65'536, "HTTP/1.1 200 "), {65'537, "HTTP/1.1 413 "}}) {
        WireClient client(to);
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                    std::string(static_cast<std::size_t>(size), 'x'));
        EXPECT_TRUE(client.read_reply().starts_with(wanted)) << size;
    }
}

/// A handler that gives its streams to the test.
class HttpStream : public testing::Test {
protected:
    HttpStream()
        : server_(threads_, options(), [this](const Request& request, Response& response) {
              Stream stream = response.stream("text/event-stream");
              stream.on_close([this] { ++closed_; });
              stream.write("hello\n");
              if (request.path() == "/short") stream.end();
              const std::lock_guard lock(mutex_);
              stream_.emplace(stream);
          }) {
        to_ = listen(server_, threads_);
    }
    static HttpOptions options() {
        HttpOptions out;
        out.limits.stream_bytes = 100'000;
        return out;
    }
    /// In the stream's thread; waits for it.
    void with_stream(const std::function<void(Stream&)>& act) {
        std::latch done(1);
        threads_[0].post([&] {
            act(*stream_);
            done.count_down();
        });
        done.wait();
    }

    std::mutex mutex_;
    std::optional<Stream> stream_;
    std::atomic<int> closed_{0};
    Threads threads_{1};
    HttpServer server_;
    Endpoint to_;
};

TEST_F(HttpStream, IsWrittenToUntilItsEnd) {
    WireClient client(to_);
    ASSERT_TRUE(client.send(get));
    EXPECT_NE(client.read_until("6\r\nhello\n\r\n").find("Transfer-Encoding: chunked\r\n"),
              std::string::npos);
    with_stream([](Stream& stream) { EXPECT_TRUE(stream.write("more\n")); });
    EXPECT_EQ(client.read_until("\n\r\n"), "5\r\nmore\n\r\n");
    with_stream([](Stream& stream) {
        stream.end();
        EXPECT_FALSE(stream.write("late"));
    });
    EXPECT_EQ(client.read_to_end(), "0\r\n\r\n");
    EXPECT_TRUE(eventually([&] { return closed_ == 1; }));
}

TEST_F(HttpStream, MayEndAtOnce) {
    WireClient client(to_);
    ASSERT_TRUE(client.send("GET /short HTTP/1.0\r\n\r\n"));
    EXPECT_EQ(body_of(client.read_to_end()), "hello\n");
}

TEST_F(HttpStream, HearsThatItsReaderLeft) {
    WireClient client(to_);
    ASSERT_TRUE(client.send(get));
    client.read_until("hello\n\r\n");
    client.reset();
    EXPECT_TRUE(eventually([&] { return closed_ == 1 && server_.counts().connections == 0; }));
    with_stream([](Stream& stream) { EXPECT_FALSE(stream.write("x") || stream.is_open()); });
}

TEST_F(HttpStream, ASlowReaderIsDropped) {
    WireClient client(to_);
    ASSERT_TRUE(client.send(get));
    client.read_until("hello\n\r\n");
    bool dropped = false;
    while (!dropped)
        with_stream([&](Stream& stream) {
            if (!stream.write(std::string(50'000, 'x'))) dropped = true;
        });
    EXPECT_TRUE(eventually([&] { return closed_ == 1; }));
    EXPECT_EQ(server_.counts().slow_readers, 1U);
}

TEST_F(HttpStream, EndsWhenTheServerStops) {
    WireClient client(to_);
    ASSERT_TRUE(client.send(get));
    client.read_until("hello\n\r\n");
    std::thread reader([&] {
        EXPECT_EQ(client.read_to_end(), "0\r\n\r\n");
        client.reset();
    });
    EXPECT_EQ(server_.stop(patience), 0U);
    reader.join();
    EXPECT_EQ(closed_, 1);
}

}  // namespace
}  // namespace tidegate::net

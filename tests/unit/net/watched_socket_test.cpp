// Sockets that are told once: what a wait ends by, and that nothing is lost between one word and the next.

#include "net/watched_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::net {
namespace {

/// Both ends of a connection over loopback.
struct Pair {
    Descriptor ours, theirs;

    Pair() {
        const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof name;
        auto* const generic = reinterpret_cast<sockaddr*>(&name);
        EXPECT_EQ(::bind(listener.number(), generic, size), 0);
        EXPECT_EQ(::listen(listener.number(), 1), 0);
        EXPECT_EQ(::getsockname(listener.number(), generic, &size), 0);
        theirs = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        EXPECT_EQ(::connect(theirs.number(), generic, size), 0);
        ours = Descriptor(::accept4(listener.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        EXPECT_TRUE(ours);
    }
    void say(std::string_view words, int flags = 0) const {
        EXPECT_EQ(::send(theirs.number(), words.data(), words.size(), flags | MSG_NOSIGNAL),
                  static_cast<ssize_t>(words.size()));
    }
    /// With a reset instead of an end.
    void abort() {
        const linger none{1, 0};
        EXPECT_EQ(::setsockopt(theirs.number(), SOL_SOCKET, SO_LINGER, &none, sizeof none), 0);
        theirs.close();
    }
};

/// Reads as a proxy does: waits, and takes what is there until a try comes up short.
struct Reader {
    explicit Reader(asio::io_context& context, Descriptor end) : socket(context, std::move(end)) {}

    WatchedSocket socket;
    std::string read;
    unsigned waits = 0, empty_tries = 0;
    bool ended = false;

    asio::awaitable<void> until_the_end() {
        char bytes[8];
        while (!ended && socket.is_open()) {
            if (!socket.may_move(Way::read)) {
                ++waits;
                if (socket.must_wait(Way::read)) co_await socket.told(Way::read);
                if (!socket.may_move(Way::read)) co_return;  // cancelled
            }
            const ssize_t size = ::recv(socket.number(), bytes, sizeof bytes, 0);
            if (size < 0 && errno == EAGAIN) {
                ++empty_tries;
                socket.moved_nothing(Way::read);
            } else if (size <= 0) {
                ended = true;
            } else {
                read.append(bytes, static_cast<std::size_t>(size));
                if (size < static_cast<ssize_t>(sizeof bytes)) socket.moved_less(Way::read);
            }
        }
    }
};

class WatchedSockets : public testing::Test {
protected:
    void start(Reader& reader) { asio::co_spawn(context_, reader.until_the_end(), asio::detached); }
    /// All that can be done now.
    void settle() {
        while (context_.poll() != 0) continue;
        context_.restart();
    }

    asio::io_context context_;
    Pair pair_;
};

TEST_F(WatchedSockets, WhatWasThereBeforeTheFirstWaitIsTold) {
    pair_.say("early");
    Reader reader(context_, std::move(pair_.ours));
    start(reader);
    settle();
    EXPECT_EQ(reader.read, "early");
    EXPECT_EQ(reader.empty_tries, 0U);
}

TEST_F(WatchedSockets, EachArrivalIsToldAndNoTryIsForNothing) {
    Reader reader(context_, std::move(pair_.ours));
    start(reader);
    for (const std::string_view words : {"one", "two", "three"}) {
        pair_.say(words);
        settle();
    }
    pair_.theirs.close();
    context_.run();
    EXPECT_EQ(reader.read, "onetwothree");
    EXPECT_TRUE(reader.ended);
    EXPECT_EQ(reader.empty_tries, 0U);
    EXPECT_EQ(reader.waits, 4U);
}

TEST_F(WatchedSockets, AnEndThatCameWithTheLastWordsIsNotWaitedFor) {
    Reader reader(context_, std::move(pair_.ours));
    start(reader);
    settle();
    pair_.say("bye");
    pair_.theirs.close();
    context_.run();
    EXPECT_EQ(reader.read, "bye");
    EXPECT_TRUE(reader.ended);
    EXPECT_TRUE(reader.socket.is_over());
}

TEST_F(WatchedSockets, UrgentDataMakesNoReadTheLast) {
    Reader reader(context_, std::move(pair_.ours));
    start(reader);
    settle();
    // A read ends at the urgent mark, however much lies behind it.
    pair_.say("ab");
    pair_.say("!", MSG_OOB);
    pair_.say("cd");
    settle();
    EXPECT_EQ(reader.read, "abcd");
}

TEST_F(WatchedSockets, AResetEndsTheWait) {
    Reader reader(context_, std::move(pair_.ours));
    start(reader);
    settle();
    pair_.abort();
    context_.run();
    EXPECT_TRUE(reader.ended);
    EXPECT_TRUE(reader.socket.is_over());
}

TEST_F(WatchedSockets, AWriterIsToldWhenThereIsRoom) {
    WatchedSocket socket(context_, std::move(pair_.ours));
    const std::string much(1'000'000, 'x');
    std::size_t sent = 0;
    bool done = false;
    const auto write = [&]() -> asio::awaitable<void> {
        while (sent < 20 * much.size()) {
            const ssize_t size = ::send(socket.number(), much.data(), much.size(), MSG_NOSIGNAL);
            if (size < 0) {
                EXPECT_EQ(errno, EAGAIN);
                socket.moved_nothing(Way::write);
                if (socket.must_wait(Way::write)) co_await socket.told(Way::write);
                continue;
            }
            sent += static_cast<std::size_t>(size);
        }
        done = true;
    };
    asio::co_spawn(context_, write(), asio::detached);
    settle();
    EXPECT_FALSE(done);
    std::string taken(much.size(), '\0');
    std::size_t received = 0;
    while (!done) {
        const ssize_t size = ::recv(pair_.theirs.number(), taken.data(), taken.size(), 0);
        ASSERT_GT(size, 0);
        received += static_cast<std::size_t>(size);
        settle();
    }
    EXPECT_LE(received, sent);
}

TEST_F(WatchedSockets, CancelledOnesGoOnAndCanBeWaitedForAgain) {
    Reader reader(context_, std::move(pair_.ours));
    start(reader);
    settle();
    reader.socket.cancel();
    context_.run();  // nobody waits any more: it has nothing to do
    EXPECT_FALSE(reader.ended);
    context_.restart();
    start(reader);
    pair_.say("again");
    settle();
    EXPECT_EQ(reader.read, "again");
}

TEST_F(WatchedSockets, TwoMayWaitForTheSame) {
    WatchedSocket socket(context_, std::move(pair_.ours));
    unsigned told = 0;
    const auto wait = [&]() -> asio::awaitable<void> {
        if (socket.must_wait(Way::read)) co_await socket.told(Way::read);
        ++told;
    };
    asio::co_spawn(context_, wait(), asio::detached);
    asio::co_spawn(context_, wait(), asio::detached);
    settle();
    EXPECT_EQ(told, 0U);
    pair_.say("x");
    context_.run();
    EXPECT_EQ(told, 2U);
}

TEST_F(WatchedSockets, ClosingEndsTheWait) {
    Reader reader(context_, std::move(pair_.ours));
    start(reader);
    settle();
    reader.socket.close();
    context_.run();
    EXPECT_FALSE(reader.socket.is_open());
    EXPECT_FALSE(reader.ended);
}

// More than one batch of what the kernel tells; whoever goes on first closes and destroys the others, of whom
// something is left to be told.
TEST_F(WatchedSockets, WhoeverIsToldMayDestroyTheOthers) {
    constexpr std::size_t many = 150;
    std::vector<Pair> pairs(many);
    std::vector<std::unique_ptr<WatchedSocket>> sockets;
    std::vector<std::size_t> told;
    const auto wait = [&](std::size_t which) -> asio::awaitable<void> {
        if (sockets[which]->must_wait(Way::read)) co_await sockets[which]->told(Way::read);
        told.push_back(which);
        if (told.size() != 1) co_return;
        for (std::size_t other = 0; other < many; ++other)
            if (other != which && other % 2 == 0) sockets[other].reset();
    };
    for (std::size_t i = 0; i < many; ++i) {
        sockets.push_back(std::make_unique<WatchedSocket>(context_, std::move(pairs[i].ours)));
        asio::co_spawn(context_, wait(i), asio::detached);
    }
    settle();
    for (const Pair& pair : pairs) pair.say("x");
    context_.run();
    EXPECT_EQ(told.size(), many);
}

TEST_F(WatchedSockets, ADescriptorThatIsUsedAgainIsNotTakenForTheOldOne) {
    auto first = std::make_unique<Reader>(context_, std::move(pair_.ours));
    start(*first);
    settle();
    const int number = first->socket.number();
    pair_.say("for the old one");
    first->socket.close();
    Pair other;
    Descriptor same(::fcntl(other.ours.number(), F_DUPFD_CLOEXEC, number));
    ASSERT_EQ(same.number(), number);
    other.ours.close();
    Reader second(context_, std::move(same));
    start(second);
    settle();
    EXPECT_EQ(second.read, "");
    EXPECT_EQ(first->read, "");
    other.say("hello");
    settle();
    EXPECT_EQ(second.read, "hello");
}

TEST_F(WatchedSockets, AContextThatEndsTakesWhoWaitsWithIt) {
    auto context = std::make_unique<asio::io_context>();
    const auto alive = std::make_shared<int>(0);
    const auto wait = [](asio::io_context& its, Descriptor end,
                         std::shared_ptr<int>) -> asio::awaitable<void> {
        WatchedSocket socket(its, std::move(end));
        if (socket.must_wait(Way::read)) co_await socket.told(Way::read);
    };
    asio::co_spawn(*context, wait(*context, std::move(pair_.ours), alive), asio::detached);
    context->poll();
    EXPECT_EQ(alive.use_count(), 2);
    context.reset();
    EXPECT_EQ(alive.use_count(), 1);
}

TEST_F(WatchedSockets, WhatTheKernelWillNotWatchIsAsIfClosed) {
    WatchedSocket socket(context_, Descriptor(::open("/etc/passwd", O_RDONLY | O_CLOEXEC)));
    bool went_on = false;
    const auto wait = [&]() -> asio::awaitable<void> {
        if (socket.must_wait(Way::read)) co_await socket.told(Way::read);
        went_on = true;
    };
    asio::co_spawn(context_, wait(), asio::detached);
    context_.run();
    EXPECT_TRUE(went_on);
    EXPECT_FALSE(socket.is_open());
}

}  // namespace
}  // namespace tidegate::net

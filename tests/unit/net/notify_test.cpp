#include "net/notify.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <latch>

#include "served.h"

namespace tidegate::net {
namespace {

using namespace std::chrono_literals;

/// A systemd that listens; it is gone with the test.
class Notified : public testing::Test {
protected:
    Notified() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        const SocketName name = name_of(folder_.socket("notify")).value();
        EXPECT_EQ(::bind(socket_.number(), name.pointer(), name.size), 0);
        ::setenv("NOTIFY_SOCKET", folder_.file("notify").c_str(), 1);
    }
    ~Notified() override {
        for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    }
    std::string heard(std::chrono::milliseconds wait = patience) {
        pollfd entry{socket_.number(), POLLIN, 0};
        if (::poll(&entry, 1, static_cast<int>(wait.count())) != 1) return "";
        char bytes[1000];
        const auto got = ::recv(socket_.number(), bytes, sizeof bytes, 0);
        return {bytes, static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
    }

    TemporaryFolder folder_;
    Descriptor socket_;
};

TEST_F(Notified, HearsWhatBecomesOfUs) {
    notify_ready("2 doors\nREADY=0");
    EXPECT_EQ(heard(), "READY=1\nSTATUS=2 doors READY=0");
    notify_reloading();
    EXPECT_TRUE(heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    notify_stopping("closing doors");
    EXPECT_EQ(heard(), "STOPPING=1\nSTATUS=closing doors");
    notify_status("fine");
    EXPECT_EQ(heard(), "STATUS=fine");
}

/// How many descriptors came with the next message, and its text.
std::pair<std::size_t, std::string> message_with_sockets(int from) {
    char bytes[1000];
    alignas(cmsghdr) char control[CMSG_SPACE(8 * sizeof(int))];
    iovec text{bytes, sizeof bytes};
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    pollfd entry{from, POLLIN, 0};
    if (::poll(&entry, 1, static_cast<int>(patience.count())) != 1) return {};
    const ssize_t got = ::recvmsg(from, &message, MSG_CMSG_CLOEXEC);
    std::size_t sockets = 0;
    for (const cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(part))) {
        if (part->cmsg_type != SCM_RIGHTS) continue;
        for (std::size_t i = 0; i < (part->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(part) + i * sizeof number, sizeof number);
            const Descriptor closed(number);
            ++sockets;
        }
    }
    return {sockets, {bytes, static_cast<std::size_t>(std::max<ssize_t>(got, 0))}};
}

TEST_F(Notified, KeepsTheSocketsThatAreLent) {
    Listener door = Listener::open(*Endpoint::parse("127.0.0.1:0"), 2).value();
    std::string name = door.endpoint().text();
    std::ranges::replace(name, ':', '-');
    EXPECT_FALSE(door.is_shared());
    door.lend();
    EXPECT_TRUE(door.is_shared());
    EXPECT_FALSE(door.is_inherited());
    const auto [sockets, text] = message_with_sockets(socket_.number());
    EXPECT_EQ(sockets, 2U);
    EXPECT_EQ(text, "FDSTORE=1\nFDPOLL=0\nFDNAME=" + name);
    take_back(door.endpoint());
    EXPECT_EQ(heard(), "FDSTOREREMOVE=1\nFDNAME=" + name);
}

TEST_F(Notified, TheFileOfALentSocketStaysUntilItIsTakenBack) {
    const Endpoint place = folder_.socket("door");
    {
        Listener door = Listener::open(place, 1).value();
        door.lend();
    }
    EXPECT_TRUE(std::filesystem::exists(folder_.file("door")));
    take_back(place);
    EXPECT_FALSE(std::filesystem::exists(folder_.file("door")));
}

TEST_F(Notified, WithoutAnybodyToKeepThemTheSocketsAreOurs) {
    ::unsetenv("NOTIFY_SOCKET");
    const Endpoint place = folder_.socket("door");
    {
        Listener door = Listener::open(place, 1).value();
        door.lend();
        EXPECT_FALSE(door.is_shared());
    }
    EXPECT_FALSE(std::filesystem::exists(folder_.file("door")));
}

TEST_F(Notified, TheWatchdogIsFedWhileAllThreadsAnswer) {
    EXPECT_FALSE(watchdog_interval());
    ::setenv("WATCHDOG_USEC", "40000", 1);
    EXPECT_EQ(watchdog_interval(), 40ms);
    Threads threads(2);
    Loop main;
    Watchdog watchdog(main, threads);
    std::thread runner([&] { main.run(); });
    EXPECT_EQ(heard(), "WATCHDOG=1");
    EXPECT_EQ(heard(), "WATCHDOG=1");
    main.stop();
    runner.join();
}

TEST(Pulse, StopsWhenOneThreadHangs) {
    Threads threads(2);
    Pulse pulse(threads);
    EXPECT_TRUE(pulse.beat());
    EXPECT_TRUE(eventually([&] { return pulse.beat(); }));
    std::latch hung(1), go_on(1);
    threads[1].post([&] {
        hung.count_down();
        go_on.wait();
    });
    hung.wait();
    // What was called before it hung is answered, if late; what is called now is not.
    EXPECT_TRUE(eventually([&] { return pulse.beat(); }));
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(pulse.beat());
    go_on.count_down();
    EXPECT_TRUE(eventually([&] { return pulse.beat(); }));
}

}  // namespace
}  // namespace tidegate::net

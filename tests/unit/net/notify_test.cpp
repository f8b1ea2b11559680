#include "net/notify.h"

#include <gtest/gtest.h>
#include <unistd.h>

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
    EXPECT_TRUE(eventually([&] { return !pulse.beat(); }));
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(pulse.beat());
    go_on.count_down();
    EXPECT_TRUE(eventually([&] { return pulse.beat(); }));
}

}  // namespace
}  // namespace tidegate::net

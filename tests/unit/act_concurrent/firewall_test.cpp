// Many threads give orders while the kernel is read back, flushed by others and refuses now and then.

#include "act/firewall.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "fake_enforcer.h"

namespace tidegate::act {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::uint32_t threads = 4;
constexpr std::uint32_t each = 5000;

Address client(std::uint32_t thread, std::uint32_t i) {
    return Address::v4(0x0a00'0000U + (thread << 16) + i);
}

template <class Condition>
bool comes_true(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

// Each bans its own, lifts every third of them and looks on.
void give_orders(Firewall& firewall, std::uint32_t thread, Time until) {
    for (std::uint32_t i = 0; i < each; ++i) {
        firewall.ban(client(thread, i), until);
        if (i % 3 == 0) firewall.lift(client(thread, i));
        if (i % 512 == 0) {
            firewall.set_nets({Prefix(Address::v4(0xc000'0200), 24U + i / 512 % 8)});
            firewall.spare({Prefix(Address::v4(0xc633'6400 + i), 32)});
            EXPECT_LE(firewall.bans(10).size(), 10U);
            EXPECT_FALSE(firewall.is_banned(Address::v4(0xcb00'7101)));
            EXPECT_LE(firewall.standing().in_force, firewall.standing().wanted + threads * each);
        }
    }
}

TEST(ConcurrentFirewall, EndsAsWasOrderedLast) {
    const Time now = time_of_unix(1'700'000'000);
    FakeKernel kernel;
    kernel.present = true;
    for (std::uint32_t i = 0; i < 2000; ++i) kernel.hosts[Address::v4(0x0b00'0000U + i)] = now + hours(1);
    FirewallOptions options;
    options.batch = 64;
    options.look_every = milliseconds(1);
    options.retry_after = milliseconds(1);
    options.surroundings = [] { return std::vector{*Prefix::parse("192.0.2.1")}; };
    Firewall firewall(options, std::make_unique<FakeEnforcer>(kernel), nullptr, [now] { return now; });
    std::vector<std::thread> running;
    for (std::uint32_t thread = 0; thread < threads; ++thread)
        running.emplace_back([&, thread] { give_orders(firewall, thread, now + hours(2)); });
    for (int i = 0; i < 20; ++i) {
        {
            const std::unique_lock lock(kernel.mutex);
            if (i % 2 == 0) kernel.broken = Refusal::Why::later;
            kernel.touched = true;
        }
        std::this_thread::yield();
        const std::unique_lock lock(kernel.mutex);
        kernel.broken.reset();
        if (i % 5 == 0) kernel.present = false;
        kernel.touched = true;
    }
    for (std::thread& thread : running) thread.join();
    const std::size_t lasting = threads * (each - (each + 2) / 3);
    const auto in_kernel = [&] {
        const std::unique_lock lock(kernel.mutex);
        std::size_t count = 0;
        for (std::uint32_t thread = 0; thread < threads; ++thread)
            for (std::uint32_t i = 0; i < each; ++i)
                if (kernel.hosts.contains(client(thread, i))) ++count;
        return kernel.present ? count : 0;
    };
    EXPECT_TRUE(comes_true([&] { return firewall.standing().waiting == 0 && in_kernel() == lasting; }))
        << in_kernel();
    for (std::uint32_t thread = 0; thread < threads; ++thread)
        for (std::uint32_t i = 0; i < each; ++i) EXPECT_EQ(firewall.is_banned(client(thread, i)), i % 3 != 0);
    firewall.close();
    firewall.ban(client(9, 9), now + hours(1));  // too late, and harmless
}

}  // namespace
}  // namespace tidegate::act

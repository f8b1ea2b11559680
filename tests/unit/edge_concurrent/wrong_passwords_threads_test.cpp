#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "edge/wrong_passwords.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;

constexpr Time noon = time_of_unix(1'796'000'000);

PasswordTry attempt(const std::string& account, std::uint32_t source, std::string_view password) {
    return {account, Address::v4(0xc000'0200 + source), Service::imap, password};
}

// Sessions of all threads, sweeps and counts at once: each guess is counted once, and who logs in rightly is
// answered from memory by nobody's words but his own.
TEST(WrongPasswordsConcurrently, ManyLookAndTell) {
    constexpr unsigned threads = 4, each = 20'000;
    WrongPasswords memory({.capacity = 256, .most_of_source = 1000});
    std::atomic<unsigned> asked = 0, answered = 0, stopped = 0;
    std::atomic<std::int64_t> ticks = 0;
    const auto now = [&] { return noon + Duration(25'000 * ++ticks); };
    std::atomic<bool> done = false;
    std::jthread others([&] {
        while (!done) {
            memory.sweep(now());
            static_cast<void>(memory.counts());
        }
    });
    {
        std::vector<std::jthread> sessions;
        for (unsigned t = 0; t < threads; ++t)
            sessions.emplace_back([&, t] {
                std::mt19937 random(t + 1);
                const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
                for (unsigned i = 0; i < each; ++i) {
                    const std::string account = std::to_string(pick(50));
                    if (memory.look(attempt(account, pick(4), "right"), now())) ++stopped;
                    if (pick(2000) == 0) memory.right(account);
                    const auto old = attempt(account, pick(4), "old");
                    if (memory.look(old, now())) {
                        ++answered;
                        continue;
                    }
                    ++asked;
                    memory.wrong(old, Reason::bad_password, now());
                }
            });
    }
    done = true;
    others.join();
    const auto counts = memory.counts();
    EXPECT_EQ(stopped, 0U);
    EXPECT_GT(answered, 0U);
    EXPECT_EQ(counts.answered, answered);
    EXPECT_EQ(counts.said, asked);
    for (unsigned i = 0; i < 50; ++i) memory.forget(std::to_string(i));
    EXPECT_EQ(memory.counts().kept, 0U);
}

}  // namespace
}  // namespace tidegate::edge

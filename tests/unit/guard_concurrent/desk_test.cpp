#include "guard/desk.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "attempts.h"

namespace tidegate::guard {
namespace {

using namespace std::chrono_literals;

// Doors, logs, an operator and the clock at once: nothing is lost, and the record is in one order.
TEST(DeskConcurrently, ManyAskAndTell) {
    constexpr int threads = 4, each = 2000;
    std::uint64_t recorded = 0, words = 0;  // under the desk's lock
    std::uint64_t said = 0;                 // the operators' own
    std::atomic<std::uint64_t> refused = 0;
    Desk desk = small_desk(Mode::act, {.record =
                                           [&](const Folded& folded) {
                                               recorded += folded.kind == Folded::Kind::attempt ? 1U : 0U;
                                               words += folded.kind == Folded::Kind::words ? 1U : 0U;
                                           },
                                       .tell =
                                           [&](const Happening& happening) {
                                               refused +=
                                                   happening.kind == Happening::Kind::refused ? 1U : 0U;
                                           }});
    std::atomic<bool> done = false;
    std::jthread operators([&] {
        for (int i = 0; !done; ++i) {
            desk.adopt(small_policy(denying()));
            desk.tick(noon + i * 1s);
            static_cast<void>(desk.counts());
            static_cast<void>(desk.incident_heads());
            static_cast<void>(desk.bands());
            static_cast<void>(desk.waits().standing());
            said += desk.tell({.time = noon, .who = "Ada", .text = "we look"}) == tell::Said::kept ? 1U : 0U;
            desk.forget(0, [](std::string_view) { return false; });
        }
    });
    {
        std::vector<std::jthread> doors;
        for (int t = 0; t < threads; ++t)
            doors.emplace_back([&, t] {
                const std::string account = "user" + std::to_string(t);
                for (int i = 0; i < each; ++i) {
                    static_cast<void>(desk.consider(question("203.0.113.9", account)));
                    desk.waits().note(Hop::auth, Service::imap, std::chrono::milliseconds(3));
                    desk.learn(attempt("198.51.100.9", account, Outcome::success));
                }
            });
    }
    done = true;
    operators.join();
    EXPECT_EQ(recorded, std::uint64_t{2} * threads * each);
    EXPECT_EQ(words, said);
    EXPECT_EQ(refused, std::uint64_t{threads} * each);
    EXPECT_EQ(desk.counts().questions, std::uint64_t{threads} * each);
    EXPECT_EQ(desk.counts().successes, std::uint64_t{threads} * each);
}

}  // namespace
}  // namespace tidegate::guard

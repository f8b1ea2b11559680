#include "guard/mail_visits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace tidegate::guard {
namespace {

// Sessions in many threads put in while the main one takes out: each is told once, or counted as left out.
TEST(MailVisitsConcurrently, NothingIsLostOrTwice) {
    constexpr unsigned threads = 4, each = 5000;
    MailVisits visits;
    std::uint64_t told = 0, away = 0;
    const auto take = [&] {
        for (const MailVisit& visit : visits.take())
            (visit.end == VisitEnd::turned_away ? away : told) += visit.times;
    };
    {
        std::atomic<unsigned> running = threads;
        std::vector<std::jthread> sessions;
        for (unsigned t = 0; t < threads; ++t)
            sessions.emplace_back([&] {
                for (unsigned i = 0; i < each; ++i) {
                    visits.add({.time = time_of_unix(i), .address = {}, .listener = "mx"});
                    visits.turned_away("mx", time_of_unix(i));
                }
                --running;
            });
        while (running > 0) take();
    }
    take();
    EXPECT_EQ(told + visits.left_out(), std::uint64_t{threads} * each);
    EXPECT_EQ(away, std::uint64_t{threads} * each);
    EXPECT_GT(told, 0U);
}

}  // namespace
}  // namespace tidegate::guard

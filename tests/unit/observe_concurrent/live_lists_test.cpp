// Look-ups while lists change under them. Also run under ThreadSanitizer.

#include "observe/live_lists.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "temporary_folder.h"

namespace tidegate::observe {
namespace {

TEST(Published, AValueLivesUntilNobodyReadsIt) {
    struct Counted {
        explicit Counted(std::atomic<int>& of, int what) : alive(of), number(what) { ++alive; }
        ~Counted() {
            number = -1;
            --alive;
        }
        std::atomic<int>& alive;
        int number;
    };
    std::atomic<int> alive = 0;
    {
        Published<Counted> published(std::make_unique<Counted>(alive, 0));
        std::atomic<int> step = 0;
        std::jthread reader([&] {
            const int read = published.read([&](const Counted& it) {
                step = 1;
                step.notify_all();
                step.wait(1);
                return it.number;
            });
            EXPECT_EQ(read, 0);
        });
        step.wait(0);
        published.publish(std::make_unique<Counted>(alive, 1));
        EXPECT_EQ(published.read([](const Counted& it) { return it.number; }), 1)
            << "new readers see the new one";
        EXPECT_EQ(published.reclaim(), 1U);
        EXPECT_EQ(alive, 2);
        step = 2;
        step.notify_all();
        reader.join();
        EXPECT_EQ(published.reclaim(), 0U);
        EXPECT_EQ(alive, 1);
    }
    EXPECT_EQ(alive, 0);
}

/// Every version names 10.0.0.0 and either all or none of the other addresses.
std::string version_of(bool all) {
    std::string text = "10.0.0.0\n";
    for (int i = 1; i < 2000; ++i)
        text += (all ? "10.0." : "10.1.") + std::to_string(i / 256) + '.' + std::to_string(i % 256) + '\n';
    return text;
}

TEST(LiveListsOnThreads, LookUpsGoOnWhileListsAreReplaced) {
    const TemporaryFolder folder;
    const std::string file = folder.write("list", version_of(true));
    auto lists = *LiveLists::load({{.name = "list", .path = file}});
    const auto past =
        std::chrono::file_clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(1'577'836'800)));
    std::atomic<bool> stop = false;
    std::atomic<std::uint64_t> looked = 0, lost = 0;
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i)
        readers.emplace_back([&] {
            for (std::uint32_t at = 0; !stop; at = (at + 1) % 2000, ++looked) {
                static_cast<void>(lists->look(Address::v4(0x0a00'0000 + at)));
                if (lists->look(Address::v4(0x0a00'0000)) != 1) ++lost;
            }
        });
    for (int version = 1; version <= 20; ++version) {
        const std::string next = folder.write("next", version_of(version % 2 == 0));
        std::filesystem::last_write_time(next, past + std::chrono::seconds(version));
        std::filesystem::rename(next, file);
        std::size_t taken = 0;
        while (taken == 0) {
            for (const ListTiding& each : lists->poll()) taken += each.trouble ? 0 : 1;
            lists->wait();
        }
        EXPECT_EQ(lists->look(Address::v4(0x0a00'0001)), version % 2 == 0 ? 1U : 0U);
    }
    while (looked < 1000) std::this_thread::yield();
    stop = true;
    readers.clear();
    EXPECT_EQ(lost, 0U);
}

}  // namespace
}  // namespace tidegate::observe

#include "observe/dnsbl/memory.h"

#include <gtest/gtest.h>

namespace tidegate::observe {
namespace {

constexpr std::uint32_t start = 1'767'571'200;

TEST(DnsMemory, KeepsEachZonesAnswerForItsOwnTime) {
    DnsMemory memory(64, 1);
    memory.put(7, 0, true, 100, start);
    memory.put(7, 3, false, 1000, start + 50);
    memory.put(7, 5, true, 10, start + 60);
    struct Case {
        std::uint32_t after;
        unsigned known, stale, named;
    };
    for (const auto& [after, known, stale, named] :
         {Case{60, 0b101001, 0, 0b100001}, Case{69, 0b101001, 0, 0b100001},
          Case{70, 0b101001, 0b100000, 0b100001}, Case{99, 0b101001, 0b100000, 0b100001},
          Case{100, 0b101001, 0b100001, 0b100001}, Case{129, 0b101001, 0b100001, 0b100001},
          Case{130, 0b001001, 0b000001, 0b000001}, Case{160, 0b001000, 0, 0}, Case{1049, 0b001000, 0, 0},
          Case{1050, 0b001000, 0b001000, 0}, Case{1110, 0, 0, 0}, Case{1'000'000, 0, 0, 0}}) {
        const auto found = memory.find(7, start + after);
        EXPECT_EQ(found.known, known) << after;
        EXPECT_EQ(found.stale, stale) << after;
        EXPECT_EQ(found.named, named) << after;
    }
    EXPECT_EQ(memory.find(8, start).known, 0);
}

TEST(DnsMemory, ANewAnswerLeavesTheOthersTheirTime) {
    DnsMemory memory(64, 1);
    memory.put(7, 0, true, 100, start);
    memory.put(7, 1, true, 100, start + 130);  // the first is stale, and may still be given
    EXPECT_EQ(memory.find(7, start + 130).known, 0b11);
    EXPECT_EQ(memory.find(7, start + 130).stale, 0b01);
    EXPECT_EQ(memory.find(7, start + 160).known, 0b10);
    memory.put(7, 2, false, 100, start + 170);
    EXPECT_EQ(memory.find(7, start + 170).known, 0b110) << "what is gone stays so";
}

TEST(DnsMemory, ANewAnswerReplacesTheOld) {
    DnsMemory memory(64, 1);
    memory.put(7, 2, true, 100, start);
    memory.put(7, 2, false, 100, start + 1);
    EXPECT_EQ(memory.find(7, start + 1).named, 0);
    EXPECT_EQ(memory.find(7, start + 1).known, 0b100);
}

TEST(DnsMemory, NothingIsKeptForLongerThanHalfADay) {
    DnsMemory memory(64, 1);
    memory.put(7, 0, true, UINT32_MAX, start);
    EXPECT_EQ(memory.find(7, start + DnsMemory::most_seconds - 1).stale, 0);
    EXPECT_EQ(memory.find(7, start + DnsMemory::most_seconds).stale, 1);
    EXPECT_EQ(memory.find(7, start + DnsMemory::most_seconds + DnsMemory::stale_seconds).known, 0);
}

TEST(DnsMemory, AClockThatGoesBackIsNoHarm) {
    DnsMemory memory(64, 1);
    memory.put(7, 0, true, 100, start);
    EXPECT_EQ(memory.find(7, start - 1000).known, 1);
    memory.put(7, 1, true, 100, start - 1000);
    EXPECT_EQ(memory.find(7, start + 50).known, 0b11);
    EXPECT_EQ(memory.find(7, start + 200).known, 0);
}

TEST(DnsMemory, WhereItIsFullTheOldestGoes) {
    DnsMemory memory(8, 1);
    for (std::uint64_t client = 1; client <= 8; ++client)
        memory.put(client, 0, true, 1000, start + static_cast<std::uint32_t>(client));
    memory.put(1, 1, true, 1000, start + 20);  // told of again: the oldest is now 2
    memory.put(9, 0, true, 1000, start + 21);
    for (std::uint64_t client = 1; client <= 9; ++client)
        EXPECT_EQ(memory.find(client, start + 21).known != 0, client != 2) << client;
}

TEST(DnsMemory, KeepsMostOfWhatItHasRoomFor) {
    constexpr std::size_t clients = 4096;
    DnsMemory memory(clients, 99);
    for (std::uint64_t client = 1; client <= clients / 2; ++client) memory.put(client, 0, true, 1000, start);
    std::size_t kept = 0;
    for (std::uint64_t client = 1; client <= clients / 2; ++client) kept += memory.find(client, start).known;
    EXPECT_GT(kept, clients / 2 * 95 / 100);
}

TEST(DnsMemory, ForgetsAZone) {
    DnsMemory memory(64, 1);
    memory.put(7, 0, true, 100, start);
    memory.put(7, 1, true, 100, start);
    memory.put(8, 0, true, 100, start);
    memory.forget(0);
    EXPECT_EQ(memory.find(7, start).known, 0b10);
    EXPECT_EQ(memory.find(8, start).known, 0);
}

}  // namespace
}  // namespace tidegate::observe

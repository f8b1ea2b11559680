#pragma once
// Lists that ask a name server of the test, with a clock that the test moves.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "name_server.h"
#include "observe/dnsbl/lists.h"

namespace tidegate::observe {

/// Half a minute is far beyond what any condition here takes.
template <class Holds>
[[nodiscard]] bool eventually(const Holds& holds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < until) {
        if (holds()) return true;
        std::this_thread::yield();
    }
    return holds();
}

inline DnsZone test_zone(std::string zone = "list.example.org") {
    DnsZone out = ready_made(DnsZoneKind::local);
    out.name = "test " + zone;
    out.zone = std::move(zone);
    return out;
}

inline const std::string secret = "s3cr3tkeyofdqs0000000000ab";

inline DnsZone keyed_zone() {
    DnsZone out = test_zone("dq.example.org");
    out.key = *DnsKey::from(secret);
    return out;
}

class ListsCase : public testing::Test {
protected:
    void start(std::vector<DnsZone> zones, DnsLists::Options options = {}) {
        options.servers = {server_.address()};
        lists_ = std::make_unique<DnsLists>(
            std::move(options), std::move(zones),
            [this](const ZoneNotice& notice) {
                const std::lock_guard held(lock_);
                notices_.push_back(notice);
            },
            [this] { return now(); });
    }
    /// As start(), and every zone has passed its test.
    void start_used(std::vector<DnsZone> zones, DnsLists::Options options = {}) {
        start(std::move(zones), std::move(options));
        ASSERT_TRUE(eventually([&] { return all_are(ZoneState::in_use); }));
    }

    [[nodiscard]] bool all_are(ZoneState state) const {
        for (const ZoneStanding& each : lists_->standing())
            if (each.state != state) return false;
        return true;
    }
    [[nodiscard]] ZoneStanding standing(std::size_t zone = 0) const { return lists_->standing().at(zone); }
    [[nodiscard]] Time now() const { return Time(Duration(now_.load())); }
    void pass(Duration time) {
        now_ += time.count();
        lists_->look_at_clock();
    }
    [[nodiscard]] std::vector<ZoneNotice> notices() const {
        const std::lock_guard held(lock_);
        return notices_;
    }
    [[nodiscard]] bool was_told(ZoneNotice::Kind kind) const {
        for (const ZoneNotice& notice : notices())
            if (notice.kind == kind) return true;
        return false;
    }
    /// Looks until nothing is pending.
    DnsLists::Found found(const Address& address) {
        DnsLists::Found last;
        EXPECT_TRUE(eventually([&] {
            last = lists_->look(address);
            return !last.pending;
        }));
        return last;
    }

    NameServer server_;
    std::atomic<std::int64_t> now_ =
        Time(std::chrono::sys_days(std::chrono::year(2026) / 1 / 5)).time_since_epoch().count();
    mutable std::mutex lock_;
    std::vector<ZoneNotice> notices_;
    std::unique_ptr<DnsLists> lists_;
};

inline constexpr auto named_address = Address::v4(0xc000'0205);    // 192.0.2.5
inline constexpr auto unknown_address = Address::v4(0xc000'0206);  // 192.0.2.6
inline const std::string named_name = "5.2.0.192.list.example.org";
inline const std::string unknown_name = "6.2.0.192.list.example.org";
inline constexpr std::uint32_t record(unsigned last) {
    return 0x7f00'0000 | last;
}

}  // namespace tidegate::observe

#include "tell/peers.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <unordered_map>

#include "base/hash.h"

namespace tidegate::tell {
namespace {

/// fail2ban's rule as one would write it down: all failures of the last ten minutes, in full.
class PlainFail2ban {
public:
    bool blocks(std::uint64_t host, std::uint32_t now, bool failed) {
        auto& [failures, until] = hosts_[host];
        if (now < until) return true;
        if (!failed) return false;
        failures.push_back(now);
        while (failures.front() + 600 < now) failures.pop_front();
        if (failures.size() >= 5) {
            until = now + 600;
            failures.clear();
            ++bans;
        }
        return false;
    }
    std::uint64_t bans = 0;

private:
    std::unordered_map<std::uint64_t, std::pair<std::deque<std::uint32_t>, std::uint32_t>> hosts_;
};

/// CrowdSec's buckets, a map for each rule; levels in 360ths of a failure.
class PlainCrowdsec {
public:
    bool blocks(std::uint64_t host, std::uint32_t now, bool smtp, bool failed) {
        if (now < until_[host]) return true;
        if (!failed) return false;
        auto& [level, at] = buckets_[smtp ? 1 : 0][host];
        level = std::max<std::int64_t>(0, level - (now - at) * (smtp ? 36 : 1)) + 360;
        at = now;
        if (level > (smtp ? 5 : 3) * 360) {
            until_[host] = now + 14'400;
            buckets_[0].erase(host);
            buckets_[1].erase(host);
            ++bans;
        }
        return false;
    }
    std::uint64_t bans = 0;

private:
    std::unordered_map<std::uint64_t, std::uint32_t> until_;
    std::unordered_map<std::uint64_t, std::pair<std::int64_t, std::int64_t>> buckets_[2];
};

TEST(Peers, FiveFailuresInTenMinutesAreBannedForTen) {
    Peers peers;
    for (std::uint32_t i = 0; i < 5; ++i)
        EXPECT_FALSE(peers.see(7, 1000 + i * 150, Service::imap, true).fail2ban) << i;
    EXPECT_TRUE(peers.see(7, 1601, Service::imap, true).fail2ban);
    EXPECT_TRUE(peers.see(7, 2199, Service::imap, false).fail2ban) << "a right password waits as well";
    EXPECT_FALSE(peers.see(7, 2200, Service::imap, true).fail2ban);
    EXPECT_EQ(peers.fail2ban_bans(), 1U);
}

TEST(Peers, FiveFailuresInElevenMinutesAreNot) {
    Peers peers;
    for (std::uint32_t i = 0; i < 100; ++i)
        EXPECT_FALSE(peers.see(7, 1000 + i * 151, Service::imap, true).fail2ban) << i;
    EXPECT_EQ(peers.fail2ban_bans(), 0U);
}

TEST(Peers, CrowdsecsBucketsAreOneForEachRule) {
    Peers peers;
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(peers.see(7, 1000, Service::imap, true).crowdsec);
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(peers.see(7, 1000, Service::submission, true).crowdsec);
    EXPECT_EQ(peers.crowdsec_bans(), 0U);
    EXPECT_FALSE(peers.see(7, 1001, Service::pop3, true).crowdsec)
        << "the fourth overflows, and came through itself";
    EXPECT_EQ(peers.crowdsec_bans(), 1U);
    EXPECT_TRUE(peers.see(7, 1001 + 14'399, Service::smtp, true).crowdsec);
    EXPECT_FALSE(peers.see(7, 1001 + 14'400, Service::smtp, true).crowdsec);
}

TEST(Peers, OneTryEachIsNeverStopped) {
    Peers peers;
    for (std::uint64_t host = 1; host <= 200'000; ++host) {
        const Peers::Blocked blocked =
            peers.see(mix(host), static_cast<std::uint32_t>(1000 + host / 100), Service::imap, true);
        ASSERT_FALSE(blocked.fail2ban || blocked.crowdsec);
    }
    EXPECT_EQ(peers.forgotten(), 0U);
}

// Growing, dropping the dead and moving about must not change an answer.
TEST(Peers, AgreeWithThePlainRules) {
    std::mt19937_64 random(3);
    Peers peers;
    PlainFail2ban fail2ban;
    PlainCrowdsec crowdsec;
    std::uint64_t blocked_count = 0;
    std::uint32_t now = 1;
    for (int i = 0; i < 400'000; ++i) {
        now += random() % 8 == 0 ? 1 : 0;
        const bool busy = random() % 4 == 0;
        const std::uint64_t host = mix(1 + random() % (busy ? 200 : 60'000));
        const bool failed = random() % 8 != 0;
        const Service service = random() % 2 == 0 ? Service::submission : Service::imap;
        const Peers::Blocked blocked = peers.see(host, now, service, failed);
        ASSERT_EQ(blocked.fail2ban, fail2ban.blocks(host, now, failed)) << i;
        ASSERT_EQ(blocked.crowdsec, crowdsec.blocks(host, now, service == Service::submission, failed)) << i;
        blocked_count += blocked.fail2ban || blocked.crowdsec ? 1 : 0;
    }
    EXPECT_EQ(peers.fail2ban_bans(), fail2ban.bans);
    EXPECT_EQ(peers.crowdsec_bans(), crowdsec.bans);
    EXPECT_GT(blocked_count, 1000U);
    EXPECT_EQ(peers.forgotten(), 0U);
}

TEST(Peers, StaysBoundedAndSaysWhatItForgot) {
    Peers peers;
    for (int i = 0; i < 5; ++i) peers.see(mix(1), 1000, Service::imap, true);
    for (std::uint64_t host = 2; host <= 2'000'000; ++host) peers.see(mix(host), 1001, Service::imap, true);
    EXPECT_LE(peers.bytes(), std::size_t{32} << 20);
    EXPECT_GT(peers.forgotten(), 1'000'000U);
    EXPECT_TRUE(peers.see(mix(1), 1002, Service::imap, true).fail2ban)
        << "a ban is not forgotten before those who failed once";
}

}  // namespace
}  // namespace tidegate::tell

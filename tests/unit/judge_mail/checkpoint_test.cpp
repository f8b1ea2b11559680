#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <random>
#include <string>

#include "base/hash.h"
#include "clients.h"

namespace tidegate::judge {
namespace {

MailPolicy small() {
    MailPolicy policy;
    policy.memory_bytes = std::size_t{1} << 20;
    return policy;
}

Mx lived() {
    Mx mx(small());
    for (int i = 0; i < 500; ++i, mx.now += Mx::minute) {
        const Client each = Client{}.at("10.0." + std::to_string(i % 50) + ".1").listed(i % 3 == 0 ? 1 : 0);
        mx.bring(each);
        i % 2 == 0 ? mx.taken(each) : mx.refused(each);
        mx.bring(doubtful().at("10.1." + std::to_string(i % 50) + ".1"));
    }
    return mx;
}

std::string saved(const Mx& mx) {
    std::string out;
    mx.judge.save(out);
    return out;
}

Result<MailJudge> load(std::string_view bytes) {
    return MailJudge::load(bytes, std::make_shared<const MailPolicy>(small()));
}

std::string signed_again(std::string bytes) {
    bytes.resize(bytes.size() - 8);
    const std::uint64_t checksum = hash_bytes(bytes, 0x6368'6563'6b70'7431ULL);
    bytes.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
    return bytes;
}

TEST(MailCheckpoint, AJudgeComesBackAsItWas) {
    Mx mx = lived();
    auto loaded = load(saved(mx));
    ASSERT_TRUE(loaded) << loaded.error().text();
    Mx again(small());
    again.judge = std::move(*loaded);
    again.now = mx.now;
    EXPECT_EQ(saved(again), saved(mx));
    for (int i = 0; i < 100; ++i, mx.now += Mx::minute, again.now += Mx::minute) {
        const Client each =
            doubtful().at("10." + std::to_string(i % 2) + "." + std::to_string(i % 50) + ".1");
        ASSERT_EQ(mx.bring(each), again.bring(each)) << i;
    }
}

TEST(MailCheckpoint, EveryCutIsRefused) {
    const std::string bytes = saved(lived());
    for (std::size_t size = 0; size < bytes.size(); size += size < 100 ? 1 : 997)
        EXPECT_FALSE(load(bytes.substr(0, size))) << size;
    for (std::size_t less = 1; less < 40; ++less)
        EXPECT_FALSE(load(signed_again(bytes.substr(0, bytes.size() - less)))) << less;
    EXPECT_FALSE(load(signed_again(bytes + std::string(1, '\0'))));
}

TEST(MailCheckpoint, EveryChangedBitIsNoticed) {
    const std::string bytes = saved(lived());
    std::mt19937_64 random(5);
    for (unsigned i = 0; i < 200; ++i) {
        std::string changed = bytes;
        char& byte = changed[random() % changed.size()];
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^ 1U << random() % 8);
        EXPECT_FALSE(load(changed));
    }
}

// Whatever numbers a stranger wrote under a right checksum: it is refused, or it judges on.
TEST(MailCheckpoint, StrangeNumbersDoNoHarm) {
    const std::string bytes = saved(lived());
    std::mt19937_64 random(6);
    for (unsigned i = 0; i < 300; ++i) {
        std::string changed = bytes;
        const std::size_t at = 22 + random() % (i % 2 == 0 ? 700 : changed.size() - 38);
        const std::uint64_t number = i % 3 == 0 ? ~0ULL : i % 3 == 1 ? 0x7ff8'0000'7fc0'0000ULL : random();
        std::memcpy(changed.data() + at, &number, sizeof number);
        auto loaded = load(signed_again(changed));
        if (!loaded) continue;
        Mx mx(small());
        mx.judge = std::move(*loaded);
        for (int k = 0; k < 50; ++k, mx.now += Mx::hour) {
            const Client each = Client{}.at("10.0." + std::to_string(k) + ".1").listed(1);
            EXPECT_LT(std::abs(mx.bring(each).sum.value()), 300);
            mx.taken(each);
            mx.refused(each);
        }
    }
}

TEST(MailCheckpoint, AnotherLimitOfMemoryIsRefused) {
    std::string bytes;
    MailJudge(std::make_shared<const MailPolicy>()).save(bytes);
    EXPECT_FALSE(load(bytes));
    EXPECT_TRUE(MailJudge::load(bytes, std::make_shared<const MailPolicy>()));
}

}  // namespace
}  // namespace tidegate::judge

#include "observe/dnsbl/zone.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <type_traits>

namespace tidegate::observe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// ---- nothing prints a key
template <class T>
concept Streamed = requires(std::ostream& out, const T& value) { out << value; };
static_assert(!Streamed<DnsKey> && !Streamed<DnsZone>);
static_assert(!fmt::is_formattable<DnsKey>::value);
static_assert(!fmt::is_formattable<DnsZone>::value);
static_assert(!std::is_convertible_v<DnsKey, std::string> &&
              !std::is_convertible_v<DnsKey, std::string_view>);
static_assert(!std::is_constructible_v<std::string, DnsKey>);

const std::string secret = "s3cr3tkeyofdqs0000000000ab";

TEST(DnsKey, IsALabel) {
    EXPECT_TRUE(DnsKey::from(secret)->is_set());
    EXPECT_FALSE(DnsKey().is_set());
    for (const std::string& bad :
         {std::string(), secret + ".", secret + " ", secret + "\n", secret + std::string(1, 0),
          "\"" + secret + "\"", std::string(64, 'a'), std::string("schl\xc3\xbcssel")}) {
        const auto key = DnsKey::from(bad);
        ASSERT_FALSE(key) << bad;
        EXPECT_THAT(key.error().text(), Not(HasSubstr(secret)));
    }
}

class KeyFile : public testing::Test {
protected:
    KeyFile() : path_(testing::TempDir() + "key." + std::to_string(::getpid())) {}
    ~KeyFile() override { std::filesystem::remove(path_); }
    Result<DnsKey> load(std::string_view content) {
        std::ofstream(path_, std::ios::binary) << content;
        return DnsKey::load(path_);
    }
    std::string path_;
};

TEST_F(KeyFile, ItsFirstLineIsTheKey) {
    for (const std::string& content : {secret, secret + "\n", secret + " \r\n", secret + "\n# a comment\n"}) {
        const auto key = load(content);
        ASSERT_TRUE(key) << content;
        DnsZone zone = ready_made(DnsZoneKind::zen_dqs);
        zone.key = *key;
        EXPECT_EQ(zone.question(Address::v4(0xc000'0205)), "5.2.0.192." + secret + ".zen.dq.spamhaus.net");
    }
}

TEST_F(KeyFile, SaysWhatIsWrongWithoutTheKey) {
    for (const std::string& content : {std::string(), std::string("\n") + secret, "key = " + secret,
                                       std::string(5000, 'x'), secret + "\x01"}) {
        const auto key = load(content);
        ASSERT_FALSE(key);
        EXPECT_THAT(key.error().text(), HasSubstr(path_));
        EXPECT_THAT(key.error().text(), Not(HasSubstr(secret)));
    }
    std::filesystem::remove(path_);
    EXPECT_THAT(DnsKey::load(path_).error().text(), HasSubstr("No such file"));
}

TEST(DnsZone, ReadyMadeOnes) {
    constexpr std::uint32_t base = 0x7f00'0000;
    const DnsZone zen = ready_made(DnsZoneKind::zen), dqs = ready_made(DnsZoneKind::zen_dqs);
    EXPECT_EQ(zen.zone, "zen.spamhaus.org");
    EXPECT_THAT(zen.codes, ElementsAre(base + 2, base + 3, base + 4, base + 9))
        << "never .10 and .11, the PBL";
    EXPECT_EQ(dqs.codes, zen.codes);
    EXPECT_EQ(dqs.zone, "zen.dq.spamhaus.net");
    EXPECT_THAT(ready_made(DnsZoneKind::authbl_dqs).codes, ElementsAre(base + 20));
    EXPECT_TRUE(ready_made(DnsZoneKind::local).ours);
    EXPECT_THAT(ready_made(DnsZoneKind::local).codes, ElementsAre(base + 2));
    for (const DnsZone& each : {zen, dqs}) EXPECT_TRUE(each.self_test && each.ipv6 && !each.ours);
}

}  // namespace
}  // namespace tidegate::observe

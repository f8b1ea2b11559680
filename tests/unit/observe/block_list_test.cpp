#include "observe/block_list.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "temporary_folder.h"

namespace tidegate::observe {
namespace {

struct Case {
    std::string_view what;
    std::string_view text;
    ListFormat format;
    std::vector<std::string_view> in, out;
};

const std::vector<Case> cases{
    {"addresses and networks with comments",
     "# mine\n192.0.2.1\n198.51.100.0/24 # a note\n\n2001:db8:1::/48 ; another\r\n",
     ListFormat::cidr,
     {"192.0.2.1", "198.51.100.255", "2001:db8:1:2::3"},
     {"192.0.2.2", "198.51.101.0", "2001:db8:2::"}},
    {"Spamhaus DROP",
     "; Spamhaus DROP List\n192.0.2.0/24 ; SBL1\n",
     ListFormat::cidr,
     {"192.0.2.9"},
     {"192.0.3.0"}},
    {"Spamhaus DROP as JSON",
     R"({"cidr":"192.0.2.0/24","sblid":"SBL000001","rir":"arin"}
{"cidr":"2001:db8::/32","sblid":"SBL000002","rir":"ripencc"}
{"type":"metadata","timestamp":1,"size":2,"records":2}
)",
     ListFormat::drop_json,
     {"192.0.2.9", "2001:db8::1"},
     {"192.0.3.0"}},
    {"ipset save",
     "create bad hash:ip family inet hashsize 1024 maxelem 65536 timeout 600\n"
     "add bad 192.0.2.1 timeout 300\n"
     "create nets hash:net family inet6 hashsize 1024 maxelem 65536\n"
     "add nets 2001:db8::/32\nadd nets 2001:db8:1::/48 nomatch\n",
     ListFormat::ipset,
     {"192.0.2.1", "2001:db8::1"},
     {"192.0.2.2", "2001:db8:1::1"}},
    {"ip4set",
     "$SOA 0 ns.example.com h.example.com 0 600 300 86400 300\n$NS 1d ns.example.com\n:2:listed, see $\n"
     "# comment\n192.0.2.1\n127.0.0\n10/8\n198.51.100.5-198.51.100.7 "
     ":4:text\n172.16-31\n203.0.113.1:127.0.0.4:x\n"
     "!10.1.2.3\n!10.2/16 why\n203.0.113.16-18\n",
     ListFormat::ip4set,
     {"192.0.2.1", "127.0.0.200", "10.9.9.9", "198.51.100.5", "198.51.100.7", "172.16.0.0", "172.31.255.255",
      "203.0.113.1", "10.1.2.4", "203.0.113.16", "203.0.113.18"},
     {"192.0.2.2", "127.0.1.0", "10.1.2.3", "10.2.3.4", "198.51.100.8", "198.51.100.4", "172.32.0.0",
      "172.15.0.0", "203.0.113.2", "203.0.113.19"}},
    {"ip6trie",
     ":127.0.0.2:text\n2001:db8::/32\n!2001:db8:5::/48\n2001:db8:5:1::/64 :4:deep\n",
     ListFormat::ip6trie,
     {"2001:db8::1", "2001:db8:5:1::9"},
     {"2001:db8:5::1", "2001:db9::"}},
};

TEST(BlockList, ReadsEveryFormatDetectedAndGiven) {
    for (const Case& it : cases) {
        EXPECT_EQ(BlockList::detect(it.text), it.format) << it.what;
        for (const ListFormat format : {ListFormat::detect, it.format}) {
            const auto list = BlockList::parse(it.text, "list", format);
            ASSERT_TRUE(list.has_value()) << it.what << ": " << list.error().text();
            for (const auto address : it.in) EXPECT_TRUE(list->contains(*Address::parse(address))) << address;
            for (const auto address : it.out)
                EXPECT_FALSE(list->contains(*Address::parse(address))) << address;
        }
    }
}

TEST(BlockList, ExclusionsHoldAmongHostsAndSubnetsToo) {
    struct Asked {
        std::string_view text;
        ListFormat format;
        std::vector<std::string_view> in, out;
    };
    for (const auto& [text, format, in, out] : std::vector<Asked>{
             {"192.0.2.1\n!192.0.2.1\n", ListFormat::ip4set, {}, {"192.0.2.1"}},
             {"!192.0.2.1\n192.0.2.1\n", ListFormat::ip4set, {}, {"192.0.2.1"}},
             {"!192.0.2.0/24\n192.0.2.1\n192/8\n",
              ListFormat::ip4set,
              {"192.0.2.1", "192.0.3.1"},
              {"192.0.2.2"}},
             {"2001:db8::/64\n!2001:db8::/64\n", ListFormat::ip6trie, {}, {"2001:db8::1"}},
             {"2001:db8::/64\n!2001:db8::7\n",
              ListFormat::ip6trie,
              {"2001:db8::1", "2001:db8::8"},
              {"2001:db8::7"}},
             {"2001:db8::/64\n!2001:db8::/96\n2001:db8::7\n2001:db8::8\n!2001:db8::8\n",
              ListFormat::ip6trie,
              {"2001:db8::7", "2001:db8::1:0:0"},
              {"2001:db8::1", "2001:db8::8"}},
             {"2001:db8::/64\n!2001:db8::/48\n2001:db8::/32\n",
              ListFormat::ip6trie,
              {"2001:db8::1", "2001:db8:1::1"},
              {"2001:db8:0:1::1"}},
             // Its first address stands for 0.0.0.0.
             {"64:ff9b::1:0:0/64\n!64:ff9b::2:0:0\n",
              ListFormat::ip6trie,
              {"64:ff9b::1:0:0"},
              {"64:ff9b::2:0:0", "192.0.2.1", "0.0.0.0"}},
         }) {
        const auto list = BlockList::parse(text, "list", format);
        ASSERT_TRUE(list.has_value()) << list.error().text();
        for (const auto address : in)
            EXPECT_TRUE(list->contains(*Address::parse(address))) << text << address;
        for (const auto address : out)
            EXPECT_FALSE(list->contains(*Address::parse(address))) << text << address;
    }
}

/// What the contract says of one address: the narrowest entry that holds it decides, and of equal ones an
/// exclusion.
bool named(const std::vector<std::pair<Prefix, bool>>& entries, Address address) {
    unsigned length = 0;
    bool is_named = false, is_found = false;
    for (const auto& [prefix, excluded] : entries) {
        if (!prefix.contains(address) || (is_found && prefix.length() < length)) continue;
        is_named = is_found && prefix.length() == length ? is_named && !excluded : !excluded;
        length = prefix.length();
        is_found = true;
    }
    return is_named;
}

TEST(BlockList, AgreesWithTheSlowWay) {
    std::mt19937 random(1);
    const auto draw = [&](unsigned bound) { return static_cast<unsigned>(random() % bound); };
    for (int round = 0; round < 400; ++round) {
        const bool is_v4 = round % 2 == 0;
        const auto address_in = [&](unsigned i) {
            // Four subnets of four hosts, of which the upper ones differ from their neighbours in the upper
            // bits.
            return is_v4 ? Address::v4(0xc000'0200 + i) : Address::v6(0x2001'0db8ULL << 32 | i / 4, i % 4);
        };
        std::vector<std::pair<Prefix, bool>> entries;
        std::string text;
        for (unsigned i = 0; i < 1 + draw(8); ++i) {
            constexpr std::array lengths4{28U, 30U, 31U, 32U, 32U};
            constexpr std::array lengths6{60U, 63U, 64U, 64U, 127U, 128U};
            const Prefix prefix(address_in(draw(16)), is_v4 ? lengths4[draw(5)] : lengths6[draw(6)]);
            entries.emplace_back(prefix, draw(3) == 0);
            text += (entries.back().second ? "!" : "") + prefix.text() + '\n';
        }
        const auto list = BlockList::parse(text, "list", is_v4 ? ListFormat::ip4trie : ListFormat::ip6trie);
        ASSERT_TRUE(list.has_value()) << list.error().text();
        for (unsigned i = 0; i < 20; ++i)
            ASSERT_EQ(list->contains(address_in(i)), named(entries, address_in(i)))
                << text << address_in(i).text();
    }
}

TEST(BlockList, ReadsPieceByPieceAsTheWhole) {
    const TemporaryFolder folder;
    std::string text = "# a long comment " + std::string(100'000, 'x') + "\n";
    const std::size_t hosts = 200'000;  // of several pieces
    for (std::uint32_t i = 0; i < hosts; ++i) text += Address::v4(0xf000'0000 + 7 * i).text() + "\r\n";
    text.resize(text.size() - 2);  // the last line has no end
    const auto list = BlockList::load(folder.write("list", text));
    ASSERT_TRUE(list.has_value()) << list.error().text();
    EXPECT_EQ(list->size(), hosts);
    for (std::uint32_t i = 0; i < 7 * hosts; ++i)
        ASSERT_EQ(list->contains(Address::v4(0xf000'0000 + i)), i % 7 == 0) << i;
    const auto broken = BlockList::load(folder.write("broken", text + "\n192.0.2.256"));
    ASSERT_FALSE(broken.has_value());
    EXPECT_EQ(broken.error().line, hosts + 2);
}

TEST(BlockList, RefusesWhatIsTooLarge) {
    std::string text;
    for (std::size_t i = 0; i <= BlockList::most_entries; ++i) text += "10.0.0.1\n";
    const auto list = BlockList::parse(text, "the.list");
    ASSERT_FALSE(list.has_value());
    EXPECT_EQ(list.error().file, "the.list");
}

TEST(BlockList, ReadsGzipAndZstd) {
    const TemporaryFolder folder;
    for (const auto& packed : {gzipped(cases[0].text), zstd_compressed(cases[0].text)}) {
        const auto list = BlockList::load(folder.write("list", packed));
        ASSERT_TRUE(list.has_value()) << list.error().text();
        EXPECT_TRUE(list->contains(*Address::parse("192.0.2.1")));
    }
}

TEST(BlockList, SaysWhichLineIsWrong) {
    struct Wrong {
        std::string_view text;
        ListFormat format;
    };
    for (const auto& [text, format] :
         std::vector<Wrong>{{"192.0.2.1\nhello\n", ListFormat::cidr},
                            {"192.0.2.1\n192.0.2.0/33\n", ListFormat::cidr},
                            {"add a 192.0.2.1\nadd a x\n", ListFormat::ipset},
                            {"create a hash:ip\ncreate b hash:ip,port\n", ListFormat::ipset},
                            {"192.0.2.1\n192.0.2.9-192.0.2.3\n", ListFormat::ip4set},
                            {"10/8\n10.0.0.256\n", ListFormat::ip4set},
                            {"2001:db8::/32\n192.0.2.1\n", ListFormat::ip6trie},
                            {"{\"cidr\":\"192.0.2.0/24\"}\n{\"cidr\":", ListFormat::drop_json}}) {
        const auto list = BlockList::parse(text, "the.list", format);
        ASSERT_FALSE(list.has_value()) << text;
        EXPECT_EQ(list.error().file, "the.list");
        EXPECT_EQ(list.error().line, 2U) << text;
        EXPECT_FALSE(list.error().mend.empty());
    }
}

TEST(BlockList, NamesTheFileThatIsNotThere) {
    const TemporaryFolder folder;
    const auto missing = BlockList::load(folder.path("none"));
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().file, folder.path("none"));
    EXPECT_FALSE(BlockList::load(folder.path("")).has_value()) << "a directory";
}

TEST(BlockList, SurvivesBytesOfAnyKind) {
    std::string noise;
    for (int i = 0; i < 4096; ++i) noise += static_cast<char>(i * 7919 >> 3);
    for (const auto format : {ListFormat::detect, ListFormat::cidr, ListFormat::ipset, ListFormat::ip4set,
                              ListFormat::ip6trie, ListFormat::drop_json}) {
        const auto list = BlockList::parse(noise, "noise", format);
        EXPECT_TRUE(list.has_value() || list.error().line != 0);
    }
}

TEST(BlockList, FormatsHaveNames) {
    EXPECT_EQ(list_format_named("ip4set"), ListFormat::ip4set);
    EXPECT_EQ(name(ListFormat::drop_json), "drop_json");
    EXPECT_FALSE(list_format_named("dnset").has_value());
}

}  // namespace
}  // namespace tidegate::observe

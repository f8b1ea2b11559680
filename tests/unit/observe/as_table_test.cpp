#include "observe/as_table.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace tidegate::observe {
namespace {

constexpr std::string_view rows =
    "192.0.2.0\t192.0.2.255\t64500\tZZ\tEXAMPLE-NET One\n"
    "198.51.100.0\t198.51.100.255\t0\tNone\tNot routed\n"
    "203.0.113.0\t203.0.113.255\t64501\tZZ\tEXAMPLE-TWO\n"
    "2001:db8::\t2001:db8:ffff:ffff:ffff:ffff:ffff:ffff\t64502\tZZ\tEXAMPLE-SIX\n";

std::uint32_t number(const AsTable& table, std::string_view address) {
    return table.number(*Address::parse(address));
}

TEST(AsTable, ReadsIptoasn) {
    const auto table = AsTable::parse(rows, "table.tsv");
    ASSERT_TRUE(table.has_value()) << table.error().text();
    EXPECT_EQ(number(*table, "192.0.2.77"), 64500U);
    EXPECT_EQ(number(*table, "198.51.100.1"), 0U);
    EXPECT_EQ(number(*table, "203.0.113.255"), 64501U);
    EXPECT_EQ(number(*table, "203.0.114.0"), 0U);
    EXPECT_EQ(number(*table, "2001:db8:5::1"), 64502U);
    EXPECT_EQ(number(*table, "2001:db9::"), 0U);
    EXPECT_EQ(table->name(64500), "EXAMPLE-NET One");
    EXPECT_EQ(table->name(1), "");
}

TEST(AsTable, ReadsPackedFilesAndSeveral) {
    const TemporaryFolder folder;
    const std::string gz = folder.write("v4.tsv.gz", gzipped(rows.substr(0, rows.find("2001"))));
    const std::string plain = folder.write("v6.tsv", rows.substr(rows.find("2001")));
    const auto table = AsTable::load(std::vector{gz, plain});
    ASSERT_TRUE(table.has_value()) << table.error().text();
    EXPECT_EQ(number(*table, "192.0.2.77"), 64500U);
    EXPECT_EQ(number(*table, "2001:db8:5::1"), 64502U);
}

TEST(AsTable, NarrowerRangeWins) {
    const auto table =
        AsTable::parse("10.0.0.0\t10.255.255.255\t1\t\ta\n10.1.0.0\t10.1.255.255\t2\t\tb\n", "t");
    ASSERT_TRUE(table.has_value());
    EXPECT_EQ(number(*table, "10.1.2.3"), 2U);
    EXPECT_EQ(number(*table, "10.2.2.3"), 1U);
}

TEST(AsTable, SaysWhichLineIsWrong) {
    for (const std::string_view line :
         {"192.0.2.0\t192.0.2.255", "192.0.2.9\t192.0.2.1\t5\tZZ\tx", "a\tb\t5\tZZ\tx",
          "192.0.2.0\t2001:db8::\t5\tZZ\tx", "192.0.2.0\t192.0.2.255\t99999999999\tZZ\tx",
          "192.0.2.0\t192.0.2.255\t-1\tZZ\tx", "192.0.2.0 192.0.2.255 5 ZZ x"}) {
        const auto table = AsTable::parse(std::string(rows) + std::string(line), "t.tsv");
        ASSERT_FALSE(table.has_value()) << line;
        EXPECT_EQ(table.error().file, "t.tsv");
        EXPECT_EQ(table.error().line, 5U) << line;
    }
}

// ---- MaxMind's format, made here after its specification (maxmind.github.io/MaxMind-DB)

void put_control(std::string& out, unsigned type, std::size_t size) {
    out += static_cast<char>((type <= 7 ? type << 5 : 0) | size);
    if (type > 7) out += static_cast<char>(type - 7);
}
void put_text(std::string& out, std::string_view text) {
    if (text.size() < 29) {
        put_control(out, 2, text.size());
    } else {
        put_control(out, 2, 29);
        out += static_cast<char>(text.size() - 29);
    }
    out += text;
}
void put_unsigned(std::string& out, unsigned type, std::uint32_t value, std::size_t bytes) {
    put_control(out, type, bytes);
    for (std::size_t i = bytes; i-- != 0;) out += static_cast<char>(value >> (8 * i));
}

/// A tree for IPv4 in which `prefix` (of `length` bits) leads to one AS, all else to nothing.
std::string mmdb(std::uint32_t prefix, unsigned length) {
    std::string tree;
    const std::uint32_t nodes = length;
    for (unsigned i = 0; i < length; ++i) {
        const std::uint32_t next = i + 1 == length ? nodes + 16 : i + 1;
        const bool one = (prefix >> (31 - i) & 1) != 0;
        for (const std::uint32_t record : {one ? nodes : next, one ? next : nodes})
            for (int shift = 16; shift >= 0; shift -= 8) tree += static_cast<char>(record >> shift);
    }
    std::string data;
    put_control(data, 7, 2);
    put_text(data, "autonomous_system_number");
    put_unsigned(data, 6, 64500, 4);
    put_text(data, "autonomous_system_organization");
    put_text(data, "Example");
    std::string meta = "\xab\xcd\xefMaxMind.com";
    put_control(meta, 7, 9);
    put_text(meta, "node_count");
    put_unsigned(meta, 6, nodes, 4);
    put_text(meta, "record_size");
    put_unsigned(meta, 5, 24, 2);
    put_text(meta, "ip_version");
    put_unsigned(meta, 5, 4, 2);
    put_text(meta, "database_type");
    put_text(meta, "Test-ASN");
    put_text(meta, "languages");
    put_control(meta, 11, 0);
    put_text(meta, "binary_format_major_version");
    put_unsigned(meta, 5, 2, 2);
    put_text(meta, "binary_format_minor_version");
    put_unsigned(meta, 5, 0, 2);
    put_text(meta, "build_epoch");
    put_unsigned(meta, 9, 1700000000, 4);
    put_text(meta, "description");
    put_control(meta, 7, 0);
    return tree + std::string(16, '\0') + data + meta;
}

TEST(AsTable, ReadsMaxMind) {
    const TemporaryFolder folder;
    const auto table = AsTable::load(folder.write("asn.mmdb", mmdb(0xc0000200, 24)));
    ASSERT_TRUE(table.has_value()) << table.error().text();
    EXPECT_EQ(number(*table, "192.0.2.77"), 64500U);
    EXPECT_EQ(number(*table, "192.0.3.0"), 0U);
    EXPECT_EQ(number(*table, "192.0.1.255"), 0U);
    EXPECT_EQ(table->name(64500), "Example");
}

TEST(AsTable, DamagedMaxMindIsAnErrorOrATableNeverACrash) {
    const TemporaryFolder folder;
    const std::string good = mmdb(0xc0000200, 24);
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = static_cast<char>(~static_cast<unsigned char>(bad[i]));
        const auto table = AsTable::load(folder.write("asn.mmdb", bad));
        if (!table) EXPECT_EQ(table.error().file, folder.path("asn.mmdb"));
    }
    for (std::size_t size = 0; size < good.size(); size += 7) {
        const auto table = AsTable::load(folder.write("asn.mmdb", good.substr(good.size() - size)));
        if (!table) EXPECT_EQ(table.error().file, folder.path("asn.mmdb"));
    }
}

TEST(AsTable, ATreeWithLoopsEnds) {
    const TemporaryFolder folder;
    std::string looping = mmdb(0xc0000200, 24);
    for (std::size_t i = 0; i < 24 * 6; ++i) looping[i] = '\0';  // every record leads to the root
    EXPECT_FALSE(AsTable::load(folder.write("asn.mmdb", looping)).has_value());
}

}  // namespace
}  // namespace tidegate::observe

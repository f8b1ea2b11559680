#include "app/serve/domain_moves.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;

constexpr Time noon = time_of_unix(1'785'931'200);

TEST(DomainMoves, ADomainIsNamedAsRecipientsNameIt) {
    EXPECT_EQ(domain_named("Example.ORG"), "example.org");
    EXPECT_EQ(domain_named("example.org."), "example.org");
    EXPECT_EQ(domain_named("xn--bcher-kva.example"), "xn--bcher-kva.example");
    EXPECT_EQ(domain_named("b\xc3\xbc"
                           "cher.example"),
              "b\xc3\xbc"
              "cher.example");
    for (const std::string_view none :
         {"", ".", "a..b", "bob@example.org", "[192.0.2.1]", "example.org\r\nRCPT TO:<x@b.example>",
          "a b.example", "example.org> x", "example.org>", "<example.org", "\"example.org", "-a.example",
          "a\x01.example", " example.org", "@a:x@example.org"})
        EXPECT_EQ(domain_named(none), "") << none;
    EXPECT_EQ(domain_named(std::string("a\0b.example", 11)), "");
    EXPECT_EQ(domain_named(std::string(64, 'a') + ".example"), "");
    EXPECT_EQ(domain_named(std::string(100'000, 'a')), "");
}

TEST(DomainMoves, AreReadAsTheyWereWritten) {
    const std::vector<DomainMove> moves{
        {.domain = "example.org", .listener = "mx2", .author = "alice", .reason = "flood", .since = noon},
        {.domain = "b\xc3\xbc"
                   "cher.example",
         .listener = "mx \"2\"\n",
         .author = "b\\ob",
         .reason = "floods \"it\"\x01",
         .since = noon + 1us,
         .until = noon + 48h}};
    const auto read = read_domain_moves(domain_moves_text(moves));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, moves);
    EXPECT_TRUE(read_domain_moves(domain_moves_text({})).value().empty());
}

TEST(DomainMoves, HalfOfThemIsNone) {
    const std::string good =
        R"({"domain":"example.org","listener":"mx2","author":"x","reason":"y","since":"2026-08-05T12:00:00Z","until":null})";
    ASSERT_TRUE(read_domain_moves("[" + good + "]"));
    const std::string rest = R"("since":"2026-08-05T12:00:00Z","until":null}])";
    const std::string bad[] = {
        "",
        "{}",
        "[" + good,
        "[" + good + "]]",
        "[7]",
        "[null]",
        "[" + good + ",{}]",
        R"([{"domain":"","listener":"mx2",)" + rest,
        R"([{"domain":"Example.org","listener":"mx2",)" + rest,  // nobody would look it up so
        R"([{"domain":"a\u0000b.example","listener":"mx2",)" + rest,
        R"([{"domain":"a\r\nb.example","listener":"mx2",)" + rest,
        R"([{"domain":7,"listener":"mx2",)" + rest,
        R"([{"domain":"example.org","listener":"",)" + rest,
        R"([{"domain":"example.org",)" + rest,
        R"([{"domain":"example.org","listener":"mx2","since":"noon","until":null}])",
        R"([{"domain":"example.org","listener":"mx2","since":"2026-08-05T12:00:00Z"}])",
        R"([{"domain":"example.org","listener":"mx2","since":"2026-08-05T12:00:00Z","until":9}])",
        std::string(5'000'000, ' ') + "[]",
        std::string(100'000, '['),
    };
    for (const std::string& text : bad) {
        const auto read = read_domain_moves(text);
        ASSERT_FALSE(read) << text.substr(0, 200);
        EXPECT_FALSE(read.error().mend.empty());
    }
}

TEST(DomainMoves, TenThousandAreReadAndOneMoreIsNot) {
    std::vector<DomainMove> moves;
    for (std::size_t i = 0; i < most_domain_moves; ++i)
        moves.push_back({.domain = fmt::format("d{}.example.org", i), .listener = "mx2", .since = noon});
    EXPECT_EQ(read_domain_moves(domain_moves_text(moves)).value().size(), most_domain_moves);
    moves.push_back({.domain = "more.example.org", .listener = "mx2", .since = noon});
    EXPECT_FALSE(read_domain_moves(domain_moves_text(moves)));
}

}  // namespace
}  // namespace tidegate::app

#include "event/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace tidegate {
namespace {

constexpr EvidenceKind last_kind = EvidenceKind::came_again;

TEST(Evidence, EveryKindHasItsOwnNameAndWords) {
    std::set<std::string_view> names;
    Event event;
    for (int i = 0; i <= static_cast<int>(last_kind); ++i) {
        const auto kind = static_cast<EvidenceKind>(i);
        EXPECT_TRUE(names.insert(name(kind)).second) << name(kind);
        EXPECT_NE(name(kind), "unknown");
        EXPECT_NE(name(kind), "");
        EXPECT_FALSE(detail({kind, {}, 0, 0}, event).empty()) << name(kind);
    }
}

TEST(Evidence, DetailsSpeakPlainly) {
    Event event;
    event.address = *Address::parse("203.0.113.7");
    event.ehlo = "ylmf-pc";
    const auto words = [&](EvidenceKind kind, float count, float of) {
        return detail({kind, Decibans::of(1), count, of}, event);
    };
    EXPECT_EQ(words(EvidenceKind::address_rate, 41'000.4F, 3),
              "41,000 failures on other accounts and 3 log-ins lately from 203.0.113.7");
    EXPECT_EQ(words(EvidenceKind::network_rate, 1, 0),
              "1 failure and 0 log-ins lately from elsewhere in 203.0.113.0/24");
    EXPECT_EQ(words(EvidenceKind::as_rate, 0.2F, 1'234'567),
              "under 1 failure and 1,234,567 log-ins lately from 203.0.0.0/16");
    EXPECT_EQ(words(EvidenceKind::client_rate, 5, 1),
              "5 failures and 1 log-in lately from clients that call themselves ylmf-pc");
    EXPECT_EQ(words(EvidenceKind::shared_guess, 1000, 0),
              "the same wrong password was tried on 1,000 accounts");
    event.as_number = 64496;
    EXPECT_EQ(words(EvidenceKind::as_rate, 2, 2), "2 failures and 2 log-ins lately from AS64496");
    event.address = *Address::parse("2001:db8:1:2:3::4");
    EXPECT_EQ(words(EvidenceKind::address_rate, 2, 2),
              "2 failures on other accounts and 2 log-ins lately from 2001:db8:1:2::/64");
    EXPECT_EQ(words(EvidenceKind::network_rate, 2, 2),
              "2 failures and 2 log-ins lately from elsewhere in 2001:db8:1::/48");
}

TEST(EvidenceList, KeepsTheHeaviestAndSortsThem) {
    EvidenceList list;
    for (int i = 0; i < 12; ++i) list.add(static_cast<EvidenceKind>(i), Decibans::of(i % 2 == 0 ? i : -i));
    list.sort();
    ASSERT_EQ(list.items().size(), 8U);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(static_cast<std::size_t>(list.items()[i].kind), 11 - i);
}

TEST(EvidenceList, EqualsStayInOrder) {
    EvidenceList list;
    list.add(EvidenceKind::target, Decibans::of(2));
    list.add(EvidenceKind::listed, Decibans::of(-5));
    list.add(EvidenceKind::new_place, Decibans::of(-2));
    list.add(EvidenceKind::never_seen, Decibans::of(2));
    list.sort();
    std::vector<EvidenceKind> kinds;
    for (const Evidence& piece : list.items()) kinds.push_back(piece.kind);
    EXPECT_THAT(kinds, ::testing::ElementsAre(EvidenceKind::listed, EvidenceKind::target,
                                              EvidenceKind::new_place, EvidenceKind::never_seen));
}

}  // namespace
}  // namespace tidegate

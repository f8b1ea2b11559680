#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kept.h"

namespace tidegate::keep {
namespace {

using ::testing::HasSubstr;

Exemption exemption_of(std::string subject, SubjectKind kind, Hand& hand) {
    return {.effect = Effect::allow,
            .kind = kind,
            .subject = std::move(subject),
            .reason = "our own office",
            .author = "op",
            .created = hand.now()};
}

TEST(JournalRecords, ExceptionsAreThereAtOnceAndAfterwards) {
    const Folder folder;
    Hand hand;
    Exemption office = exemption_of("192.0.2.0/24", SubjectKind::network, hand);
    office.expires = hand.now() + std::chrono::hours(1);
    Exemption bob = exemption_of("bob@example.org", SubjectKind::account, hand);
    bob.effect = Effect::deny;
    {
        const auto journal = open_journal(folder.path(), hand);
        office.id = journal->add_exemption(office).value_or(0);
        bob.id = journal->add_exemption(bob).value_or(0);
        EXPECT_EQ(Reader::open(folder.path())->exemptions()->size(), 2U);
        hand.move(std::chrono::minutes(1));
        const auto lifted = journal->lift_exemption(bob.id, "other op", "a mistake");
        ASSERT_TRUE(lifted) << lifted.error().text();
        bob.lifted = hand.now();
        bob.lifted_by = "other op";
        EXPECT_EQ(*lifted, bob);
    }
    auto reader = Reader::open(folder.path());
    ASSERT_TRUE(reader);
    EXPECT_THAT(*reader->exemptions(), ::testing::ElementsAre(office, bob));
    const auto deeds = reader->deeds({});
    ASSERT_EQ(deeds->size(), 3U);
    EXPECT_EQ((*deeds)[0].action, "lift");
    EXPECT_EQ((*deeds)[0].author, "other op");
    EXPECT_EQ((*deeds)[0].subject, "bob@example.org");
    EXPECT_EQ((*deeds)[0].reason, "a mistake");
    EXPECT_EQ((*deeds)[0].detail, "{\"exception\":2}");
    EXPECT_EQ((*deeds)[1].action, "deny");
    EXPECT_EQ((*deeds)[2].action, "allow");
}

TEST(JournalRecords, HoldsUntilItExpiresOrIsLifted) {
    Hand hand;
    Exemption exemption = exemption_of("192.0.2.7", SubjectKind::address, hand);
    EXPECT_FALSE(exemption.holds(hand.now() - Duration(1)));
    EXPECT_TRUE(exemption.holds(hand.now()));
    exemption.expires = hand.now() + Duration(5);
    EXPECT_TRUE(exemption.holds(hand.now() + Duration(4)));
    EXPECT_FALSE(exemption.holds(hand.now() + Duration(5)));
    exemption.expires.reset();
    exemption.lifted = hand.now();
    EXPECT_FALSE(exemption.holds(hand.now()));
}

TEST(JournalRecords, LiftingNeedsOneThatIsNotLifted) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    EXPECT_THAT(journal->lift_exemption(7, "op", "").error().text(), HasSubstr("there is no exception 7"));
    const auto id = journal->add_exemption(exemption_of("AS64500", SubjectKind::as, hand));
    ASSERT_TRUE(id);
    EXPECT_TRUE(journal->lift_exemption(*id, "op", ""));
    EXPECT_THAT(journal->lift_exemption(*id, "op", "").error().text(),
                HasSubstr("was lifted at 2023-11-14T22:13:20Z by op"));
    EXPECT_EQ(Reader::open(folder.path())->deeds({})->size(), 2U);
}

TEST(JournalRecords, TheAuditLogIsSearched) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    for (int i = 0; i < 30; ++i)
        ASSERT_TRUE(journal->record({.time = time_of_unix(i),
                                     .author = i % 2 == 0 ? "alice" : "it's \"me\"; --",
                                     .action = i % 3 == 0 ? "mode" : "reload",
                                     .subject = i == 7 ? "192.0.2.7" : "",
                                     .detail = R"({"n":[1,"two"]})"}));
    auto reader = journal->read();
    ASSERT_TRUE(reader);
    const auto count = [&](const DeedQuery& query) { return reader->deeds(query)->size(); };
    EXPECT_EQ(count({}), 30U);
    EXPECT_EQ(count({.author = "alice"}), 15U);
    EXPECT_EQ(count({.author = "it's \"me\"; --", .action = "mode"}), 5U);
    EXPECT_EQ(count({.subject = "192.0.2.7"}), 1U);
    EXPECT_EQ(count({.without = "mode"}), 20U);
    EXPECT_EQ(count({.action = "mode", .without = "mode"}), 10U) << "who asks for them gets them";
    EXPECT_EQ(count({.from = time_of_unix(10), .to = time_of_unix(20)}), 10U);
    const auto page = reader->deeds({.most = 10});
    EXPECT_EQ(page->front().time, time_of_unix(29));
    EXPECT_EQ(reader->deeds({.before = page->back().id, .most = 10})->front().time, time_of_unix(19));
    EXPECT_FALSE(journal->record({.action = "mode", .detail = "no JSON"}));
}

}  // namespace
}  // namespace tidegate::keep

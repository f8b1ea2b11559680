#include "rehearse/targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::rehearse {
namespace {

using drill::Port;
using testing::HasSubstr;

TEST(Targets, AreReadFromAList) {
    const auto all = targets_in(
        "smtp://127.0.0.1:2525?forward=xclient&at_once=20,imap://[::1]?log_ins_per_second=7,imaps://"
        "10.0.0.1/");
    ASSERT_TRUE(all) << all.error().text();
    ASSERT_EQ(all->size(), 3);
    const Target &mail = (*all)[0], &store = (*all)[1], &secure = (*all)[2];
    EXPECT_EQ(mail.name, "mx1");
    EXPECT_EQ(mail.port, Port::smtp);
    EXPECT_EQ(mail.place.text(), "127.0.0.1:2525");
    EXPECT_EQ(mail.forward, "xclient");
    EXPECT_EQ(mail.at_once, 20);
    EXPECT_EQ(mail.tls, "none");
    EXPECT_EQ(store.name, "store1");
    EXPECT_EQ(store.place.text(), "[::1]:143");
    EXPECT_EQ(store.log_ins_per_second, 7);
    EXPECT_EQ(secure.name, "store2");
    EXPECT_EQ(secure.place.text(), "10.0.0.1:993");
    EXPECT_EQ(secure.tls, "implicit");
}

struct Mistake {
    const char* list;
    const char* said;
    const char* mend;
};
class TargetsWrong : public testing::TestWithParam<Mistake> {};

TEST_P(TargetsWrong, AreToldWithTheMend) {
    const auto all = targets_in(GetParam().list);
    ASSERT_FALSE(all);
    EXPECT_THAT(all.error().what, HasSubstr(GetParam().said));
    EXPECT_THAT(all.error().mend, HasSubstr(GetParam().mend));
}

INSTANTIATE_TEST_SUITE_P(
    All, TargetsWrong,
    testing::Values(Mistake{"", "names none", "smtp://"}, Mistake{"127.0.0.1:25", "no server", "smtp://"},
                    Mistake{"pop3://127.0.0.1", "'pop3'", "imap"},
                    Mistake{"smtp://mail.example.org:25", "no address", "smtp://127.0.0.1:2525"},
                    Mistake{"smtp://127.0.0.1:99999", "no address", "smtp://"},
                    Mistake{"smtp://127.0.0.1:25?forwards=xclient", "no setting 'forwards'", "forward"},
                    Mistake{"smtp://127.0.0.1:25?forward=ident", "can't be 'ident'", "xclient"},
                    Mistake{"smtp://127.0.0.1:25?at_once=0", "can't be '0'", "number"},
                    Mistake{"smtp://127.0.0.1:25?at_once", "can't be ''", "number"},
                    Mistake{"smtp://127.0.0.1:25?log_ins_per_second=5", "no setting", "of imap"},
                    Mistake{"smtp://127.0.0.1,smtp://127.0.0.1:25", "twice", "once"}));

TEST(Targets, AreNearOnThisMachineAndPrivateNetworks) {
    for (const char* near :
         {"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.31.0.1", "192.168.7.7", "::1", "fd00::1", "fe80::1"})
        EXPECT_TRUE(is_near(*Address::parse(near))) << near;
    for (const char* far :
         {"192.0.2.1", "172.32.0.1", "192.169.0.1", "203.0.113.9", "2001:db8::1", "11.0.0.1"})
        EXPECT_FALSE(is_near(*Address::parse(far))) << far;
    const auto all = targets_in("smtp://127.0.0.1,smtp://198.51.100.7");
    ASSERT_TRUE(all);
    const auto far = too_far(*all);
    ASSERT_TRUE(far);
    EXPECT_THAT(far->what, HasSubstr("198.51.100.7"));
    EXPECT_THAT(far->mend, HasSubstr("--even-public"));
    EXPECT_FALSE(too_far(std::span(*all).first(1)));
}

}  // namespace
}  // namespace tidegate::rehearse

#include "guard/refusals.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "attempts.h"

namespace tidegate::guard {
namespace {

using namespace std::chrono_literals;

/// Each a little later than the one before.
const Refusal& add(Refusals& refusals, std::uint64_t account) {
    judge::Knock knock;
    knock.account = account;
    const auto last = refusals.latest(1);
    const Time time = last.empty() ? noon : last.front().time + 1ms;
    return refusals.add(question("192.0.2.1", "bob@example.org", time), knock, {});
}

TEST(Refusals, CodesAreFoundHoweverTheyAreRead) {
    Refusals refusals(17);
    std::set<std::string> codes;
    for (int i = 0; i < 2000; ++i) {
        const std::string code = add(refusals, 1).code;
        EXPECT_EQ(code.size(), 7U);
        EXPECT_EQ(code.find_first_of("ILOU"), std::string::npos);
        EXPECT_TRUE(codes.insert(code).second);
        std::string read = code.substr(0, 3) + "-" + code.substr(3);
        for (char& c : read) {
            if (c == '0')
                c = 'o';
            else if (c == '1')
                c = 'l';
            else if (c >= 'A' && c <= 'Z')
                c = static_cast<char>(c - 'A' + 'a');
        }
        ASSERT_NE(refusals.find(read), nullptr) << read;
        EXPECT_EQ(refusals.find(read)->code, code);
    }
    EXPECT_EQ(refusals.find(""), nullptr);
    EXPECT_EQ(refusals.find("UUUUUUU"), nullptr);
}

TEST(Refusals, AnotherProcessHasOtherCodes) {
    Refusals one(17), another(18);
    EXPECT_NE(add(one, 1).code, add(another, 1).code);
}

TEST(Refusals, TheSameKeyGivesTheSameCodesAgain) {
    Refusals before(17), after(17);
    const Event bob = question("192.0.2.1", "bob@example.org"),
                ann = question("192.0.2.1", "ann@example.org"),
                elsewhere = question("192.0.2.2", "bob@example.org"),
                later = question("192.0.2.1", "bob@example.org", noon + 1us);
    std::set<std::string> codes;
    for (const Event& each : {bob, ann, elsewhere, later}) codes.insert(before.add(each, {}, {}).code);
    EXPECT_EQ(codes.size(), 4U);
    for (const Event& each : {later, ann, bob}) EXPECT_TRUE(codes.contains(after.add(each, {}, {}).code));
}

TEST(Refusals, TheOldestGo) {
    Refusals refusals(17);
    const std::string first = add(refusals, 7).code;
    const std::string second = add(refusals, 8).code;
    for (std::size_t i = 0; i < Refusals::most - 1; ++i) add(refusals, 9);
    EXPECT_EQ(refusals.size(), Refusals::most);
    EXPECT_EQ(refusals.find(first), nullptr);
    EXPECT_NE(refusals.find(second), nullptr);
    EXPECT_TRUE(refusals.of_account(7, {}).empty());
    EXPECT_EQ(refusals.of_account(9, {}).size(), 16U);
}

TEST(Refusals, NewestFirst) {
    Refusals refusals(17);
    add(refusals, 7);
    const std::string newest = add(refusals, 7).code;
    ASSERT_EQ(refusals.of_account(7, {}).size(), 2U);
    EXPECT_EQ(refusals.of_account(7, {}).front()->code, newest);
    const Address from = refusals.find(newest)->address;
    ASSERT_EQ(refusals.from_address(from, {}).size(), 2U);
    EXPECT_EQ(refusals.from_address(from, {}).front()->code, newest);
    EXPECT_TRUE(refusals.from_address(from, Time::max()).empty());
    EXPECT_TRUE(refusals.from_address(Address::v4(from.v4_bits() + 1), {}).empty());
}

TEST(Refusals, WhoIsForgottenLeavesTheOthersFindable) {
    Refusals refusals(17);
    const std::string first = add(refusals, 7).code, second = add(refusals, 8).code,
                      third = add(refusals, 7).code;
    EXPECT_EQ(refusals.forget(7), 2U);
    EXPECT_EQ(refusals.find(first), nullptr);
    EXPECT_EQ(refusals.find(third), nullptr);
    ASSERT_NE(refusals.find(second), nullptr);
    EXPECT_EQ(refusals.find(second)->knock.account, 8U);
}

}  // namespace
}  // namespace tidegate::guard

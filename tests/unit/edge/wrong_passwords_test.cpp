#include "edge/wrong_passwords.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;

constexpr Time noon = time_of_unix(1'796'000'000);
constexpr auto nothing = std::optional<Reason>();
constexpr auto wrong = std::optional(Reason::bad_password);

Address address(std::string_view text) {
    return Address::parse(text).value();
}

PasswordTry phone(std::string_view password, std::string_view source = "192.0.2.7") {
    return {.account = "anna@example.org",
            .source = address(source),
            .service = Service::imap,
            .password = password};
}

class WrongPasswordMemory : public testing::Test {
protected:
    // As a phone does it: again and again, and a server that says no wherever it is asked. How often it was.
    unsigned repeat(const PasswordTry& attempt, unsigned times, std::chrono::seconds every,
                    Reason why = Reason::bad_password) {
        unsigned asked = 0;
        for (unsigned i = 0; i < times; ++i, now_ += every) {
            if (memory_.look(attempt, now_)) continue;
            ++asked;
            memory_.wrong(attempt, why, now_);
        }
        return asked;
    }
    // Until memory answers.
    void prove(const PasswordTry& attempt, Reason why = Reason::bad_password) {
        repeat(attempt, 3, 60s, why);
        now_ -= 59s;
    }
    [[nodiscard]] std::optional<Reason> look(const PasswordTry& attempt) {
        return memory_.look(attempt, now_);
    }

    Time now_ = noon;
    WrongPasswordRules rules_;
    WrongPasswords memory_{rules_};
};

TEST_F(WrongPasswordMemory, KnowsNothingAtFirst) {
    EXPECT_EQ(look(phone("old")), nothing);
    EXPECT_EQ(memory_.counts().kept, 0U);
}

TEST_F(WrongPasswordMemory, AnswersWhatTheServerSaidThreeTimesOverTwoMinutes) {
    for (int i = 0; i < 3; ++i, now_ += 60s) {
        EXPECT_EQ(look(phone("old")), nothing) << i;
        memory_.wrong(phone("old"), Reason::bad_password, now_);
    }
    EXPECT_EQ(memory_.look(phone("old"), now_ - 59s), wrong);
    EXPECT_EQ(memory_.counts().answered, 1U);
    EXPECT_EQ(memory_.counts().said, 3U);
    EXPECT_EQ(memory_.counts().kept, 1U);
}

TEST_F(WrongPasswordMemory, DoesNotAnswerWhatWasSaidOftenButInAMoment) {
    for (int i = 0; i < 100; ++i) memory_.wrong(phone("old"), Reason::bad_password, now_ + i * 1s);
    EXPECT_EQ(memory_.look(phone("old"), now_ + 100s), nothing);
}

TEST_F(WrongPasswordMemory, SaysWhatTheServerSaid) {
    prove(phone("old"), Reason::unknown_account);
    EXPECT_EQ(look(phone("old")), Reason::unknown_account);
    memory_.wrong(phone("old"), Reason::bad_password, now_);
    EXPECT_EQ(look(phone("old")), wrong);
}

TEST_F(WrongPasswordMemory, KeepsNothingThatIsNotThePasswords) {
    for (const Reason why : {Reason::disabled, Reason::internal, Reason::tls, Reason::rate, Reason::other}) {
        prove(phone("old"), why);
        EXPECT_EQ(look(phone("old")), nothing) << name(why);
    }
    EXPECT_EQ(memory_.counts().kept, 0U);
}

TEST_F(WrongPasswordMemory, IsForOneAccountOnePlaceOneServiceAndOnePassword) {
    prove(phone("old", "2001:db8::1"));
    PasswordTry other = phone("old", "2001:db8::2");
    EXPECT_EQ(look(other), wrong) << "the same /64";
    other.account = "berta@example.org";
    EXPECT_EQ(look(other), nothing);
    other = phone("old", "2001:db8:0:1::1");
    EXPECT_EQ(look(other), nothing);
    other = phone("old", "2001:db8::1");
    other.service = Service::pop3;
    EXPECT_EQ(look(other), nothing);
    for (const std::string_view password : {"", "ol", "olD", "old ", "oldold"})
        EXPECT_EQ(look(phone(password, "2001:db8::1")), nothing) << password;
    EXPECT_EQ(look(phone(std::string_view("old\0", 4), "2001:db8::1")), nothing);
}

// The phone had the new password first, the server afterwards.
TEST_F(WrongPasswordMemory, AChangedPasswordWorksOnceTheAccountLogsInAnywhere) {
    prove(phone("old", "198.51.100.9"));
    prove(phone("new"));
    ASSERT_EQ(look(phone("new")), wrong);
    memory_.right("anna@example.org");
    EXPECT_EQ(look(phone("new")), nothing);
    EXPECT_EQ(look(phone("old", "198.51.100.9")), nothing);
    EXPECT_EQ(memory_.counts().forgotten, 2U);
    EXPECT_EQ(memory_.counts().kept, 0U);
    memory_.wrong(phone("new"), Reason::bad_password, now_);  // an answer that was under way
    EXPECT_EQ(look(phone("new")), nothing);
}

TEST_F(WrongPasswordMemory, ForgetsWhoseChangeItIsToldOf) {
    prove(phone("new"));
    memory_.forget("berta@example.org");
    EXPECT_EQ(look(phone("new")), wrong);
    memory_.forget("anna@example.org");
    EXPECT_EQ(look(phone("new")), nothing);
}

TEST_F(WrongPasswordMemory, LooksAgainBeforeItsLifeEndsAndByNumber) {
    prove(phone("old"));
    EXPECT_EQ(memory_.look(phone("old"), now_ + 58s), wrong);
    EXPECT_EQ(memory_.look(phone("old"), now_ + 59s), nothing) << "a minute since the server said so";
    unsigned answered = 0;
    while (look(phone("old"))) ++answered;
    EXPECT_EQ(answered, rules_.repeats);
    EXPECT_EQ(memory_.counts().asked_again, 2U);
    EXPECT_EQ(look(phone("old")), wrong) << "one of them went; the others need not wait for what came of it";
}

TEST_F(WrongPasswordMemory, LivesLongerAsTheServerSaysItAgain) {
    prove(phone("old"));
    now_ += 59s;
    for (const auto life : {120s, 240s, 480s, 600s, 600s}) {
        ASSERT_EQ(look(phone("old")), nothing);
        memory_.wrong(phone("old"), Reason::bad_password, now_);
        EXPECT_EQ(memory_.look(phone("old"), now_ + life - 1s), wrong);
        EXPECT_EQ(memory_.look(phone("old"), now_ + life), nothing);
        now_ += life;
    }
}

TEST_F(WrongPasswordMemory, BeginsAnewAfterALongSilence) {
    prove(phone("old"));
    now_ += 1800s;
    EXPECT_EQ(look(phone("old")), nothing);
    memory_.wrong(phone("old"), Reason::bad_password, now_);
    EXPECT_EQ(memory_.look(phone("old"), now_ + 1s), nothing);
}

TEST_F(WrongPasswordMemory, ATimeBeforeTheLastIsNotAnswered) {
    prove(phone("old"));
    EXPECT_EQ(memory_.look(phone("old"), now_ - 1h), nothing);
    EXPECT_EQ(memory_.look(phone("old"), Time{}), nothing);
    memory_.wrong(phone("old"), Reason::bad_password, now_ - 1h);
    EXPECT_EQ(memory_.look(phone("old"), now_ - 1h), nothing);
}

// What it is for: a phone that repeats itself every ten seconds for an hour.
TEST_F(WrongPasswordMemory, SparesTheServersAnOldPhone) {
    EXPECT_LE(repeat(phone("old"), 360, 10s), 13U + 360 / 17);
}

TEST_F(WrongPasswordMemory, SweepGivesBackWhatIsOver) {
    repeat(phone("old"), 1, 0s);
    memory_.sweep(now_ + 1799s);
    EXPECT_EQ(memory_.counts().kept, 1U);
    memory_.sweep(now_ + 1800s);
    EXPECT_EQ(memory_.counts().kept, 0U);
}

// ---- full

Address anywhere(std::mt19937& random) {
    return Address::v4(static_cast<std::uint32_t>(random()));
}

class FullMemory : public testing::Test {
protected:
    // A phone of `count` accounts each, all of them answered.
    void prove(WrongPasswords& memory, unsigned count) {
        for (int round = 0; round < 3; ++round, now_ += 60s)
            for (unsigned i = 0; i < count; ++i) say(memory, i);
        now_ -= 59s;
    }
    void say(WrongPasswords& memory, unsigned i) {
        const std::string account = "phone" + std::to_string(i) + "@example.org";
        memory.wrong({account, Address::v4(0xc000'0200 + i), Service::imap, "old"}, Reason::bad_password,
                     now_);
    }
    unsigned answered(WrongPasswords& memory, unsigned count) const {
        unsigned out = 0;
        for (unsigned i = 0; i < count; ++i) {
            const std::string account = "phone" + std::to_string(i) + "@example.org";
            out += memory.look({account, Address::v4(0xc000'0200 + i), Service::imap, "old"}, now_) ? 1U : 0U;
        }
        return out;
    }
    Time now_ = noon;
};

// A thousand times more guesses than there are places, each of them new, from everywhere.
TEST_F(FullMemory, AFloodPushesNobodyOutWhoIsAnswered) {
    WrongPasswords memory({.capacity = 1024});
    prove(memory, 200);
    const unsigned before = answered(memory, 200);
    EXPECT_GT(before, 190U);
    std::mt19937 random(7);
    for (unsigned i = 0; i < 1'000'000; ++i) {
        const std::string account = "phone" + std::to_string(random() % 400) + "@example.org";
        memory.wrong({account, anywhere(random), Service::imap, std::to_string(i)}, Reason::bad_password,
                     now_ + Duration(i * 50));
    }
    EXPECT_EQ(answered(memory, 200), before);
    EXPECT_LE(memory.counts().kept, 1024U);
}

// In the midst of one, a phone is remembered from its second try on.
TEST_F(FullMemory, AFloodDoesNotKeepAPhoneFromBeingRemembered) {
    WrongPasswords memory({.capacity = 1024});
    std::mt19937 random(7);
    for (int round = 0; round < 5; ++round, now_ += 40s) {
        say(memory, 1);
        for (unsigned i = 0; i < (round == 0 ? 0U : 100'000U); ++i)
            memory.wrong({std::to_string(random()), anywhere(random), Service::imap, "guess"},
                         Reason::bad_password, now_ + Duration(i));
        if (round == 0) say(memory, 1);
    }
    now_ -= 39s;
    EXPECT_TRUE(memory.look({"phone1@example.org", Address::v4(0xc000'0201), Service::imap, "old"}, now_));
}

struct Part {
    std::string name;
    std::uint32_t spread;  // of the sources' addresses
    std::uint64_t most;
};
class FullPart : public testing::TestWithParam<Part> {};

TEST_P(FullPart, IsAllThatOneMayTake) {
    WrongPasswords memory({.most_of_source = 20, .most_of_network = 50});
    for (unsigned i = 0; i < 500; ++i)
        memory.wrong(
            {std::to_string(i), Address::v4(0xc633'6400 + i % GetParam().spread), Service::imap, "guess"},
            Reason::bad_password, noon);
    EXPECT_EQ(memory.counts().kept, GetParam().most);
    EXPECT_EQ(memory.counts().crowded_out, 500 - GetParam().most);
}

INSTANTIATE_TEST_SUITE_P(Parts, FullPart, testing::Values(Part{"source", 1, 20}, Part{"network", 250, 50}),
                         [](const auto& row) { return row.param.name; });

TEST(WrongPasswordParts, OneAccountTakesHalfAPlace) {
    WrongPasswords memory({});
    for (unsigned i = 0; i < 500; ++i)
        memory.wrong({"anna@example.org", Address::v4(0xc633'6400 + i * 256), Service::imap, "guess"},
                     Reason::bad_password, noon + i * 1s);
    EXPECT_EQ(memory.counts().kept, 8U);
}

TEST(WrongPasswordParts, WhatIsForgottenOrOverIsGivenBack) {
    WrongPasswords memory({.most_of_source = 20, .most_of_network = 20});
    const auto fill = [&](Time now) {
        for (unsigned i = 0; i < 30; ++i)
            memory.wrong({std::to_string(i), address("192.0.2.7"), Service::imap, "guess"},
                         Reason::bad_password, now);
        return memory.counts().kept;
    };
    EXPECT_EQ(fill(noon), 20U);
    for (unsigned i = 0; i < 30; ++i) memory.forget(std::to_string(i));
    EXPECT_EQ(fill(noon), 20U);
    memory.sweep(noon + 1h);
    EXPECT_EQ(memory.counts().kept, 0U);
    EXPECT_EQ(fill(noon + 1h), 20U);
}

// One place alone: seven and eight passwords that are answered, and one that was said often, but in a moment.
TEST(WrongPasswordParts, WhatAnswersKeepsItsPlace) {
    WrongPasswords memory({.capacity = 16});
    const auto attempt = [](std::string_view account, const std::string& password) {
        return PasswordTry{account, address("192.0.2.7"), Service::imap, password};
    };
    std::vector<std::string> passwords;
    for (int i = 0; i < 9; ++i) passwords.push_back(std::to_string(i));
    const auto of = [&](std::string_view account) {
        return std::span(passwords).first(account == "anna" ? 8 : 7);
    };
    const auto answered = [&](Time now) {
        unsigned out = 0;
        for (const std::string_view account : {"anna", "berta"})
            for (const auto& each : of(account)) out += memory.look(attempt(account, each), now) ? 1U : 0U;
        return out;
    };
    for (const auto now : {noon, noon + 60s, noon + 120s})
        for (const std::string_view account : {"anna", "berta"})
            for (const auto& each : of(account))
                memory.wrong(attempt(account, each), Reason::bad_password, now);
    const Time now = noon + 121s;
    for (int i = 0; i < 200; ++i) memory.wrong(attempt("carla", "often"), Reason::bad_password, now);
    ASSERT_EQ(memory.counts().kept, 16U);
    ASSERT_EQ(answered(now), 15U);
    memory.wrong(attempt("dora", "new"), Reason::bad_password, now);
    EXPECT_EQ(memory.counts().crowded_out, 0U) << "it takes the place of what answers nobody";
    for (const auto later : {now, now + 60s, now + 120s})
        memory.wrong(attempt("dora", "new"), Reason::bad_password, later);
    memory.wrong(attempt("emma", "new"), Reason::bad_password, now);
    EXPECT_EQ(memory.counts().crowded_out, 1U) << "all of them answer";
    EXPECT_EQ(answered(now), 15U);
}

// ---- properties

/// Accounts whose passwords change, phones that were told before, after or never, and servers that know.
class World {
public:
    explicit World(unsigned seed) : random_(seed) {}

    void step() {
        now_ += Duration(1'000'000LL * pick(5));
        const unsigned account = pick(accounts);
        if (pick(200) == 0) change(account);
        log_in(account, pick(2), pick(60) == 0 ? right_[account] : pick(3));
    }
    unsigned answered = 0;

private:
    static constexpr unsigned accounts = 3;
    struct Said {
        unsigned times = 0;
        Time first{}, last{};
    };
    unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }

    void change(unsigned account) {
        right_[account] = pick(8);  // of which three are those that are tried
        if (pick(2) == 0) return;   // and nobody tells
        memory_.forget(std::to_string(account));
        forget(account);
    }
    void forget(unsigned account) {
        std::erase_if(said_, [&](const auto& each) { return each.first[0] == account; });
    }
    void log_in(unsigned account, unsigned source, unsigned password) {
        const std::string name = std::to_string(account), word = std::to_string(password);
        const PasswordTry attempt{name, Address::v4(0xc000'0200 + source), Service::imap, word};
        const std::array key{account, source, password};
        if (memory_.look(attempt, now_)) return check(said_[key], ++answers_[key]);
        answers_[key] = 0;
        if (right_[account] == password) {
            memory_.right(name);
            return forget(account);
        }
        memory_.wrong(attempt, Reason::bad_password, now_);
        Said& said = said_[key];
        if (said.times++ == 0 || now_ - said.last >= 1800s) said = {1, now_, now_};
        said.last = now_;
    }
    // All that the header promises of an answer from memory.
    void check(const Said& said, unsigned in_a_row) {
        ++answered;
        EXPECT_GE(said.times, 3U);
        EXPECT_GE(said.last - said.first, 119s);
        EXPECT_LE(now_ - said.last, 600s);
        EXPECT_LE(in_a_row, 16U);
    }

    std::mt19937 random_;
    Time now_ = noon;
    WrongPasswords memory_{{.capacity = 64}};
    std::array<unsigned, accounts> right_{7, 7, 7};
    std::map<std::array<unsigned, 3>, Said> said_;
    std::map<std::array<unsigned, 3>, unsigned> answers_;
};

TEST(WrongPasswordProperties, WhatIsAnsweredWasSaidOftenLatelyAndSinceTheLastSuccess) {
    unsigned answered = 0;
    for (unsigned seed = 1; seed <= 20; ++seed) {
        World world(seed);
        for (int i = 0; i < 5'000; ++i) world.step();
        answered += world.answered;
        if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
    }
    EXPECT_GT(answered, 1'000U);
}

}  // namespace
}  // namespace tidegate::edge

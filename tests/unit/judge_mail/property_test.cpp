// What holds whatever happened before.

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "clients.h"

namespace tidegate::judge {
namespace {

constexpr int rounds = 60, history_length = 300;

// A day among a few dozen clients, good and bad; the same for the same seed.
class History {
public:
    explicit History(unsigned seed) : random_(seed) {}

    [[nodiscard]] Client client() {
        static const std::array<const char*, 6> names{
            "mx.example.org", "pc", "localhost", "[192.0.2.9]", "out1.mail.example.net", ""};
        Client out;
        out.address = "192.0." + std::to_string(below(6)) + "." + std::to_string(1 + below(4));
        out.ehlo = names[below(names.size())];
        out.lists = below(3) == 0 ? below(8) : 0;
        out.early = below(8) == 0;
        return out;
    }
    /// The next thing that happens; what was judged on the way, if anything.
    Verdict step(Mx& mx) {
        mx.now += static_cast<std::int64_t>(below(600));
        if (below(100) == 0) mx.judge.set_posture(static_cast<Posture>(below(3)));
        const Client each = client();
        switch (below(6)) {
            case 0:
                mx.taken(each);
                break;
            case 1:
                mx.refused(each);
                break;
            case 2:
                mx.unknown(each);
                break;
            case 3:
                if (each.early) mx.spoke_early(each);
                break;
            default:
                return mx.bring(each);
        }
        return {};
    }
    [[nodiscard]] std::uint32_t below(std::size_t bound) {
        return static_cast<std::uint32_t>(random_() % bound);
    }

private:
    std::mt19937 random_;
};

void play(Mx& mx, unsigned seed) {
    History history(seed);
    for (int i = 0; i < history_length; ++i) history.step(mx);
}

TEST(MailProperties, MoreOnAClientsRecordNeverLowersHisSum) {
    const std::vector<std::function<void(Mx&, const Client&)>> bad{
        [](Mx& mx, const Client& client) { mx.refused(client); },
        [](Mx& mx, const Client& client) { mx.unknown(client); },
        [](Mx& mx, const Client& client) { mx.spoke_early(client); },
        [](Mx& mx, const Client& client) { mx.refused(client, 1, Reason::relay); },
    };
    for (unsigned seed = 0; seed < rounds; ++seed) {
        Client client = History(seed + 1'000).client();
        for (std::size_t i = 0; i < bad.size(); ++i) {
            Mx mx, worse;
            play(mx, seed);
            play(worse, seed);
            bad[i](worse, client);
            // Who has come again before may have to once more: neither sum is lower for it.
            EXPECT_GE(worse.ask(client).sum, mx.ask(client).sum) << seed << ' ' << i;
            EXPECT_GE(worse.ask(client).measure, mx.ask(client).measure) << seed << ' ' << i;
        }
    }
}

TEST(MailProperties, AWorseLookNeverLowersASum) {
    for (unsigned seed = 0; seed < rounds; ++seed) {
        Mx mx;
        play(mx, seed);
        for (unsigned i = 0; i < 20; ++i) {
            const Client client = History(seed * 100 + i).client();
            EXPECT_GE(mx.ask(client.too_early()).sum, mx.ask(client).sum);
            for (const std::uint32_t bit : {1U, 2U, 4U})
                EXPECT_GE(mx.ask(client.listed(client.lists | bit)).sum, mx.ask(client).sum)
                    << seed << ' ' << i;
        }
    }
}

TEST(MailProperties, AnExceptionAlwaysPasses) {
    Exception allow;
    allow.prefix = Prefix::parse("192.0.0.0/16").value();
    Policy common;
    common.exceptions = {allow};
    common.seal();
    MailPolicy policy;
    policy.common = std::make_shared<const Policy>(std::move(common));
    for (unsigned seed = 0; seed < rounds; ++seed) {
        Mx mx(policy);
        History history(seed);
        for (int i = 0; i < history_length; ++i) ASSERT_EQ(history.step(mx).measure, Measure::pass);
        mx.refused(certain().at("192.0.2.1"), 100);
        EXPECT_EQ(mx.ask(certain().at("192.0.2.1")).measure, Measure::pass);
    }
}

TEST(MailProperties, TheSamePastGivesTheSameVerdicts) {
    bool stopped = false;
    for (unsigned seed = 0; seed < rounds; ++seed) {
        Mx one, other;
        History first(seed), second(seed);
        for (int i = 0; i < history_length; ++i) {
            const Verdict verdict = first.step(one);
            ASSERT_EQ(verdict, second.step(other)) << seed << ' ' << i;
            stopped = stopped || is_stopped(verdict.measure);
        }
    }
    EXPECT_TRUE(stopped) << "nothing was tried";
}

TEST(MailProperties, ToAskChangesNothing) {
    Mx asked, silent;
    History first(7), second(7);
    for (int i = 0; i < history_length; ++i) {
        static_cast<void>(asked.ask(certain()));
        static_cast<void>(asked.judge.is_known_sender(Address::v4(0xc000'0201U)));
        ASSERT_EQ(first.step(asked), second.step(silent));
    }
}

TEST(MailProperties, WhoDeliversIsNeverStopped) {
    for (unsigned seed = 0; seed < rounds; ++seed) {
        Mx mx;
        play(mx, seed);
        for (unsigned i = 0; i < 20; ++i) {
            const Client client = History(seed * 100 + i).client();
            if (mx.knows(client)) EXPECT_EQ(mx.ask(client).measure, Measure::pass) << seed << ' ' << i;
        }
    }
}

}  // namespace
}  // namespace tidegate::judge

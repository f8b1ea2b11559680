#include "edge/servers/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <vector>

namespace tidegate::edge {
namespace {

using testing::HasSubstr;

ServerStanding server(std::string name, std::uint32_t sessions, std::uint32_t most_sessions = 0,
                      double log_ins = 0, double most_log_ins = 0) {
    ServerStanding out;
    out.name = std::move(name);
    out.sessions = sessions;
    out.most_sessions = most_sessions;
    out.log_ins_a_second = log_ins;
    out.may_log_in_a_second = most_log_ins;
    return out;
}

struct Case {
    std::string what;
    std::vector<ServerStanding> servers;
    Leave how = Leave::drain;
    bool may = true;
    std::string words;
};
std::ostream& operator<<(std::ostream& out, const Case& one) {
    return out << one.what;
}

class Guard : public testing::TestWithParam<Case> {};

TEST_P(Guard, SaysWhetherTheOthersBearIt) {
    const Case& given = GetParam();
    const auto said = may_leave(given.servers, "a", given.how, {});
    EXPECT_EQ(said.has_value(), given.may);
    EXPECT_THAT(said ? *said : said.error().what, HasSubstr(given.words));
    if (!said) EXPECT_THAT(said.error().mend, HasSubstr("force"));
}

ServerStanding in_state(ServerStanding server, ServerState state) {
    server.state = state;
    server.weight_now = 0;
    return server;
}

INSTANTIATE_TEST_SUITE_P(
    Arithmetic, Guard,
    testing::Values(
        Case{"just fits",
             {server("a", 400, 1000), server("b", 200, 500), server("c", 200, 500)},
             Leave::drain,
             true,
             "without a the other 2 have 800 sessions, where 1000 are the most and 20 % of them stay free"},
        Case{"one too many",
             {server("a", 401, 1000), server("b", 200, 500), server("c", 200, 500)},
             Leave::drain,
             false,
             "would have 801 sessions"},
        Case{
            "who is down bears nothing",
            {server("a", 400, 1000), server("b", 200, 500), in_state(server("c", 0, 500), ServerState::down)},
            Leave::drain,
            false,
            "other 1 would have 600 sessions, where 500"},
        Case{"who is draining neither",
             {server("a", 1, 10), in_state(server("b", 5, 1000), ServerState::draining)},
             Leave::drain,
             false,
             "nobody would take its 1 sessions"},
        Case{"alone", {server("a", 7)}, Leave::restart, false, "nobody would take its 7 sessions"},
        Case{"alone and empty, but it takes users", {server("a", 0)}, Leave::drain, false, "nobody"},
        Case{"down and empty",
             {in_state(server("a", 0), ServerState::down)},
             Leave::restart,
             true,
             "no sessions and takes none"},
        Case{"log-ins fit",
             {server("a", 0, 0, 10, 50), server("b", 0, 0, 10, 50), server("c", 0, 0, 10, 50)},
             Leave::drain,
             true,
             "30.0 log-ins a second, where they bear 100.0"},
        Case{"log-ins don't",
             {server("a", 0, 0, 30, 50), server("b", 0, 0, 30, 50), server("c", 0, 0, 30, 50)},
             Leave::drain,
             false,
             "90.0 log-ins a second, where they bear 100.0"},
        Case{"all come back in time",
             {server("a", 30'000, 0, 10, 50), server("b", 0, 0, 10, 50), server("c", 0, 0, 10, 50)},
             Leave::restart,
             true,
             "30000 sessions that come back within 600 s at 50.0 log-ins a second"},
        Case{"a drain takes its time",
             {server("a", 3'000'000, 0, 10, 50), server("b", 0, 0, 10, 50), server("c", 0, 0, 10, 50)},
             Leave::drain,
             true,
             ""},
        Case{"a quarantine doesn't",
             {server("a", 30'051, 0, 10, 50), server("b", 0, 0, 10, 50), server("c", 0, 0, 10, 50)},
             Leave::quarantine,
             false,
             "30051 sessions that come back within 602 s"},
        Case{"nothing to spare",
             {server("a", 5, 0, 40, 50), server("b", 0, 0, 40, 100)},
             Leave::restart,
             false,
             "no log-ins to spare for the 5 sessions"},
        Case{"nothing known, of two",
             {server("a", 5), server("b", 5)},
             Leave::drain,
             true,
             "10 sessions, 2.00 times their part"},
        Case{"nothing known, of two that differ",
             {[] {
                  auto heavy = server("a", 5);
                  heavy.weight = 1.5;
                  return heavy;
              }(),
              server("b", 5)},
             Leave::drain,
             false,
             "2.50 times their part by weight, where 2.00"},
        Case{"one who says nothing makes all unknown",
             {server("a", 900, 1000), server("b", 900, 1000), server("c", 900)},
             Leave::drain,
             true,
             "1.50 times their part"}),
    [](const auto& given) {
        std::string name;
        for (const char c : given.param.what) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
        return name;
    });

TEST(GuardOfNobody, SaysSo) {
    EXPECT_EQ(may_leave({}, "a", Leave::drain, {}).error().what, "there is no server 'a'");
}

}  // namespace
}  // namespace tidegate::edge

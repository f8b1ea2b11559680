#include "edge/servers/guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace tidegate::edge {
namespace {

std::unexpected<Error> refused(std::string what, std::string mend) {
    return std::unexpected(Error{{}, 0, std::move(what), std::move(mend)});
}

bool takes_new(const ServerStanding& server) {
    return server.weight_now > 0 &&
           (server.state == ServerState::up || server.state == ServerState::slow_start);
}

/// What the others come to.
struct Others {
    unsigned count = 0;
    double weight = 0;
    double sessions = 0, most_sessions = 0;
    double log_ins = 0, most_log_ins = 0;
    bool knows_sessions = true, knows_log_ins = true;  // of all of them
};

Others others_of(std::span<const ServerStanding> servers, std::string_view server) {
    Others out;
    for (const ServerStanding& one : servers) {
        if (one.name == server || !takes_new(one)) continue;
        ++out.count;
        out.weight += one.weight;
        out.sessions += one.sessions;
        out.most_sessions += one.most_sessions;
        out.log_ins += one.log_ins_a_second;
        out.most_log_ins += one.may_log_in_a_second;
        out.knows_sessions = out.knows_sessions && one.most_sessions != 0;
        out.knows_log_ins = out.knows_log_ins && one.may_log_in_a_second > 0;
    }
    return out;
}

/// Gathers what it comes to, and whether any of it is too much.
class Account {
public:
    Account(const ServerStanding& leaving, const Others& others, const GuardRules& rules)
        : leaving_(leaving), others_(others), rules_(rules) {}

    void add_sessions();
    void add_log_ins();
    void add_return();
    [[nodiscard]] Result<std::string> sum() const;

private:
    void add(bool fits, std::string words) { (fits ? good_ : bad_).push_back(std::move(words)); }
    [[nodiscard]] double free_part() const { return 1 - rules_.headroom; }
    [[nodiscard]] double percent_free() const { return 100 * rules_.headroom; }

    const ServerStanding& leaving_;
    const Others& others_;
    const GuardRules& rules_;
    std::vector<std::string> good_, bad_;
};

void Account::add_sessions() {
    const double sessions = others_.sessions + leaving_.sessions;
    if (others_.knows_sessions)
        return add(sessions <= others_.most_sessions * free_part(),
                   fmt::format("{:.0f} sessions, where {:.0f} are the most and {:.0f} % of them stay free",
                               sessions, others_.most_sessions, percent_free()));
    const double growth = (others_.weight + leaving_.weight) / others_.weight;
    add(growth <= rules_.most_growth,
        fmt::format("{:.0f} sessions, {:.2f} times their part by weight, where {:.2f} times are allowed as "
                    "long as nobody says what they hold",
                    sessions, growth, rules_.most_growth));
}

void Account::add_log_ins() {
    if (!others_.knows_log_ins) return;
    const double log_ins = others_.log_ins + leaving_.log_ins_a_second;
    add(log_ins <= others_.most_log_ins * free_part(),
        fmt::format("{:.1f} log-ins a second, where they bear {:.1f} and {:.0f} % of them stay free", log_ins,
                    others_.most_log_ins, percent_free()));
}

void Account::add_return() {
    if (!others_.knows_log_ins || leaving_.sessions == 0) return;
    const double log_ins = others_.log_ins + leaving_.log_ins_a_second;
    const double spare = others_.most_log_ins * free_part() - log_ins;
    if (spare <= 0)
        return add(false, fmt::format("no log-ins to spare for the {} sessions that would come back",
                                      leaving_.sessions));
    const double seconds = std::ceil(leaving_.sessions / spare);
    add(seconds <= static_cast<double>(rules_.most_back.count()),
        fmt::format("{} sessions that come back within {:.0f} s at {:.1f} log-ins a second, where {} s are "
                    "the most",
                    leaving_.sessions, seconds, spare, rules_.most_back.count()));
}

Result<std::string> Account::sum() const {
    const auto& words = bad_.empty() ? good_ : bad_;
    std::string text = fmt::format("without {} the other {} {} {}", leaving_.name, others_.count,
                                   bad_.empty() ? "have" : "would have", fmt::join(words, "; "));
    if (bad_.empty()) return text;
    return refused(std::move(text),
                   "bring others up or add some, wait until there is less to do, or force it");
}

}  // namespace

Result<std::string> may_leave(std::span<const ServerStanding> servers, std::string_view server, Leave how,
                              const GuardRules& rules) {
    const auto leaving = std::ranges::find(servers, server, &ServerStanding::name);
    if (leaving == servers.end()) return refused(fmt::format("there is no server '{}'", server), {});
    const Others others = others_of(servers, server);
    if (!takes_new(*leaving) && leaving->sessions == 0)
        return fmt::format("{} has no sessions and takes none", server);
    if (others.count == 0)
        return refused(fmt::format("without {} nobody would take its {} sessions", server, leaving->sessions),
                       "bring others up or add some, or force it");
    Account account(*leaving, others, rules);
    account.add_sessions();
    account.add_log_ins();
    if (how != Leave::drain) account.add_return();
    return account.sum();
}

}  // namespace tidegate::edge

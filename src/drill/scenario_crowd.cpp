// What a scenario about the edge must be like as a whole.

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "drill/scenario_keys.h"

namespace tidegate::drill {
namespace {

class Looking {
public:
    explicit Looking(const Scenario& scenario) : scenario_(scenario) {}

    std::vector<CrowdMistake> all() {
        if (!scenario_.is_crowd()) {
            if (!scenario_.changes.empty())
                add("", "[[change]] without [connections], [mail] or [clients]",
                    "for servers of log-in drills write 'changes' in [servers]");
            return std::move(found_);
        }
        whole();
        lists();
        domains();
        servers();
        return std::move(found_);
    }

private:
    void add(std::string part, std::string what, std::string mend) {
        found_.push_back({std::move(part), std::move(what), std::move(mend)});
    }

    void whole() {
        if (!scenario_.customers.empty() || !scenario_.botnets.empty())
            add("", "[customers] or [botnet] beside [connections], [mail] or [clients]",
                "a scenario is about log-ins or about the edge; write two files");
        if (!scenario_.floods.empty() && scenario_.mail.empty())
            add("", "[connections] without [mail]", "say who sends mail that the flood may hinder");
        double connections = 0, sessions = 0;
        for (const Flood& each : scenario_.floods)
            connections += each.times_capacity * scenario_.mail_servers.logins_per_second *
                           scenario_.mail_servers.count * each.lasts_minutes * 60;
        for (const Clients& each : scenario_.clients) sessions += each.accounts * each.sessions;
        if (connections > 1e8) add("", "more than 100 million connections", "take fewer");
        if (sessions > 5e6) add("", "more than 5 million sessions", "take fewer");
        if (sessions > scenario_.edge.sessions)
            add("",
                fmt::format("clients hold {:.0f} sessions, [edge] can hold {}", sessions,
                            scenario_.edge.sessions),
                "give [edge] more 'sessions'");
    }

    void lists() {
        for (const Flood& each : scenario_.floods)
            for (const ListShares* shares : {&each.listed, &each.listed_later})
                known("connections." + each.name, *shares);
        for (const MailKind& each : scenario_.mail) {
            known("mail." + each.name, each.listed);
            if (each.popular != 0 && each.popular != 0.5 && each.popular != 1)
                add("mail." + each.name, fmt::format("[mail.{}]: popular = {}", each.name, each.popular),
                    "expected 0, 0.5 or 1");
        }
    }

    void domains() {
        for (const Flood& each : scenario_.floods)
            if (each.domain > scenario_.edge.mail_domains)
                add("connections." + each.name,
                    fmt::format("[connections.{}]: domain = {} of {}", each.name, each.domain,
                                scenario_.edge.mail_domains),
                    "give [edge] more 'mail_domains'");
        for (const Change& each : scenario_.changes) moves(each);
    }

    void moves(const Change& change) {
        if (change.what != ChangeKind::move) return;
        const auto where = fmt::format("[[change]] at {} min: ", change.minutes);
        if (change.domain > scenario_.edge.mail_domains)
            add("", fmt::format("{}domain = {} of {}", where, change.domain, scenario_.edge.mail_domains),
                "give [edge] more 'mail_domains'");
        if (scenario_.edge.second_listener == 0 ||
            scenario_.edge.second_listener > scenario_.edge.sessions / 10 * 9)
            add("", where + "no second listener, or one that leaves less than a tenth to all else",
                "give [edge] 'second_listener' = sessions of its own");
        if (std::ranges::count(scenario_.changes, ChangeKind::move, &Change::what) > 1)
            add("", where + "more than one domain is moved", "leave one");
    }

    void known(const std::string& part, const ListShares& shares) {
        for (const auto& [list, share] : shares.of)
            if (std::ranges::find(scenario_.lists, list, &List::name) == scenario_.lists.end())
                add(part, fmt::format("[{}]: no list '{}'", part, list.substr(0, 60)),
                    fmt::format("write [list.{}]", list.substr(0, 60)));
    }

    // As many as a change names must be there by then.
    void servers() {
        for (const bool mail : {false, true}) {
            double up = mail ? scenario_.mail_servers.count : scenario_.servers.count;
            double dead = 0, quarantined = 0;
            for (const Change& each : scenario_.changes) {
                if (each.mail != mail || each.what == ChangeKind::move) continue;
                const double many = each.servers;
                const bool grows = each.what == ChangeKind::add;
                double& from = each.what == ChangeKind::restore ? dead
                               : each.what == ChangeKind::lift  ? quarantined
                                                                : up;
                double& to = each.what == ChangeKind::die          ? dead
                             : each.what == ChangeKind::quarantine ? quarantined
                                                                   : up;
                if (!grows && many > from)
                    add("",
                        fmt::format("[[change]] at {} min: {} of {} servers", each.minutes, name(each.what),
                                    many),
                        fmt::format("there are only {} that could", from));
                if (!grows) from -= std::min(from, many);
                to += many;
            }
        }
    }

    const Scenario& scenario_;
    std::vector<CrowdMistake> found_;
};

}  // namespace

std::vector<CrowdMistake> crowd_mistakes(const Scenario& scenario) {
    return Looking(scenario).all();
}

}  // namespace tidegate::drill

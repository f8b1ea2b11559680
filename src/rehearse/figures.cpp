#include "rehearse/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace tidegate::rehearse {
namespace {

using drill::a_second;
using drill::CrowdCounts;
using drill::Moment;
using Unseen = std::map<std::string, std::string>;

std::uint64_t count_at(const boost::json::value& of, std::string_view pointer) {
    boost::system::error_code error;
    const auto* found = of.find_pointer(pointer, error);
    return found != nullptr && found->is_number() ? found->to_number<std::uint64_t>() : 0;
}

double seconds(Moment moment) {
    return static_cast<double>(moment) / a_second;
}

// ---- servers

void add_loads(const Seen& seen, CrowdCounts& counts, Unseen& unseen) {
    bool known = false;
    for (std::size_t i = 0; i < seen.targets.size(); ++i) {
        const std::uint32_t limit = seen.targets[i].at_once;
        if (limit == 0) continue;
        known = true;
        for (const Load& each : seen.sights.loads)
            counts.worst_load = std::max(counts.worst_load, static_cast<double>(each.connections[i]) / limit);
    }
    if (!known)
        unseen["servers.worst_over_limit"] = "no server's limit was given: at_once=N behind its address";
    if (seen.sights.unseen > 0)
        unseen["servers.worst_over_limit"] = "the kernel did not show the connections";
}

// As the simulation has it: after the first minute, or in a short one the first third.
void add_spread(const Seen& seen, CrowdCounts& counts, Unseen& unseen) {
    std::vector<std::size_t> stores;
    for (std::size_t i = 0; i < seen.targets.size(); ++i)
        if (seen.targets[i].port == drill::Port::imap && seen.stayed[i]) stores.push_back(i);
    const drill::Shore& shore = seen.shore;
    const Moment from = shore.begin + std::min(drill::a_minute, (shore.end - shore.begin) / 3);
    for (const Load& each : seen.sights.loads) {
        if (each.at < from || stores.size() < 2) continue;
        double sum = 0, most = 0;
        for (const std::size_t i : stores) {
            sum += each.connections[i];
            most = std::max(most, static_cast<double>(each.connections[i]));
        }
        const double ratio = sum > 0 ? most * static_cast<double>(stores.size()) / sum : 0;
        if (ratio <= counts.busiest_over_mean) continue;
        counts.busiest_over_mean = ratio;
        counts.busiest_minutes = seconds(each.at - shore.begin) / 60;
    }
    if (stores.size() < 2)
        unseen["servers.busiest_over_mean"] = "it takes two servers that stay in use throughout";
}

// ---- the edge

void add_edge(const Seen& seen, CrowdCounts& counts) {
    boost::system::error_code error;
    const auto of = boost::json::parse(seen.sights.last_edge.empty() ? "{}" : seen.sights.last_edge, error);
    if (error) return;
    drill::DoorCounts& door = counts.door;
    door.turned_away = count_at(of, "/counts/turned_away");
    door.timed_out = count_at(of, "/counts/late");
    door.stopped =
        count_at(of, "/counts/stopped") + count_at(of, "/mail/deferred") + count_at(of, "/mail/refused");
    door.shed = count_at(of, "/counts/shed");
    door.nowhere = count_at(of, "/counts/unavailable");
    door.broken = count_at(of, "/counts/broken_servers");
    for (const Look& each : seen.sights.looks) {
        door.most_sessions = std::max<std::size_t>(door.most_sessions, each.sessions);
        if (each.at >= seen.shore.begin) counts.most_pressure = std::max(counts.most_pressure, each.pressure);
    }
}

/// "127.3.4.0/24: no answer for 30 s: ...", or "12 networks: no answer ...", of which none is named.
struct Silences {
    std::vector<Prefix> named;
    std::uint64_t unnamed = 0;

    void take(std::string_view text) {
        const auto end = text.find(": no answer for ");
        if (end == std::string_view::npos) return;
        const std::string_view head = text.substr(0, end);
        if (const auto network = Prefix::parse(head)) return named.push_back(*network);
        std::uint64_t many = 0;
        const auto [rest, failed] = std::from_chars(head.data(), head.data() + head.size(), many);
        unnamed += failed == std::errc() ? many : 1;
    }
    [[nodiscard]] bool has(const Address& address) const {
        return std::ranges::any_of(named, [&](const Prefix& each) { return each.contains(address); });
    }
};

// Lines such as <6>limit_changed text="...". Of those that it had no time for the daemon says the number.
void add_limits(const Seen& seen, drill::Run& run, Unseen& unseen) {
    constexpr std::string_view mark = ">limit_changed text=";
    Silences silences;
    bool all_written = true;
    for (std::string_view rest = seen.log; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const auto found = line.find(mark);
        if (found == std::string_view::npos) continue;
        std::string_view text = line.substr(found + mark.size());
        if (text.starts_with('"')) text = text.substr(1, text.rfind('"') - 1);
        run.limits.emplace_back(text);
        ++run.crowd.limits;
        silences.take(text);
        all_written = all_written && !line.contains(" not_written=");
    }
    run.crowd.door.networks_silenced = silences.named.size() + silences.unnamed;
    for (const Address& each : seen.unheard) run.crowd.silenced_customers += silences.has(each);
    if ((silences.unnamed > 0 || !all_written) && !seen.unheard.empty())
        unseen["silence.customers"] = "the log does not name all networks that got no answer";
}

void add_posture(const Seen& seen, CrowdCounts& counts, Unseen& unseen) {
    const drill::Shore& shore = seen.shore;
    const auto& looks = seen.sights.looks;
    const auto raised = [](const Look& look) { return look.posture != "calm"; };
    const auto first = std::ranges::find_if(
        looks, [&](const Look& look) { return look.at >= shore.attack_from && raised(look); });
    if (first != looks.end()) counts.alert_seconds = seconds(first->at - shore.attack_from);
    std::size_t after_last = looks.size();  // the first look since which all is calm
    while (after_last > 0 && !raised(looks[after_last - 1])) --after_last;
    if (first == looks.end())
        unseen["posture.calm_seconds"] = "the posture never left calm in so short an attack";
    else if (after_last == looks.size())
        unseen["posture.calm_seconds"] =
            fmt::format("the drill ended {:.0f} s after the attack, before it was calm again",
                        seconds(shore.end - shore.attack_until));
    else
        counts.calm_seconds = std::max(0.0, seconds(looks[after_last].at - shore.attack_until));
    if (first == looks.end()) unseen["alert.seconds"] = "the posture never left calm";
}

}  // namespace

void add_figures(const Seen& seen, drill::Run& run, std::map<std::string, std::string>& unseen) {
    CrowdCounts& counts = run.crowd;
    add_loads(seen, counts, unseen);
    add_spread(seen, counts, unseen);
    add_edge(seen, counts);
    add_limits(seen, run, unseen);
    add_posture(seen, counts, unseen);
    if (!seen.knows_pace)
        unseen["clients.back_vs_capacity"] = "nobody said what a server bears: log_ins_per_second=N";
}

}  // namespace tidegate::rehearse

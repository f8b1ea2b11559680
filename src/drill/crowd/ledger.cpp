#include "drill/crowd/ledger.h"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::drill {
namespace {

double real(std::uint64_t count) {
    return static_cast<double>(count);
}

std::optional<double> quantile(std::vector<float> values, double part) {
    if (values.empty()) return std::nullopt;
    const auto at = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, values.begin() + at);
    return values[static_cast<std::size_t>(at)];
}

std::optional<double> ratio(std::optional<double> part, std::optional<double> whole) {
    return part && whole && *whole > 0 ? std::optional(*part / *whole) : std::nullopt;
}

std::optional<double> served_ratio(const MailCount& mail) {
    return mail.came > 0 ? std::optional(real(mail.served) / real(mail.came)) : std::nullopt;
}

// A figure that one of several runs does not have, all together do not have.
std::optional<double> worst(std::optional<double> a, std::optional<double> b) {
    return a && b ? std::optional(std::max(*a, *b)) : std::nullopt;
}

std::optional<double> least(std::optional<double> a, std::optional<double> b) {
    return a && b ? std::optional(std::min(*a, *b)) : std::nullopt;
}

class Figures {
public:
    Figures(const CrowdCounts& counts, const Scenario& scenario) : counts_(counts), scenario_(scenario) {}

    Measures all() {
        mail();
        floods();
        clients();
        servers();
        edge();
        telling();
        moved();
        return std::move(out_);
    }

private:
    void count(std::string_view name, std::uint64_t value) { out_.set(name, real(value)); }
    void mail();
    void floods();
    void clients();
    void servers();
    void edge();
    void telling();
    void moved();

    const CrowdCounts& counts_;
    const Scenario& scenario_;
    Measures out_;
};

void Figures::mail() {
    const MailCount &quiet = counts_.quiet, &attack = counts_.attack;
    const auto before = quantile(quiet.delays, 0.5), now = quantile(attack.delays, 0.5);
    count("mail.came", attack.came);
    count("mail.served", attack.served);
    count("mail.lost", quiet.lost + attack.lost);
    out_.set("mail.served_ratio", served_ratio(attack));
    out_.set("mail.quiet_served_ratio", served_ratio(quiet));
    out_.set("mail.served_vs_quiet", ratio(served_ratio(attack), served_ratio(quiet)));
    out_.set("mail.delay_seconds", now);
    out_.set("mail.quiet_delay_seconds", before);
    out_.set("mail.delay_vs_quiet", ratio(now, before));
    out_.set("mail.known_delay_seconds", quantile(attack.known, 0.5));
    out_.set("mail.known_delay_p99_seconds", quantile(attack.known, 0.99));
    const auto prompt = std::ranges::count_if(attack.known, [](float seconds) { return seconds < 60; });
    out_.set_ratio("mail.known_within_60s_ratio", static_cast<double>(prompt), real(attack.known_came));
    count("spam.messages", counts_.spam);
    out_.set_ratio("spam.kept_out_ratio", real(counts_.spam_kept_out), real(counts_.spam));
    out_.set_ratio("spam.stopped_ratio", real(counts_.spam_stopped), real(counts_.spam));
}

void Figures::floods() {
    FloodCount all;
    for (std::size_t i = 0; i < scenario_.floods.size(); ++i) {
        const FloodCount each = i < counts_.floods.size() ? counts_.floods[i] : FloodCount{};
        all += each;
        const std::string name = fmt::format("connections.{}.", scenario_.floods[i].name);
        count(name + "opened", each.connections);
        out_.set_ratio(name + "unanswered_ratio", real(each.silenced), real(each.connections));
        out_.set_ratio(name + "greeted_ratio", real(each.held), real(each.connections));
    }
    count("flood.connections", all.connections);
    out_.set_ratio("flood.unanswered_ratio", real(all.silenced), real(all.connections));
    count("silence.networks", counts_.door.networks_silenced);
    count("silence.customers", counts_.silenced_customers);
}

void Figures::clients() {
    const bool any = counts_.cut > 0;
    count("clients.cut", counts_.cut);
    count("clients.not_back", counts_.not_back);
    const bool back = any && counts_.back_over_ideal > 0;
    out_.set("clients.back_seconds", back ? std::optional(counts_.back_seconds) : std::nullopt);
    out_.set("clients.back_vs_capacity", back ? std::optional(counts_.back_over_ideal) : std::nullopt);
    count("clients.moved", counts_.moved);
}

void Figures::servers() {
    const bool spread = counts_.busiest_over_mean > 0;
    out_.set("servers.busiest_over_mean", spread ? std::optional(counts_.busiest_over_mean) : std::nullopt);
    out_.set("servers.busiest_minutes", spread ? std::optional(counts_.busiest_minutes) : std::nullopt);
    out_.set("servers.kept_ratio", counts_.additions > 0 ? std::optional(counts_.kept) : std::nullopt);
    out_.set("servers.worst_over_limit", counts_.worst_load);
    count("servers.guard_objections", counts_.guard_objections);
}

void Figures::edge() {
    const DoorCounts& door = counts_.door;
    count("edge.most_sessions", door.most_sessions);
    out_.set("edge.most_pressure", counts_.most_pressure);
    count("edge.silenced", door.silenced);
    count("edge.queue_full", door.overflowed);
    count("edge.turned_away", door.turned_away);
    count("edge.timed_out", door.timed_out);
    count("edge.stopped", door.stopped);
    count("edge.shed", door.shed);
    count("edge.nowhere", door.nowhere);
    count("edge.broken", door.broken);
    count("limits.recorded", counts_.limits);
}

void Figures::telling() {
    out_.set("posture.calm_seconds", counts_.calm_seconds);
    out_.set("alert.seconds", counts_.alert_seconds);
    out_.set("target.seconds", counts_.target_seconds);
    out_.set("target.share", counts_.target_share);
    out_.set("target.confidence", counts_.target_confidence);
    const bool aims =
        std::ranges::any_of(scenario_.floods, [](const Flood& each) { return each.domain != 0; });
    out_.set("target.wrong", aims ? std::optional(real(counts_.target_wrong)) : std::nullopt);
}

// What is attacked is served there, and nothing else is hurt: 95 in 100 of the quiet level, at a delay little
// above that of all mail in the attack, most of which came without the move.
void Figures::moved() {
    if (std::ranges::find(scenario_.changes, ChangeKind::move, &Change::what) == scenario_.changes.end())
        return;
    constexpr double enough = 0.95, slow = 1.25;
    const MovedCount& target = counts_.target;
    const auto quiet = served_ratio(counts_.quiet), quiet_delay = quantile(counts_.quiet.delays, 0.5);
    const auto all_delay = quantile(counts_.attack.delays, 0.5);
    const auto is_well = [&](const MailCount& mail, std::string_view name) {
        const auto served = ratio(served_ratio(mail), quiet);
        const auto delay = quantile(mail.delays, 0.5);
        out_.set(fmt::format("target.{}_served_vs_quiet", name), served);
        out_.set(fmt::format("target.{}_delay_vs_quiet", name), ratio(delay, quiet_delay));
        return served && delay && all_delay && *served >= enough && *delay <= slow * *all_delay;
    };
    const bool others = is_well(target.others, "others"), moved = is_well(target.moved, "moved");
    const bool follows = std::ranges::any_of(scenario_.floods, [](const Flood& f) { return f.follows > 0; });
    const std::uint64_t beside = follows ? target.flood - target.flood_at_second : target.flood_at_second;
    const auto now = ratio(real(beside), real(target.seconds));
    const auto before = ratio(real(target.flood_before), real(target.seconds_before));
    out_.set("target.flood_beside_ratio", ratio(now, before));
    out_.set("target.moved", others && moved ? 1.0 : 0.0);
    count("target.sent_elsewhere", counts_.door.elsewhere);
}

}  // namespace

MovedCount& MovedCount::operator+=(const MovedCount& other) {
    moved += other.moved;
    others += other.others;
    flood_at_second += other.flood_at_second;
    flood += other.flood;
    seconds += other.seconds;
    flood_before += other.flood_before;
    seconds_before += other.seconds_before;
    return *this;
}

MailCount& MailCount::operator+=(const MailCount& other) {
    came += other.came;
    served += other.served;
    late += other.late;
    lost += other.lost;
    known_came += other.known_came;
    delays.insert(delays.end(), other.delays.begin(), other.delays.end());
    known.insert(known.end(), other.known.begin(), other.known.end());
    return *this;
}

FloodCount& FloodCount::operator+=(const FloodCount& other) {
    connections += other.connections;
    silenced += other.silenced;
    held += other.held;
    return *this;
}

DoorCounts& DoorCounts::operator+=(const DoorCounts& other) {
    silenced += other.silenced;
    overflowed += other.overflowed;
    turned_away += other.turned_away;
    timed_out += other.timed_out;
    shed += other.shed;
    stopped += other.stopped;
    nowhere += other.nowhere;
    broken += other.broken;
    elsewhere += other.elsewhere;
    networks_silenced += other.networks_silenced;
    most_sessions = std::max(most_sessions, other.most_sessions);
    return *this;
}

CrowdCounts& CrowdCounts::operator+=(const CrowdCounts& other) {
    const bool first = runs == 0;
    runs += other.runs;
    quiet += other.quiet;
    attack += other.attack;
    spam += other.spam;
    spam_kept_out += other.spam_kept_out;
    spam_stopped += other.spam_stopped;
    floods.resize(std::max(floods.size(), other.floods.size()));
    for (std::size_t i = 0; i < other.floods.size(); ++i) floods[i] += other.floods[i];
    cut += other.cut;
    back += other.back;
    not_back += other.not_back;
    // One run in which they never were back says that they were not.
    const bool both_back = first || (back_over_ideal > 0 && other.back_over_ideal > 0);
    back_over_ideal = both_back ? std::max(back_over_ideal, other.back_over_ideal) : 0;
    back_seconds = std::max(back_seconds, other.back_seconds);
    if (other.busiest_over_mean > busiest_over_mean) {
        busiest_over_mean = other.busiest_over_mean;
        busiest_minutes = other.busiest_minutes;
    }
    kept = std::min(kept, other.kept);
    additions += other.additions;
    worst_load = std::max(worst_load, other.worst_load);
    door += other.door;
    silenced_customers += other.silenced_customers;
    moved += other.moved;
    most_pressure = std::max(most_pressure, other.most_pressure);
    limits += other.limits;
    guard_objections += other.guard_objections;
    calm_seconds = first ? other.calm_seconds : worst(calm_seconds, other.calm_seconds);
    alert_seconds = first ? other.alert_seconds : worst(alert_seconds, other.alert_seconds);
    target += other.target;
    target_seconds = first ? other.target_seconds : worst(target_seconds, other.target_seconds);
    target_share = first ? other.target_share : least(target_share, other.target_share);
    target_confidence = first ? other.target_confidence : least(target_confidence, other.target_confidence);
    target_wrong += other.target_wrong;
    return *this;
}

Measures measures_of(const CrowdCounts& counts, const Scenario& scenario) {
    return Figures(counts, scenario).all();
}

}  // namespace tidegate::drill

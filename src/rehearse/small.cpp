#include "rehearse/small.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "tell/words.h"

namespace tidegate::rehearse {
namespace {

using drill::Change;
using drill::ChangeKind;
using drill::Port;
using drill::Scenario;

constexpr double shortest_quiet_seconds = 20;
constexpr std::uint32_t fewest_sessions = 300;  // at the edge: fewer say nothing about fullness

std::uint32_t part_of(std::uint32_t count, double part) {
    return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(std::lround(count * part)));
}

/// From the begin of the first flood or storm to the end of the last one; without any: all.
double attack_minutes(const Scenario& scenario) {
    double from = 1e9, until = -1e9;
    const auto lasts = [&](double starts, double minutes) {
        from = std::min(from, starts);
        until = std::max(until, starts + minutes);
    };
    for (const drill::Flood& each : scenario.floods) lasts(each.starts_minutes, each.lasts_minutes);
    for (const drill::MailKind& each : scenario.mail)
        if (!each.throughout) lasts(each.starts_minutes, each.lasts_minutes);
    const double all = scenario.attack_hours * 60;
    return from < until ? std::min(until, all) - from : all;
}

class Shrinking {
public:
    Shrinking(const Scenario& scenario, const Size& size) : size_(size) {
        out_.scenario = scenario;
        out_.pace = std::max(1.0, attack_minutes(scenario) * 60 / size.attack_seconds);
    }

    Result<Small> all(std::span<const Target> targets) {
        for (const Target& each : targets)
            (each.port == Port::smtp ? out_.mail_servers : out_.stores).push_back(&each);
        if (auto failed = missing()) return std::unexpected(std::move(*failed));
        hasten();
        floods();
        mail();
        clients();
        edge();
        if (auto failed = changes()) return std::unexpected(std::move(*failed));
        return std::move(out_);
    }

private:
    [[nodiscard]] std::optional<Error> missing() const;
    [[nodiscard]] std::optional<Error> changes();
    void hasten();
    void floods();
    void mail();
    void clients();
    void edge();

    const Size& size_;
    Small out_;
};

std::optional<Error> Shrinking::missing() const {
    const Scenario& its = out_.scenario;
    const auto needs = [&](std::string_view what, std::string_view mend) {
        return Error{"", 0, fmt::format("{} played live needs {}", its.name, what), std::string(mend)};
    };
    if ((!its.mail.empty() || !its.floods.empty()) && out_.mail_servers.empty())
        return needs("a server that takes mail", "name it: --servers smtp://127.0.0.1:2525");
    if (!its.clients.empty() && out_.stores.empty())
        return needs("a server for IMAP", "name it: --servers smtp://127.0.0.1:2525,imap://127.0.0.1:143");
    if (!its.clients.empty() && size_.accounts == 0)
        return needs("accounts to log in with",
                     "give some that are for tests: --account USER:PASSWORD, or --accounts FILE");
    return std::nullopt;
}

void Shrinking::hasten() {
    Scenario& its = out_.scenario;
    its.days_before = 1;
    its.quiet_minutes = std::min(std::max(its.quiet_minutes / out_.pace, shortest_quiet_seconds / 60),
                                 std::max(size_.attack_seconds / 2, shortest_quiet_seconds) / 60);
    its.attack_hours /= out_.pace;
    for (drill::Flood& each : its.floods) {
        each.starts_minutes /= out_.pace;
        each.lasts_minutes /= out_.pace;
    }
    for (drill::MailKind& each : its.mail) {
        each.starts_minutes /= out_.pace;
        each.lasts_minutes /= out_.pace;
    }
    for (drill::Clients& each : its.clients)
        for (double* wait : {&each.session_minutes, &each.reconnect_seconds, &each.back_off_seconds,
                             &each.most_back_off_seconds})
            *wait /= out_.pace;
    for (Change& each : its.changes) each.minutes /= out_.pace;
}

void Shrinking::floods() {
    Scenario& its = out_.scenario;
    double a_second = 0;
    for (const drill::Flood& each : its.floods)
        a_second += each.times_capacity * its.mail_servers.logins_per_second * its.mail_servers.count;
    if (a_second > size_.connections_a_second) out_.flood_part = size_.connections_a_second / a_second;
    for (drill::Flood& each : its.floods) {
        each.addresses = part_of(each.addresses, out_.flood_part);
        each.networks = part_of(each.networks, out_.flood_part);
        each.times_capacity *= out_.flood_part;
        if (!each.listed_later.of.empty())
            out_.left_out.push_back(each.name + ": lists that name its addresses later");
        each.listed_later = {};
    }
}

void Shrinking::mail() {
    double a_minute = 0;
    for (const drill::MailKind& each : out_.scenario.mail) a_minute += each.a_minute;
    if (a_minute > size_.mails_a_second * 60) out_.mail_part = size_.mails_a_second * 60 / a_minute;
    for (drill::MailKind& each : out_.scenario.mail) {
        each.hosts = part_of(each.hosts, out_.mail_part);
        each.networks = part_of(each.networks, out_.mail_part);
        each.a_minute *= out_.mail_part;
    }
}

// Each account is one customer's: two who share one would lie on one server together.
void Shrinking::clients() {
    double all = 0;
    for (const drill::Clients& each : out_.scenario.clients) all += each.accounts;
    const double part = all > 0 ? std::min(1.0, static_cast<double>(size_.accounts) / all) : 1;
    std::uint32_t left = static_cast<std::uint32_t>(size_.accounts);
    for (drill::Clients& each : out_.scenario.clients) {
        each.accounts = std::min(std::max(1U, static_cast<std::uint32_t>(each.accounts * part)), left);
        each.networks = part_of(each.networks, std::min(1.0, std::sqrt(part)));
        left -= each.accounts;
    }
    std::erase_if(out_.scenario.clients, [](const drill::Clients& each) { return each.accounts == 0; });
}

void Shrinking::edge() {
    Scenario& its = out_.scenario;
    double customers = 0;
    for (const drill::Clients& each : its.clients) customers += each.accounts * each.sessions;
    const double part = its.floods.empty() ? out_.mail_part : out_.flood_part;
    its.edge.sessions = std::max(part_of(its.edge.sessions, part), fewest_sessions) +
                        static_cast<std::uint32_t>(2 * customers);
    if (!its.edge.admission)
        out_.left_out.emplace_back("admission = false: the edge that runs always chooses");
}

// As many of the servers that there are as the scenario takes of its own; some stay.
std::optional<Error> Shrinking::changes() {
    Scenario& its = out_.scenario;
    std::vector<Change> played;
    for (Change each : its.changes) {
        if (each.what == ChangeKind::move) {
            out_.left_out.emplace_back("a domain moved to a listener of its own");
            continue;
        }
        const auto& servers = each.mail ? out_.mail_servers : out_.stores;
        const std::uint32_t simulated = each.mail ? its.mail_servers.count : its.servers.count;
        if (each.what == ChangeKind::die || each.what == ChangeKind::restore)
            return Error{"", 0, fmt::format("{}: servers die in it", its.name),
                         "a live drill kills no servers of yours; quarantine takes them out"};
        if (each.what == ChangeKind::add) {
            out_.left_out.push_back(fmt::format("{} after {:.0f} s",
                                                tell::count(each.servers, "more server", "more servers"),
                                                each.minutes * 60));
            continue;
        }
        if (servers.size() < 2) {
            out_.left_out.emplace_back("a server taken out: there is only one");
            continue;
        }
        const double share = static_cast<double>(each.servers) / simulated;
        const auto most = static_cast<std::uint32_t>(servers.size() - 1);
        each.servers = std::clamp<std::uint32_t>(
            static_cast<std::uint32_t>(std::lround(share * static_cast<double>(servers.size()))), 1, most);
        played.push_back(each);
    }
    its.changes = std::move(played);
    return std::nullopt;
}

}  // namespace

Result<Small> make_small(const Scenario& scenario, std::span<const Target> targets, const Size& size) {
    return Shrinking(scenario, size).all(targets);
}

const std::map<std::string, std::string>& unseen() {
    constexpr auto all_one_domain =
        "all mail goes to the recipients given, so no domain gets more than is usual";
    static const std::string moved = "nobody looks up names: no domain is moved";
    static const std::map<std::string, std::string> all{
        {"spam.stopped_ratio", "a refusal does not say whether a server had a part in it"},
        {"servers.kept_ratio", "no server is added, and a client does not see which one serves it"},
        {"servers.guard_objections", "the operator's orders are forced"},
        {"edge.silenced", "the kernel is told nothing; who is not answered is closed without a word"},
        {"edge.queue_full", "the kernel does not say whose request it dropped"},
        {"target.seconds", all_one_domain},
        {"target.share", all_one_domain},
        {"target.confidence", all_one_domain},
        {"target.wrong", all_one_domain},
        {"target.moved", moved},
        {"target.others_served_vs_quiet", moved},
        {"target.others_delay_vs_quiet", moved},
        {"target.moved_served_vs_quiet", moved},
        {"target.moved_delay_vs_quiet", moved},
        {"target.flood_beside_ratio", moved},
        {"target.sent_elsewhere", moved},
    };
    return all;
}

}  // namespace tidegate::rehearse

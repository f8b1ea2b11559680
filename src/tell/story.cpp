#include "tell/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tell/words.h"

namespace tidegate::tell {
namespace {

std::string attack_sentence(const Report& report, const Campaign& campaign) {
    return fmt::format("{} {}, {}", count(campaign.attempts, "attempt", "attempts"), from_where(campaign),
                       span(report.zone, campaign.start, campaign.end));
}

std::string quiet_sentence(const Report& report) {
    const Totals& totals = report.totals;
    return fmt::format("A quiet log: {} and {} in {}, no attack.", count(report.logins, "log-in", "log-ins"),
                       totals.guesses == 0 ? "no wrong password"
                                           : count(totals.guesses, "wrong password", "wrong passwords"),
                       length(report.last - report.first));
}

std::string refused_sentence(const Report& report) {
    if (report.logins == 0) return "No customer logged in, so none could be refused.";
    if (report.refused_count == 0)
        return fmt::format("It would have refused none of {}.", count(report.logins, "log-in", "log-ins"));
    return fmt::format("It would have refused {} of {} log-ins.", count(report.refused_count),
                       count(report.logins));
}

double deviation(const UnusualHour& hour) {
    return std::abs(static_cast<double>(hour.logins) - hour.normal) / std::sqrt(hour.normal);
}

}  // namespace

std::string from_where(const Campaign& campaign) {
    const auto number = [](double value, std::string_view one, std::string_view many) {
        return fmt::format("{} {}", about(value), std::llround(value) == 1 ? one : many);
    };
    const bool rough = campaign.addresses >= 1000;
    std::string text =
        fmt::format("from {}{}", rough ? "about " : "", number(campaign.addresses, "address", "addresses"));
    if (std::llround(campaign.networks) > 1) text += fmt::format(" in {} networks", about(campaign.networks));
    if (std::llround(campaign.accounts) > 0)
        text += fmt::format(" on {}", number(campaign.accounts, "account", "accounts"));
    return text;
}

std::string what_happened(const Report& report) {
    if (report.totals.attempts == report.totals.internal) {
        return fmt::format("No log-in attempts in {}.", count(report.read.lines, "line", "lines"));
    }
    if (report.campaigns.empty()) return quiet_sentence(report);
    const auto& largest = *std::ranges::max_element(report.campaigns, {}, &Campaign::attempts);
    const std::size_t attacks = report.campaigns.size() + report.lesser_campaigns;
    if (attacks == 1) return fmt::format("One attack: {}.", attack_sentence(report, largest));
    return fmt::format("{} attacks in {}, the largest with {}.", attacks, length(report.last - report.first),
                       attack_sentence(report, largest));
}

std::string what_tidegate_does(const Report& report) {
    const std::uint64_t guesses = report.totals.guesses;
    if (guesses == 0 && report.logins == 0) return {};
    if (guesses == 0) return refused_sentence(report);
    std::string others;
    for (const Defence& peer : report.peers) {
        others += fmt::format("{}{} {}", others.empty() ? "" : ", ", peer.name,
                              percent(peer.guesses_stopped, guesses));
    }
    return fmt::format("Tidegate would have kept {} of {} from the password database ({}). {}",
                       percent(report.tidegate.guesses_stopped, guesses),
                       count(guesses, "wrong guess", "wrong guesses"), others, refused_sentence(report));
}

std::vector<UnusualHour> unusual_hours(const Report& report, std::size_t most) {
    std::vector<UnusualHour> found;
    for (std::size_t i = 1; i + 1 < report.hours.size(); ++i) {
        const Hour& hour = report.hours[i];
        if (!hour.normal || *hour.normal < 20) continue;
        const auto logins = static_cast<double>(hour.logins);
        const bool far = logins < 0.5 * *hour.normal || logins > 2 * *hour.normal;
        const UnusualHour unusual{hour.start, hour.logins, *hour.normal};
        if (far && deviation(unusual) > 6) found.push_back(unusual);
    }
    std::ranges::sort(found, std::ranges::greater{},
                      [](const UnusualHour& h) { return std::pair(deviation(h), h.start); });
    if (found.size() > most) found.resize(most);
    return found;
}

std::string against_normal(const Report& report) {
    if (report.baseline == Baseline::too_short)
        return "the log is too short to know what is normal (three days are needed)";
    const auto hours = unusual_hours(report, 2);
    if (hours.empty()) return "every hour between half and double its normal";
    std::string text;
    for (const UnusualHour& hour : hours) {
        const double share = 100 * static_cast<double>(hour.logins) / hour.normal;
        text += fmt::format("{}{:.0f} % of normal on {}", text.empty() ? "" : ", ", share,
                            day_and_time(report.zone, hour.start));
    }
    return text;
}

std::string how_spread(const Campaign& campaign) {
    std::string text = fmt::format("{} attempts an address", ratio(static_cast<double>(campaign.attempts) /
                                                                   std::max(1.0, campaign.addresses)));
    if (campaign.networks >= 2)
        text += fmt::format(", {} addresses a network",
                            ratio(std::max(1.0, campaign.addresses / campaign.networks)));
    if (campaign.unknown_account > 0)
        text += fmt::format(", {} on unknown accounts", percent(campaign.unknown_account, campaign.attempts));
    std::vector<std::pair<std::uint64_t, std::size_t>> services;
    for (std::size_t i = 0; i < campaign.services.size(); ++i) {
        if (campaign.services[i] > 0) services.emplace_back(campaign.services[i], i);
    }
    std::ranges::sort(services, std::ranges::greater{});
    if (services.size() == 1)
        return text + fmt::format(", all {}", words(static_cast<Service>(services.front().second)));
    for (const auto& [attempts, service] : services) {
        text += fmt::format(", {} {}", words(static_cast<Service>(service)),
                            percent(attempts, campaign.attempts));
    }
    return text;
}

std::string how_narrow(const Campaign& campaign, bool names) {
    std::string text;
    const auto say = [&](std::uint64_t attempts, std::string_view preposition, const std::string& what) {
        if (attempts * 5 < campaign.attempts) return;
        text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", percent(attempts, campaign.attempts),
                            preposition, what);
    };
    if (!campaign.top_networks.empty())
        say(campaign.top_networks[0].attempts, "from", campaign.top_networks[0].text);
    if (!campaign.top_as.empty()) say(campaign.top_as[0].attempts, "from", as_text(campaign.top_as[0]));
    if (!campaign.top_accounts.empty()) {
        say(campaign.top_accounts[0].attempts, "on", shown(campaign.top_accounts[0].account, names));
    }
    return text;
}

std::string none_stands_out(std::uint64_t largest, std::uint64_t all) {
    return fmt::format("none stands out: the largest made {} of {}", count(largest),
                       count(all, "attempt", "attempts"));
}

std::string as_text(const AutonomousSystem& as) {
    return fmt::format("AS{}{}{}", as.number, as.name.empty() ? "" : " ", harmless(as.name));
}

std::string by_what(const Campaign& campaign) {
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(2, campaign.evidence.size()); ++i) {
        const EvidenceShare& share = campaign.evidence[i];
        text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", words(share.kind),
                            percent(share.attempts, campaign.attempts));
    }
    return text;
}

std::string shown(const AccountLabel& account, bool names) {
    if (account.name.empty()) return "no account";
    return names ? harmless(account.name) : account.pseudonym;
}

std::string reasons(const Login& login, bool names) {
    std::string text;
    for (const ReasonAgainst& reason : login.reasons) {
        const bool detailed = names && !reason.detail.empty();
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                            detailed ? harmless(reason.detail) : words(reason.kind), decibans(reason.weight));
    }
    return text;
}

std::string what_was_read(const ReadFacts& read) {
    std::string text;
    if (!read.files.empty()) text = harmless(read.files.front().name);
    if (read.files.size() > 1) text += fmt::format(" and {} more", count(read.files.size() - 1));
    text += fmt::format("{}{}", text.empty() ? "" : ": ", count(read.lines, "line", "lines"));
    if (read.bytes > 0) text += fmt::format(" ({:.1f} MB)", static_cast<double>(read.bytes) / 1e6);
    if (read.seconds > 0) text += fmt::format(" in {:.1f} s", read.seconds);
    return text;
}

std::vector<std::string> reservations(const Report& report) {
    const ReadFacts& read = report.read;
    std::vector<std::string> texts;
    texts.reserve(read.errors.size());
    for (const std::string& error : read.errors) texts.push_back("not read: " + harmless(error));
    const auto say = [&texts](std::uint64_t lines, std::string_view what) {
        if (lines > 0) texts.push_back(fmt::format("{} {}", count(lines, "line", "lines"), what));
    };
    say(read.unknown, "of no known kind");
    say(read.oversize, "too long, skipped");
    say(read.without_time, "without a time, skipped");
    say(read.backwards, "older by more than an hour than one above them");
    say(report.totals.without_address, "of attempts without an address");
    texts.insert(texts.end(), report.notes.begin(), report.notes.end());
    return texts;
}

}  // namespace tidegate::tell

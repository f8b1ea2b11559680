#include "tell/assemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <span>

#include "tell/campaigns.h"
#include "tell/normal.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t campaigns_listed = 12;
constexpr std::size_t tops_listed = 10, campaign_tops_listed = 5;
constexpr std::size_t most_columns = 200;
constexpr std::int64_t day_seconds = 86'400, hour_seconds = 3600;

std::string network_text(Address example) {
    return Prefix(example, example.is_v4() ? 24 : 48).text();
}

double hosts_seen(const NetworkTries& tries) {
    int seen = 0;
    for (const std::uint64_t word : tries.hosts) seen += std::popcount(word);
    return seen;
}

class Assembly {
public:
    Assembly(const Ledger& ledger, const Peers& peers,
             const std::function<std::string(std::uint32_t)>& as_name)
        : ledger_(ledger), peers_(peers), as_name_(as_name), hours_(ledger.hours.finished()) {}

    Report report(ReadFacts read) {
        report_.read = std::move(read);
        report_.zone = ledger_.zone;
        report_.first = ledger_.first;
        report_.last = ledger_.last;
        report_.totals = ledger_.totals;
        report_.logins = ledger_.logins;
        defences();
        hours();
        columns();
        campaigns();
        finds();
        days();
        tops();
        notes();
        return std::move(report_);
    }

private:
    void defences();
    void hours();
    void columns();
    void campaigns();
    Campaign campaign(const CampaignSpan& span) const;
    void campaign_tops(Campaign& campaign) const;
    void background(std::uint64_t in_campaigns, std::int64_t campaign_seconds);
    void finds();
    void days();
    void tops();
    void notes();

    Defence defence(std::string name, std::string rule, Defender bit) const;
    Target target(std::uint64_t key) const;
    AutonomousSystem as_of(std::uint32_t number, std::uint64_t attempts, std::uint64_t stopped) const;

    const Ledger& ledger_;
    const Peers& peers_;
    const std::function<std::string(std::uint32_t)>& as_name_;
    std::vector<HourCount> hours_;
    Report report_;
};

Defence Assembly::defence(std::string name, std::string rule, Defender bit) const {
    const Defended& defended = ledger_.defended[static_cast<std::size_t>(std::countr_zero(unsigned{bit}))];
    return {.name = std::move(name),
            .rule = std::move(rule),
            .guesses_stopped = defended.guesses,
            .logins_refused = defended.logins};
}

void Assembly::defences() {
    report_.tidegate = defence("Tidegate", "as replayed", tidegate_bit);
    Defence fail2ban =
        defence("fail2ban", "default: 5 failures in 10 minutes, banned for 10 minutes", fail2ban_bit);
    fail2ban.addresses_banned = peers_.fail2ban_bans();
    Defence crowdsec =
        defence("CrowdSec", "default: more than 3 (Postfix 5) failures in a leaky bucket, banned for 4 hours",
                crowdsec_bit);
    crowdsec.addresses_banned = peers_.crowdsec_bans();
    fail2ban.forgotten = crowdsec.forgotten = peers_.forgotten();
    report_.peers = {std::move(fail2ban), std::move(crowdsec)};
}

void Assembly::hours() {
    std::vector<HourlyCount> filled;
    for (const HourCount& hour : hours_) {
        const bool hole = filled.empty() || hour.index - filled.back().index > 24;
        for (std::int64_t k = hole ? hour.index : filled.back().index + 1; k <= hour.index; ++k) {
            const bool silent = k != hour.index;
            filled.push_back({k, silent ? 0 : static_cast<double>(hour.logins)});
            Hour& out = report_.hours.emplace_back();
            out.start = time_of_unix(hour.start - (hour.index - k) * hour_seconds);
            if (silent) continue;
            out.logins = hour.logins;
            out.hostile = hour.hostile;
            out.stopped = hour.stopped;
            out.internal = hour.internal;
        }
    }
    const Normal normal = learn_normal(filled);
    report_.baseline = normal.baseline;
    for (std::size_t i = 0; i < normal.expected.size(); ++i) report_.hours[i].normal = normal.expected[i];
}

/// The busiest run of bins without a hole of a week: one line with a wrong year must not squeeze the plot.
std::span<const Stretch> plotted(std::span<const Stretch> bins, std::int64_t width) {
    constexpr std::int64_t week = 7 * day_seconds;
    std::span<const Stretch> best;
    std::size_t begin = 0;
    for (std::size_t i = 1; i <= bins.size(); ++i) {
        if (i < bins.size() && (bins[i].index - bins[i - 1].index) * width <= week) continue;
        if (i - begin > best.size()) best = bins.subspan(begin, i - begin);
        begin = i;
    }
    return best;
}

void Assembly::columns() {
    std::int64_t width = ledger_.timeline.width();
    const auto bins = plotted(ledger_.timeline.bins(), width);
    if (bins.empty()) return;
    if (bins.size() < ledger_.timeline.bins().size()) {
        report_.notes.emplace_back("the plots leave out what lies more than a week apart from the rest");
    }
    std::int64_t factor = 1;
    const auto column_of = [&](const Stretch& bin) {
        return bin.index / factor - bins.front().index / factor;
    };
    while (column_of(bins.back()) >= static_cast<std::int64_t>(most_columns)) factor *= 2;
    width *= factor;
    report_.bin_width = std::chrono::seconds(width);
    report_.bins.resize(static_cast<std::size_t>(column_of(bins.back()) + 1));
    for (std::size_t i = 0; i < report_.bins.size(); ++i) {
        report_.bins[i].start =
            time_of_unix((bins.front().index / factor + static_cast<std::int64_t>(i)) * width);
    }
    for (const Stretch& bin : bins) {
        Bin& column = report_.bins[static_cast<std::size_t>(column_of(bin))];
        column.logins += bin.logins;
        column.hostile += bin.hostile;
        column.stopped += bin.stopped;
    }
}

void Assembly::campaigns() {
    const auto& bins = ledger_.timeline.bins();
    std::vector<CampaignSpan> spans = find_campaigns(bins, ledger_.timeline.width());
    std::uint64_t attempts = 0;
    std::int64_t seconds = 0;
    for (const CampaignSpan& span : spans) {
        Campaign found = campaign(span);
        attempts += found.attempts;
        seconds += unix_seconds(found.end) - unix_seconds(found.start);
        report_.campaigns.push_back(std::move(found));
    }
    background(attempts, seconds);
    std::ranges::sort(report_.campaigns, std::ranges::greater{},
                      [](const Campaign& c) { return std::pair(c.attempts, c.end); });
    while (report_.campaigns.size() > campaigns_listed) {
        ++report_.lesser_campaigns;
        report_.lesser_attempts += report_.campaigns.back().attempts;
        report_.campaigns.pop_back();
    }
    std::ranges::sort(report_.campaigns, {}, &Campaign::start);
    for (Campaign& listed : report_.campaigns) campaign_tops(listed);
    report_.campaign_error = BasicSketch<11>::standard_error;
}

Campaign Assembly::campaign(const CampaignSpan& span) const {
    Stretch whole;
    for (std::size_t i = span.first; i <= span.last; ++i) whole.absorb(ledger_.timeline.bins()[i]);
    Campaign campaign;
    campaign.start = time_of_unix(whole.first_hostile);
    campaign.end = time_of_unix(whole.last_hostile);
    campaign.attempts = whole.hostile;
    campaign.stopped = whole.stopped;
    campaign.usual = span.usual;
    campaign.unknown_account = whole.unknown_account;
    campaign.services = whole.services;
    if (whole.crowd) {
        campaign.addresses = whole.crowd->addresses.estimate();
        campaign.address_error = BasicSketch<12>::standard_error;
        campaign.networks = whole.crowd->networks.estimate();
        campaign.accounts = whole.crowd->accounts.estimate();
    }
    for (std::size_t kind = 0; kind < whole.evidence.size(); ++kind) {
        if (whole.evidence[kind] > 0)
            campaign.evidence.push_back({static_cast<EvidenceKind>(kind), whole.evidence[kind]});
    }
    std::ranges::sort(campaign.evidence, std::ranges::greater{},
                      [](const EvidenceShare& e) { return std::pair(e.attempts, e.kind); });
    return campaign;
}

/// The same key in several hours becomes one.
std::vector<HourTop> merged(const std::vector<HourCount>& hours, std::int64_t first, std::int64_t last,
                            std::vector<HourTop> HourCount::* which) {
    std::map<std::uint64_t, HourTop> all;
    for (const HourCount& hour : hours) {
        if (hour.start + hour_seconds <= first || hour.start > last) continue;
        for (const HourTop& top : hour.*which) {
            HourTop& sum =
                all.try_emplace(top.key,
                                HourTop{.key = top.key, .example = top.example, .as_number = top.as_number})
                    .first->second;
            sum.count += top.count;
            sum.stopped += top.stopped;
        }
    }
    std::vector<HourTop> tops;
    tops.reserve(all.size());
    for (auto& [key, top] : all) tops.push_back(top);
    std::ranges::sort(tops, std::ranges::greater{},
                      [](const HourTop& top) { return std::pair(top.count, top.key); });
    if (tops.size() > campaign_tops_listed) tops.resize(campaign_tops_listed);
    return tops;
}

void Assembly::campaign_tops(Campaign& campaign) const {
    const std::int64_t first = unix_seconds(campaign.start);
    const std::int64_t last = unix_seconds(campaign.end);
    for (const HourTop& top : merged(hours_, first, last, &HourCount::networks)) {
        campaign.top_networks.push_back({.text = network_text(top.example),
                                         .as_number = top.as_number,
                                         .attempts = top.count,
                                         .at_least = top.count,
                                         .stopped = std::min(top.stopped, top.count)});
    }
    for (const HourTop& top : merged(hours_, first, last, &HourCount::as_numbers)) {
        campaign.top_as.push_back(as_of(top.as_number, top.count, std::min(top.stopped, top.count)));
    }
    for (const HourTop& top : merged(hours_, first, last, &HourCount::accounts)) {
        Target found = target(top.key);
        found.attempts = found.at_least = top.count;
        found.stopped = std::min(top.stopped, top.count);
        if (!found.account.name.empty()) campaign.top_accounts.push_back(std::move(found));
    }
}

void Assembly::background(std::uint64_t in_campaigns, std::int64_t campaign_seconds) {
    std::uint64_t all = 0;
    for (const Hour& hour : report_.hours) all += hour.hostile;
    const std::int64_t calm = std::ssize(report_.hours) * hour_seconds - campaign_seconds;
    if (calm < hour_seconds || all <= in_campaigns) return;
    report_.background_a_day =
        static_cast<double>(all - in_campaigns) * day_seconds / static_cast<double>(calm);
}

void Assembly::finds() {
    for (const Find& find : ledger_.finds.kept()) {
        Login login = find.login;
        login.account.pseudonym = ledger_.pseudonym(find.account);
        if (find.refused) report_.refused.push_back(login);
        if (find.takeover) report_.takeovers.push_back(std::move(login));
    }
    report_.refused_count = ledger_.finds.refused();
    report_.takeover_count = ledger_.finds.takeovers();
}

void Assembly::days() {
    for (const DayCount& day : ledger_.days.finished()) {
        const std::chrono::year_month_day date(std::chrono::sys_days(std::chrono::days(day.index)));
        report_.days.push_back(
            {.date = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())),
             .addresses = day.addresses,
             .hostile_addresses = day.hostile_addresses,
             .logins = day.logins,
             .hostile = day.hostile,
             .stopped = day.stopped});
    }
    report_.addresses = ledger_.days.addresses();
    report_.address_error = Sketch::standard_error;
}

Target Assembly::target(std::uint64_t key) const {
    const AccountTries* tries = ledger_.accounts.find(key);
    if (tries == nullptr) return {};
    return {.account = {tries->name, ledger_.pseudonym(key)},
            .stopped = tries->stopped,
            .unknown = tries->unknown};
}

AutonomousSystem Assembly::as_of(std::uint32_t number, std::uint64_t attempts, std::uint64_t stopped) const {
    return {number, as_name_ ? as_name_(number) : std::string(), attempts, stopped};
}

void Assembly::tops() {
    const auto& networks = ledger_.networks;
    for (const std::size_t slot : networks.top(tops_listed)) {
        const NetworkTries& tries = networks.payload(slot);
        report_.networks.push_back({.text = network_text(tries.example),
                                    .as_number = tries.as_number,
                                    .attempts = networks.count(slot),
                                    .at_least = networks.count(slot) - networks.error(slot),
                                    .stopped = tries.stopped,
                                    .addresses = hosts_seen(tries)});
    }
    const auto& as_numbers = ledger_.as_numbers;
    for (const std::size_t slot : as_numbers.top(tops_listed)) {
        const AsTries& tries = as_numbers.payload(slot);
        report_.as_list.push_back(as_of(tries.number, as_numbers.count(slot), tries.stopped));
    }
    const auto& accounts = ledger_.accounts;
    for (const std::size_t slot : accounts.top(tops_listed)) {
        Target found = target(accounts.key(slot));
        found.attempts = accounts.count(slot);
        found.at_least = accounts.count(slot) - accounts.error(slot);
        report_.targets.push_back(std::move(found));
    }
}

void Assembly::notes() {
    if (peers_.forgotten() > 0) {
        report_.notes.push_back(
            fmt::format("{} addresses were forgotten by the shadows of fail2ban and CrowdSec for want "
                        "of room: their figures may be too low",
                        peers_.forgotten()));
    }
    const auto is_bound = [](const auto& item) { return item.at_least < item.attempts; };
    if (std::ranges::any_of(report_.networks, is_bound) || std::ranges::any_of(report_.targets, is_bound)) {
        report_.notes.emplace_back("more networks or accounts than fit their tables: some counts are bounds");
    }
    const std::uint64_t finds = report_.refused_count + report_.takeover_count;
    if (finds > report_.refused.size() + report_.takeovers.size()) {
        report_.notes.push_back(
            fmt::format("of refused log-ins and suspected takeovers the first {} are listed", Finds::most));
    }
}

}  // namespace

Report assemble(const Ledger& ledger, const Peers& peers,
                const std::function<std::string(std::uint32_t)>& as_name, ReadFacts read) {
    return Assembly(ledger, peers, as_name).report(std::move(read));
}

}  // namespace tidegate::tell

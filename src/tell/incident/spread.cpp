#include "tell/incident/spread.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <limits>
#include <span>

#include "base/hash.h"
#include "tell/ledger.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr double least_attempts = 30, least_share = 0.1, odds_factor = 4, sure = 0.95;
// A normal share of few observations is drawn to nothing.
constexpr double little_known = 20;
constexpr std::size_t longest_domain = 253, most_of_a_kind = 5;
// A listener that has so much of a service's attempts says all that the service would.
constexpr double same_thing = 0.9;

namespace policies = boost::math::policies;
using Calm =
    policies::policy<policies::domain_error<policies::ignore_error>,
                     policies::pole_error<policies::ignore_error>,
                     policies::overflow_error<policies::ignore_error>,
                     policies::evaluation_error<policies::ignore_error>, policies::promote_double<false>>;

/// In `lower`; empty where there is none or it is too long.
std::string_view domain_part(std::string_view account, std::span<char, longest_domain> lower) {
    const auto at = account.rfind('@');
    if (at == std::string_view::npos || account.size() - at - 1 > longest_domain) return {};
    const std::string_view domain = account.substr(at + 1);
    std::ranges::transform(domain, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return {lower.data(), domain.size()};
}

std::uint64_t key_of(std::string_view name) {
    return mix(hash_bytes(name, 1)) | 1;
}

}  // namespace

std::string domain_of(std::string_view account) {
    std::array<char, longest_domain> lower;
    return std::string(domain_part(account, lower));
}

void Spread::add(TargetKind kind, std::uint64_t key, std::uint64_t times, std::string_view name) {
    const auto i = static_cast<std::size_t>(kind);
    const auto count =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(times, std::numeric_limits<std::uint32_t>::max()));
    totals_[i] += count;
    count_name(kind, key, count, name);
}

void Spread::count_name(TargetKind kind, std::uint64_t key, std::uint32_t times, std::string_view name) {
    const auto [label, fresh] = tables_[static_cast<std::size_t>(kind)].add(key, times);
    if (with_names_ && fresh) label->name.assign(clipped_name(name));
}

void Spread::add_names(TargetKind kind, const MailVisit& visit, std::span<const std::string> names) {
    if (names.empty()) return;
    totals_[static_cast<std::size_t>(kind)] += visit.times;
    for (const std::string& name : names) count_name(kind, key_of(name), visit.times, name);
}

void Spread::see(const MailVisit& visit) {
    add_names(TargetKind::account, visit, visit.mailboxes);
    add_names(TargetKind::domain, visit, visit.domains);
    if (!visit.listener.empty()) add_names(TargetKind::listener, visit, {&visit.listener, 1});
}

void Spread::see(const Sighting& seen) {
    const Event& event = seen.event;
    if (seen.account != 0) {
        add(TargetKind::account, seen.account, seen.times, event.account);
        see_domain(seen);
    }
    if (!event.listener.empty())
        add(TargetKind::listener, key_of(event.listener), seen.times, event.listener);
    if (event.service != Service::unknown) {
        const auto number = static_cast<std::uint64_t>(event.service);
        add(TargetKind::service, mix(number), seen.times, words(event.service));
    }
}

void Spread::see_domain(const Sighting& seen) {
    std::array<char, longest_domain> lower;
    std::string_view domain = domain_part(seen.event.account, lower);
    if (domain.empty()) domain = clipped_name(seen.event.tenant);
    if (!domain.empty()) add(TargetKind::domain, key_of(domain), seen.times, domain);
}

void Spread::clear() {
    for (Table& table : tables_) table.clear();
    totals_ = {};
}

Spread::Count Spread::count(TargetKind kind, std::uint64_t key) const {
    const Table& where = table(kind);
    const Label* label = where.find(key);
    if (label == nullptr) return {};
    const auto slot = static_cast<std::size_t>(label - &where.payload(0));
    const auto high = static_cast<double>(where.count(slot));
    return {.low = high - static_cast<double>(where.error(slot)), .high = high};
}

UsualSpread::Day& UsualSpread::on_day_of(Time time) {
    const std::int64_t day = unix_seconds(time) / 86'400;
    if (day > day_) {
        day_ = day;
        today_ = 1 - today_;
        days_[today_].logins.clear();
        days_[today_].guesses.clear();
    }
    return days_[today_];
}

void UsualSpread::see(const Sighting& seen) {
    Day& today = on_day_of(seen.time);
    if (seen.login) today.logins.see(seen);
    if (seen.hostile) today.guesses.see(seen);
}

void UsualSpread::see(const MailVisit& visit) {
    Day& today = on_day_of(visit.time);
    (visit.end == VisitEnd::served ? today.logins : today.guesses).see(visit);
}

double UsualSpread::share(TargetKind kind, std::uint64_t key) const {
    const auto of = [&](Spread Day::* which) {
        double count = 0, total = little_known;
        for (const Day& day : days_) {
            count += (day.*which).count(kind, key).high;
            total += (day.*which).total(kind);
        }
        return count / total;
    };
    return std::max(of(&Day::logins), of(&Day::guesses));
}

Belief believe(double low, double high, double n, double floor) {
    low = std::clamp(low, 0.0, 1.0);
    high = std::clamp(high, low, 1.0);
    const auto quantile = [n](double share, double p) {
        return boost::math::ibeta_inv(0.5 + share * n, 0.5 + (1 - share) * n, p, Calm());
    };
    return {.low = quantile(low, 0.025),
            .high = quantile(high, 0.975),
            .above_floor = boost::math::ibetac(0.5 + low * n, 0.5 + (1 - low) * n, floor, Calm())};
}

double floor_of(double normal_share) {
    if (normal_share + least_share >= 1) return 1;
    const double odds = odds_factor * normal_share / (1 - normal_share);
    return std::max(normal_share + least_share, odds / (1 + odds));
}

namespace {

/// Looks for what stands out, from the narrowest kind to the widest.
class Search {
public:
    Search(const Spread& hostile, const UsualSpread& usual, double clients,
           const std::function<std::string(std::uint64_t)>& pseudonym)
        : hostile_(hostile), usual_(usual), clients_(clients), pseudonym_(pseudonym) {}

    std::vector<IncidentTarget> all() {
        for (const TargetKind kind :
             {TargetKind::account, TargetKind::domain, TargetKind::listener, TargetKind::service})
            look(kind);
        return std::move(found_);
    }

private:
    void look(TargetKind kind);
    /// Attempts of this domain that named accounts explain.
    [[nodiscard]] double explained(TargetKind kind, const std::string& name) const;
    [[nodiscard]] bool told_by_listener(TargetKind kind, double share) const;

    const Spread& hostile_;
    const UsualSpread& usual_;
    double clients_;
    const std::function<std::string(std::uint64_t)>& pseudonym_;
    std::vector<IncidentTarget> found_;
};

double Search::explained(TargetKind kind, const std::string& name) const {
    double attempts = 0;
    if (kind != TargetKind::domain) return 0;
    for (const IncidentTarget& target : found_) {
        const bool inside = target.kind == TargetKind::account && domain_of(target.account.name) == name;
        if (inside) attempts += target.share * hostile_.total(TargetKind::account);
    }
    return attempts;
}

bool Search::told_by_listener(TargetKind kind, double share) const {
    return kind == TargetKind::service && std::ranges::any_of(found_, [share](const IncidentTarget& target) {
               return target.kind == TargetKind::listener && target.share >= same_thing * share;
           });
}

void Search::look(TargetKind kind) {
    const double total = hostile_.total(kind);
    if (total < least_attempts) return;
    const Spread::Table& table = hostile_.table(kind);
    for (const std::size_t slot : table.top(most_of_a_kind)) {
        const std::string& name = table.payload(slot).name;
        const Spread::Count count = hostile_.count(kind, table.key(slot));
        const double normal = usual_.share(kind, table.key(slot));
        const double floor = floor_of(normal), n = std::clamp(clients_, 1.0, total);
        const Belief belief = believe(count.low / total, count.high / total, n, floor);
        const double share = (count.low + count.high) / 2 / total;
        if (belief.above_floor < sure || name.empty() || told_by_listener(kind, share)) continue;
        // What named accounts leave of a domain must stand out by itself.
        const double taken = explained(kind, name);
        if (taken > 0) {
            const double rest = std::max(total - taken, 1.0), left = std::max(count.low - taken, 0.0) / rest;
            if (rest < least_attempts || believe(left, left, std::min(n, rest), floor).above_floor < sure)
                continue;
        }
        const bool is_account = kind == TargetKind::account;
        found_.push_back(
            {.kind = kind,
             .name = is_account ? std::string() : name,
             .account = is_account ? AccountName{name, pseudonym_(table.key(slot))} : AccountName{},
             .share = share,
             .share_low = belief.low,
             .share_high = belief.high,
             .normal_share = normal,
             .confidence = belief.above_floor});
    }
}

}  // namespace

std::vector<IncidentTarget> find_targets(const Spread& hostile, const UsualSpread& usual, double clients,
                                         const std::function<std::string(std::uint64_t)>& pseudonym) {
    return Search(hostile, usual, clients, pseudonym).all();
}

}  // namespace tidegate::tell

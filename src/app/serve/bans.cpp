#include "app/serve/bans.h"

#include <utility>

#include "act/dry_run/dry_run.h"
#include "act/nft/enforcer.h"

namespace tidegate::app {
namespace {

using tell::Thing;

act::FirewallOptions options_of(const config::Firewall& settings) {
    act::FirewallOptions options;
    options.table.ports = settings.ports;
    options.table.set_size = static_cast<std::uint32_t>(settings.most);
    options.most = settings.most;
    options.end_sessions = settings.end_sessions;
    constexpr unsigned usual_burst = 10;
    if (settings.syn_rate > 0)
        options.table.syn_limits.push_back(
            {.ports = settings.ports,
             .per_second = settings.syn_rate,
             .burst = settings.syn_burst > 0 ? settings.syn_burst : usual_burst * settings.syn_rate});
    return options;
}

std::string_view name(act::FirewallNotice::Kind kind) {
    constexpr std::string_view names[] = {"established", "taken_over", "repaired", "spared",  "full",
                                          "refused",     "trouble",    "well",     "sessions"};
    return names[static_cast<std::size_t>(kind)];
}

Thing thing_of(act::FirewallNotice::Kind kind) {
    using enum act::FirewallNotice::Kind;
    switch (kind) {
        case full:
        case trouble:
            return Thing::firewall_trouble;
        case well:
            return Thing::firewall_well;
        default:
            return Thing::firewall_changed;
    }
}

// Of what an operator said in the policy: whom to spare, and whole networks to keep out.
std::vector<Prefix> prefixes_of(const judge::Policy& policy, judge::Exception::Effect effect, Time now) {
    std::vector<Prefix> out;
    for (const judge::Exception& each : policy.exceptions)
        if (each.effect == effect && each.prefix && (!each.expires || *each.expires > now))
            out.push_back(*each.prefix);
    return out;
}

}  // namespace

std::optional<Error> Bans::adopt(const config::Firewall& settings, const judge::Policy& policy, bool acts) {
    adopt(policy);
    const std::scoped_lock lock(mutex_);
    const bool same = settings == settings_ && acts == acts_ && adopted_;
    settings_ = settings;
    acts_ = acts;
    adopted_ = true;
    return same ? std::nullopt : rebuild();
}

void Bans::adopt(const judge::Policy& policy) {
    const std::scoped_lock lock(mutex_);
    spared_ = prefixes_of(policy, judge::Exception::Effect::allow, clock_());
    denied_ = prefixes_of(policy, judge::Exception::Effect::deny, clock_());
    spared_.insert(spared_.end(), policy.forwarders.begin(), policy.forwarders.end());
    spared_.insert(spared_.end(), settings_.spare.begin(), settings_.spare.end());
    apply();
}

std::optional<Error> Bans::set_acting(bool acts) {
    const std::scoped_lock lock(mutex_);
    return std::exchange(acts_, acts) == acts ? std::nullopt : rebuild();
}

// What stands in the kernel goes unless it is wanted as before; what an earlier daemon left, too.
std::optional<Error> Bans::rebuild() {
    using enum config::FirewallMode;
    const auto before = std::exchange(firewall_, nullptr);
    const bool stays = settings_.mode == on && acts_;
    if (before && !stays) {
        const auto gone = before->dismantle();
        if (!gone) return gone.error().error;
        state_.mark_table(false);
    }
    if (before) before->close();
    if (!before && !stays && (settings_.mode == on || state_.has_table()))
        if (auto error = remove_table()) return error;
    if (settings_.mode == off || (settings_.mode == on && !acts_)) return std::nullopt;
    return open();
}

std::optional<Error> Bans::remove_table() {
    auto enforcer = act::NftEnforcer::open();
    if (!enforcer) return enforcer.error().error;
    const auto gone = (*enforcer)->remove_all();
    if (!gone) return gone.error().error;
    state_.mark_table(false);
    return std::nullopt;
}

std::optional<Error> Bans::open() {
    std::unique_ptr<act::Enforcer> enforcer;
    if (settings_.mode == config::FirewallMode::dry_run) {
        enforcer = std::make_unique<act::DryRun>(
            [this](std::string_view line) { telling_.tell(Thing::firewall_dry_run, {{"text", line}}); });
    } else {
        auto opened = act::NftEnforcer::open();
        if (!opened) return opened.error().error;
        enforcer = std::move(*opened);
        state_.mark_table(true);
    }
    firewall_ = std::make_shared<act::Firewall>(
        options_of(settings_), std::move(enforcer),
        [this](const act::FirewallNotice& notice) { hear(notice); }, clock_);
    apply();
    return std::nullopt;
}

void Bans::apply() {
    if (!firewall_) return;
    firewall_->spare(spared_);
    apply_nets();
}

void Bans::apply_nets() {
    nets_changed_ = false;
    if (!firewall_) return;
    std::vector<Prefix> nets;
    if (acts_) {
        nets = denied_;
        for (const auto& [network, until] : silenced_) nets.push_back(network);
    }
    firewall_->set_nets(nets);
}

void Bans::silence(const Prefix& network, Time until) {
    const std::scoped_lock lock(mutex_);
    nets_changed_ = true;
    if (until <= clock_())
        silenced_.erase(network);
    else
        silenced_[network] = until;
}

void Bans::tick(Time now) {
    const std::scoped_lock lock(mutex_);
    nets_changed_ |= std::erase_if(silenced_, [now](const auto& each) { return each.second <= now; }) != 0;
    if (nets_changed_) apply_nets();
}

std::shared_ptr<act::Firewall> Bans::firewall() const {
    const std::scoped_lock lock(mutex_);
    return firewall_;
}

void Bans::ban(const Event& event, const Verdict& verdict) {
    std::shared_ptr<act::Firewall> firewall;
    {
        const std::scoped_lock lock(mutex_);
        if (acts_) firewall = firewall_;
    }
    if (!firewall) return;
    const Time until = event.time + verdict.hold;
    firewall->ban(event.address, until);
    const auto pieces = verdict.evidence.items();
    telling_.tell(Thing::banned, {{"address", event.address.text()},
                                  {"until", rfc3339(until)},
                                  {"sum", verdict.sum.value()},
                                  {"evidence", pieces.empty() ? "" : tidegate::name(pieces.front().kind)}});
}

bool Bans::is_banned(const Address& address) const {
    const auto firewall = this->firewall();
    return firewall && firewall->is_banned(address);
}

bool Bans::lift(const Address& address) {
    const auto firewall = this->firewall();
    if (!firewall || !firewall->is_banned(address)) return false;
    firewall->lift(address);
    return true;
}

std::optional<act::FirewallStanding> Bans::standing() const {
    const auto firewall = this->firewall();
    return firewall ? std::optional(firewall->standing()) : std::nullopt;
}

void Bans::close() {
    if (const auto firewall = this->firewall()) firewall->close();
}

void Bans::hear(const act::FirewallNotice& notice) const {
    const std::string address = notice.address.is_none() ? "" : notice.address.text();
    const std::string error = notice.error ? notice.error->text() : "";
    telling_.tell(thing_of(notice.kind), {{"state", name(notice.kind)},
                                          {"count", static_cast<std::int64_t>(notice.count)},
                                          {"address", address},
                                          {"error", error}});
}

}  // namespace tidegate::app

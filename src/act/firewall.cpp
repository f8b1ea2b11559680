#include "act/firewall.h"

#include <random>
#include <utility>

#include "act/reconciler.h"
#include "act/surroundings.h"
#include "base/check.h"

namespace tidegate::act {
namespace {

FirewallOptions completed(FirewallOptions options) {
    if (!options.surroundings) options.surroundings = [] { return find_surroundings(); };
    if (options.seed == 0) {
        std::random_device chance;
        options.seed = std::uint64_t{chance()} << 32 | chance();
    }
    return options;
}

void append(std::vector<Ban>& out, const std::vector<Shadow::Row>& rows, Time now) {
    for (const Shadow::Row& row : rows)
        if (row.wanted() && row.until > now) out.push_back({address_of_key(row.key), row.until});
}

}  // namespace

Firewall::Firewall(FirewallOptions options, std::unique_ptr<Enforcer> enforcer,
                   std::function<void(const FirewallNotice&)> notice, std::function<Time()> clock)
    : options_(completed(std::move(options))),
      clock_(std::move(clock)),
      orders_(clock_(), options_.seed, options_.most),
      reconciler_(
          std::make_unique<Reconciler>(options_, orders_, std::move(enforcer), std::move(notice), clock_)) {
    thread_ = std::thread([this] { run(); });
}

Firewall::~Firewall() {
    close();
}

void Firewall::run() {
    for (bool open = true; open;) {
        const auto [earliest, latest] = reconciler_->step(Orders::Clock::now());
        open = orders_.wait(earliest, latest);
    }
    if (!dismantling_) reconciler_->finish();
}

void Firewall::close() {
    orders_.close();
    if (thread_.joinable()) thread_.join();
}

Outcome Firewall::dismantle() {
    dismantling_ = true;
    close();
    return reconciler_->dismantle();
}

void Firewall::ban(const Address& address, Time until) {
    switch (orders_.ban(address.host_key(), until)) {
        case Orders::Taken::yes:
            return;
        case Orders::Taken::spared:
            return reconciler_->count_spared(address);
        case Orders::Taken::no_room:
            return reconciler_->count_refused();
    }
}

void Firewall::lift(const Address& address) {
    orders_.lift(address.host_key());
}

void Firewall::lift_all() {
    orders_.lift_all();
}

void Firewall::set_nets(const std::vector<Prefix>& nets) {
    orders_.set_nets(Ranges(nets));
}

void Firewall::spare(const std::vector<Prefix>& spared) {
    orders_.spare(Ranges(spared));
}

FirewallStanding Firewall::standing() const {
    return reconciler_->standing();
}

bool Firewall::is_banned(const Address& address) const {
    const auto row = orders_.find(address.host_key());
    return row && row->wanted() && row->until > clock_();
}

std::vector<Ban> Firewall::bans(std::size_t most) const {
    std::vector<Ban> out;
    for (std::size_t part = 0; part < parts && out.size() < most; ++part)
        append(out, orders_.rows(part), clock_());
    if (out.size() > most) out.resize(most);
    return out;
}

std::vector<Ban> Firewall::bans_in_part(std::size_t part) const {
    CHECK(part < parts);
    std::vector<Ban> out;
    append(out, orders_.rows(part), clock_());
    return out;
}

}  // namespace tidegate::act

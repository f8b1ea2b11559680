#include "world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <unordered_set>

namespace tidegate::bench {
namespace {

constexpr std::int64_t second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
constexpr std::uint32_t first_network = 240U << 16;  // 240.0.0.0/4 as a /24 number

/// Log-ins by hour of the day, relative: office hours and the evening, quiet nights.
constexpr std::array<double, 24> by_hour{0.45, 0.35, 0.30, 0.30, 0.35, 0.50, 0.80, 1.10,
                                         1.40, 1.50, 1.50, 1.45, 1.35, 1.40, 1.45, 1.40,
                                         1.35, 1.30, 1.25, 1.25, 1.25, 1.15, 0.95, 0.65};

using Random = std::mt19937_64;

double uniform(Random& random) {
    return std::uniform_real_distribution<double>(0, 1)(random);
}
bool chance(Random& random, double p) {
    return uniform(random) < p;
}
std::uint32_t below(Random& random, std::size_t n) {
    return static_cast<std::uint32_t>(std::uniform_int_distribution<std::size_t>(0, n - 1)(random));
}

/// Sizes that fall as a power of the rank and add up to about `total`.
std::vector<std::uint32_t> sizes(std::size_t count, double power, std::uint32_t total) {
    std::vector<double> raw(count);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += raw[i] = std::pow(static_cast<double>(i + 1), -power);
    std::vector<std::uint32_t> out;
    for (double r : raw)
        out.push_back(std::max<std::uint32_t>(4, static_cast<std::uint32_t>(r / sum * total)));
    return out;
}

std::vector<AsRange> make_ases(const Settings& s) {
    std::vector<AsRange> out;
    std::uint32_t next = first_network, number = 64'512;
    const auto add = [&](std::uint32_t size, bool customers) {
        out.push_back({next, next + size - 1, number++, customers});
        next += size;
    };
    for (std::uint32_t size : sizes(40, 0.9, s.customers_as_networks)) add(size, true);
    for (std::uint32_t size : sizes(2500, 0.8, s.foreign_as_networks)) add(size, false);
    return out;
}

/// Picks an index by weight.
class Weighted {
public:
    explicit Weighted(const std::vector<double>& weights) : pick_(weights.begin(), weights.end()) {}
    std::size_t operator()(Random& random) { return pick_(random); }

private:
    std::discrete_distribution<std::size_t> pick_;
};

std::uint32_t host_in(Random& random, std::uint32_t network) {
    return network << 8 | (1 + below(random, 254));
}
std::uint32_t network_in(Random& random, const AsRange& as) {
    return as.first + below(random, as.last - as.first + 1);
}

struct Customer {
    double rate = 0;  // log-ins a day
    std::size_t home_as = 0, mobile_as = 0;
    std::uint32_t home = 0, office = 0;  // addresses; 0: none
    std::vector<std::uint32_t> region;   // the carrier's networks where this phone usually comes out
    double mobile_share = 0, office_share = 0, trips_a_day = 0, moves_a_day = 0;
    std::int64_t since = 0;  // customer from then on
    // Where he is now.
    std::uint32_t phone = 0, trip = 0;
    std::int64_t phone_until = 0, trip_until = 0;
};

class Maker {
public:
    explicit Maker(const Settings& s)
        : s_(s), random_(s.seed), world_{s, make_ases(s), {}, 0, 0}, customer_as_(as_weights(true)) {}

    World make() {
        make_places();
        for (std::uint32_t i = 0; i < s_.accounts; ++i) customers_.push_back(make_customer());
        const int days = s_.ordinary_days + 1;
        for (std::uint32_t i = 0; i < s_.accounts; ++i) live(i, days * day);
        for (int d = 0; d < days; ++d) background(d);
        world_.attack_begins = s_.ordinary_days * day;
        world_.attack_ends = days * day;
        attack();
        std::erase_if(world_.attempts, [this](const Attempt& a) {
            return a.microseconds < 0 || a.microseconds >= world_.attack_ends;
        });
        std::ranges::sort(world_.attempts, {},
                          [](const Attempt& a) { return std::tuple(a.microseconds, a.address, a.account); });
        mark_familiar();
        return std::move(world_);
    }

private:
    std::vector<double> as_weights(bool customers) const {
        std::vector<double> out;
        for (const AsRange& as : world_.ases)
            out.push_back(as.customers == customers ? static_cast<double>(as.last - as.first + 1) : 0);
        return out;
    }

    // Places that people share: carriers' gateways, offices, cafés and hotels, exits of VPN services.
    void make_places() {
        for (std::size_t as = 0; as < 40; ++as) {
            const std::size_t gateways = as < 4 ? 120 : as < 12 ? 30 : 6;
            std::vector<std::uint32_t> networks;
            for (std::size_t i = 0; i < gateways; ++i)
                networks.push_back(network_in(random_, world_.ases[as]));
            gateways_.push_back(std::move(networks));
        }
        for (int i = 0; i < 900; ++i)
            offices_.push_back(host_in(random_, network_in(random_, customer_as())));
        for (int i = 0; i < 6000; ++i) cafes_.push_back(host_in(random_, network_in(random_, customer_as())));
        for (int i = 0; i < 60; ++i) {
            const AsRange& as = world_.ases[40 + below(random_, 60)];
            vpn_.push_back(network_in(random_, as));
        }
    }
    const AsRange& customer_as() { return world_.ases[customer_as_(random_)]; }

    Customer make_customer() {
        Customer c;
        c.rate = std::exp(std::normal_distribution<double>(0, 1.3)(random_));
        c.home_as = customer_as_(random_);
        c.home = host_in(random_, network_in(random_, world_.ases[c.home_as]));
        if (chance(random_, 0.6)) {
            c.mobile_as = chance(random_, 0.5) ? c.home_as : below(random_, 8);
            c.mobile_share = 0.1 + 0.6 * uniform(random_);
            const auto& gateways = gateways_[c.mobile_as];
            const std::size_t usual = 1 + below(random_, 5);
            for (std::size_t i = 0; i < usual; ++i)
                c.region.push_back(gateways[below(random_, gateways.size())]);
        }
        if (chance(random_, 0.35)) {
            const double u = uniform(random_);
            c.office = offices_[static_cast<std::size_t>(u * u * static_cast<double>(offices_.size()))];
            c.office_share = 0.6;
        }
        const double kind = uniform(random_);
        c.trips_a_day = s_.roaming * (kind < 0.5 ? 0.002 : kind < 0.9 ? 0.015 : 0.12);
        c.moves_a_day = s_.roaming * 0.02;
        const double newcomer = uniform(random_);
        if (newcomer < 0.004)
            c.since = static_cast<std::int64_t>(uniform(random_) * (s_.ordinary_days + 1) *
                                                static_cast<double>(day));
        return c;
    }

    static int hour_of(std::int64_t t) { return static_cast<int>(t % day / hour); }

    void live(std::uint32_t who, std::int64_t end) {
        Customer& c = customers_[who];
        const double per_day = c.rate * s_.log_ins_per_day / total_rate();
        std::exponential_distribution<double> gap(per_day / static_cast<double>(day) * 1.5);
        for (double t = gap(random_); t < static_cast<double>(end); t += gap(random_)) {
            const auto at = static_cast<std::int64_t>(t);
            if (!chance(random_, by_hour[static_cast<std::size_t>(hour_of(at))] / 1.5) || at < c.since)
                continue;
            log_in(who, c, at);
        }
        if (chance(random_, 0.005)) stale_phone(who, c, end);
    }
    double total_rate() {
        if (total_rate_ == 0)
            for (const Customer& c : customers_) total_rate_ += c.rate;
        return total_rate_;
    }

    void log_in(std::uint32_t who, Customer& c, std::int64_t at) {
        bool fresh = false;
        const std::uint32_t address = place(c, at, fresh);
        const bool submission = chance(random_, 0.25);
        if (chance(random_, fresh ? 0.05 : 0.008)) {
            const std::int64_t before = second * (4 + below(random_, 12));
            for (std::uint32_t n = 1 + below(random_, 2); n > 0; --n)
                add({at - before * n, address, who, Who::mistake, false, submission});
        }
        add({at, address, who, Who::customer, true, submission});
    }

    std::uint32_t place(Customer& c, std::int64_t at, bool& fresh) {
        if (at < c.trip_until) return c.trip;
        if (chance(random_, c.trips_a_day / std::max(3.0, c.rate * s_.log_ins_per_day / total_rate()))) {
            fresh = true;
            c.trip_until =
                at + static_cast<std::int64_t>(std::exponential_distribution<double>(1.0 / 4)(random_) *
                                               static_cast<double>(hour));
            return c.trip = destination();
        }
        const int h = hour_of(at);
        if (c.office != 0 && h >= 8 && h < 18 && chance(random_, c.office_share)) return c.office;
        if (c.mobile_share > 0 && h >= 6 && h < 23 && chance(random_, c.mobile_share)) return phone(c, at);
        move(c, at);
        return c.home;
    }

    /// Cafés and hotels, friends' homes, one trip in eight abroad, a few through a VPN service.
    std::uint32_t destination() {
        const double kind = uniform(random_);
        if (kind < 0.5) {
            const double u = uniform(random_);
            return cafes_[static_cast<std::size_t>(u * u * u * static_cast<double>(cafes_.size()))];
        }
        if (kind < 0.9) return host_in(random_, network_in(random_, customer_as()));
        if (kind < 0.96) return host_in(random_, network_in(random_, world_.ases[40 + below(random_, 400)]));
        return host_in(random_, vpn_[below(random_, vpn_.size())]);
    }

    std::uint32_t phone(Customer& c, std::int64_t at) {
        if (at >= c.phone_until) {
            const auto& gateways = gateways_[c.mobile_as];
            const bool elsewhere = chance(random_, 0.02 * s_.roaming);
            const std::uint32_t network = elsewhere ? gateways[below(random_, gateways.size())]
                                                    : c.region[below(random_, c.region.size())];
            c.phone = network << 8 | (1 + below(random_, 32));
            c.phone_until =
                at + static_cast<std::int64_t>(std::exponential_distribution<double>(1.0 / 3)(random_) *
                                               static_cast<double>(hour));
        }
        return c.phone;
    }

    void move(Customer& c, std::int64_t at) {
        if (last_move_day_.size() < customers_.size()) last_move_day_.resize(customers_.size(), 0);
        auto& last = last_move_day_[static_cast<std::size_t>(&c - customers_.data())];
        const std::int64_t today = at / day;
        if (today == last) return;
        last = today;
        if (chance(random_, c.moves_a_day))
            c.home = host_in(random_, network_in(random_, world_.ases[c.home_as]));
    }

    /// A phone that goes on with an old password, every quarter of an hour.
    void stale_phone(std::uint32_t who, const Customer& c, std::int64_t end) {
        std::int64_t at = static_cast<std::int64_t>(uniform(random_) * static_cast<double>(end));
        const std::uint32_t address = c.mobile_share > 0 ? c.region.front() << 8 | 7U : c.home;
        for (std::uint32_t n = below(random_, 60); n > 0 && at < end; --n, at += 15 * minute)
            add({at, address, who, Who::mistake, false, false});
    }

    void background(int d) {
        auto left = static_cast<std::int64_t>(s_.background_guesses_per_day);
        std::vector<double> weights = as_weights(false);
        Weighted foreign(weights);
        while (left > 0) {
            const bool near = chance(random_, 0.15);
            const AsRange& as = near ? customer_as() : world_.ases[foreign(random_)];
            const std::uint32_t address = host_in(random_, network_in(random_, as));
            std::uint32_t tries = chance(random_, 0.7) ? 1 + below(random_, 3) : 5 + below(random_, 60);
            std::int64_t at =
                d * day + static_cast<std::int64_t>(uniform(random_) * static_cast<double>(day));
            for (; tries > 0 && left > 0; --tries, --left, at += second * (20 + below(random_, 600)))
                guess(at, address, Who::background);
        }
    }

    void guess(std::int64_t at, std::uint32_t address, Who who) {
        const bool exists = chance(random_, s_.guesses_at_existing);
        const std::uint32_t account =
            exists ? below(random_, s_.accounts) : s_.accounts + below(random_, 30'000);
        const bool right = exists && who == Who::botnet && chance(random_, s_.right_guess);
        add({at, address, account, who, right, chance(random_, 0.5)});
    }

    void attack() {
        const auto near = static_cast<std::size_t>(s_.bots_in_customers_as * s_.bot_networks);
        std::vector<std::uint32_t> networks = infected(true, near);
        const std::vector<std::uint32_t> far = infected(false, s_.bot_networks - near);
        networks.insert(networks.end(), far.begin(), far.end());
        std::unordered_set<std::uint32_t> seen;
        // Some networks hold a bot or two, some dozens.
        std::vector<double> load;
        for (std::size_t i = 0; i < networks.size(); ++i)
            load.push_back(std::exp(std::normal_distribution<double>(0, 0.8)(random_)));
        Weighted pick(load);
        for (std::uint32_t i : networks) bot(host_in(random_, i), seen);
        while (seen.size() < s_.bots) bot(host_in(random_, networks[pick(random_)]), seen);
    }
    std::vector<std::uint32_t> infected(bool customers, std::size_t count) {
        std::vector<double> weights = as_weights(customers);
        for (double& w : weights) w *= std::exp(std::normal_distribution<double>(0, 0.7)(random_));
        Weighted pick(weights);
        std::unordered_set<std::uint32_t> chosen;
        while (chosen.size() < count) chosen.insert(network_in(random_, world_.ases[pick(random_)]));
        std::vector<std::uint32_t> out(chosen.begin(), chosen.end());
        std::ranges::sort(out);
        return out;
    }
    void bot(std::uint32_t address, std::unordered_set<std::uint32_t>& seen) {
        if (!seen.insert(address).second) return;
        const auto at = world_.attack_begins +
                        static_cast<std::int64_t>(uniform(random_) * static_cast<double>(day - hour));
        guess(at, address, Who::botnet);
        if (chance(random_, s_.second_try))
            guess(at + second * (10 + below(random_, 3000)), address, Who::botnet);
    }

    void add(const Attempt& attempt) { world_.attempts.push_back(attempt); }

    void mark_familiar() {
        std::unordered_set<std::uint64_t> known;
        for (Attempt& a : world_.attempts) {
            const std::uint64_t key = std::uint64_t{a.account} << 32 | a.address >> 8;
            a.familiar_network = known.contains(key);
            if (a.right && a.who == Who::customer) known.insert(key);
        }
    }

    Settings s_;
    Random random_;
    World world_;
    Weighted customer_as_;
    std::vector<std::vector<std::uint32_t>> gateways_;
    std::vector<std::uint32_t> offices_, cafes_, vpn_;
    std::vector<Customer> customers_;
    std::vector<std::int64_t> last_move_day_;
    double total_rate_ = 0;
};

}  // namespace

World make_world(const Settings& settings) {
    return Maker(settings).make();
}

}  // namespace tidegate::bench

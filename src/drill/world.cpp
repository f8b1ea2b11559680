#include "drill/world.h"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::drill {
namespace {

constexpr std::uint32_t access_first = 0xf0'0000, access_nets = 0x4'0000;  // 240.0.0.0/6
constexpr std::uint32_t world_first = 0xf4'0000, world_nets = 0xa'0000;    // 244.0.0.0 to 253.255.255.255
constexpr std::uint32_t mobile_first = 0x0a'0000, mobile_nets = 256;       // 10.0.0.0 on
constexpr std::uint32_t hosting_first = 0x0a'8000, hosting_nets = 1024;    // 10.128.0.0 on
constexpr std::uint32_t own_first = 0x0a'f000;                             // 10.240.0.0
constexpr std::uint32_t first_number = 4'200'000'000;                      // private (RFC 6996)
constexpr std::uint32_t egress_in_net = 8;
constexpr std::uint32_t local_part = 8;  // our customers live in an eighth of their provider's networks

std::uint32_t most_of(const Scenario& scenario, std::uint32_t Customers::* member) {
    std::uint32_t most = 1;
    for (const Customers& each : scenario.customers) most = std::max(most, each.*member);
    return most;
}

}  // namespace

Networks::Networks(const Scenario& scenario, std::uint64_t seed)
    : scenario_(scenario),
      seed_(seed),
      access_(most_of(scenario, &Customers::networks)),
      mobile_(most_of(scenario, &Customers::mobile_networks)),
      egress_(most_of(scenario, &Customers::mobile_addresses)) {
    world_ = 500;
    for (const Botnet& each : scenario.botnets) world_ = std::max(world_, each.networks);
    for (const Flood& each : scenario.floods) world_ = std::max(world_, each.networks);
    for (const MailKind& each : scenario.mail) world_ = std::max(world_, each.networks);
    for (const Clients& each : scenario.clients) world_ = std::max(world_, each.networks);
    access_shares_ = Weighted(zipf(access_, 1));
    world_shares_ = Weighted(zipf(world_, 1));
    const auto split = [this](const Weighted& shares, std::uint32_t first, std::uint32_t nets) {
        constexpr std::uint32_t least = 4;
        const double left = nets - static_cast<double>(least * shares.size());
        for (std::size_t i = 0; i < shares.size(); ++i) {
            const auto count = least + static_cast<std::uint32_t>(left * shares.share(i));
            all_.push_back({first, count});
            first += count;
        }
    };
    split(access_shares_, access_first, access_nets);
    for (std::uint32_t i = 0; i < mobile_; ++i) all_.push_back({mobile_first + i * mobile_nets, mobile_nets});
    for (std::uint32_t i = 0; i < hosting_count; ++i)
        all_.push_back({hosting_first + i * hosting_nets, hosting_nets});
    all_.push_back({own_first, 16});
    split(world_shares_, world_first, world_nets);
}

Place Networks::v4(std::uint32_t as, std::uint32_t net, std::uint32_t host) const {
    const As& block = all_[as];
    return {Address::v4((block.first + net % block.count) << 8 | (1 + host % 254)), as};
}

Place Networks::v6(std::uint32_t as, std::uint32_t site, std::uint32_t subnet,
                   std::uint64_t interface) const {
    const std::uint64_t high =
        (0x3fff'0000ULL | (as & 0xfff)) << 32 | std::uint64_t{site & 0xffff} << 16 | (subnet & 0xffff);
    return {Address::v6(high, interface | 1), as};
}

Place Networks::home(std::uint64_t key) const {
    return home_in(access_shares_.at(unit(draw(key, 1))), key);
}

Place Networks::home_in(std::uint32_t as, std::uint64_t key) const {
    const std::uint32_t local = std::max(1U, all_[as].count / local_part);
    return v4(as, below(draw(key, 2), local), below(draw(key, 3), 254));
}

Place Networks::abroad(std::uint64_t key) const {
    const std::uint32_t as = world(world_shares_.at(unit(draw(key, 1))));
    return v4(as, below(draw(key, 2), all_[as].count), below(draw(key, 3), 254));
}

Place Networks::egress(std::uint32_t mobile, std::uint32_t index) const {
    index %= egress_;
    return v4(access_ + mobile % mobile_, index / egress_in_net, 10 + 7 * (index % egress_in_net));
}

std::uint32_t Networks::shown_number(const Place& place) const {
    if (!scenario_.as_table) return 0;
    const std::uint64_t block = place.address.network_key() >> 2;
    const double luck = unit(draw(seed_, block, 7));
    if (luck < scenario_.as_missing) return 0;
    std::uint32_t as = place.as;
    if (luck < scenario_.as_missing + scenario_.as_wrong) as = below(draw(seed_, block, 8), all_.size());
    return first_number + as;
}

// Texts. -------------------------------------------------------------------------------------------------
namespace {

// A pronounceable name, another one for each index below 2^24.
void append_name(std::uint32_t index, std::string& out) {
    static constexpr std::string_view consonants = "bdfgklmnprstvwzh", vowels = "aeio";
    const std::uint32_t spread = (index * 0x9e'3779U + 0x5b'd1e9U) & 0xff'ffffU;
    for (unsigned shift = 0; shift < 24; shift += 6) {
        const std::uint32_t part = spread >> shift & 63;
        out += consonants[part >> 2];
        out += vowels[part & 3];
    }
}

constexpr std::size_t greeting_count = 4096;

}  // namespace

Texts::Texts(const Scenario& scenario, std::uint64_t seed, std::uint32_t accounts) : accounts_(accounts) {
    std::uint32_t invented = 1000;
    for (const Botnet& each : scenario.botnets) invented = std::max(invented, each.names);
    const std::size_t length = 9 + scenario.domain.size();
    names_.reserve(accounts + invented);
    arena_.reserve(length * (accounts + invented));
    for (std::uint32_t i = 0; i < accounts + invented; ++i) {
        append_name(i, arena_);
        arena_.append("@").append(scenario.domain);
    }
    for (std::size_t i = 0; i < accounts + invented; ++i)
        names_.emplace_back(arena_.data() + i * length, length);
    for (std::size_t i = 0; i < greeting_count; ++i) {
        const std::uint64_t key = draw(seed, i);
        greetings_.push_back(
            fmt::format("[192.168.{}.{}]", below(draw(key, 1), 3), 2 + below(draw(key, 2), 250)));
    }
    for (std::size_t i = 0; i < greeting_count; ++i)
        greetings_.push_back(fmt::format("DESKTOP-{:07X}", draw(seed, i, 3) & 0xfff'ffff));
}

std::uint16_t Texts::add(Program program) {
    programs_.push_back(std::move(program));
    return static_cast<std::uint16_t>(programs_.size() - 1);
}

std::string_view Texts::ehlo(std::uint16_t program, std::uint64_t who) const {
    const Program& greeter = programs_[program];
    if (greeter.greets == Program::Greets::fixed) return greeter.ehlo;
    const std::size_t which = draw(who, 9) % greeting_count;
    return greetings_[greeter.greets == Program::Greets::literal ? which : greeting_count + which];
}

std::string Texts::fingerprint(std::uint64_t key) {
    return fmt::format("t{}d{:02}{:02}00_{:012x}_{:012x}", unit(draw(key, 1)) < 0.7 ? "13" : "12",
                       10 + below(draw(key, 2), 50), 5 + below(draw(key, 3), 14),
                       draw(key, 4) & 0xffff'ffff'ffffULL, draw(key, 5) & 0xffff'ffff'ffffULL);
}

// Wheel. -------------------------------------------------------------------------------------------------
void Wheel::add(Moment at, std::uint32_t who, bool is_bot) {
    if (at < 0 || at == never) return;
    const auto second = static_cast<std::size_t>(at / a_second);
    if (second >= heads_.size()) return;
    std::uint32_t node = free_;
    if (node == none) {
        node = static_cast<std::uint32_t>(nodes_.size());
        nodes_.emplace_back();
    } else {
        free_ = nodes_[node].next;
    }
    nodes_[node] = {{at, who, is_bot}, heads_[second]};
    heads_[second] = node;
}

void Wheel::take(std::size_t second, std::vector<Due>& out) {
    for (std::uint32_t node = heads_[second]; node != none;) {
        out.push_back(nodes_[node].due);
        const std::uint32_t next = nodes_[node].next;
        nodes_[node].next = free_;
        free_ = node;
        node = next;
    }
    heads_[second] = none;
    std::ranges::sort(out, [](const Due& a, const Due& b) {
        if (a.at != b.at) return a.at < b.at;
        return a.is_bot != b.is_bot ? b.is_bot : a.who < b.who;
    });
}

// Familiar. ----------------------------------------------------------------------------------------------
bool Familiar::has(std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = key >> 20 & mask; slots_[i] != 0; i = (i + 1) & mask)
        if (slots_[i] == key) return true;
    return false;
}

void Familiar::add(std::uint64_t key) {
    if (used_ * 2 > slots_.size()) {
        std::vector<std::uint64_t> old(slots_.size() * 2);
        old.swap(slots_);
        used_ = 0;
        for (const std::uint64_t each : old)
            if (each != 0) add(each);
    }
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = key >> 20 & mask;
    while (slots_[i] != 0 && slots_[i] != key) i = (i + 1) & mask;
    if (slots_[i] == 0) ++used_;
    slots_[i] = key;
}

}  // namespace tidegate::drill

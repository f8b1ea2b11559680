// Who the customers are, drawn once.
#include <algorithm>
#include <cmath>

#include "drill/customers.h"

namespace tidegate::drill {
namespace {

constexpr double popular_count = 1000;

std::uint32_t rounded_up(double value) {
    return static_cast<std::uint32_t>(std::ceil(value));
}

// So many for an account: 1.3 is one, and another for three in ten.
std::uint32_t whole(double mean, Dice& dice) {
    const auto sure = static_cast<std::uint32_t>(mean);
    return sure + (dice.chance(mean - sure) ? 1 : 0);
}

}  // namespace

std::uint32_t count_accounts(const Scenario& scenario) {
    std::uint32_t all = 0;
    for (const Customers& each : scenario.customers) all += each.accounts + each.list_hosts + each.monitors;
    return all;
}

People::People(World& world, std::uint64_t seed) : world_(world), seed_(seed), dice_(draw(seed, 1)) {
    const auto& kinds = world.scenario.customers;
    accounts_.reserve(count_accounts(world.scenario));
    webmail_ = world_.networks.v4(world_.networks.own(), 0, 24);
    make_programs(draw(seed, 2));
    // Hosts' accounts come last, so that those before are people's.
    const auto kind_count = static_cast<std::uint16_t>(kinds.size());
    for (std::uint16_t i = 0; i < kind_count; ++i) {
        curves_.emplace_back(kinds[i], world.scenario, Dice(draw(seed, 3, i)));
        make_group(i);
    }
    persons_ = accounts();
    for (std::uint16_t i = 0; i < kind_count; ++i) make_hosts(i);
    for (std::uint32_t i = 0; i < devices_.size(); ++i)
        schedule(i, devices_[i].kind == Kind::monitor ? moment(dice_.between(0, 60)) : 0, 0);
}

void People::make_programs(std::uint64_t seed) {
    std::uint32_t count = 1;
    for (const Customers& each : world_.scenario.customers) count = std::max(count, each.client_kinds);
    program_shares_ = Weighted(zipf(count, 1));
    for (std::uint32_t i = 0; i < count; ++i) {
        Program program;
        program.fingerprint = Texts::fingerprint(draw(seed, i));
        constexpr std::array greets{Program::Greets::literal, Program::Greets::computer,
                                    Program::Greets::fixed};
        program.greets = greets[i % greets.size()];
        program.ehlo = "[127.0.0.1]";
        // Outlook asks for LOGIN; very few do without encryption.
        program.method = i % 3 == 1 ? "LOGIN" : "PLAIN";
        program.tls = i % 20 != 19;
        const std::uint16_t index = world_.texts.add(std::move(program));
        if (i == 0) first_program_ = index;
    }
    webmail_program_ =
        world_.texts.add({Texts::fingerprint(draw(seed, count)), "webmail", {}, "PLAIN", true});
}

void People::make_group(std::uint16_t group) {
    const Customers& kind = world_.scenario.customers[group];
    const double offices = kind.accounts * kind.offices / kind.office_accounts;
    const auto first_office = static_cast<std::uint32_t>(lines_.size());
    for (std::uint32_t i = 0; i < rounded_up(offices); ++i) make_line(kind, true);
    const auto office_count = static_cast<std::uint32_t>(lines_.size()) - first_office;
    carrier_nat_.clear();
    for (std::uint32_t i = 0; i < rounded_up(kind.accounts * kind.cgnat / kind.cgnat_clients); ++i)
        carrier_nat_.push_back(world_.networks.home_in(world_.networks.access_count() - 1, dice_.bits()));
    const auto first = static_cast<std::uint32_t>(accounts_.size());
    for (std::uint32_t i = 0; i < kind.accounts; ++i) {
        make_account(group, first + i, first);
        if (office_count > 0 && dice_.chance(kind.offices))
            accounts_.back().office = first_office + dice_.below(office_count);
        make_devices(first + i);
    }
    line_group_ends_.push_back(static_cast<std::uint32_t>(lines_.size()));
}

std::uint32_t People::list_bit(const Customers& kind) const {
    const auto& lists = world_.scenario.lists;
    if (lists.empty()) return 0;
    const auto found = std::ranges::find(lists, kind.listed_on, &List::name);
    return found == lists.end() ? 1U : 1U << (found - lists.begin());
}

std::uint32_t People::make_line(const Customers& kind, bool fixed) {
    Line line;
    const std::uint64_t key = dice_.bits();
    line.v4 = world_.networks.home(key);
    line.v6 = world_.networks.v6(line.v4.as, below(draw(key, 4), 4096), below(draw(key, 5), 0x10000), key);
    line.has_v6 = !fixed && dice_.chance(kind.ipv6);
    line.fixed = fixed;
    lines_.push_back(line);
    return static_cast<std::uint32_t>(lines_.size() - 1);
}

std::uint32_t People::make_home(const Customers& kind) {
    const std::uint32_t index = make_line(kind, false);
    Line& line = lines_[index];
    if (!carrier_nat_.empty() && dice_.chance(kind.cgnat)) {
        line.v4 = carrier_nat_[dice_.below(carrier_nat_.size())];
        line.fixed = true;
        line.has_v6 = false;
    } else if (dice_.chance(kind.listed)) {
        line.lists = list_bit(kind);
        line.fixed = true;  // or it would leave its listing behind
        line.has_v6 = false;
    }
    return index;
}

void People::make_account(std::uint16_t group, std::uint32_t index, std::uint32_t first) {
    const Customers& kind = world_.scenario.customers[group];
    Account account;
    account.group = group;
    account.home = index > first && dice_.chance(kind.households) ? accounts_.back().home : make_home(kind);
    account.mobile_network = static_cast<std::uint8_t>(dice_.below(kind.mobile_networks));
    account.own_passwords = dice_.chance(kind.app_passwords);
    account.uses_vpn = dice_.chance(kind.vpn);
    account.dormant = dice_.chance(kind.dormant);
    const double luck = dice_.unit();
    account.password = dice_.chance(kind.popular_passwords)
                           ? password::popular(static_cast<std::uint64_t>(popular_count * luck * luck))
                           : password::unique(dice_.bits());
    account.first_device = static_cast<std::uint32_t>(devices_.size());
    accounts_.push_back(account);
}

People::Device& People::add_device(std::uint32_t account, Kind kind) {
    const Customers& settings = kind_of(accounts_[account]);
    Device device;
    device.account = account;
    device.kind = kind;
    device.program =
        kind == Kind::web && settings.webmail_host ? webmail_program_ : some_program(dice_.bits());
    device.password = accounts_[account].own_passwords && kind != Kind::web ? password::unique(dice_.bits())
                                                                            : accounts_[account].password;
    constexpr std::array paces{1.0 / 3, 2.0 / 3, 1.0, 2.0};
    device.pace_minutes = static_cast<float>(settings.poll_minutes * paces[dice_.below(paces.size())]);
    device.pop3 = kind == Kind::desktop && dice_.chance(settings.pop3);
    return devices_.emplace_back(device);
}

void People::make_devices(std::uint32_t account) {
    const Customers& kind = kind_of(accounts_[account]);
    const bool works = accounts_[account].office != no_line;
    for (std::uint32_t left = whole(kind.desktops, dice_); left > 0; --left)
        add_device(account, Kind::desktop).at_work = works && dice_.chance(0.5);
    for (std::uint32_t left = whole(kind.phones, dice_); left > 0; --left) add_device(account, Kind::phone);
    const bool none = devices_.size() == accounts_[account].first_device;
    if (none || dice_.chance(kind.web)) add_device(account, Kind::web);
    if (dice_.chance(kind.abroad)) {
        const std::uint32_t line = make_line(kind, true);
        lines_[line].v4 = world_.networks.abroad(dice_.bits());
        add_device(account, Kind::phone).line = line;
    }
}

void People::make_hosts(std::uint16_t group) {
    const Customers& kind = world_.scenario.customers[group];
    for (std::uint32_t i = 0; i < kind.list_hosts + kind.monitors; ++i) {
        Account account;
        account.group = group;
        account.password = password::unique(dice_.bits());
        account.first_device = static_cast<std::uint32_t>(devices_.size());
        account.home = make_line(kind, true);
        lines_[account.home].v4 = world_.networks.v4(world_.networks.hosting(dice_.below(1000)),
                                                     dice_.below(1024), dice_.below(254));
        accounts_.push_back(account);
        add_device(accounts() - 1, i < kind.list_hosts ? Kind::list_host : Kind::monitor).line = account.home;
    }
}

std::uint16_t People::program(std::uint32_t account) const {
    const Device& first = devices_[accounts_[account].first_device];
    return first.kind == Kind::web ? some_program(draw(seed_, account, 44)) : first.program;
}

std::uint16_t People::some_program(std::uint64_t key) const {
    return static_cast<std::uint16_t>(first_program_ + program_shares_.at(unit(draw(key, 21))));
}

std::uint16_t People::rare_program(std::uint64_t key) const {
    const auto count = static_cast<std::uint32_t>(program_shares_.size());
    const std::uint32_t rare = std::max(1U, count / 4);
    return static_cast<std::uint16_t>(first_program_ + count - 1 - below(draw(key, 22), rare));
}

}  // namespace tidegate::drill

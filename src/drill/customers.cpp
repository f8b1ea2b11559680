#include "drill/customers.h"

#include <algorithm>

namespace tidegate::drill {
namespace {

constexpr double dormant_part = 1.0 / 30;
constexpr std::uint8_t person_tries = 3;

bool office_hours(const Scenario& scenario, Moment at) {
    const unsigned hour = hour_of_day(at);
    return day_of_week(scenario.start, at) < 5 && hour >= 8 && hour < 17;
}

std::uint64_t block(Moment at, Moment length) {
    return static_cast<std::uint64_t>(at / length);
}

}  // namespace

// Time passes. -------------------------------------------------------------------------------------------
void People::hour(Moment at) {
    // Everybody has an hour of the day at which such things happen.
    const auto mine = static_cast<std::uint32_t>(hour_of_day(at));
    std::uint32_t group = 0;
    for (std::uint32_t i = mine; i < lines_.size(); i += 24) {
        while (group + 1 < line_group_ends_.size() && i >= line_group_ends_[group]) ++group;
        if (!lines_[i].fixed) pass(lines_[i], world_.scenario.customers[group]);
    }
    for (std::uint32_t i = mine; i < persons_; i += 24) pass(accounts_[i], i, at);
}

void People::pass(Line& line, const Customers& kind) {
    if (!dice_.chance(kind.churn)) return;
    const std::uint64_t key = dice_.bits();
    if (dice_.chance(kind.churn_network)) {
        line.v4 = world_.networks.home_in(line.v4.as, key);
        line.v6 =
            world_.networks.v6(line.v4.as, below(draw(key, 4), 4096), below(draw(key, 5), 0x10000), key);
    } else {
        line.v4.address = Address::v4((line.v4.address.v4_bits() & ~0xffU) | (1 + below(key, 254)));
    }
}

void People::pass(Account& account, std::uint32_t index, Moment at) {
    const Customers& kind = kind_of(account);
    if (dice_.chance(kind.trips)) {
        account.away_until = at + moment(dice_.exponential(kind.trip_days * 86'400));
        const std::uint64_t key = dice_.bits();
        account.hotel =
            dice_.chance(kind.trip_abroad) ? world_.networks.abroad(key) : world_.networks.home(key);
    }
    if (dice_.chance(kind.password_changes)) change_password(account, index, at);
    for (std::uint32_t i = account.first_device; i < devices_.size() && devices_[i].account == index; ++i) {
        Device& device = devices_[i];
        if (device.kind != Kind::phone || !dice_.chance(kind.new_devices)) continue;
        device.program = some_program(dice_.bits());
        device.typed = true;
    }
}

void People::change_password(Account& account, std::uint32_t index, Moment at) {
    const Customers& kind = kind_of(account);
    account.password = password::unique(dice_.bits());
    for (std::uint32_t i = account.first_device; i < devices_.size() && devices_[i].account == index; ++i) {
        Device& device = devices_[i];
        if (account.own_passwords && device.kind != Kind::web) continue;
        if (device.kind == Kind::phone && dice_.chance(kind.stale_phones)) {
            device.stale_until = at + moment(dice_.exponential(kind.stale_days * 86'400));
        } else {
            device.password = account.password;
            device.typed = true;
        }
    }
}

// Where. -------------------------------------------------------------------------------------------------
Where People::at_line(std::uint32_t index, std::uint32_t device) const {
    const Line& line = lines_[index];
    // A device of a home with both uses one of them; its own /64 is the home's.
    const bool v6 = line.has_v6 && unit(draw(seed_, device, 31)) < 0.8;
    return {v6 ? line.v6 : line.v4, line.lists};
}

bool People::on_vpn(const Account& account, std::uint32_t index, Moment at) const {
    return account.uses_vpn && unit(draw(seed_, index, 32, block(at, a_day))) < kind_of(account).vpn_days;
}

bool People::visiting(const Account& account, std::uint32_t index, Moment at) const {
    const std::uint64_t today = draw(seed_, index, 33, block(at, a_day) + 1);
    if (unit(today) >= kind_of(account).visits) return false;
    const unsigned from = 9 + below(draw(today, 1), 11), hour = hour_of_day(at);
    return hour >= from && hour < from + 4;
}

Where People::over_mobile(const Account& account, std::uint32_t index, Moment at) const {
    // Mostly the same public address ("paired pooling", RFC 4787, REQ-2); another after the phone attached
    // anew.
    const std::uint64_t anew = draw(seed_, index, 34, block(at, 6 * an_hour) + 1);
    const std::uint64_t usual = draw(seed_, index, 35);
    const std::uint32_t address =
        below(draw(unit(anew) < 0.93 ? usual : anew, 1), world_.networks.egress_count());
    return egress(account.mobile_network, address, kind_of(account));
}

Where People::egress(std::uint32_t network, std::uint32_t address, const Customers& kind) const {
    const bool listed = unit(draw(seed_, address + 1, 36, network + 1)) < kind.mobile_listed;
    return {world_.networks.egress(network, address), listed ? list_bit(kind) : 0};
}

Where People::where_phone(const Device& device, std::uint32_t index, Moment at) const {
    const Account& account = accounts_[device.account];
    const unsigned hour = hour_of_day(at);
    const std::uint64_t luck = draw(seed_, index, 37, block(at, an_hour) + 1);
    const double mobile = kind_of(account).mobile * (hour >= 7 && hour < 20 ? 1.25 : 0.5);
    if (unit(luck) < mobile) return over_mobile(account, device.account, at);
    if (at < account.away_until) return {account.hotel, 0};
    if (visiting(account, device.account, at)) {
        const std::uint64_t key = draw(seed_, device.account, 38, block(at, a_day) + 1);
        if (unit(key) < 0.5) return {world_.networks.home(key), 0};
        return at_line(accounts_[below(draw(key, 2), persons_)].home, index);
    }
    if (account.office != no_line && office_hours(world_.scenario, at) && unit(draw(luck, 1)) < 0.6)
        return at_line(account.office, index);
    return at_line(account.home, index);
}

Where People::where(const Device& device, std::uint32_t index, Moment at) const {
    if (device.line != no_line) return at_line(device.line, index);
    const Account& account = accounts_[device.account];
    if (device.kind == Kind::web && kind_of(account).webmail_host) return {webmail_, 0};
    if (on_vpn(account, device.account, at)) {
        const std::uint64_t exit = draw(seed_, device.account, 39, block(at, a_day) + 1);
        return {world_.networks.v4(world_.networks.hosting(below(exit, 6)), below(draw(exit, 1), 8),
                                   below(draw(exit, 2), 40)),
                0};
    }
    if (device.kind == Kind::phone) return where_phone(device, index, at);
    const bool laptop = unit(draw(seed_, index, 40)) < 0.5;
    if (laptop && at < account.away_until) return {account.hotel, 0};
    const bool at_work = device.at_work || (device.kind == Kind::web && account.office != no_line &&
                                            office_hours(world_.scenario, at));
    return at_line(at_work ? account.office : account.home, index);
}

Where People::home(std::uint32_t account) const {
    const Line& line = lines_[accounts_[account].home];
    return {line.v4, line.lists};
}

Where People::mobile(std::uint64_t key) const {
    const Customers& kind = kind_of(accounts_[below(draw(key, 1), persons_)]);
    return egress(below(draw(key, 2), kind.mobile_networks),
                  below(draw(key, 3), world_.networks.egress_count()), kind);
}

Where People::mobile_of(std::uint32_t account, Moment at) const {
    return over_mobile(accounts_[account], account, at);
}

// What they do. ------------------------------------------------------------------------------------------
void People::begin(Device& device, Moment at) {
    const Account& account = accounts_[device.account];
    const Customers& kind = kind_of(account);
    device.login = ++world_.logins;
    device.tries = 0;
    device.doing = Doing::logging_in;
    if (at >= device.stale_until && device.stale_until != 0) {
        device.stale_until = 0;
        device.password = account.password;
        device.typed = true;
    }
    const bool types = (device.kind == Kind::web || device.typed) && at >= device.stale_until;
    if (!types) return;
    const double luck = dice_.unit();
    if (luck < kind.mistypes)
        device.doing = Doing::wrong_password;
    else if (luck < kind.mistypes + kind.mistyped_names)
        device.doing = Doing::wrong_name;
}

Move People::act(std::uint32_t index, Moment at) {
    Device& device = devices_[index];
    const Account& account = accounts_[device.account];
    if (device.doing == Doing::nothing) {
        device.regular = at;
        begin(device, at);
    }
    const Where where = this->where(device, index, at);
    Move move;
    move.at = at;
    move.place = where.place;
    move.lists = where.lists;
    move.account = world_.texts.account(device.account);
    move.account_index = device.account;
    move.password = device.password;
    move.who = draw(seed_, index, 41);
    move.program = device.program;
    move.group = account.group;
    move.actor = device.account;
    move.login = device.login;
    move.service = device.pop3 ? Service::pop3 : Service::imap;
    const bool sends =
        device.kind == Kind::list_host ||
        (device.kind != Kind::web && unit(draw(seed_, device.login, 42)) < kind_of(account).sends);
    if (sends) move.service = Service::submission;
    const std::uint64_t luck = draw(seed_, device.login, 43);
    // Slips of the fingers are few.
    if (device.doing == Doing::wrong_password) move.password = draw(device.password, 1 + below(luck, 12));
    if (device.doing == Doing::wrong_name) {
        move.account = world_.texts.invented(luck);
        move.account_index = no_account;
    }
    const bool own = account.own_passwords && device.kind != Kind::web;
    move.right = device.doing == Doing::logging_in && (own || device.password == account.password);
    return move;
}

void People::answer(std::uint32_t index, const Move& move, bool stopped) {
    Device& device = devices_[index];
    if (stopped) return answer_stopped(device, index, move.at);
    if (!move.right && device.doing != Doing::logging_in) return answer_wrong(device, index, move.at);
    if (move.right) device.typed = false;
    schedule(index, device.regular, move.at);
}

void People::answer_stopped(Device& device, std::uint32_t index, Moment at) {
    const Customers& kind = kind_of(accounts_[device.account]);
    const bool person = device.kind == Kind::web || device.typed;
    ++device.tries;
    // Who types again does not repeat a slip of the fingers.
    if (person && device.doing != Doing::logging_in) begin(device, at);
    if (person && device.tries < person_tries)
        return world_.wheel.add(at + moment(dice_.between(60, 300)), index, false);
    if (!person && device.tries == 1)
        return world_.wheel.add(at + moment(dice_.between(2, kind.retry_within_seconds)), index, false);
    schedule(index, device.regular, at);
}

void People::answer_wrong(Device& device, std::uint32_t index, Moment at) {
    const Customers& kind = kind_of(accounts_[device.account]);
    if (!dice_.chance(kind.repeats)) return schedule(index, device.regular, at);
    begin(device, at);
    world_.wheel.add(at + a_second + moment(dice_.exponential(kind.repeat_seconds)), index, false);
}

Moment People::next_of_computer(Device& device, Moment from) {
    const Account& account = accounts_[device.account];
    const Customers& kind = kind_of(account);
    const Moment pace = moment(device.pace_minutes * 60 * dice_.between(0.95, 1.05));
    if (from + pace < device.until) return from + pace;
    const double rate = account.dormant ? dormant_part : 1.3;
    const Moment on = curves_[account.group].next(std::max(from, device.until), rate, dice_.exponential(1));
    if (on != never)
        device.until = on + moment(std::min(14 * 3600.0, dice_.exponential(kind.desktop_hours * 3600)));
    return on;
}

void People::schedule(std::uint32_t index, Moment from, Moment now) {
    Device& device = devices_[index];
    const Account& account = accounts_[device.account];
    const Customers& kind = kind_of(account);
    const double often = account.dormant ? dormant_part : 1;
    device.doing = Doing::nothing;
    Moment at = never;
    if (from < device.stale_until) {
        at = from + moment(kind.stale_minutes * 60 * dice_.between(0.95, 1.05));
    } else {
        const Curve& curve = curves_[account.group];
        switch (device.kind) {
            case Kind::desktop:
                at = next_of_computer(device, from);
                break;
            case Kind::phone:
                at = curve.next(from, kind.phone_logins * often, dice_.exponential(1));
                break;
            case Kind::web:
                at = curve.next(from, kind.web_logins * often, dice_.exponential(1));
                break;
            case Kind::list_host:
                at = curve.next(from, kind.list_host_logins, dice_.exponential(1));
                break;
            case Kind::monitor:
                at = from + a_minute;
                break;
        }
    }
    // An answer can only matter from the next second on.
    if (at != never) world_.wheel.add(std::max(at, now + a_second), index, false);
}

}  // namespace tidegate::drill

#pragma once
// The customers: who has which devices, where these are, what they type, and what they do when they are not
// let in.

#include <array>
#include <cstdint>
#include <vector>

#include "drill/curve.h"
#include "drill/world.h"
#include "event/event.h"

namespace tidegate::drill {

/// A place, and which lists name its address.
struct Where {
    Place place;
    std::uint32_t lists = 0;
};

/// All kinds of customers of a scenario.  Thread: one at a time.  Cost: no allocation for a try.
class People {
public:
    People(World& world, std::uint64_t seed);

    /// Once an hour: lines get other addresses, passwords are changed, journeys begin.
    void hour(Moment at);
    /// What the device does that is due.
    [[nodiscard]] Move act(std::uint32_t device, Moment at);
    /// It was answered: `stopped`, or what its password deserved.
    void answer(std::uint32_t device, const Move& move, bool stopped);

    /// The device's try was none that an answer led to.
    [[nodiscard]] bool is_first_try(std::uint32_t device) const { return devices_[device].tries == 0; }

    // What bots may know or share.
    [[nodiscard]] std::uint32_t accounts() const { return static_cast<std::uint32_t>(accounts_.size()); }
    /// Those of people, without the hosts' own.
    [[nodiscard]] std::uint32_t persons() const { return persons_; }
    [[nodiscard]] std::uint64_t password(std::uint32_t account) const { return accounts_[account].password; }
    [[nodiscard]] Where home(std::uint32_t account) const;
    /// One of the addresses that a mobile operator's phones share, by `key`.
    [[nodiscard]] Where mobile(std::uint64_t key) const;
    /// The one that this account's phones have just now.
    [[nodiscard]] Where mobile_of(std::uint32_t account, Moment at) const;
    /// The mail program of the account's owner.
    [[nodiscard]] std::uint16_t program(std::uint32_t account) const;
    /// A mail program as customers have them, popular ones more often.
    [[nodiscard]] std::uint16_t some_program(std::uint64_t key) const;
    [[nodiscard]] std::uint16_t rare_program(std::uint64_t key) const;
    [[nodiscard]] Place webmail() const { return webmail_; }
    [[nodiscard]] std::uint16_t webmail_program() const { return webmail_program_; }

private:
    enum class Kind : std::uint8_t { desktop, phone, web, list_host, monitor };
    enum class Doing : std::uint8_t { nothing, logging_in, wrong_password, wrong_name };

    /// A line with an address, and who lives behind it.
    struct Line {
        Place v4, v6;
        bool has_v6 = false, fixed = false;
        std::uint32_t lists = 0;
    };
    struct Account {
        std::uint64_t password = 0;
        Moment away_until = 0;  // on a journey
        Place hotel;
        std::uint32_t home = 0, office = no_line;
        std::uint32_t first_device = 0;
        std::uint16_t group = 0;
        std::uint8_t mobile_network = 0;
        bool own_passwords = false, uses_vpn = false, dormant = false;
    };
    struct Device {
        std::uint64_t password = 0;
        std::uint64_t login = 0;
        Moment until = 0;        // a computer is on
        Moment stale_until = 0;  // goes on with an old password
        Moment regular = 0;      // its last try that no answer led to
        std::uint32_t account = 0;
        std::uint32_t line = no_line;  // always there
        float pace_minutes = 0;        // between a computer's questions
        std::uint16_t program = 0;
        Kind kind = Kind::desktop;
        Doing doing = Doing::nothing;
        std::uint8_t tries = 0;
        bool at_work = false, typed = false, pop3 = false;
    };
    static constexpr std::uint32_t no_line = 0xffff'ffff;

    // Making them (customers_made.cpp).
    void make_programs(std::uint64_t seed);
    void make_group(std::uint16_t group);
    void make_account(std::uint16_t group, std::uint32_t index, std::uint32_t first);
    void make_devices(std::uint32_t account);
    void make_hosts(std::uint16_t group);
    std::uint32_t make_line(const Customers& kind, bool fixed);
    std::uint32_t make_home(const Customers& kind);
    Device& add_device(std::uint32_t account, Kind kind);
    [[nodiscard]] std::uint32_t list_bit(const Customers& kind) const;

    // Time passes.
    void pass(Line& line, const Customers& kind);
    void pass(Account& account, std::uint32_t index, Moment at);
    void change_password(Account& account, std::uint32_t index, Moment at);
    [[nodiscard]] const Customers& kind_of(const Account& account) const {
        return world_.scenario.customers[account.group];
    }

    // Where.
    [[nodiscard]] Where egress(std::uint32_t network, std::uint32_t address, const Customers& kind) const;
    [[nodiscard]] Where where(const Device& device, std::uint32_t index, Moment at) const;
    [[nodiscard]] Where where_phone(const Device& device, std::uint32_t index, Moment at) const;
    [[nodiscard]] Where at_line(std::uint32_t line, std::uint32_t index) const;
    [[nodiscard]] bool on_vpn(const Account& account, std::uint32_t index, Moment at) const;
    [[nodiscard]] Where over_mobile(const Account& account, std::uint32_t index, Moment at) const;
    [[nodiscard]] bool visiting(const Account& account, std::uint32_t index, Moment at) const;

    // What next.
    void begin(Device& device, Moment at);
    /// Its next try that no answer leads to: as it would have come after `from`, but after `now`.
    void schedule(std::uint32_t index, Moment from, Moment now);
    [[nodiscard]] Moment next_of_computer(Device& device, Moment from);
    void answer_stopped(Device& device, std::uint32_t index, Moment at);
    void answer_wrong(Device& device, std::uint32_t index, Moment at);

    World& world_;
    std::uint64_t seed_;
    Dice dice_;
    std::vector<Curve> curves_;  // of each kind
    std::vector<Account> accounts_;
    std::vector<Device> devices_;
    std::vector<Line> lines_;
    std::vector<std::uint32_t> line_group_ends_;  // lines of each kind
    std::vector<Place> carrier_nat_;
    Weighted program_shares_;
    std::uint16_t first_program_ = 0, webmail_program_ = 0;
    std::uint32_t persons_ = 0;
    Place webmail_;
};

/// Accounts that a scenario has in all.
[[nodiscard]] std::uint32_t count_accounts(const Scenario& scenario);

}  // namespace tidegate::drill

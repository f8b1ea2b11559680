#pragma once
// The botnets: how many come when, from where, what they guess, and what they do when they are refused.

#include <cstdint>
#include <vector>

#include "drill/customers.h"
#include "drill/world.h"

namespace tidegate::drill {

/// All botnets of a scenario.  Thread: one at a time.  Cost: no allocation for a guess.
class Botnets {
public:
    Botnets(World& world, const People& people, std::uint64_t seed);

    /// Appends the first guesses of those that come in this second. `customers_a_second`: how many log-ins
    /// customers make just now.
    void second(Moment begin, double customers_a_second, std::vector<Wheel::Due>& out);
    /// What the bot does that is due.
    [[nodiscard]] Move act(std::uint32_t bot, Moment at);
    /// It was answered: `stopped`, or what its password deserved.
    void answer(std::uint32_t bot, const Move& move, bool stopped);

private:
    enum class How : std::uint8_t { spray, stuffing, tweaking, dictionary };

    /// One botnet while it is played.
    struct Net {
        const Botnet* settings = nullptr;
        std::uint16_t group = 0;
        std::uint64_t seed = 0;
        double mean_attempts = 1;
        double due = 0, next = 0;  // bots expected so far; at how many the next one comes
        std::uint64_t come = 0;    // bots
        std::size_t pace_at = 0;
        Weighted attempts, strategies, worlds;
        std::vector<std::uint32_t> world_as;  // by rank
        std::uint16_t first_tool = 0;
        const Net* places = nullptr;                                         // whose networks it uses
        std::vector<std::pair<std::uint32_t, double>> listed, listed_later;  // bits, shares
    };
    struct Bot {
        Place place;
        std::uint64_t key = 0;     // of its address: the same for whoever comes from there again
        std::uint64_t secret = 0;  // the password of the guess under way
        std::uint64_t login = 0;
        Moment listed_at = never;
        std::uint32_t lists = 0, lists_later = 0;
        std::uint32_t number = 0;  // among all bots
        std::uint32_t account = no_account;
        std::uint32_t invented = 0;  // the name, where there is no account
        std::uint32_t victim = no_account;
        std::uint32_t left = 0;  // guesses, this one included
        std::uint32_t made = 0;  // guesses
        std::uint32_t next_free = 0;
        std::uint16_t net = 0;
        std::uint16_t program = 0;
        std::uint8_t retries = 0, returns = 0;
        bool imitates = false, slow = false, by_webmail = false, begun = false;
    };

    void make(Net& net, std::uint16_t group);
    void make_places(Net& net);
    [[nodiscard]] double rate(Net& net, Moment begin, double customers_a_second) const;
    [[nodiscard]] std::uint32_t come(Net& net, Moment at);
    void settle(const Net& net, Bot& bot, Moment at);
    void settle_guess(const Net& net, Bot& bot);
    void settle_victim(const Net& net, Bot& bot, Moment at);
    void settle_whiten(const Net& net, Bot& bot);
    void settle_place(const Net& net, Bot& bot, Moment at) const;
    void set_lists(const Net& net, Bot& bot, Moment at) const;
    [[nodiscard]] Place spread(const Net& net, Dice& dice) const;
    [[nodiscard]] Place subset(const Net& net, std::uint32_t as, double share, Dice& dice) const;

    void aim(const Net& net, Bot& bot);
    void choose_password(const Net& net, Bot& bot, How how);
    [[nodiscard]] std::uint32_t target(const Net& net);
    void move_on(Bot& bot, std::uint32_t index, Moment at);
    [[nodiscard]] bool comes_back(Bot& bot, std::uint32_t index, Moment at);
    void change_address(Bot& bot, Moment at);
    void release(std::uint32_t index);

    World& world_;
    const People& people_;
    Dice dice_;
    std::vector<Net> nets_;
    std::vector<Bot> bots_;
    std::uint32_t free_, numbers_;
};

}  // namespace tidegate::drill

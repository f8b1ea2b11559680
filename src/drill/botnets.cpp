#include "drill/botnets.h"

#include <algorithm>
#include <cmath>

namespace tidegate::drill {
namespace {

constexpr std::uint32_t none = 0xffff'ffff;
constexpr std::uint8_t most_returns = 3;
constexpr double stolen_pairs = 200;  // different ones of an account that go round
constexpr double tweaks = 100;

// Tools' habits: they say little, and most do without encryption or ask for LOGIN.
Program tool(std::uint64_t key) {
    Program program;
    program.fingerprint = Texts::fingerprint(key);
    static constexpr std::array<std::string_view, 4> greetings{"User", "ylmf-pc", "localhost", "[127.0.0.1]"};
    program.ehlo = greetings[below(draw(key, 31), greetings.size())];
    program.method = unit(draw(key, 32)) < 0.7 ? "LOGIN" : "PLAIN";
    program.tls = unit(draw(key, 33)) < 0.6;
    return program;
}

}  // namespace

Botnets::Botnets(World& world, const People& people, std::uint64_t seed)
    : world_(world), people_(people), dice_(draw(seed, 1)), free_(none), numbers_(people.accounts()) {
    const auto& all = world.scenario.botnets;
    nets_.resize(all.size());
    const auto count = static_cast<std::uint16_t>(all.size());
    for (std::uint16_t i = 0; i < count; ++i) {
        nets_[i].settings = &all[i];
        nets_[i].seed = draw(seed, 2, i + 1U);
        make(nets_[i], i);
    }
    for (Net& net : nets_)
        for (const Net& other : nets_)
            if (!net.settings->networks_of.empty() && other.settings->name == net.settings->networks_of)
                net.places = &other;
}

void Botnets::make(Net& net, std::uint16_t group) {
    const Botnet& settings = *net.settings;
    net.group = group;
    net.places = &net;
    net.attempts = Weighted(settings.attempts);
    net.mean_attempts = 0;
    for (std::size_t i = 0; i < settings.attempts.size(); ++i)
        net.mean_attempts += static_cast<double>(i + 1) * net.attempts.share(i);
    const Strategy& strategy = settings.strategy;
    net.strategies =
        Weighted(std::array{strategy.spray, strategy.stuffing, strategy.tweaking, strategy.dictionary});
    net.next = dice_.exponential(1);
    for (std::uint32_t i = 0; i < settings.tools; ++i) {
        const std::uint16_t index = world_.texts.add(tool(draw(net.seed, 3, i)));
        if (i == 0) net.first_tool = index;
    }
    const auto bits = [&](const ListShares& shares, auto& to) {
        for (const auto& [name, share] : shares.of) {
            const auto found = std::ranges::find(world_.scenario.lists, name, &List::name);
            to.emplace_back(1U << (found - world_.scenario.lists.begin()), share);
        }
    };
    bits(settings.listed, net.listed);
    bits(settings.listed_later, net.listed_later);
    make_places(net);
}

// Which of the world's networks it is in: others than another botnet's.
void Botnets::make_places(Net& net) {
    const std::uint32_t count = world_.networks.world_count();
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
    for (std::uint32_t i = 0; i < count; ++i) {
        // Large networks have more of everybody, but not in the same order.
        const double luck = 1 - unit(draw(net.seed, 4, i));
        order.emplace_back(static_cast<std::uint64_t>(-1000.0 * logarithm(luck) * (i + 1)), i);
    }
    std::ranges::sort(order);
    order.resize(std::min<std::size_t>(order.size(), net.settings->networks));
    for (const auto& each : order) net.world_as.push_back(world_.networks.world(each.second));
    net.worlds = Weighted(zipf(net.world_as.size(), 0.5));
}

// How many come, and when. -------------------------------------------------------------------------------
double Botnets::rate(Net& net, Moment begin, double customers_a_second) const {
    const Botnet& settings = *net.settings;
    if (settings.throughout) return settings.addresses / 86'400.0;
    const double attack = world_.scenario.days_before * 24.0;
    const double hour = static_cast<double>(begin) / static_cast<double>(an_hour) - attack;
    if (!settings.pace.empty()) {
        const auto& pace = settings.pace;
        if (hour < pace.front().first) return 0;
        while (net.pace_at + 1 < pace.size() && hour >= pace[net.pace_at + 1].first) ++net.pace_at;
        return customers_a_second * pace[net.pace_at].second / 100 / net.mean_attempts;
    }
    if (hour < settings.starts_hours || hour >= settings.starts_hours + settings.lasts_hours) return 0;
    switch (settings.task) {
        case Task::guess:
            break;
        case Task::victim:
            return settings.accounts * settings.guesses / (settings.lasts_hours * 3600);
        case Task::whiten:
            return settings.guesses / 86'400;
    }
    return settings.addresses / (settings.lasts_hours * 3600);
}

void Botnets::second(Moment begin, double customers_a_second, std::vector<Wheel::Due>& out) {
    for (Net& net : nets_) {
        const double expected = rate(net, begin, customers_a_second);
        if (expected <= 0) continue;
        for (; net.next < net.due + expected; net.next += dice_.exponential(1)) {
            const Moment at = begin + moment((net.next - net.due) / expected * 0.999999);
            out.push_back({at, come(net, at), true});
        }
        net.due += expected;
    }
}

std::uint32_t Botnets::come(Net& net, Moment at) {
    std::uint32_t index = free_;
    if (index == none) {
        index = static_cast<std::uint32_t>(bots_.size());
        bots_.emplace_back();
    } else {
        free_ = bots_[index].next_free;
    }
    Bot& bot = bots_[index];
    bot = {};
    bot.net = net.group;
    bot.number = numbers_++;
    const std::uint64_t who = net.settings->throughout ? net.come : net.come % net.settings->addresses;
    ++net.come;
    bot.key = draw(net.seed, 5, who + 1);
    settle(net, bot, at);
    return index;
}

// Who they are. ------------------------------------------------------------------------------------------
void Botnets::settle(const Net& net, Bot& bot, Moment at) {
    bot.left = 1 + net.attempts.at(dice_.unit());
    switch (net.settings->task) {
        case Task::guess:
            settle_place(net, bot, at);
            settle_guess(net, bot);
            break;
        case Task::victim:
            settle_victim(net, bot, at);
            break;
        case Task::whiten:
            bot.key = dice_.bits();
            settle_place(*net.places, bot, at);
            settle_whiten(net, bot);
            break;
    }
}

void Botnets::settle_guess(const Net& net, Bot& bot) {
    const Botnet& settings = *net.settings;
    Dice dice(draw(bot.key, 1));
    bot.imitates = settings.fingerprint != Fingerprint::tools;
    bot.program = static_cast<std::uint16_t>(net.first_tool + dice.below(settings.tools));
    if (bot.imitates || dice.chance(settings.rare_client))
        bot.program = bot.imitates ? people_.some_program(dice.bits()) : people_.rare_program(dice.bits());
    if (bot.by_webmail) {
        bot.program = people_.webmail_program();
    } else if (dice.chance(settings.matched)) {
        bot.victim = dice.below(people_.persons());
        bot.place = world_.networks.home_in(people_.home(bot.victim).place.as, dice.bits());
        bot.program = people_.program(bot.victim);
        bot.imitates = true;
    }
}

// The owner's address, the address that he shares with others, his provider: each a third.
void Botnets::settle_victim(const Net& net, Bot& bot, Moment at) {
    bot.victim = below(draw(net.seed, 6, 1 + dice_.below(net.settings->accounts)), people_.persons());
    Where where = people_.home(bot.victim);
    const std::uint64_t other = draw(net.seed, 7, 1 + dice_.below(net.settings->addresses));
    const std::uint32_t which = dice_.below(3);
    if (which == 1) where = people_.mobile_of(bot.victim, at);
    if (which == 2) where = {world_.networks.home_in(where.place.as, other), 0};
    bot.place = where.place;
    bot.lists = where.lists;
    bot.program = people_.program(bot.victim);
    bot.imitates = true;
    bot.left = 1;
}

void Botnets::settle_whiten(const Net& net, Bot& bot) {
    bot.victim = below(draw(net.seed, 6, 1 + dice_.below(net.settings->accounts)), people_.persons());
    bot.program = people_.some_program(dice_.bits());
    bot.imitates = true;
    bot.left = 1;
}

void Botnets::settle_place(const Net& net, Bot& bot, Moment at) const {
    const Botnet& settings = *net.settings;
    Dice dice(draw(bot.key, 2));
    // Addresses that customers have as well are on a list for both or for neither.
    const auto share = [&](const Where& where) {
        bot.place = where.place;
        bot.lists = where.lists;
    };
    double luck = dice.unit();
    if (luck < settings.mobile) return share(people_.mobile(dice.bits()));
    luck -= settings.mobile;
    if (luck < settings.homes) return share(people_.home(dice.below(people_.persons())));
    luck -= settings.homes;
    if (bot.by_webmail = luck < settings.webmail; bot.by_webmail) return share({people_.webmail(), 0});
    luck -= settings.webmail;
    set_lists(net, bot, at);
    if (luck >= settings.own_networks) {
        bot.place = spread(net, dice);
        return;
    }
    const Weighted& shares = world_.networks.access_shares();
    const std::uint32_t as = shares.at(dice.unit());
    bot.place = subset(net, as, settings.own_networks * shares.share(as), dice);
}

void Botnets::set_lists(const Net& net, Bot& bot, Moment at) const {
    Dice dice(draw(bot.key, 3));
    for (const auto& [bit, share] : net.listed)
        if (dice.chance(share)) bot.lists |= bit;
    for (const auto& [bit, share] : net.listed_later)
        if (dice.chance(share)) bot.lists_later |= bit;
    if (bot.lists_later != 0)
        bot.listed_at = at + moment(dice.exponential(net.settings->listing_hours * 3600));
}

Place Botnets::spread(const Net& net, Dice& dice) const {
    const std::uint32_t rank = net.worlds.at(dice.unit());
    return subset(net, net.world_as[rank], (1 - net.settings->own_networks) * net.worlds.share(rank), dice);
}

// In one of those /24s of the AS in which the botnet is at all.
Place Botnets::subset(const Net& net, std::uint32_t as, double share, Dice& dice) const {
    const Botnet& settings = *net.settings;
    const double nets = settings.addresses * share / settings.addresses_in_network;
    const auto count =
        static_cast<std::uint32_t>(std::clamp(nets, 1.0, static_cast<double>(world_.networks.as(as).count)));
    const std::uint32_t which = dice.below(count);
    const auto place = below(draw(net.seed, 8, as, which + 1), world_.networks.as(as).count);
    if (dice.chance(settings.ipv6)) return world_.networks.v6(as, place, dice.below(0x10000), dice.bits());
    return world_.networks.v4(as, place, dice.below(254));
}

// What they guess. ---------------------------------------------------------------------------------------
std::uint32_t Botnets::target(const Net& net) {
    const double luck = dice_.unit();
    const double all = people_.persons();
    return static_cast<std::uint32_t>(net.settings->targets == Targets::even ? all * luck
                                                                             : all * luck * luck * luck);
}

void Botnets::aim(const Net& net, Bot& bot) {
    const Botnet& settings = *net.settings;
    bot.login = ++world_.logins;
    bot.retries = bot.returns = 0;
    const auto how = static_cast<How>(net.strategies.at(dice_.unit()));
    const bool same = bot.made > 0 && how == How::dictionary;
    if (!same) {
        bot.account = dice_.chance(settings.existing) ? target(net) : no_account;
        bot.invented = dice_.below(settings.names);
    }
    if (bot.victim != no_account && (bot.made == 0 || settings.task != Task::guess)) bot.account = bot.victim;
    ++bot.made;
    if (settings.task == Task::whiten)
        bot.secret = people_.password(bot.account);
    else
        choose_password(net, bot, settings.task == Task::victim ? How::dictionary : how);
}

void Botnets::choose_password(const Net& net, Bot& bot, How how) {
    const Botnet& settings = *net.settings;
    const std::uint64_t whose =
        bot.account == no_account ? (std::uint64_t{1} << 32) + bot.invented : bot.account;
    const double luck = dice_.unit();
    const bool exists = bot.account != no_account;
    switch (how) {
        case How::spray:
            bot.secret = password::popular(static_cast<std::uint64_t>(settings.passwords * luck * luck));
            break;
        case How::stuffing:
            bot.secret =
                exists && dice_.chance(settings.right)
                    ? people_.password(bot.account)
                    : password::unique(draw(whose, 1, static_cast<std::uint64_t>(stolen_pairs * luck) + 1));
            break;
        case How::tweaking:
            bot.secret =
                exists && dice_.chance(settings.right / 3)
                    ? people_.password(bot.account)
                    : password::unique(draw(whose, 2, static_cast<std::uint64_t>(tweaks * luck) + 1));
            break;
        case How::dictionary:
            bot.secret = password::popular(static_cast<std::uint64_t>(1e6 * luck));
            break;
    }
}

Move Botnets::act(std::uint32_t index, Moment at) {
    Bot& bot = bots_[index];
    const Net& net = nets_[bot.net];
    const Botnet& settings = *net.settings;
    if (!bot.begun) {
        aim(net, bot);
        bot.begun = true;
    }
    Move move;
    move.at = at;
    move.place = bot.place;
    move.lists = at >= bot.listed_at ? bot.lists | bot.lists_later : bot.lists;
    move.account_index = bot.account;
    move.account =
        bot.account == no_account ? world_.texts.invented(bot.invented) : world_.texts.account(bot.account);
    move.password = bot.secret;
    move.who = bot.key;
    move.program = bot.program;
    const double luck = unit(draw(bot.key, 51));
    move.service = luck < settings.imap || bot.by_webmail ? Service::imap
                   : luck < settings.imap + settings.pop3 ? Service::pop3
                                                          : Service::submission;
    move.right = bot.account != no_account && bot.secret == people_.password(bot.account);
    move.hostile = true;
    move.group = bot.net;
    move.actor = bot.number;
    move.login = bot.login;
    return move;
}

// What they do then. -------------------------------------------------------------------------------------
void Botnets::answer(std::uint32_t index, const Move& move, bool stopped) {
    Bot& bot = bots_[index];
    if (stopped && comes_back(bot, index, move.at)) return;
    const Reaction reaction = nets_[bot.net].settings->reaction;
    if (stopped && reaction == Reaction::go_away) return release(index);
    if (stopped && reaction == Reaction::slow_down) bot.slow = true;
    move_on(bot, index, move.at);
}

// With the same guess.
bool Botnets::comes_back(Bot& bot, std::uint32_t index, Moment at) {
    const Reaction reaction = nets_[bot.net].settings->reaction;
    if ((bot.imitates || reaction == Reaction::retry) && bot.retries == 0) {
        ++bot.retries;
        world_.wheel.add(at + moment(dice_.between(2, 10)), index, true);
        return true;
    }
    if (reaction == Reaction::come_again && bot.returns < most_returns) {
        ++bot.returns;
        world_.wheel.add(at + moment(dice_.between(600, 1200)), index, true);
        return true;
    }
    if (reaction == Reaction::change_address && bot.returns < most_returns) {
        ++bot.returns;
        change_address(bot, at);
        world_.wheel.add(at + moment(dice_.between(2, 60)), index, true);
        return true;
    }
    return false;
}

void Botnets::change_address(Bot& bot, Moment at) {
    const Net& net = nets_[bot.net];
    bot.key = draw(net.seed, 5, 1 + dice_.below(net.settings->addresses));
    bot.login = ++world_.logins;
    bot.retries = 0;
    bot.lists = bot.lists_later = 0;
    bot.listed_at = never;
    bot.by_webmail = false;
    settle_place(*net.places, bot, at);
}

void Botnets::move_on(Bot& bot, std::uint32_t index, Moment at) {
    if (--bot.left == 0) return release(index);
    bot.begun = false;
    const double pause = nets_[bot.net].settings->pause_seconds * (bot.slow ? 10 : 1);
    const Moment next = at + a_second + moment(dice_.exponential(pause));
    if (next / a_second > world_.end / a_second) return release(index);
    world_.wheel.add(next, index, true);
}

void Botnets::release(std::uint32_t index) {
    bots_[index].next_free = free_;
    free_ = index;
}

}  // namespace tidegate::drill

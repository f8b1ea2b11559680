#include "drill/crowd/floods.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "drill/crowd/senders.h"

namespace tidegate::drill {
namespace {

constexpr std::uint8_t gives_up_after = 3;  // connections of which nothing was heard
constexpr std::uint64_t following = 0x666f'6c6cULL;
constexpr std::size_t greetings = 40;  // different names that one kind of bot says in its EHLO

}  // namespace

Floods::Floods(Shore& shore, const Senders& senders, std::uint64_t seed)
    : shore_(shore), dice_(seed), to_whom_(draw(seed, greetings)) {
    for (std::size_t i = 0; i < greetings; ++i)
        ehlo_.push_back("host-" + std::to_string(draw(seed, i) % 100'000) + ".example.net");
    for (const Flood& flood : shore_.scenario.floods) make(flood, senders, forces_.emplace_back());
}

void Floods::make(const Flood& flood, const Senders& senders, Force& force) {
    const Servers& servers = shore_.scenario.mail_servers;
    force.a_second = flood.times_capacity * servers.logins_per_second * servers.count;
    force.manners = Weighted(
        std::array{flood.manners.silent, flood.manners.slow, flood.manners.handshake, flood.manners.smtp});
    const Weighted networks(zipf(flood.networks, 1));
    const Moment from = shore_.begin + moment(flood.starts_minutes * 60);
    Place net;
    std::uint32_t left = 0;
    while (force.bots.size() < flood.addresses) {
        if (left == 0) {
            const bool among_senders = dice_.chance(flood.own_networks);
            net = among_senders ? senders.somewhere(dice_) : shore_.somewhere(networks, dice_.bits());
            left = 1 + static_cast<std::uint32_t>(dice_.exponential(flood.addresses_in_network - 1 + 1e-9));
        }
        --left;
        const Address address = Address::v4((net.address.v4_bits() & ~0xffU) | (1 + dice_.below(254)));
        const std::uint64_t key = dice_.bits();
        Bot& bot = force.bots.emplace_back();
        bot.guest = shore_.guest_at({address, net.as}, Port::smtp, shore_.lists_for(flood.listed, key));
        bot.later = shore_.lists_for(flood.listed_later, mix(key));
        bot.listed_at = from + moment(dice_.exponential(flood.listing_minutes * 60));
        bot.early = dice_.chance(flood.early);
        bot.leaves = dice_.chance(flood.gives_up);
        // By its address: no draw, so that all else is as without it.
        bot.follows = static_cast<double>(mix(address.v4_bits() ^ following) % 1000) < flood.follows * 1000;
    }
}

void Floods::start() {
    for (std::uint32_t i = 0; i < forces_.size(); ++i)
        shore_.agenda.add(shore_.begin + moment(shore_.scenario.floods[i].starts_minutes * 60),
                          Agenda::Kind::flood, i);
}

void Floods::next(Moment at, std::uint32_t flood) {
    const Flood& rules = shore_.scenario.floods[flood];
    Force& force = forces_[flood];
    if (at >= shore_.begin + moment((rules.starts_minutes + rules.lasts_minutes) * 60)) return;
    shore_.agenda.add(at + moment(dice_.exponential(1 / force.a_second)), Agenda::Kind::flood, flood);
    const std::uint32_t who = dice_.below(force.bots.size());
    if (force.bots[who].gone) return;
    const CallId call = shore_.calls.begin(
        {.kind = CallerKind::flood, .group = flood, .who = who, .deserves = Deserves::unknown_recipient});
    if (call >= live_.size()) live_.resize(call + std::size_t{1});
    live_[call] = {.manner = static_cast<Manner>(force.manners.at(dice_.unit())),
                   .syns = 0,
                   .recipient = recipient_of(rules)};
    ++shore_.counts.floods[flood].connections;
    dial(at, call);
}

// It does not know who has a mailbox there.
std::string_view Floods::recipient_of(const Flood& flood) {
    const bool aims = flood.domain != 0 && to_whom_.chance(flood.domain_share);
    const std::uint32_t domain = aims ? flood.domain - 1 : shore_.recipients.domain_for(to_whom_.unit());
    return shore_.recipients.nobody(domain, to_whom_);
}

void Floods::dial(Moment at, CallId call) {
    const Caller& caller = shore_.calls.caller(call);
    Guest guest = forces_[caller.group].bots[caller.who].guest;
    const Bot& bot = forces_[caller.group].bots[caller.who];
    if (at >= bot.listed_at) guest.lists |= bot.later;
    if (bot.follows)
        guest.listener = shore_.moving.listener_for(at, live_[call].recipient, guest.address.v4_bits());
    shore_.door.call(at, call, shore_.calls.mark(call), guest);
}

void Floods::redial(Moment at, CallId call) {
    dial(at, call);
}

void Floods::speak(Moment at, CallId call) {
    const Caller& caller = shore_.calls.caller(call);
    if (live_[call].manner == Manner::handshake) return shore_.door.begin_tls(at, call);
    const Bot& bot = forces_[caller.group].bots[caller.who];
    shore_.door.speak(
        at, call,
        {.ehlo = ehlo_[caller.who % ehlo_.size()], .recipient = live_[call].recipient, .early = bot.early});
}

void Floods::hang_up(Moment at, CallId call) {
    shore_.door.hang_up(at, call);
    end(call);
}

void Floods::end(CallId call) {
    shore_.calls.end(call);
}

void Floods::hear(const Reply& reply) {
    const Caller& caller = shore_.calls.caller(reply.call);
    Bot& bot = forces_[caller.group].bots[caller.who];
    FloodCount& count = shore_.counts.floods[caller.group];
    if (reply.answer == Answer::nothing) {
        Live& live = live_[reply.call];
        if (const auto again = Shore::next_syn(reply.at, live.syns++))
            return shore_.agenda.add(*again, Agenda::Kind::redial, reply.call, shore_.calls.mark(reply.call));
        ++count.silenced;
        if (++bot.unheard >= gives_up_after) bot.gone = bot.leaves;
        return end(reply.call);
    }
    bot.unheard = 0;
    if (reply.answer != Answer::greeted) return end(reply.call);
    ++count.held;
    const Manner manner = live_[reply.call].manner;
    const std::uint32_t mark = shore_.calls.mark(reply.call);
    const Flood& rules = shore_.scenario.floods[caller.group];
    if (manner == Manner::slow) shore_.door.trickle(reply.at, reply.call);
    if (manner == Manner::smtp || manner == Manner::handshake)
        shore_.agenda.add(reply.at + moment(dice_.between(0.2, 1)), Agenda::Kind::speak, reply.call, mark);
    shore_.agenda.add(reply.at + moment(dice_.exponential(rules.holds_seconds)), Agenda::Kind::hang_up,
                      reply.call, mark);
}

}  // namespace tidegate::drill

#include "drill/crowd/shore.h"

#include <algorithm>

namespace tidegate::drill {
namespace {

Moment minutes(double count) {
    return moment(count * 60);
}

}  // namespace

Shore::Shore(const Scenario& s, std::uint64_t seed, Doorway& d)
    : scenario(s),
      first(minutes(s.days_before * 1440.0 - s.quiet_minutes)),
      begin(minutes(s.days_before * 1440.0)),
      end(begin + moment(s.attack_hours * 3600)),
      networks(s, draw(seed, 1)),
      door(d),
      recipients(s.edge.mail_domains),
      moving(s, begin) {
    const auto lasts = [this](double from, double for_minutes) {
        attack_from = std::min(attack_from, begin + minutes(from));
        attack_until = std::max(attack_until, begin + minutes(from + for_minutes));
    };
    for (const Flood& each : s.floods) lasts(each.starts_minutes, each.lasts_minutes);
    for (const MailKind& each : s.mail)
        if (!each.throughout) lasts(each.starts_minutes, each.lasts_minutes);
    if (attack_from == never) attack_from = begin, attack_until = end;
    attack_until = std::min(attack_until, end);
    counts.runs = 1;
    counts.floods.resize(s.floods.size());
}

Place Shore::somewhere(const Weighted& shares, std::uint64_t key) const {
    const std::uint32_t as = networks.world(shares.at(unit(draw(key, 1))));
    return networks.v4(as, below(draw(key, 2), networks.as(as).count), below(draw(key, 3), 254));
}

Guest Shore::guest_at(const Place& place, Port port, std::uint32_t lists) const {
    Guest guest{
        .address = place.address, .as_number = networks.shown_number(place), .lists = lists, .port = port};
    if (locate) guest.address = locate(guest);
    return guest;
}

std::uint32_t Shore::lists_for(const ListShares& shares, std::uint64_t key) const {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < shares.of.size(); ++i) {
        const auto& [name, share] = shares.of[i];
        const auto found = std::ranges::find(scenario.lists, name, &List::name);
        if (found != scenario.lists.end() && unit(draw(key, 10 + i)) < share)
            bits |= 1U << (found - scenario.lists.begin());
    }
    return bits;
}

double Shore::seconds_to_log_in(Moment from, std::size_t log_ins) const {
    auto left = static_cast<double>(log_ins);
    double seconds = 0;
    for (std::size_t i = 0; i < capacity_.size(); ++i) {
        const Moment until = i + 1 < capacity_.size() ? capacity_[i + 1].first : never;
        if (until <= from) continue;
        const Moment since = std::max(from, capacity_[i].first);
        const double lasts = until == never ? 1e9 : static_cast<double>(until - since) / a_second;
        const double could = lasts * capacity_[i].second;
        if (could >= left) return seconds + left / capacity_[i].second;
        left -= could;
        seconds += lasts;
    }
    return seconds;
}

}  // namespace tidegate::drill

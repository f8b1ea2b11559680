#include "app/serve/dns_asking.h"

#include <string>
#include <utility>
#include <vector>

namespace tidegate::app {
namespace {

using tell::Thing;

// Of a flood from new addresses a resolver is asked about so many at once, 3,200 a second where it takes 20
// ms; the others are judged without, and nobody's name server is drowned with us.
constexpr std::size_t most_in_flight = 64;

observe::DnsZoneKind kind_of(config::DnsListKind kind) {
    using From = config::DnsListKind;
    using To = observe::DnsZoneKind;
    switch (kind) {
        case From::zen:
            return To::zen;
        case From::zen_dqs:
            return To::zen_dqs;
        case From::authbl_dqs:
            return To::authbl_dqs;
        case From::local:
            return To::local;
        case From::zone:
            return To::other;
    }
    return To::other;
}

Result<observe::DnsKey> key_of(const config::DnsList& list) {
    if (!list.key_file.empty()) return observe::DnsKey::load(list.key_file);
    return list.key.empty() ? observe::DnsKey() : observe::DnsKey::from(list.key);
}

Result<observe::DnsZone> zone_of(const config::DnsList& list) {
    observe::DnsZone zone = observe::ready_made(kind_of(list.kind));
    auto key = key_of(list);
    if (!key) return std::unexpected(std::move(key.error()));
    zone.key = std::move(*key);
    zone.name = list.called();
    if (!list.zone.empty()) zone.zone = list.zone;
    if (!list.codes.empty()) zone.codes = list.codes;
    zone.ipv6 = list.ipv6;
    zone.self_test = list.self_test;
    return zone;
}

Thing thing_of(observe::ZoneNotice::Kind kind) {
    using enum observe::ZoneNotice::Kind;
    switch (kind) {
        case back:
        case ipv6_on:
            return Thing::list_back;
        case budget_used:
            return Thing::list_unasked;
        default:
            return Thing::list_suspended;
    }
}

void tell_of(const observe::ZoneNotice& notice, tell::Telling& telling) {
    using enum observe::ZoneNotice::Kind;
    const bool six = notice.kind == ipv6_off || notice.kind == ipv6_on;
    const std::string list = notice.name + (six ? " (IPv6)" : "");
    telling.tell(thing_of(notice.kind), {{"list", list}, {"why", notice.why}});
}

}  // namespace

Result<std::shared_ptr<observe::DnsLists>> ask_dns(const config::Settings& settings, tell::Telling& telling,
                                                   std::function<Time()> clock) {
    if (settings.dns_lists.empty()) return nullptr;
    std::vector<observe::DnsZone> zones;
    for (const config::DnsList& each : settings.dns_lists) {
        auto zone = zone_of(each);
        if (!zone) return std::unexpected(std::move(zone.error()));
        zones.push_back(std::move(*zone));
    }
    observe::DnsLists::Options options;
    options.servers = settings.dns.servers;
    options.budget = settings.dns.budget;
    options.queries_a_day = settings.dns.queries_a_day;
    options.most_in_flight = most_in_flight;
    return std::make_shared<observe::DnsLists>(
        std::move(options), std::move(zones),
        [&telling](const observe::ZoneNotice& notice) { tell_of(notice, telling); }, std::move(clock));
}

}  // namespace tidegate::app

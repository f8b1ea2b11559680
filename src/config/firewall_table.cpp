// The rows of what the kernel is told to keep out.
#include <algorithm>
#include <charconv>
#include <utility>

#include "config/table.h"

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;

std::optional<std::uint16_t> port_of(const std::string& text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

Complaint take_ports(const Value& value, std::vector<std::uint16_t>& to) {
    TextList list;
    std::vector<std::uint16_t> ports;
    auto complaint = take_list(value, list);
    for (const std::string& each : list) {
        const auto port = port_of(each);
        if (!port) complaint = "expected ports from 1 to 65535, like [25, 587, 993]";
        ports.push_back(port.value_or(0));
    }
    if (!complaint) to = std::move(ports);
    return complaint;
}

constexpr Setting firewall_settings[] = {
    {"mode", "text", "\"off\"",
     "`off`; `dry-run`: tells in the log what it would do; `on`: bans with nftables, in a table of its own "
     "(`inet "
     "tidegate`). Only what is far beyond doubt is banned, for a time, and only in the mode `act`; never an "
     "exception, a forwarder, an address of this machine, its gateways or its name servers.",
     [](const Value& value, Settings& to) {
         std::size_t index = 0;
         auto complaint = take_choice(value, firewall_modes, index);
         if (!complaint) to.firewall.mode = static_cast<FirewallMode>(index);
         return complaint;
     }},
    {"ports", "list of whole numbers", "[25, 110, 143, 465, 587, 993, 995, 4190]",
     "TCP ports from which the banned are kept.",
     [](const Value& value, Settings& to) { return take_ports(value, to.firewall.ports); }},
    {"end_sessions", "true or false", "true", "Whether connections that a banned address has open are reset.",
     [](const Value& value, Settings& to) { return take_bool(value, to.firewall.end_sessions); }},
    {"syn_rate", "whole number", "0: no limit",
     "New connections a second to these ports that each /24 (IPv6: /64) may open; what is above it is "
     "dropped. "
     "An office or a carrier's gateway is one network: leave room for it.",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 0, 1'000'000, to.firewall.syn_rate);
     }},
    {"syn_burst", "whole number", "ten times `syn_rate`", "So many at once before the limit holds.",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 1, 10'000'000, to.firewall.syn_burst);
     }},
    {"most", "whole number", "3145728",
     "Hosts that the kernel's sets have room for; it takes 8 to 16 bytes for each in advance, and some 85 "
     "for each "
     "that is banned.",
     [](const Value& value, Settings& to) {
         std::int64_t number = 0;
         auto complaint = take_whole(value, 1024, 6'000'000, number);
         if (!complaint) to.firewall.most = static_cast<std::size_t>(number);
         return complaint;
     }},
    {"spare", "list of texts", "none",
     "Addresses and networks that are never banned, beside those above: monitoring, relays that send mail "
     "here.",
     [](const Value& value, Settings& to) { return take_networks(value, to.firewall.spare); }},
};

constexpr Section all_sections[] = {
    {"firewall", "Bans in the kernel of what is certain (docs/firewall.md).",
     "[firewall]\nmode = \"on\"\nspare = [\"192.0.2.25/32\"]\n", firewall_settings},
};

}  // namespace

std::span<const Section> firewall_sections() {
    return all_sections;
}

}  // namespace tidegate::config

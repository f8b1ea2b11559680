#include "tell/status/form.h"

#include <algorithm>

namespace tidegate::tell::status {
namespace {

constexpr std::size_t most_value = 2048;

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

// "192.0.2.1", "192.0.2.1:4711", "[2001:db8::1]:4711", "2001:db8::1".
std::optional<Address> address_in(std::string_view text) {
    if (text.starts_with('['))
        return Address::parse(text.substr(1, std::min(text.find(']'), text.size()) - 1));
    if (std::ranges::count(text, ':') == 1) text = text.substr(0, text.find(':'));
    return Address::parse(text);
}

}  // namespace

std::optional<std::string> form_field(std::string_view body, std::string_view name) {
    while (!body.empty()) {
        const std::string_view pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (net::decode_query(pair.substr(0, equals)) != name) continue;
        auto value = net::decode_query(pair.substr(std::min(pair.size(), equals + 1)));
        return value && value->size() <= most_value ? value : std::nullopt;
    }
    return std::nullopt;
}

std::optional<Address> visitor_of(const net::Peer& peer, std::optional<std::string_view> forwarded,
                                  const std::vector<Prefix>& proxies) {
    const auto is_proxy = [&](const Address& address) {
        return std::ranges::any_of(proxies, [&](const Prefix& each) { return each.contains(address); });
    };
    if (!peer.process && !is_proxy(peer.address)) return peer.address;
    std::string_view list = forwarded.value_or(std::string_view());
    while (!list.empty()) {
        const std::size_t comma = list.rfind(',');
        const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
        const auto address = address_in(trimmed(list.substr(begin)));
        if (!address) return std::nullopt;  // what stands before it cannot be trusted either
        if (!is_proxy(*address)) return address;
        list = list.substr(0, begin == 0 ? 0 : comma);
    }
    return std::nullopt;
}

}  // namespace tidegate::tell::status

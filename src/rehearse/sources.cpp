#include "rehearse/sources.h"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::rehearse {
namespace {

constexpr std::uint32_t first = 0x7f'01'00'00, network_count = 254 * 256;
// Coprime to the count: neighbours in the order of coming are none in the numbers, so that what stands in for
// an AS where none is known (a /16) is no better than it would be.
constexpr std::uint32_t stride = 48'271;

std::uint32_t here(std::uint32_t base, const Address& simulated) {
    return base | (simulated.is_v4() ? simulated.v4_bits() & 0xff
                                     : static_cast<std::uint32_t>(simulated.low()) & 0xff);
}

}  // namespace

Address Sources::give(const drill::Guest& guest) {
    const auto index = static_cast<std::uint32_t>(networks_.size());
    const auto [found, is_new] = networks_.try_emplace(guest.address.network_key());
    if (is_new)
        found->second = {.base = first + (index * stride % network_count << 8), .as_number = guest.as_number};
    const std::uint32_t address = here(found->second.base, guest.address);
    addresses_[address] |= guest.lists;
    return Address::v4(address);
}

std::string Sources::as_table() const {
    std::vector<Network> all;
    for (const auto& [key, network] : networks_)
        if (network.as_number != 0) all.push_back(network);
    std::ranges::sort(all, {}, &Network::base);
    std::string out;
    for (const Network& each : all)
        out += fmt::format("{}\t{}\t{}\tZZ\tAS{}\n", Address::v4(each.base).text(),
                           Address::v4(each.base | 255).text(), each.as_number, each.as_number);
    return out;
}

std::string Sources::named_by(unsigned list) const {
    std::vector<std::uint32_t> all;
    for (const auto& [address, lists] : addresses_)
        if ((lists >> list & 1) != 0) all.push_back(address);
    std::ranges::sort(all);
    std::string out;
    for (const std::uint32_t each : all) out += Address::v4(each).text() + '\n';
    return out;
}

}  // namespace tidegate::rehearse

// Any bytes as a name server's answer, and as a zone's name: an error is never an accusation, and no name is
// too long.

#include <array>
#include <cstdlib>
#include <string_view>

#include "wire/dns_list.h"

namespace {

using namespace tidegate;

void read(std::span<const unsigned char> bytes) {
    constexpr std::array<std::uint32_t, 4> accepted{0x7f00'0002, 0x7f00'0003, 0x7f00'0004, 0x7f00'0009};
    const auto packet = wire::read_list_packet(bytes);
    const bool has_addresses = packet.kind == wire::ListPacket::Kind::addresses;
    if (has_addresses == packet.addresses.empty()) std::abort();
    if (packet.addresses.size() > wire::ListPacket::most_addresses || packet.seconds > INT32_MAX)
        std::abort();
    const auto reading = wire::read_list_answer(packet, accepted);
    if (reading.fault != wire::ListFault::none && (reading.any || reading.codes != 0)) std::abort();
    if (reading.codes != 0 && (!reading.any || !has_addresses)) std::abort();
    if (reading.codes >> accepted.size() != 0) std::abort();
    for (const std::uint32_t address : packet.addresses)
        if (address >> 8 == 0x7fffff && reading.fault == wire::ListFault::none) std::abort();
}

void ask(std::string_view zone) {
    if (!wire::is_dns_zone(zone)) return;
    const std::string_view key = wire::is_dns_label(zone) ? zone : std::string_view{};
    for (const auto& address : {Address::v4(0xffff'ffff), Address::v6(~0ULL, ~0ULL)}) {
        const auto name = wire::dns_list_name(address, key, zone);
        if (name.size() > 253 || !name.ends_with(zone)) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    read({bytes, size});
    ask({reinterpret_cast<const char*>(bytes), size});
    return 0;
}

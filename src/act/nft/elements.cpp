#include "act/nft/elements.h"

#include <endian.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "act/nft/attributes.h"

namespace tidegate::act::nft {
namespace {

// An attribute's length has 16 bits, and the list of elements is one.
constexpr std::size_t most_list_bytes = 65'000;
constexpr std::size_t element_bytes(KeySize size) {
    return 4 + 4 + 4 + MNL_ALIGN(static_cast<std::size_t>(size)) + 12 + 8;
}

using KeyBytes = std::array<char, 16>;

KeyBytes key_bytes(KeySize size, Bits key) {
    KeyBytes out{};
    const std::uint64_t high = htobe64(key.high);
    const std::uint64_t low = htobe64(key.low);
    if (size == KeySize::v6) {
        std::memcpy(out.data(), &high, 8);
        std::memcpy(out.data() + 8, &low, 8);
    } else {
        const auto length = static_cast<std::size_t>(size);
        std::memcpy(out.data(), reinterpret_cast<const char*>(&low) + 8 - length, length);
    }
    return out;
}

Bits bits_of(KeySize size, const void* bytes) {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    if (size == KeySize::v6) {
        std::memcpy(&high, bytes, 8);
        std::memcpy(&low, static_cast<const char*>(bytes) + 8, 8);
    } else {
        const auto length = static_cast<std::size_t>(size);
        std::memcpy(reinterpret_cast<char*>(&low) + 8 - length, bytes, length);
    }
    return {be64toh(high), be64toh(low)};
}

void put_element(nlmsghdr* message, KeySize size, const Element& element) {
    nlattr* nest = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
    if (element.ends) mnl_attr_put_u32(message, NFTA_SET_ELEM_FLAGS, htobe32(NFT_SET_ELEM_INTERVAL_END));
    put_key(message, size, element.key);
    if (element.timeout) {
        const auto milliseconds = static_cast<std::uint64_t>(element.timeout->count());
        mnl_attr_put_u64(message, NFTA_SET_ELEM_TIMEOUT, htobe64(milliseconds));
    }
    mnl_attr_nest_end(message, nest);
}

std::optional<std::chrono::milliseconds> milliseconds_of(const nlattr& attribute) {
    if (mnl_attr_get_payload_len(&attribute) != sizeof(std::uint64_t)) return std::nullopt;
    constexpr std::uint64_t most = std::uint64_t{1} << 50;  // 35,000 years
    const std::uint64_t value = std::min(be64toh(mnl_attr_get_u64(&attribute)), most);
    return std::chrono::milliseconds(static_cast<std::int64_t>(value));
}

std::optional<Bits> key_of(const nlattr& nest, KeySize size) {
    std::optional<Bits> key;
    for_each_nested(nest, [&](const nlattr& attribute) {
        if (mnl_attr_get_type(&attribute) == NFTA_DATA_VALUE &&
            mnl_attr_get_payload_len(&attribute) == static_cast<std::size_t>(size))
            key = bits_of(size, mnl_attr_get_payload(&attribute));
    });
    return key;
}

std::optional<ElementSeen> element_of(const nlattr& nest, KeySize size) {
    std::optional<Bits> key;
    ElementSeen seen;
    for_each_nested(nest, [&](const nlattr& attribute) {
        if (mnl_attr_get_type(&attribute) == NFTA_SET_ELEM_KEY) key = key_of(attribute, size);
        if (mnl_attr_get_type(&attribute) == NFTA_SET_ELEM_EXPIRATION) seen.left = milliseconds_of(attribute);
    });
    if (!key) return std::nullopt;
    seen.key = *key;
    return seen;
}

}  // namespace

void put_key(nlmsghdr* message, KeySize size, Bits key) {
    nlattr* nest = mnl_attr_nest_start(message, NFTA_SET_ELEM_KEY);
    mnl_attr_put(message, NFTA_DATA_VALUE, static_cast<std::size_t>(size), key_bytes(size, key).data());
    mnl_attr_nest_end(message, nest);
}

void put_elements(Batch& batch, std::uint16_t type, const char* table, const char* set, KeySize size,
                  std::span<const Element> elements) {
    const std::size_t most = most_list_bytes / element_bytes(size);
    while (!elements.empty()) {
        const auto some = elements.first(std::min(most, elements.size()));
        elements = elements.subspan(some.size());
        const std::uint16_t flags = type == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0;
        nlmsghdr* message = batch.add(type, flags, 1024 + some.size() * element_bytes(size));
        mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, table);
        mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set);
        nlattr* list = mnl_attr_nest_start(message, NFTA_SET_ELEM_LIST_ELEMENTS);
        for (const Element& element : some) put_element(message, size, element);
        mnl_attr_nest_end(message, list);
    }
}

void read_elements(const nlmsghdr& message, KeySize size,
                   const std::function<void(const ElementSeen&)>& take) {
    for_each_attribute(message, sizeof(nfgenmsg), [&](const nlattr& list) {
        if (mnl_attr_get_type(&list) != NFTA_SET_ELEM_LIST_ELEMENTS) return;
        for_each_nested(list, [&](const nlattr& nest) {
            if (const auto element = element_of(nest, size)) take(*element);
        });
    });
}

}  // namespace tidegate::act::nft

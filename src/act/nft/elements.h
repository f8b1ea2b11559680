#pragma once
// Elements of sets, to the kernel and back. (libnftnl makes an object of each; with a million of them that is
// most of the time. The format is linux/netfilter/nf_tables.h.)

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "act/nft/batch.h"
#include "act/ranges.h"

namespace tidegate::act::nft {

/// How long the keys of a set are.
enum class KeySize : std::uint8_t { port = 2, v4 = 4, v6 = 16 };

struct Element {
    Bits key;
    std::optional<std::chrono::milliseconds> timeout;
    bool ends = false;  // of an interval set: the address behind a range
};

/// Messages of `type` (NFT_MSG_NEWSETELEM or NFT_MSG_DELSETELEM), as many as it takes.
void put_elements(Batch& batch, std::uint16_t type, const char* table, const char* set, KeySize size,
                  std::span<const Element> elements);
/// Into a message of one's own; for asking.
void put_key(nlmsghdr* message, KeySize size, Bits key);

struct ElementSeen {
    Bits key;
    std::optional<std::chrono::milliseconds> left;  // until it expires; nothing: never
};
/// Those of a message of the type NFT_MSG_NEWSETELEM; whatever is not understood is passed over.
void read_elements(const nlmsghdr& message, KeySize size,
                   const std::function<void(const ElementSeen&)>& take);

}  // namespace tidegate::act::nft

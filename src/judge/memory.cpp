#include "judge/memory.h"

namespace tidegate::judge {

// Half for the addresses; familiarity, which no attack may evict, has the next largest part and takes nothing
// else.
Memory::Memory(std::size_t most_bytes)
    : addresses(most_bytes / 2),
      networks(most_bytes / 8),
      regions(most_bytes / 128),
      clients(most_bytes / 128),
      guesses(most_bytes / 64),
      accounts(most_bytes / 16),
      familiar(most_bytes / 8),
      guessed(most_bytes / 16),
      refused(most_bytes / 64),
      tags(most_bytes / 64) {}

std::size_t Memory::bytes() const {
    return addresses.bytes() + networks.bytes() + regions.bytes() + clients.bytes() + guesses.bytes() +
           accounts.bytes() + familiar.bytes() + guessed.bytes() + refused.bytes() + tags.bytes();
}

}  // namespace tidegate::judge

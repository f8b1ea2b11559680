#pragma once
// Netlink messages of one nftables transaction, as bytes.

#include <libmnl/libmnl.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tidegate::act::nft {

/// Begins and ends the transaction around what is added; its last message asks for the answer: one for all,
/// so that the receive buffer can't overflow. Thread: one.  Cost: memory grows with the largest transaction.
class Batch {
public:
    Batch() { clear(); }

    /// A new message of nf_tables, for inet; there is room for `room` more bytes in it until the next call.
    [[nodiscard]] nlmsghdr* add(std::uint16_t type, std::uint16_t flags, std::size_t room = 4096);
    /// Ends it: the bytes to send. `first_sequence` + message_count() - 1 is the message that is answered.
    [[nodiscard]] std::span<char> finish(std::uint32_t first_sequence);
    [[nodiscard]] std::uint32_t message_count() const { return count_; }
    void clear();

private:
    void close_message();

    std::vector<char> bytes_;
    std::size_t used_ = 0;
    std::size_t message_ = 0;  // where the one being filled begins; 0: none
    std::uint32_t count_ = 0;
};

}  // namespace tidegate::act::nft

#include "act/nft/batch.h"

#include <libnftnl/common.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>

#include "base/check.h"

namespace tidegate::act::nft {
namespace {

constexpr std::size_t header_room = 64;  // of a batch's own messages

nlmsghdr* at(std::vector<char>& bytes, std::size_t offset) {
    return reinterpret_cast<nlmsghdr*>(bytes.data() + offset);
}

}  // namespace

void Batch::clear() {
    if (bytes_.size() < header_room) bytes_.resize(header_room);
    const nlmsghdr* begin = nftnl_batch_begin(bytes_.data(), 0);
    used_ = begin->nlmsg_len;
    message_ = 0;
    count_ = 0;
}

void Batch::close_message() {
    if (message_ != 0) used_ = message_ + MNL_ALIGN(at(bytes_, message_)->nlmsg_len);
}

nlmsghdr* Batch::add(std::uint16_t type, std::uint16_t flags, std::size_t room) {
    close_message();
    const std::size_t needed = used_ + room + header_room;
    if (bytes_.size() < needed) bytes_.resize(std::max(needed, bytes_.size() * 3 / 2));
    message_ = used_;
    ++count_;
    return nftnl_nlmsg_build_hdr(bytes_.data() + message_, type, NFPROTO_INET, flags, 0);
}

std::span<char> Batch::finish(std::uint32_t first_sequence) {
    CHECK(count_ != 0);
    close_message();
    at(bytes_, message_)->nlmsg_flags |= NLM_F_ACK;
    std::uint32_t sequence = first_sequence;
    for (std::size_t offset = at(bytes_, 0)->nlmsg_len; offset < used_;
         offset += MNL_ALIGN(at(bytes_, offset)->nlmsg_len))
        at(bytes_, offset)->nlmsg_seq = sequence++;
    if (bytes_.size() < used_ + header_room) bytes_.resize(used_ + header_room);
    const nlmsghdr* end = nftnl_batch_end(bytes_.data() + used_, 0);
    return {bytes_.data(), used_ + end->nlmsg_len};
}

}  // namespace tidegate::act::nft

#pragma once
// Walking the attributes of a netlink message. (libmnl's macros for it are C.)

#include <libmnl/libmnl.h>

#include <cstddef>

namespace tidegate::act::nft {

template <class Take>
void for_each_attribute_in(const char* begin, const char* end, Take take) {
    const auto* attribute = reinterpret_cast<const nlattr*>(begin);
    const auto left = [&] { return static_cast<int>(end - reinterpret_cast<const char*>(attribute)); };
    for (; mnl_attr_ok(attribute, left()); attribute = mnl_attr_next(attribute)) take(*attribute);
}

/// Those behind a header of `header_bytes`; none if the message is shorter. Not to
/// mnl_nlmsg_get_payload_tail(): that is rounded up, beyond the end of a message that is not.
template <class Take>
void for_each_attribute(const nlmsghdr& message, std::size_t header_bytes, Take take) {
    if (mnl_nlmsg_get_payload_len(&message) < MNL_ALIGN(header_bytes)) return;
    for_each_attribute_in(static_cast<const char*>(mnl_nlmsg_get_payload_offset(&message, header_bytes)),
                          reinterpret_cast<const char*>(&message) + message.nlmsg_len, take);
}

template <class Take>
void for_each_nested(const nlattr& nest, Take take) {
    const auto* begin = static_cast<const char*>(mnl_attr_get_payload(&nest));
    for_each_attribute_in(begin, begin + mnl_attr_get_payload_len(&nest), take);
}

}  // namespace tidegate::act::nft

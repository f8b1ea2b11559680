// Whatever the bytes that are taken for the kernel's: no crash, and nothing read beyond them. The first byte
// says whether they are netlink's, a comment's or resolv.conf's.
#include <linux/inet_diag.h>

#include <cstdint>
#include <vector>

#include "act/nft/elements.h"
#include "act/nft/netlink.h"
#include "act/nft/sessions.h"
#include "act/nft/table.h"
#include "act/nft/userdata.h"
#include "act/surroundings.h"
#include "base/check.h"

namespace {

using namespace tidegate;
using namespace tidegate::act;

void read_message(const nlmsghdr& message) {
    for (const auto size : {nft::KeySize::v4, nft::KeySize::v6, nft::KeySize::port})
        nft::read_elements(message, size, [&](const nft::ElementSeen& element) {
            CHECK(size == nft::KeySize::v6 || element.key.high == 0);
            CHECK(!element.left || element.left->count() >= 0);
        });
    [[maybe_unused]] const auto generation = nft::generation_of(message);
    [[maybe_unused]] const auto count = nft::count_of_set(message);
    [[maybe_unused]] const int error = nft::error_of(message);
    std::vector<Prefix> addresses;
    add_addresses(message, addresses);
    for (const Prefix& prefix : addresses) CHECK(prefix.length() == (prefix.is_v4() ? 32U : 128U));
    if (const inet_diag_msg* socket = nft::socket_of(message))
        CHECK(nft::peer_of(*socket).text().size() >= 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::span<const std::uint8_t> rest(data + 1, size - 1);
    switch (*data % 3) {
        case 0: {
            // As recv() gives it: aligned, and no longer than it is.
            const std::vector<char> datagram(rest.begin(), rest.end());
            nft::for_each_message(datagram, read_message);
            break;
        }
        case 1:
            CHECK(nft::text_in(rest, 0).size() <= 255);
            break;
        default: {
            const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
            CHECK(name_servers(text).size() <= rest.size() / 12 + 1);
        }
    }
    return 0;
}

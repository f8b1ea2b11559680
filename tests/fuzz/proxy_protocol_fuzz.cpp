// The beginning of a connection, by any pieces: one answer, whatever came behind it, found as soon as it is
// certain and never later than the longest header; what was read and is written again is read the same.

#include <algorithm>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/mail/proxy_protocol.h"

using namespace tidegate;
using State = wire::ProxyRead::State;

namespace {

bool is_same(const wire::ProxyHeader& a, const wire::ProxyHeader& b) {
    return a.local == b.local && a.source == b.source && a.destination == b.destination &&
           a.source_port == b.source_port && a.destination_port == b.destination_port && a.tls == b.tls &&
           a.tls_version == b.tls_version && a.tls_cipher == b.tls_cipher && a.authority == b.authority;
}
bool is_same(const wire::ProxyRead& a, const wire::ProxyRead& b) {
    return a.state == b.state && a.used == b.used && is_same(a.header, b.header);
}

// The first answer that is not `more`, byte by byte.
wire::ProxyRead read_slowly(std::string_view bytes) {
    wire::ProxyRead read;
    for (std::size_t i = 0; i <= bytes.size() && read.state == State::more; ++i) {
        read = wire::read_proxy_header(bytes.substr(0, i));
        CHECK(read.state == State::whole ? read.used == i : read.used == 0);
    }
    return read;
}

void write_again(const wire::ProxyHeader& header) {
    std::string written;
    wire::write_proxy_header(header, written);
    const auto again = wire::read_proxy_header(written);
    CHECK(again.state == State::whole && again.used == written.size());
    if (header.local) {
        CHECK(again.header.local && !again.header.tls);
        return;
    }
    // Of an end that is not known the family is taken from the other.
    if (header.source.is_none() || header.destination.is_none()) return;
    CHECK(is_same(again.header, header));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4200));
    const auto read = wire::read_proxy_header(bytes);
    CHECK(is_same(read_slowly(bytes), read));
    CHECK(read.used <= wire::most_v2_bytes && (read.state == State::whole) == (read.used > 0));
    CHECK(read.state != State::more || bytes.size() < wire::most_v2_bytes);
    if (read.state == State::whole) write_again(read.header);
    return 0;
}

#pragma once
// A block list that is asked over DNS: where, with which key, and which of its answers count.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/error.h"
#include "wire/dns_list.h"

namespace tidegate::observe {

/// The secret label in the names of Spamhaus' Data Query Service. It can be put into a question, and nowhere
/// else: nothing prints, formats or converts it. A value; wiped when it goes.
class DnsKey {
public:
    DnsKey() = default;
    /// Fails: what is no DNS label; the message does not repeat it.
    [[nodiscard]] static Result<DnsKey> from(std::string_view text);
    /// The first line of a file.  Fails: no such file, no right to read it, no label in it.
    [[nodiscard]] static Result<DnsKey> load(const std::string& file);

    DnsKey(const DnsKey&) = default;
    DnsKey(DnsKey&&) = default;
    DnsKey& operator=(const DnsKey&) = default;
    DnsKey& operator=(DnsKey&&) = default;
    ~DnsKey();

    [[nodiscard]] bool is_set() const { return !label_.empty(); }

private:
    friend struct DnsZone;
    std::string label_;
};

/// One zone. `zone` is as wire::is_dns_zone() has it; at most 32 codes.
struct DnsZone {
    std::string name;                  // for people
    std::string zone;                  // "zen.spamhaus.org"
    DnsKey key;                        // where it is set, SERVFAIL means that the service is off for it
    std::vector<std::uint32_t> codes;  // A records that count, in host order
    bool ipv6 = true;                  // asked about IPv6 addresses too
    bool self_test = true;             // must name 127.0.0.2 and not 127.0.0.1 (RFC 5782 5)
    bool ours = false;  // on a machine of our own: asked about private addresses, never counted

    /// The name that is asked. It holds the key: for the resolver alone.
    [[nodiscard]] std::string question(const Address& address) const;
    [[nodiscard]] std::string question(wire::ListTest test) const;
};

enum class DnsZoneKind : std::uint8_t { zen, zen_dqs, authbl_dqs, local, other };

/// What is known beforehand of that kind: zone, codes, whether it is ours. `name` is the caller's.
/// Spamhaus' PBL (.10, .11) is never among the codes: where mail is submitted, an address at home is no
/// fault.
[[nodiscard]] DnsZone ready_made(DnsZoneKind kind);

}  // namespace tidegate::observe

#include "observe/dnsbl/zone.h"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace tidegate::observe {
namespace {

constexpr std::uint32_t code(unsigned last) {
    return 0x7f00'0000 | last;
}

// docs.spamhaus.com, "DNSBL zones": SBL, CSS, XBL, DROP.
const std::vector<std::uint32_t>& zen_codes() {
    static const std::vector<std::uint32_t> codes{code(2), code(3), code(4), code(9)};
    return codes;
}

}  // namespace

Result<DnsKey> DnsKey::from(std::string_view text) {
    if (!wire::is_dns_label(text))
        return std::unexpected(
            Error{"", 0, "the key of a DNS list is none",
                  "it is one word of letters and digits, as the list's owner gave it to you"});
    DnsKey key;
    key.label_ = text;
    return key;
}

Result<DnsKey> DnsKey::load(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    if (!in || !std::getline(in, line))
        return std::unexpected(
            Error{file, 0,
                  std::string("the key can't be read: ") +
                      (errno != 0 ? std::strerror(errno) : "the file is empty"),
                  "the file holds the key on its first line, readable for Tidegate's user"});
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
        line.pop_back();
    auto key = from(line);
    explicit_bzero(line.data(), line.size());
    if (!key) key.error().file = file;
    return key;
}

DnsKey::~DnsKey() {
    explicit_bzero(label_.data(), label_.size());
}

std::string DnsZone::question(const Address& address) const {
    return wire::dns_list_name(address, key.label_, zone);
}

std::string DnsZone::question(wire::ListTest test) const {
    return wire::dns_list_name(test, key.label_, zone);
}

DnsZone ready_made(DnsZoneKind kind) {
    DnsZone zone;
    switch (kind) {
        case DnsZoneKind::zen:
            zone.zone = "zen.spamhaus.org";
            zone.codes = zen_codes();
            break;
        case DnsZoneKind::zen_dqs:
            zone.zone = "zen.dq.spamhaus.net";
            zone.codes = zen_codes();
            break;
        case DnsZoneKind::authbl_dqs:
            zone.zone = "authbl.dq.spamhaus.net";
            zone.codes = {code(20)};
            break;
        case DnsZoneKind::local:
            zone.codes = {code(2)};
            zone.ours = true;
            break;
        case DnsZoneKind::other:
            break;
    }
    return zone;
}

}  // namespace tidegate::observe

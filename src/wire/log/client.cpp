#include "wire/log/client.h"

namespace tidegate::wire {

std::optional<Bracketed> bracketed(Scan& scan) {
    // Longer than "IPv6:", an address and a zone is no address, and the search must not run to the line's
    // end.
    static constexpr std::size_t longest = 80;
    Scan walk = scan;
    if (!walk.skip('[')) return std::nullopt;
    const auto length = find(walk.rest().substr(0, longest), ']');
    if (length == npos) return std::nullopt;
    const auto address = client_address(walk.rest().substr(0, length));
    if (!address) return std::nullopt;
    walk.drop(length + 1);
    Bracketed out{.address = *address};
    Scan port = walk;
    if (port.skip(':')) {
        if (const auto number = port.number()) {
            if (*number > 0 && *number <= 65535) out.port = static_cast<std::uint16_t>(*number);
            walk = port;
        }
    }
    scan = walk;
    return out;
}

Service service_of_port(std::uint16_t port) {
    switch (port) {
        case 25:
            return Service::smtp;
        case 465:
        case 587:
            return Service::submission;
        case 143:
        case 993:
            return Service::imap;
        case 110:
        case 995:
            return Service::pop3;
        case 4190:
            return Service::managesieve;
        default:
            return Service::unknown;
    }
}

std::optional<bool> tls_of_port(std::uint16_t port) {
    if (port == 465 || port == 993 || port == 995) return true;
    return std::nullopt;
}

}  // namespace tidegate::wire

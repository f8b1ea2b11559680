#include "wire/log/exim_client.h"

namespace tidegate::wire {
namespace {

/// Is there, behind a HELO name, one more place that could be the end of a HELO name?
bool has_second_reading(std::string_view rest) {
    for (auto at = find(rest, ") ["); at != npos; at = find(rest, ") [", at + 1)) {
        Scan scan(rest.substr(at + 2));
        if (bracketed(scan)) return true;
    }
    return false;
}

/// A HELO name ends where an address follows.
bool read_helo(Scan& walk, EximClient& client) {
    if (!walk.skip('(')) return false;
    const auto text = walk.rest();
    for (auto end = find(text, ") ["); end != npos; end = find(text, ") [", end + 1)) {
        Scan behind(text.substr(end + 2));
        if (!bracketed(behind)) continue;
        client.helo = text.substr(0, end);
        walk.drop(end + 2);
        return true;
    }
    return false;
}

void read_interface(Scan& scan, EximClient& client) {
    Scan walk = scan;
    if (!walk.skip(" I=[") || !walk.until(']') || !walk.skip(':')) return;
    const auto port = walk.number();
    if (!port || *port > 65535) return;
    client.local_port = static_cast<std::uint16_t>(*port);
    scan = walk;
}

}  // namespace

std::optional<EximClient> read_exim_client(Scan& scan) {
    Scan walk = scan;
    EximClient client;
    if (walk.peek() != '(' && walk.peek() != '[') {
        const auto name = walk.until(' ');
        if (!name || name->find_first_of("[(\"") != npos) return std::nullopt;
    }
    const bool has_helo = read_helo(walk, client);
    const auto at = bracketed(walk);
    if (!at) return std::nullopt;
    client.at = *at;
    read_interface(walk, client);
    if (has_helo && has_second_reading(walk.rest())) client.at = {};
    scan = walk;
    return client;
}

}  // namespace tidegate::wire

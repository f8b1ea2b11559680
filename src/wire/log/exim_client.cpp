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

bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

bool is_high_byte(std::string_view text) {
    return text.size() >= 4 && text[0] == '\\' && (text[1] == '2' || text[1] == '3') && is_octal(text[2]) &&
           is_octal(text[3]);
}

}  // namespace

std::string_view account_of_exim(std::string_view logged, EventBatch& out) {
    if (find(logged, '\\') == npos) return logged;
    char* const room = out.reserve(logged.size());
    std::size_t size = 0;
    while (!logged.empty()) {
        const bool high = is_high_byte(logged);
        room[size++] =
            high ? static_cast<char>((logged[1] - '0') << 6 | (logged[2] - '0') << 3 | (logged[3] - '0'))
                 : logged.front();
        logged.remove_prefix(high ? 4 : 1);
    }
    return {room, size};
}

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

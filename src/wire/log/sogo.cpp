// SOGo's log-in page (UI/MainUI/SOGoRootPage.m).
//
// SECURITY: the address is the header X-Forwarded-For as it came: a list, in which each proxy adds whom it
// saw at the end, so that what the browser claimed comes first. The last entry that is no private address
// counts. Header and account stand beside each other and may both hold quotes: a line with two readings has
// no address.

#include "wire/log/client.h"
#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

/// RFC 1918, 4193, loopback and link-local: a proxy of the operator's.
bool is_private(const Address& address) {
    if (!address.is_v4())
        return (address.high() >> 57) == 0xfc >> 1 || (address.high() >> 54) == 0xfe80 >> 6 ||
               (address.high() == 0 && address.low() == 1);
    const auto bits = address.v4_bits();
    return (bits >> 24) == 10 || (bits >> 24) == 127 || (bits >> 20) == 0xac1 || (bits >> 16) == 0xc0a8 ||
           (bits >> 16) == 0xa9fe;
}

/// The client of a list of addresses; none where the last entry is no address.
Address client_of(std::string_view list) {
    Address client;
    while (true) {
        const auto comma = find_last(list, ',');
        auto entry = comma == npos ? list : list.substr(comma + 1);
        while (entry.starts_with(' ')) entry.remove_prefix(1);
        const auto address = client_address(entry);
        if (!address) return client;  // what stands before it was claimed by somebody
        if (!is_private(*address)) return *address;
        client = *address;
        if (comma == npos) return client;
        list = list.substr(0, comma);
    }
}

struct Login {
    Address address;
    std::string_view account;
    bool whole = false;
};

/// "['LIST' ]for user 'USER' WORDS": `words` is what SOGo writes behind the account, for the last time.
Login read_login(Scan scan, std::string_view words) {
    static constexpr std::string_view mark = "for user '";
    Login login;
    const auto end = scan.rest().rfind(words);
    if (end == npos) return login;
    Scan walk(scan.rest().substr(0, end));
    if (walk.skip("from '")) {
        const auto list = walk.until("' for user '");
        if (!list) return login;
        const bool one_reading = !contains(walk.rest(), "' for user '");
        if (one_reading) login.address = client_of(*list);
    } else if (!walk.skip(mark)) {
        return login;
    }
    login.account = walk.rest();
    login.whole = true;
    return login;
}

/// SOGoPasswordPolicyError in SOPE's NGLdap: 65535 is none, 0 expired, 1 locked, 2 must change.
Reason reason_of(std::string_view behind) {
    Scan scan(behind);
    const auto policy = scan.number();
    return policy && *policy <= 2 ? Reason::disabled : Reason::bad_password;
}

Event& begin(const LogLine& line, EventBatch& out, const Login& login, Outcome outcome) {
    Event& event = begin_event(line, out, EventKind::attempt, Service::webmail, Layer::webmail);
    event.address = login.address;
    event.account = login.account;
    event.outcome = outcome;
    return event;
}

Recognised failed(const LogLine& line, EventBatch& out, Scan scan) {
    static constexpr std::string_view words = "' might not have worked - password policy: ";
    const Login login = read_login(scan, words);
    if (!login.whole) return Recognised::unknown;
    const auto behind = scan.rest().substr(scan.rest().rfind(words) + words.size());
    begin(line, out, login, Outcome::failure).reason = reason_of(behind);
    return Recognised::event;
}

/// "successful login from 'LIST' for user 'USER' - expire = N  grace = N", of old "... for user 'USER'".
Recognised succeeded(const LogLine& line, EventBatch& out, Scan scan) {
    const bool with_policy = contains(scan.rest(), "' - expire = ");
    const Login login = read_login(scan, with_policy ? "' - expire = " : "'");
    if (!login.whole) return Recognised::unknown;
    begin(line, out, login, Outcome::success);
    return Recognised::event;
}

/// "SOGoRootPage ", "<0x55d0c7a5e2f0[SOGoRootPage]> " or "|SOGo| ".
bool skip_origin(Scan& scan) {
    if (scan.skip("SOGoRootPage ") || scan.skip("|SOGo| ")) return true;
    Scan walk = scan;
    if (!walk.skip("<0x") || !walk.until('[')) return false;
    if (!walk.skip("SOGoRootPage]> ") && !walk.skip("SOGoRootPage]>: ")) return false;
    scan = walk;
    return true;
}

bool is_sogo(std::string_view program) {
    return program == "sogod" || program == "sogo" || program == "SOGo";
}

}  // namespace

Recognised parse_sogo(const LogLine& line, EventBatch& out) {
    Scan scan(line.message);
    if (!skip_origin(scan)) return is_sogo(line.program) ? Recognised::nothing : Recognised::unknown;
    if (scan.skip("Login ")) return failed(line, out, scan);
    if (scan.skip("successful login ")) return succeeded(line, out, scan);
    return Recognised::nothing;
}

}  // namespace tidegate::wire

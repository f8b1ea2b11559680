#include "wire/log/dispatch.h"

#include <algorithm>
#include <array>

#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

struct Daemon {
    std::string_view program;  // how its name begins
    MessageParser parse;
};

// The first whose name begins the program's.
constexpr std::array daemons = {
    Daemon{"exim", parse_exim},        Daemon{"cyrus", parse_cyrus},
    Daemon{"saslauthd", parse_cyrus},  Daemon{"sieve", parse_cyrus},
    Daemon{"timsieved", parse_cyrus},  Daemon{"managesieve", parse_cyrus},
    Daemon{"courier", parse_courier},  Daemon{"authdaemond", parse_courier},
    Daemon{"esmtpd", parse_courier},   Daemon{"sendmail", parse_sendmail},
    Daemon{"sm-", parse_sendmail},     Daemon{"roundcube", parse_roundcube},
    Daemon{"sogo", parse_sogo},        Daemon{"SOGo", parse_sogo},
    Daemon{"nginx", parse_nginx_mail},
};

// "imapd" and "pop3d" are Courier's and, on some systems, Cyrus's.
Recognised parse_imapd(const LogLine& line, EventBatch& out) {
    const Recognised made = parse_courier(line, out);
    return made == Recognised::unknown ? parse_cyrus(line, out) : made;
}

// "pam_unix(dovecot:auth): ", "pam_sss(...): "; of old "(pam_unix) ", or the program "pop(pam_unix)".
bool is_pam(const LogLine& line) {
    return line.message.starts_with("pam_") || line.message.starts_with("(pam_unix) ") ||
           line.program.ends_with("(pam_unix)");
}

bool is_postfix(std::string_view program) {
    return program.starts_with("postfix") || program.ends_with("/smtpd") || program.ends_with("/postscreen");
}

Recognised by_program(const LogLine& line, EventBatch& out) {
    // PAM speaks under the name of whatever called it.
    if (is_pam(line)) return parse_pam_unix(line, out);
    if (line.program.starts_with("dovecot")) return parse_dovecot(line, out);
    if (is_postfix(line.program)) return parse_postfix(line, out);
    if (line.program.starts_with("imap") || line.program.starts_with("pop3")) return parse_imapd(line, out);
    const auto* daemon =
        std::ranges::find_if(daemons, [&](const Daemon& d) { return line.program.starts_with(d.program); });
    return daemon == daemons.end() ? Recognised::unknown : daemon->parse(line, out);
}

// "message repeated 3 times: [ imap-login: ... ]".
Recognised parse_repeated(const LogLine& line, EventBatch& out) {
    Scan in(line.message);
    in.skip("message repeated ");
    const auto times = in.number();
    if (!times || !in.skip(" times: [ ")) return Recognised::unknown;
    LogLine once = line;
    once.message = in.rest();
    if (once.message.ends_with(']')) once.message.remove_suffix(1);
    const std::size_t before = out.events.size();
    const Recognised made = by_program(once, out);
    const auto count = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*times, 1, 1000));
    for (std::size_t i = before; i < out.events.size(); ++i) out.events[i].attempts *= count;
    return made;
}

}  // namespace

Recognised dispatch(const LogLine& line, EventBatch& out) {
    if (line.message.starts_with("message repeated ")) return parse_repeated(line, out);
    return by_program(line, out);
}

Event& begin_event(const LogLine& line, EventBatch& out, EventKind kind, Service service, Layer layer) {
    Event& event = out.events.emplace_back();
    event.time = line.time;
    event.kind = kind;
    event.service = service;
    event.layer = layer;
    event.line = line.number;
    event.host = line.host;
    event.program = line.program;
    return event;
}

}  // namespace tidegate::wire

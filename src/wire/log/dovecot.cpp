#include "wire/log/dovecot.h"

#include "wire/log/scan.h"

namespace tidegate::wire {

// Everything that is not about logging in (mailbox sessions, deliveries, indexing, the auth policy's own
// lines) says nothing here.
Recognised parse_dovecot(const LogLine& line, EventBatch& out) {
    Scan in(line.message);
    if (in.skip("imap-login: ")) {
        return parse_dovecot_login(in.rest(), Service::imap, "dovecot/imap-login", line, out);
    }
    if (in.skip("pop3-login: ")) {
        return parse_dovecot_login(in.rest(), Service::pop3, "dovecot/pop3-login", line, out);
    }
    if (in.skip("auth")) {
        if (in.skip("-worker")) return parse_dovecot_auth(in.rest(), Layer::worker, line, out);
        return parse_dovecot_auth(in.rest(), Layer::auth, line, out);
    }
    if (in.skip("managesieve-login: ") || in.skip("sieve-login: ")) {
        return parse_dovecot_login(in.rest(), Service::managesieve, "dovecot/managesieve-login", line, out);
    }
    if (in.skip("submission-login: ")) {
        return parse_dovecot_login(in.rest(), Service::submission, "dovecot/submission-login", line, out);
    }
    return Recognised::nothing;
}

}  // namespace tidegate::wire

#pragma once
// The parts of Dovecot's parser: each takes what stands after the service's name. Written after
// Dovecot 2.2.27 to 2.4.4 (src/login-common/client-common.c, src/auth/auth-request.c).

#include <string_view>

#include "wire/log/line.h"

namespace tidegate::wire {

/// "Logged in: user=<bob>, method=PLAIN, rip=192.0.2.1, ..." of a login service; `program` is its event's.
Recognised parse_dovecot_login(std::string_view text, Service service, std::string_view program,
                               const LogLine& line, EventBatch& out);

/// "sql(bob,192.0.2.1,<id>): Password mismatch" and "(bob,192.0.2.1,sasl:plain)<id>: sql: Password mismatch"
/// of auth and auth-worker.
Recognised parse_dovecot_auth(std::string_view text, Layer layer, const LogLine& line, EventBatch& out);

}  // namespace tidegate::wire

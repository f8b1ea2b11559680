#pragma once
// The door for Dovecot's auth policy and for whatever speaks weakforced's protocol: a JSON object by HTTP
// POST, the command in the URL's query. docs/doors.md has what to configure.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "event/batch.h"
#include "wire/door/question.h"

namespace tidegate::wire {

/// What a body may hold; a longer one is not worth reading.
inline constexpr std::size_t max_auth_policy_bytes = 16 * 1024;

/// Reads a request. `target` is the URL's path and query ("/?command=allow"); the texts go into `batch`. The
/// commands are allow, report, reset and ping; `success` and the like may be booleans or texts.
/// Thread: any.  Cost: one pass, about a microsecond.
/// Fails: no such command, a body that is no object or too long, a known field of a wrong type or given
/// twice, a report without `success`, an allow without an account and an address.
[[nodiscard]] Result<Question> read_auth_policy(std::string_view target, std::string_view body,
                                                EventBatch& batch);

/// How answers are put to a protocol that knows only "go on", "wait" and "no".
struct AuthPolicyManner {
    bool refuses_doubtful = false;      // `defer`: refused, instead of made to wait
    std::chrono::seconds most_wait{5};  // whatever the answer says
};

/// Appends {"status":S,"msg":"...","r_attrs":{}}: S is -1 (refused), 0 (go on) or seconds to wait. Dovecot
/// ignores r_attrs, weakforced's clients want it. `msg` reaches the client in Dovecot's own reply: it is
/// ASCII and one line.
void write_auth_policy(const Answer& answer, const AuthPolicyManner& manner, std::string& out);
/// Appends what report, reset and ping are answered: {"status":"ok"}.
void write_auth_policy_ok(std::string& out);
/// Appends {"status":"failure","reason":"..."}, for an HTTP status of 400: Dovecot goes on as its
/// auth_policy_reject_on_fail says.
void write_auth_policy_error(const Error& error, std::string& out);

}  // namespace tidegate::wire

#include "tell/incident/sighting.h"

#include "base/hash.h"

namespace tidegate::tell {
namespace {

bool was_checked(Reason reason) {
    return reason != Reason::tls && reason != Reason::protocol && reason != Reason::rate &&
           reason != Reason::listed && reason != Reason::internal;
}

std::uint64_t account_key(const Event& event, std::uint64_t given) {
    if (given == 0 && !event.account.empty()) given = hash_bytes(event.account, 0);
    return mix(given);
}

void look_at_attempt(Sighting& seen, const Event& event) {
    seen.attempt = true;
    if (seen.stopped) {
        seen.hostile = true;
        return;
    }
    seen.login = event.outcome == Outcome::success;
    seen.fault = event.outcome != Outcome::success && event.reason == Reason::internal;
    seen.guess = event.outcome == Outcome::failure && was_checked(event.reason);
    seen.hostile = seen.guess && !seen.familiar;
}

}  // namespace

Sighting sight(const Event& event, const Verdict& verdict, std::uint64_t account) {
    Sighting seen{.event = event,
                  .time = event.time,
                  .host = event.address.is_none() ? 0 : mix(event.address.host_key()),
                  .account = account_key(event, account),
                  .times = event.attempts,
                  .stopped = is_stopped(verdict.measure),
                  .familiar = verdict.familiar,
                  .takeover = verdict.suspected_takeover};
    if (event.kind == EventKind::attempt) look_at_attempt(seen, event);
    if (event.kind == EventKind::connect) seen.hostile = seen.stopped || event.early;
    if (event.kind != EventKind::attempt) seen.times = 1;
    return seen;
}

}  // namespace tidegate::tell

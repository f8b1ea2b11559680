#include "drill/crowd/callers.h"

namespace tidegate::drill {

using Kind = Agenda::Kind;

Callers::Callers(Shore& shore, std::uint64_t seed)
    : senders(shore, draw(seed, 2)),
      floods(shore, senders, draw(seed, 3)),
      sessions(shore, draw(seed, 4)),
      shore_(shore) {}

bool Callers::happen(const Agenda::Due& due) {
    switch (due.kind) {
        case Kind::flood:
            return floods.next(due.at, due.who), true;
        case Kind::mail:
            return senders.next(due.at, due.who), true;
        case Kind::resend:
            return senders.resend(due.at, due.who), true;
        case Kind::log_in:
            return sessions.log_in(due.at, due.who), true;
        case Kind::session_end:
            return sessions.session_end(due.at, due.who, due.mark), true;
        case Kind::redial:
        case Kind::speak:
        case Kind::hang_up:
            if (shore_.calls.is(due.who, due.mark)) happen_to_call(due);
            return true;
        default:
            return false;
    }
}

void Callers::happen_to_call(const Agenda::Due& due) {
    const auto one = [&](auto& caller) {
        if (due.kind == Kind::redial) return caller.redial(due.at, due.who);
        caller.speak(due.at, due.who);
    };
    const bool leaves = due.kind == Kind::hang_up;
    switch (shore_.calls.caller(due.who).kind) {
        case CallerKind::flood:
            return leaves ? floods.hang_up(due.at, due.who) : one(floods);
        case CallerKind::sender:  // it hears the end of whatever it began
            return one(senders);
        case CallerKind::client:
            return leaves ? sessions.hang_up(due.at, due.who) : one(sessions);
    }
}

void Callers::hear() {
    for (shore_.door.take_replies(replies_); !replies_.empty(); shore_.door.take_replies(replies_))
        for (const Reply& reply : replies_) hear(reply);
}

void Callers::hear(const Reply& reply) {
    switch (shore_.calls.caller(reply.call).kind) {
        case CallerKind::flood:
            return floods.hear(reply);
        case CallerKind::sender:
            return senders.hear(reply);
        case CallerKind::client:
            return sessions.hear(reply);
    }
}

}  // namespace tidegate::drill

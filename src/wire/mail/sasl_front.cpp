#include "wire/mail/sasl_front.h"

#include "base/check.h"
#include "wire/mail/sasl.h"

namespace tidegate::wire {

Front::Heard SaslFront::hear(std::string_view bytes, std::string& out) {
    Heard all;
    while (all.turn == Turn::more) {
        if (state_ == State::waiting || state_ == State::over) break;
        // Of whoever sent it in the clear behind the command.
        if (state_ == State::handshake) return {.used = bytes.size()};
        const auto [used, turn] = hear_one(bytes.substr(all.used), out);
        if (used == 0) break;
        all = {.used = turn == Turn::start_tls ? bytes.size() : all.used + used, .turn = turn};
    }
    return all;
}

void SaslFront::challenge(std::string_view text, std::string& out) {
    CHECK(state_ == State::waiting);
    ask(text, State::exchange, out);
}

void SaslFront::ask(std::string_view text, State next, std::string& out) {
    write_question(text, out);
    rest();
    state_ = next;
}

Front::Turn SaslFront::take_answer(std::string_view text, std::string& out) {
    if (state_ != State::exchange) {
        if (text == "*") return denied(Denial::cancelled, out);
        return go_on(opening_.answer(text), out);
    }
    // What is no base64 ends the exchange, also with the server, which then says so.
    response_.wipe();
    response_.append(from_base64(text) ? text : "*");
    state_ = State::waiting;
    return Turn::respond;
}

Front::Turn SaslFront::go_on(SaslOpening::Step step, std::string& out) {
    switch (step) {
        case SaslOpening::Step::ask:
            ask(opening_.question(), State::opening, out);
            return Turn::more;
        case SaslOpening::Step::ready:
            state_ = State::waiting;
            return Turn::log_in;
        case SaslOpening::Step::malformed:
            return denied(Denial::malformed, out);
    }
    CHECK(false);
}

Front::Turn SaslFront::denied(Denial why, std::string& out) {
    deny(why, {}, out);
    return Turn::more;
}

void SaslFront::rest() {
    state_ = State::command;
    response_.wipe();
}

void SaslFront::begin_secured() {
    CHECK(state_ == State::command || state_ == State::handshake);
    secured_ = true;
    rest();
}

Front::Turn SaslFront::begin_handshake() {
    state_ = State::handshake;
    return Turn::start_tls;
}

Front::Turn SaslFront::end() {
    rest();
    state_ = State::over;
    return Turn::close;
}

}  // namespace tidegate::wire

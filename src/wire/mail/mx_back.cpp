#include "wire/mail/mx_back.h"

#include <utility>

#include "base/check.h"
#include "wire/log/postfix.h"
#include "wire/log/scan.h"
#include "wire/mail/lines.h"

namespace tidegate::wire {

MxBack::Heard MxBack::hear(std::string_view bytes, std::string& out) {
    if (state_ == State::opening) return open(bytes, out);
    if (state_ == State::broken || bytes.empty()) return {};
    const auto reply = replies_.hear(bytes);
    Heard heard{.used = reply.used};
    if (reply.state == SmtpReplies::State::more) return heard;
    if (reply.state == SmtpReplies::State::broken) {
        heard.turn = fail("what it says is no SMTP reply");
        return heard;
    }
    heard.turn = take_reply();
    return heard;
}

MxBack::Turn MxBack::take_reply() {
    // RFC 5321 3.8: only that may come at any time.
    if (state_ != State::waiting && code() != 421) return fail("it speaks without being asked");
    const bool asked_for_message = std::exchange(said_data_, false);
    state_ = State::idle;
    if (code() >= 300 && code() < 400) {
        if (code() != 354 || !asked_for_message) return fail("it asks for what nobody offered");
        state_ = State::content;
    }
    return Turn::reply;
}

MxBack::Heard MxBack::open(std::string_view bytes, std::string& out) {
    const auto opened = opening_.hear(bytes, out);
    Heard heard{.used = opened.used};
    if (opened.turn == SmtpOpening::Turn::start_tls) heard.turn = Turn::start_tls;
    if (opened.turn == SmtpOpening::Turn::broken) heard.turn = fail(opening_.trouble());
    if (opened.turn == SmtpOpening::Turn::ready) {
        state_ = State::idle;
        heard.turn = Turn::ready;
    }
    return heard;
}

void MxBack::say(std::string_view line, std::string& out) {
    CHECK(find(line, '\r') == npos && find(line, '\n') == npos);
    CHECK(state_ == State::idle);
    out.append(line).append("\r\n");
    said_data_ = is_same_word(line, "DATA");
    state_ = State::waiting;
}

void MxBack::ended() {
    CHECK(state_ == State::content);
    state_ = State::waiting;
}

Reason MxBack::refusal() const {
    auto text = replies_.last_text();
    if (code() >= 500 && take_enhanced_code(text).ends_with(".1.1")) return Reason::unknown_recipient;
    return reject_reason(std::to_string(code()).append(" ").append(replies_.last_text()));
}

MxBack::Turn MxBack::fail(std::string why) {
    trouble_ = std::move(why);
    state_ = State::broken;
    return Turn::broken;
}

}  // namespace tidegate::wire

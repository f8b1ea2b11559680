#include "wire/mail/mx_front.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "wire/mail/lines.h"

namespace tidegate::wire {
namespace {

// RFC 1870, 6152, 6531, 3461, 2034, 2852, 9422, 6710, 4865, 3865, 7293. REQUIRETLS (RFC 8689) is none of
// them: between us and the server there may be no TLS.
bool is_kept(std::string_view capability) {
    constexpr std::string_view names =
        "SIZE 8BITMIME SMTPUTF8 DSN ENHANCEDSTATUSCODES DELIVERBY LIMITS MT-PRIORITY FUTURERELEASE "
        "NO-SOLICITING RRVS PIPELINING";
    return has_word(names, take_word(capability));
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A header's field, a number, TLS: what nobody sends who means SMTP.
bool is_foreign(std::string_view line, SmtpVerb verb) {
    if (verb == SmtpVerb::web || (!line.empty() && !is_letter(line.front()))) return true;
    return take_word(line).ends_with(':');
}

// RFC 2920 3.1: these may only be the last of a group; RFC 3207 4 has STARTTLS.
bool ends_group(SmtpVerb verb) {
    constexpr std::array verbs{SmtpVerb::ehlo, SmtpVerb::helo, SmtpVerb::data,    SmtpVerb::vrfy,
                               SmtpVerb::expn, SmtpVerb::noop, SmtpVerb::starttls};
    return std::ranges::find(verbs, verb) != verbs.end();
}

}  // namespace

MxFront::MxFront(const FrontOffer& offer, const MxLimits& limits) : offer_(offer), limits_(limits) {
    std::erase_if(offer_.capabilities, [](const std::string& each) { return !is_kept(each); });
}

// RFC 5321 4.2.1.
void MxFront::tease(std::string& out) {
    out.append("220-").append(offer_.host).append(" ESMTP\r\n");
}

void MxFront::greet(std::string& out) {
    CHECK(state_ == State::silent);
    append_smtp_reply("220", offer_.host + " ESMTP", out);
    state_ = State::command;
}

MxFront::Heard MxFront::hear(std::string_view bytes, std::string& out) {
    if (state_ == State::handshake || state_ == State::over) return {.used = bytes.size()};
    if (state_ == State::silent && !bytes.empty() && !std::exchange(early_, true))
        return {.turn = limits_.refuse_early ? leave(mx::too_early, out) : Turn::early};
    Heard heard;
    while (heard.turn == Turn::more && state_ == State::command) {
        const auto rest = bytes.substr(heard.used);
        const auto cut = lines_.next(rest, limits_.line_bytes);
        heard.used += cut.used;
        if (cut.end == SmtpLines::End::more) break;
        heard.turn = take_line(cut, heard.used == bytes.size(), out);
    }
    if (heard.turn == Turn::start_tls || heard.turn == Turn::close) heard.used = bytes.size();
    return heard;
}

void MxFront::secured() {
    CHECK(state_ == State::silent || state_ == State::handshake);
    if (state_ == State::handshake) state_ = State::command;
    lines_ = {};
    tls_ = true;
    extended_ = pipelining_ = false;
    hello_name_.clear();
    end_mail();
}

bool MxFront::is_amid_command() const {
    return (state_ != State::silent && state_ != State::command) || mail_ || lines_.is_amid_line();
}

// --- lines

MxFront::Turn MxFront::take_line(const SmtpLines::Cut& cut, bool is_last, std::string& out) {
    if (cut.end == SmtpLines::End::endless) return leave(mx::endless_line, out);
    if (++heard_ > limits_.commands) return leave(mx::too_many_commands, out);
    if (cut.end == SmtpLines::End::too_long) return refuse(mx::line_too_long, out);
    if (cut.end == SmtpLines::End::bare) return refuse(mx::bad_ends, out);
    const auto command = read_smtp_command(cut.line);
    const auto verb = command ? smtp_verb_named(command->verb) : SmtpVerb::unknown;
    if (is_foreign(cut.line, verb)) return leave(mx::foreign, out);
    if (!command) return refuse(mx::bad_line, out);
    note_early(verb, is_last);
    if (early_ && limits_.refuse_early) return leave(mx::too_early, out);
    return obey(*command, verb, out);
}

void MxFront::note_early(SmtpVerb verb, bool is_last) {
    ahead_ = verb == SmtpVerb::data && !is_last;
    if (!is_last && verb != SmtpVerb::quit && (ends_group(verb) || !pipelining_)) early_ = true;
}

MxFront::Turn MxFront::obey(const SmtpCommand& command, SmtpVerb verb, std::string& out) {
    switch (verb) {
        case SmtpVerb::ehlo:
        case SmtpVerb::helo:
            return hello(command.words, verb == SmtpVerb::ehlo, out);
        case SmtpVerb::starttls:
            return starttls(command.words, out);
        case SmtpVerb::noop:
            return idle(mx::fine, out);
        case SmtpVerb::rset:
            return command.words.empty() ? reset(out) : refuse(mx::no_parameters, out);
        case SmtpVerb::help:
            return idle(mx::help, out);
        case SmtpVerb::vrfy:
            return idle(mx::not_told, out);
        case SmtpVerb::quit:
            return command.words.empty() ? leave(mx::farewell, out) : refuse(mx::no_parameters, out);
        case SmtpVerb::bdat:
            // What follows is a message, and not for us to read as commands.
            return leave(mx::not_here, out);
        case SmtpVerb::auth:
        case SmtpVerb::expn:
        case SmtpVerb::etrn:
        case SmtpVerb::foreign:
            return refuse(mx::not_here, out);
        default:
            return obey_mail(command, verb, out);
    }
}

MxFront::Turn MxFront::obey_mail(const SmtpCommand& command, SmtpVerb verb, std::string& out) {
    line_.assign(command.verb);
    if (!command.words.empty()) line_.append(" ").append(command.words);
    if (verb == SmtpVerb::mail) return mail(command.words, out);
    if (verb == SmtpVerb::rcpt) return rcpt(command.words, out);
    return verb == SmtpVerb::data ? data(command.words, out) : refuse(mx::unknown, out);
}

MxFront::Turn MxFront::answer(const MxWords& words, std::string& out) {
    append_smtp_reply(words.code, words.text, out);
    return Turn::more;
}

MxFront::Turn MxFront::idle(const MxWords& words, std::string& out) {
    return ++idle_ > limits_.idle_commands ? leave(mx::too_many_commands, out) : answer(words, out);
}

MxFront::Turn MxFront::refuse(const MxWords& words, std::string& out) {
    return ++bad_ > limits_.bad_commands ? leave(mx::too_many_errors, out) : answer(words, out);
}

MxFront::Turn MxFront::leave(const MxWords& words, std::string& out) {
    at_fault_ = words.code != mx::farewell.code;
    bye(words, words.text, out);
    return Turn::close;
}

// RFC 5321 4.2.3: 221 and 421 name the host.
void MxFront::bye(const MxWords& words, std::string_view text, std::string& out) {
    std::string named = words.code.starts_with('5') ? "" : offer_.host + ' ';
    append_smtp_reply(words.code, named.append(text.empty() ? words.text : text), out);
    lines_ = {};
    end_mail();
    state_ = State::over;
}

MxFront::Turn MxFront::hand_out(State state, Turn turn) {
    state_ = state;
    return turn;
}

// --- commands

MxFront::Turn MxFront::hello(std::string_view words, bool extended, std::string& out) {
    auto name = read_helo_name(words);
    if (name.empty()) return refuse(mx::no_name, out);
    if (++idle_ > limits_.idle_commands) return leave(mx::too_many_commands, out);
    hello_name_ = std::move(name);
    extended_ = extended;
    pipelining_ =
        extended && std::ranges::find(offer_.capabilities, "PIPELINING") != offer_.capabilities.end();
    end_mail();
    return hand_out(State::hello, Turn::hello);
}

void MxFront::append_offer(std::string& out) const {
    std::string last = offer_.host;
    const auto add = [&](std::string_view keyword) {
        out.append("250-").append(last).append("\r\n");
        last = keyword;
    };
    if (extended_) std::ranges::for_each(offer_.capabilities, add);
    if (extended_ && offer_.starttls && !tls_) add("STARTTLS");
    out.append("250 ").append(last).append("\r\n");
}

MxFront::Turn MxFront::starttls(std::string_view words, std::string& out) {
    if (tls_) return refuse(mx::tls_already, out);
    if (!offer_.starttls) return refuse(mx::not_here, out);
    if (!words.empty()) return refuse(mx::no_parameters, out);
    answer(mx::ready_for_tls, out);
    end_mail();
    return hand_out(State::handshake, Turn::start_tls);
}

MxFront::Turn MxFront::mail(std::string_view words, std::string& out) {
    if (hello_name_.empty()) return refuse(mx::no_hello, out);
    if (mail_) return refuse(mx::mail_twice, out);
    if (!begins_with_word(words, "FROM:")) return refuse(mx::no_from, out);
    put_off_.reset();
    return hand_out(State::mail, Turn::mail);
}

MxFront::Turn MxFront::rcpt(std::string_view words, std::string& out) {
    if (!mail_) return fail_mail(mx::no_mail, out);
    if (!begins_with_word(words, "TO:")) return refuse(mx::no_to, out);
    return hand_out(State::rcpt, Turn::rcpt);
}

MxFront::Turn MxFront::data(std::string_view words, std::string& out) {
    if (!words.empty()) return refuse(mx::no_parameters, out);
    if (mail_ && recipients_ > 0) return hand_out(State::data, Turn::data);
    if (ahead_) return leave(mx::hung_up, out);
    return fail_mail(mail_ ? mx::no_recipients : mx::no_mail, out);
}

MxFront::Turn MxFront::fail_mail(const MxWords& otherwise, std::string& out) {
    return put_off_ ? answer(*put_off_, out) : refuse(otherwise, out);
}

MxFront::Turn MxFront::reset(std::string& out) {
    if (!mail_) {
        put_off_.reset();
        return idle(mx::fine, out);
    }
    if (++idle_ > limits_.idle_commands) return leave(mx::too_many_commands, out);
    end_mail();
    return hand_out(State::reset, Turn::reset);
}

void MxFront::end_mail() {
    mail_ = false;
    recipients_ = 0;
    put_off_.reset();
}

// --- what was decided

void MxFront::go_on(std::string& out) {
    CHECK(state_ == State::hello || state_ == State::reset);
    if (std::exchange(state_, State::command) == State::hello) return append_offer(out);
    answer(mx::fine, out);
}

MxFront::Turn MxFront::reply(unsigned code, std::string_view bytes, std::string& out) {
    CHECK(state_ >= State::mail && state_ <= State::content && bytes.ends_with("\r\n"));
    out += bytes;
    const State answered = std::exchange(state_, State::command);
    const bool is_yes = code >= 200 && code < 300;
    if (answered == State::mail) mail_ = is_yes;
    if (answered == State::mail && code >= 400 && code < 500) put_off_ = mx::put_off;
    if (answered == State::rcpt && is_yes) ++recipients_;
    if (answered == State::data && code == 354) state_ = State::content;
    if (answered == State::content) {
        end_mail();
        if (is_yes) heard_ = idle_ = 0;
    }
    const bool is_unasked_message = answered == State::data && state_ == State::command && ahead_;
    return code == 421 || is_unasked_message ? hand_out(State::over, Turn::close) : Turn::more;
}

MxFront::Turn MxFront::deny(MxDenial why, std::string_view text, std::string& out) {
    CHECK(state_ >= State::mail && state_ <= State::content);
    constexpr std::array words{mx::deferred,     mx::refused,   mx::trouble,
                               mx::bare_content, mx::elsewhere, mx::reserved};
    const MxWords& chosen = words.at(static_cast<std::size_t>(why));
    append_smtp_reply(chosen.code, text.empty() ? chosen.text : text, out);
    const State denied = std::exchange(state_, State::command);
    if (denied == State::data && ahead_) return hand_out(State::over, Turn::close);
    // Nobody is at fault who had only such recipients and goes on.
    if (why == MxDenial::elsewhere || why == MxDenial::reserved) put_off_ = mx::put_off;
    if (denied == State::rcpt && why != MxDenial::trouble) return Turn::more;
    end_mail();
    if (chosen.code.starts_with('4') && denied != State::content) put_off_ = mx::put_off;
    return Turn::more;
}

}  // namespace tidegate::wire

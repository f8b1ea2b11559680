// A mail's way through a session on port 25: MxSession's part from MAIL to the answer to its dot.

#include <fmt/format.h>

#include <algorithm>

#include "edge/mx_session.h"
#include "net/loop_state.h"
#include "wire/door/question.h"
#include "wire/mail/recipient.h"

namespace tidegate::edge {

namespace asio = net::asio;
using Step = wire::Answer::Step;
using wire::MxDenial;

namespace {

constexpr std::size_t block_bytes = 65'536;
constexpr unsigned most_servers = 3;                       // tried for one mail
constexpr auto most_for_data = std::chrono::seconds(110);  // RFC 5321 4.5.3.2.4: clients wait for two minutes

// Empty: the table's words; replies are ASCII (RFC 6531 3.5).
std::string words_about(const std::string& domain, bool is_moved) {
    if (std::ranges::any_of(domain, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) return {};
    return fmt::format("Mail for {} is {}", domain,
                       is_moved ? "taken at another MX of it, please try again"
                                : "not taken at this MX now, please try another");
}

}  // namespace

MxSession::Then MxSession::deny(MxDenial why, std::string_view text) {
    std::string line;
    wire::append_line_text(text, wire::max_reply_text_bytes, line);
    return front_.deny(why, line, out_) == Turn::close ? Then::over : Then::on;
}

MxSession::Then MxSession::turn_away(const Decision& decision) {
    if (decision.hang_up) {
        hang_up(decision);
        return Then::over;
    }
    stage_.counters().stopped.add();
    const bool for_good = decision.step == Step::refuse && mx().refuse_for_good;
    return deny(for_good ? MxDenial::refuse : MxDenial::defer, decision.text);
}

// What clients wait for is one answer, however many servers are tried for it.
void MxSession::begin_command(std::chrono::milliseconds most) {
    command_ends_ = net::coarse_now() + most;
}

void MxSession::expire_command(Whose whose, Steady::duration most) {
    const Steady::duration left = std::max(command_ends_ - net::coarse_now(), Steady::duration());
    expire_in(whose, std::chrono::ceil<std::chrono::milliseconds>(std::min(left, most)));
}

MxSession::Act MxSession::mail() {
    stage_.counters().attempts.add();
    const auto decision = co_await ask(EventKind::attempt);
    if (!decision) co_return Then::over;
    if (decision->step >= Step::defer) co_return turn_away(*decision);
    begin_command(mx().server);
    if (co_await reach_server()) co_return co_await relay(EventKind::reject);
    co_return asking_.is_expired() ? Then::over : deny(MxDenial::trouble);
}

MxSession::Act MxSession::rcpt() {
    recipients_.hear(front_.line());
    const auto decision = co_await ask(EventKind::attempt);
    if (!decision) co_return Then::over;
    if (decision->step >= Step::defer) co_return turn_away(*decision);
    if (send_elsewhere()) co_return Then::on;
    begin_command(mx().server);
    co_return co_await relay(EventKind::reject);
}

// By an operator's order, whatever the mode. Its client is judged before as any other, so that who floods the
// old place is known by that.
bool MxSession::send_elsewhere() {
    if (!stage_.shields().moved) return false;
    const std::string domain = wire::recipient_domain(front_.line());
    const auto rule = stage_.shields().moved->at(rules_->name, domain);
    if (rule == MovedDomains::Rule::here) return false;
    stage_.counters().elsewhere.add();
    seat_.send_elsewhere();
    const bool is_moved = rule == MovedDomains::Rule::elsewhere;
    static_cast<void>(
        deny(is_moved ? MxDenial::elsewhere : MxDenial::reserved, words_about(domain, is_moved)));
    return true;
}

MxSession::Act MxSession::data() {
    begin_command(std::min<std::chrono::milliseconds>(mx().server, most_for_data));
    const Then then = co_await relay(EventKind::attempt);
    co_return then == Then::on&& front_.is_in_content() ? co_await message() : then;
}

// Of one that has gone meanwhile the mail is gone too, as it should be.
MxSession::Act MxSession::reset() {
    expire_in(Whose::server, mx().server);
    if (server_ && (!co_await server_->command("RSET") || server_->code() != 250)) part_from_server();
    if (asking_.is_expired()) co_return Then::over;
    front_.go_on(out_);
    co_return Then::on;
}

// ---- the server

// The one that is there, if it still is, or another.
asio::awaitable<bool> MxSession::reach_server() {
    if (server_ && server_->is_quiet()) co_return true;
    part_from_server();
    turn_.begin_attempt();
    for (unsigned i = 0; i < most_servers && !asking_.is_expired(); ++i) {
        expire_command(Whose::ours);
        const ServerPlace* place = co_await turn_.take(*rules_, {}, seat_.client_class(), event_.address);
        if (place == nullptr) break;
        server_ = std::make_unique<MxServer>(stage_.context(), *place, forwarded(), rules_->offer.host);
        turn_.begin_serving();
        // One that says nothing leaves time for the next.
        expire_command(Whose::server, (command_ends_ - net::coarse_now()) / 2);
        if (co_await server_->open()) {
            turn_.end_serving();
            co_return true;
        }
        if (server_->failed_here()) {  // another would not be reached either
            server_.reset();
            turn_.give_back();
            break;
        }
        lose_server();
    }
    (turn_.was_shed() ? stage_.counters().shed : stage_.counters().unavailable).add();
    if (!turn_.was_shed()) seat_.excuse();
    co_return false;
}

void MxSession::lose_server() {
    stage_.counters().broken_servers.add();
    turn_.broken(server_->trouble());
    seat_.excuse();
    server_.reset();
    report(EventKind::attempt, Outcome::failure, Reason::internal);
}

// It has done what it was there for.
void MxSession::part_from_server() {
    if (!server_) return;
    server_->part();
    server_.reset();
    turn_.answered(Served::answered);
    turn_.give_back();
}

// Amid a message: the server forgets it.
void MxSession::cut_server() {
    if (!server_) return;
    server_.reset();
    turn_.answered(Served::answered);
    turn_.give_back();
}

// The client's command to the server, and its answer back. `refusal`: what it is to be told as if it is a
// final no.
MxSession::Act MxSession::relay(EventKind refusal) {
    expire_command(Whose::server);
    turn_.begin_serving();
    const bool answered = co_await server_->command(front_.line());
    turn_.end_serving();
    if (!answered) {
        lose_server();
        co_return asking_.is_expired() ? Then::over : deny(MxDenial::trouble);
    }
    const unsigned code = server_->code();
    const Turn turn = front_.reply(code, server_->reply(), out_);
    if (code >= 500) report(refusal, Outcome::failure, server_->refusal());
    co_return turn == Turn::close ? Then::over : Then::on;
}

// ---- the message

MxSession::Act MxSession::message() {
    if (co_await send() == Then::over) co_return Then::over;
    wire::MailContent content;
    std::size_t bytes = 0;
    unwanted_bytes_ = 0;
    expire_client_in(mx().data_block);
    for (;;) {
        const auto seen = content.next(in_);
        if (co_await take(content, seen) == Then::over) co_return Then::over;
        in_.erase(0, seen.used);
        if (seen.whole) co_return co_await conclude(content.is_spoilt());
        // Who sends a byte now and then gets no time for it.
        bytes += seen.used;
        if (bytes >= block_bytes) {
            bytes = 0;
            expire_client_in(mx().data_block);
        }
        if (co_await hear_more() == Then::over) {
            cut_server();  // without a dot
            co_return Then::over;
        }
    }
}

// What is good goes on; the rest of a message that nobody will take is read all the same, for its sender
// hears nothing before it has said all.
MxSession::Act MxSession::take(wire::MailContent& content, wire::MailContent::Seen seen) {
    if (content.is_spoilt()) cut_server();
    if (!server_) unwanted_bytes_ += seen.used;
    const bool is_too_much = unwanted_bytes_ > mx().unwanted_bytes;
    if (is_too_much || (content.is_spoilt() && mx().hang_up_on_bare)) {
        front_.bye(content.is_spoilt() ? wire::mx::bare_hang_up : wire::mx::closing, {}, out_);
        if (content.is_spoilt()) report(EventKind::attempt, Outcome::failure, Reason::protocol);
        co_return Then::over;
    }
    if (server_ && seen.good > 0) {
        time_ = Whose::server;
        if (!co_await server_->content(std::string_view(in_).substr(0, seen.good))) {
            lose_server();
            expire_client_in(mx().data_block);
        }
        time_ = Whose::client;
    }
    co_return asking_.is_expired() ? Then::over : Then::on;
}

MxSession::Act MxSession::conclude(bool is_spoilt) {
    expire_in(Whose::server, mx().verdict);
    Then then = Then::on;
    if (is_spoilt) {
        stage_.counters().failed.add();
        report(EventKind::attempt, Outcome::failure, Reason::protocol);
        then = deny(MxDenial::bare);
    } else if (server_ && co_await server_->verdict()) {
        const Turn turn = front_.reply(server_->code(), server_->reply(), out_);
        count_verdict();
        then = turn == Turn::close ? Then::over : Then::on;
    } else {
        if (server_) lose_server();
        if (asking_.is_expired()) co_return Then::over;
        then = deny(MxDenial::trouble);
    }
    // At once: what it does not hear of it sends again.
    co_return co_await send() == Then::on ? then : Then::over;
}

void MxSession::count_verdict() {
    auto& counters = stage_.counters();
    const unsigned code = server_->code();
    if (code < 500) seat_.excuse();
    if (code < 300) {
        delivered_ = true;
        counters.admitted.add();
        report(EventKind::attempt, Outcome::success, Reason::none);
        if (stage_.shields().admission && seat_.client_class() == ClientClass::known_sender)
            stage_.shields().admission->familiar(event_.address);
    } else if (code < 500) {
        counters.unavailable.add();
        report(EventKind::attempt, Outcome::failure, Reason::internal);
    } else {
        counters.failed.add();
        report(EventKind::attempt, Outcome::failure, server_->refusal());
    }
}

}  // namespace tidegate::edge

#include "edge/mx_session.h"

#include <algorithm>
#include <array>
#include <utility>

#include "net/loop_state.h"
#include "wire/door/question.h"

namespace tidegate::edge {

namespace asio = net::asio;
namespace mx_words = wire::mx;

MxSession::MxSession(Stage& stage, Arrived arrived)
    : ClientSession(stage, std::move(arrived)), front_(rules_->offer, rules_->mx.limits) {
    expire_client_in(mx().handshake);
}

void MxSession::start(std::unique_ptr<MxSession> session) {
    auto& context = session->stage_.context();
    asio::co_spawn(context, run(std::move(session)), asio::detached);
}

void MxSession::expire_in(Whose whose, std::chrono::milliseconds time) {
    time_ = whose;
    expire_at(net::coarse_now() + time);
}

void MxSession::expire_client_in(std::chrono::milliseconds time) {
    if (const auto& admission = stage_.shields().admission)
        time = std::min(time, std::chrono::floor<std::chrono::milliseconds>(
                                  admission->deadlines(seat_.client_class(), rules_->name).command));
    expire_in(Whose::client, time);
}

// A server that is too slow is lost, as if it had gone: the client hears so and may go on.
void MxSession::expire() {
    if (time_ == Whose::server && server_ && !asking_.is_expired()) {
        expire_at(Steady::time_point::max());
        return server_->expire();
    }
    if (!asking_.is_expired()) stage_.counters().late.add();
    end();
}

void MxSession::end() {
    asking_.expire();
    link_.expire();
    if (server_) server_->expire();
}

void MxSession::wind_down() {
    if (greeted_ && front_.is_amid_command()) return;
    winding_down_ = true;
    seat_.excuse();
    end();
}

asio::awaitable<void> MxSession::run(std::unique_ptr<MxSession> self) {
    if (co_await self->enter() == Then::on && co_await self->greet() == Then::on) co_await self->talk();
    self->leave();
    self->tell_visit();
}

void MxSession::tell_visit() {
    const bool is_ours = seat_.is_excused() && !delivered_;
    if (!stage_.hooks().visited || !greeted_ || is_ours) return;
    stage_.hooks().visited({.time = stage_.hooks().clock(),
                            .address = event_.address,
                            .end = delivered_ ? VisitEnd::served : VisitEnd::in_vain,
                            .listener = rules_->name,
                            .domains = recipients_.take_domains(),
                            .mailboxes = recipients_.take_mailboxes()});
}

// Nobody is called slow for whom we waited in vain.
const wire::MxWords& MxSession::last_words() const {
    return winding_down_ || time_ != Whose::client ? mx_words::closing : mx_words::too_slow;
}

// Whatever of the last words is taken at once.
void MxSession::leave() {
    if (asking_.is_expired() && greeted_) front_.bye(last_words(), {}, out_);
    part_from_server();
    if (!out_.empty()) static_cast<void>(link_.write(out_));
    link_.finish();
    // A socket that is closed with bytes unread resets the connection, and the last words are lost with it.
    std::size_t unread = 0;
    while (unread < stage_.scratch().size()) {
        const auto now = link_.read(stage_.scratch());
        if (now.bytes == 0) break;
        unread += now.bytes;
    }
    link_.close();
}

// ---- before the protocol

MxSession::Act MxSession::enter() {
    if (is_behind_balancer() && co_await hear_header(in_) == Then::over) co_return Then::over;
    if (rules_->security != Security::implicit) co_return Then::on;
    if (co_await encrypt() == Then::over) co_return Then::over;
    front_.secured();
    co_return Then::on;
}

MxSession::Act MxSession::greet() {
    greeted_ = true;
    if (const auto delay = greeting_delay(); delay.count() > 0) {
        expire_in(Whose::client, delay + mx().handshake);
        front_.tease(out_);
        if (co_await send() == Then::over) co_return Then::over;
        if (in_.empty() && !co_await link_.is_silent_for(delay) && co_await hear_more() == Then::over)
            co_return Then::over;
        if (!in_.empty() && front_.hear(in_, out_).turn == Turn::close) co_return closed();
    }
    const auto decision = co_await ask(EventKind::connect);
    if (!decision) co_return Then::over;
    if (decision->step >= wire::Answer::Step::defer) {
        hang_up(*decision);
        co_return Then::over;
    }
    front_.greet(out_);
    expire_client_in(mx().command);
    co_return Then::on;
}

// Who is known is not made to wait; and while places are short nobody is for long, as postscreen_greet_wait
// has it under stress.
std::chrono::milliseconds MxSession::greeting_delay() const {
    const std::chrono::milliseconds usual = mx().greeting_delay;
    const auto& admission = stage_.shields().admission;
    if (!admission) return usual;
    if (seat_.client_class() <= ClientClass::known_sender) return {};
    return admission->is_pressed(rules_->name) ? usual / 3 : usual;
}

// ---- the protocol

MxSession::Act MxSession::talk() {
    for (;;) {
        const auto heard = front_.hear(in_, out_);
        in_.erase(0, heard.used);
        Then then = Then::on;
        if (heard.turn != Turn::more) {
            then = co_await obey(heard.turn);
            if (then == Then::on) expire_client_in(mx().command);
        } else {
            // Commands that came together are answered together (RFC 2920 3.2).
            if (co_await send() == Then::over) co_return Then::over;
            if (!front_.is_amid_line()) expire_client_in(mx().command);
            then = co_await hear_more();
        }
        if (then == Then::over) co_return Then::over;
    }
}

MxSession::Act MxSession::obey(Turn turn) {
    switch (turn) {
        case Turn::start_tls:
            co_return co_await start_tls();
        case Turn::hello:
            co_return co_await hello();
        case Turn::mail:
            co_return co_await mail();
        case Turn::rcpt:
            co_return co_await rcpt();
        case Turn::data:
            co_return co_await data();
        case Turn::reset:
            co_return co_await reset();
        case Turn::more:
        case Turn::early:  // greet() has heard it
        case Turn::close:
            break;
    }
    co_return turn == Turn::close ? closed() : Then::on;
}

// As postscreen's log tells of those whom it sends away.
MxSession::Then MxSession::closed() {
    if (front_.is_at_fault()) report(EventKind::disconnect, Outcome::none, Reason::protocol);
    return Then::over;
}

MxSession::Act MxSession::start_tls() {
    if (co_await send() == Then::over) co_return Then::over;
    in_.clear();
    part_from_server();
    expire_client_in(mx().handshake);
    if (co_await encrypt() == Then::over) co_return Then::over;
    front_.secured();
    co_return Then::on;
}

// A server knows the client by the name that it had: there will be another connection.
MxSession::Act MxSession::hello() {
    part_from_server();
    helo_ = front_.hello_name();
    event_.ehlo = helo_;
    const auto decision = co_await ask(EventKind::connect);
    if (!decision) co_return Then::over;
    if (decision->step >= wire::Answer::Step::defer) {
        hang_up(*decision);
        co_return Then::over;
    }
    front_.go_on(out_);
    co_return Then::on;
}

MxSession::Act MxSession::send() {
    if (time_ != Whose::client) expire_client_in(mx().command);
    co_return co_await edge::send(link_, out_) == End::none ? Then::on : Then::over;
}

MxSession::Act MxSession::hear_more() {
    constexpr std::size_t most_bytes = 16'384;
    const End end = co_await receive(link_, stage_.scratch(), in_, most_bytes);
    co_return end == End::none ? Then::on : Then::over;
}

// ---- what others are asked and told

// Nothing: its time is over.
asio::awaitable<std::optional<Decision>> MxSession::ask(EventKind kind) {
    event_.kind = kind;
    event_.outcome = Outcome::none;
    event_.early = front_.was_early();
    event_.reason = event_.early ? Reason::protocol : Reason::none;
    expire_in(Whose::ours, mx().server);
    co_return co_await ClientSession::ask();
}

void MxSession::hang_up(const Decision& decision) {
    stage_.counters().stopped.add();
    std::string line;
    wire::append_line_text(decision.text, wire::max_reply_text_bytes, line);
    front_.bye(mx_words::hung_up, line, out_);
}

void MxSession::report(EventKind kind, Outcome outcome, Reason reason) {
    event_.kind = kind;
    event_.early = front_.was_early();
    ClientSession::report(outcome, reason);
}

wire::ForwardedClient MxSession::forwarded() const {
    wire::ForwardedClient out = ClientSession::forwarded(helo_);
    out.extended = front_.is_extended();
    return out;
}

}  // namespace tidegate::edge

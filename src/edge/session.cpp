#include "edge/session.h"

#include <algorithm>
#include <cstring>  // explicit_bzero is GNU's
#include <span>
#include <utility>

#include "net/loop_state.h"
#include "wire/mail/sasl.h"

namespace tidegate::edge {
namespace {

namespace asio = net::asio;
using Step = wire::Answer::Step;

constexpr std::string_view later = "Please try again later";

bool is_amid_line(std::string_view bytes) {
    return !bytes.empty() && !bytes.ends_with("\r\n");
}

}  // namespace

Session::Session(Stage& stage, Arrived arrived) : ClientSession(stage, std::move(arrived)) {
    expire_in_patience();
}

void Session::start(std::unique_ptr<Session> session) {
    auto& context = session->stage_.context();
    asio::co_spawn(context, run(std::move(session)), asio::detached);
}

void Session::expire_in(std::chrono::milliseconds time) {
    expire_at(net::coarse_now() + time);
}

void Session::expire_in_patience() {
    std::chrono::milliseconds time = rules_->log_in;
    if (const auto& admission = stage_.shields().admission)
        time = std::min(time, std::chrono::floor<std::chrono::milliseconds>(
                                  admission->deadlines(seat_.client_class(), rules_->name).log_in));
    expire_in(time);
}

// A server that is too slow is not the client's fault.
void Session::expire() {
    if (turn_.is_serving() && dial_) {
        expire_at(Steady::time_point::max());
        return dial_->expire();
    }
    if (!asking_.is_expired()) stage_.counters().late.add();
    end();
}

void Session::end() {
    asking_.expire();
    link_.expire();
    if (dial_) dial_->expire();
}

void Session::wind_down() {
    if (admitted_ || (front_ && (front_->is_amid_command() || dial_))) return;
    winding_down_ = true;
    end();
}

asio::awaitable<void> Session::run(std::unique_ptr<Session> self) {
    if (co_await self->enter() == Then::on && co_await self->talk() == Then::on && self->admitted_)
        co_await self->carry();
    else if (self->asking_.is_expired() && self->front_)
        co_await self->say_goodbye();
    self->link_.close();
}

// ---- before the protocol

asio::awaitable<Session::Then> Session::enter() {
    if (is_behind_balancer() && co_await hear_header() == Then::over) co_return Then::over;
    if (rules_->security == Security::implicit && co_await encrypt() == Then::over) co_return Then::over;
    front_ = make_front(rules_->protocol, rules_->offer, rules_->limits);
    if (rules_->security == Security::implicit) front_->secured();
    front_->greet(out_);
    co_return co_await send();
}

asio::awaitable<Session::Then> Session::hear_header() {
    std::string heard;
    const Then then = co_await ClientSession::hear_header(heard);
    in_.append(heard);
    wire::wipe(heard);
    co_return then;
}

// ---- the protocol

asio::awaitable<Session::Then> Session::talk() {
    for (;;) {
        const auto heard = front_->hear(in_.view(), out_);
        in_.drop_front(heard.used);
        if (co_await send() == Then::over) co_return Then::over;
        Then then = Then::on;
        switch (heard.turn) {
            case wire::Front::Turn::close:
            case wire::Front::Turn::respond:  // nobody asked
                co_return Then::over;
            case wire::Front::Turn::start_tls:
                then = co_await start_tls();
                break;
            case wire::Front::Turn::log_in:
                then = co_await log_in();
                break;
            case wire::Front::Turn::more:
                // More commands may be there already.
                if (heard.used == 0 || in_.empty()) then = co_await receive();
                break;
        }
        if (then == Then::over || admitted_) co_return then;
    }
}

asio::awaitable<Session::Then> Session::start_tls() {
    in_.wipe();
    if (co_await encrypt() == Then::over) co_return Then::over;
    front_->secured();
    front_->greet_again(out_);
    co_return co_await send();
}

asio::awaitable<Session::Then> Session::send() {
    co_return co_await edge::send(link_, out_) == End::none ? Then::on : Then::over;
}

asio::awaitable<Session::Then> Session::receive() {
    for (bool waits = link_.must_wait();; waits = true) {
        if (waits && co_await link_.readable() != End::none) co_return Then::over;
        const auto now = link_.read(stage_.scratch());
        if (now.end != End::none) co_return Then::over;
        if (now.bytes == 0) continue;
        const std::span<char> read(stage_.scratch().data(), now.bytes);
        in_.append({read.data(), read.size()});
        ::explicit_bzero(read.data(), read.size());
        co_return Then::on;
    }
}

// ---- an attempt

void Session::begin_attempt() {
    const wire::Login& login = front_->login();
    account_ = login.account;
    method_ = login.mechanism;
    words_ = front_->client_words();
    event_.kind = EventKind::attempt;
    event_.outcome = Outcome::none;
    event_.reason = Reason::none;
    event_.account = account_;
    event_.method = method_;
    if (rules_->protocol == Protocol::submission) event_.ehlo = words_;
    event_.guess.reset();
    event_.tag.reset();
    if (!login.is_plain() || !stage_.hooks().mark) return;
    const auto marks = stage_.hooks().mark(login.password.view(), account_);
    event_.guess = marks.guess;
    event_.tag = marks.tag;
}

asio::awaitable<Session::Then> Session::log_in() {
    stage_.counters().attempts.add();
    begin_attempt();
    const auto decision = co_await decide();
    if (!decision) co_return Then::over;
    if (decision->step >= Step::defer) {
        refuse(*decision);
    } else if (!is_remembered() && co_await try_server() == Then::over) {
        co_return Then::over;
    }
    if (co_await send() == Then::over) co_return Then::over;
    if (admitted_) co_return Then::on;
    if (++failed_ >= rules_->tries) {
        front_->bye(later, out_);
        static_cast<void>(co_await send());
        co_return Then::over;
    }
    expire_in_patience();
    co_return Then::on;
}

// Nothing: its time is over.
asio::awaitable<std::optional<Decision>> Session::decide() {
    auto decision = co_await ask();
    if (decision) normal_account_ = decision->account;
    co_return decision;
}

void Session::deny(wire::Denial why, std::string_view text) {
    std::string line;
    wire::append_line_text(text, wire::max_reply_text_bytes, line);
    front_->deny(why, line, out_);
}

// Of a mechanism that names the account only now.
asio::awaitable<std::optional<Decision>> Session::decide_on_response() {
    account_ = wire::account_of_response(method_, front_->response().view());
    event_.account = account_;
    if (account_.empty()) co_return Decision{};
    co_return co_await decide();
}

void Session::refuse(const Decision& decision) {
    stage_.counters().stopped.add();
    deny(wire::Denial::unavailable, decision.text.empty() ? later : decision.text);
}

asio::awaitable<bool> Session::client_responds() {
    for (;;) {
        const auto heard = front_->hear(in_.view(), out_);
        in_.drop_front(heard.used);
        if (co_await send() == Then::over) co_return false;
        if (heard.turn == wire::Front::Turn::respond) co_return true;
        if (heard.turn != wire::Front::Turn::more) co_return false;
        if (heard.used != 0 && !in_.empty()) continue;
        if (co_await receive() == Then::over) co_return false;
    }
}

// ---- afterwards

asio::awaitable<void> Session::carry() {
    expire_in(rules_->idle);
    out_ = dial_->rest();
    client_amid_line_ = is_amid_line(in_.view());
    server_amid_line_ = is_amid_line(out_);
    if (co_await send() == Then::over) co_return;
    if (!in_.empty() && co_await dial_->link().write_all(in_.view()) != End::none) co_return;
    // What was needed to get here is no longer.
    front_.reset();
    in_ = {};
    out_ = {};
    if (rules_->protocol == Protocol::imap) turn_.when_to_move(restlessness());
    static_cast<void>(co_await splice(
        link_, dial_->link(), stage_.scratch(),
        [this](bool from_client, std::string_view bytes) { note_carried(from_client, bytes); }));
}

void Session::note_carried(bool from_client, std::string_view bytes) {
    expire_in(rules_->idle);
    carried_at_ = net::coarse_now();
    (from_client ? client_amid_line_ : server_amid_line_) = is_amid_line(bytes);
}

// For any thread, perhaps when we are gone.
net::Waker Session::restlessness() {
    here_ = std::make_shared<Session*>(this);
    return [alive = std::weak_ptr(here_), &loop = stage_.loop()] {
        loop.post([alive] {
            if (const auto here = alive.lock()) (*here)->stage_.make_restless(**here);
        });
    };
}

// Its account belongs to another server now. IMAP alone has a word for that, and sessions that last; it is
// said where nothing was under way for a while: most clients are in IDLE then.
void Session::look(Steady::time_point now) {
    constexpr auto quiet = std::chrono::seconds(5);
    if (now - carried_at_ < quiet || client_amid_line_ || server_amid_line_) return;
    static_cast<void>(
        link_.write("* BYE [UNAVAILABLE] Your mailbox is served elsewhere now, please come again\r\n"));
    link_.finish();
    end();
}

asio::awaitable<void> Session::say_goodbye() {
    out_.clear();
    front_->bye(winding_down_ ? later : "Too slow", out_);
    // Whatever of it is taken at once.
    static_cast<void>(link_.write(out_));
    link_.finish();
    co_return;
}

}  // namespace tidegate::edge

#include "edge/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>  // explicit_bzero is GNU's
#include <span>
#include <utility>

#include "net/loop_state.h"
#include "wire/mail/proxy_protocol.h"
#include "wire/mail/sasl.h"
#include "wire/tls/client_hello.h"

namespace tidegate::edge {
namespace {

namespace asio = net::asio;
using Step = wire::Answer::Step;

constexpr std::string_view nowhere = "No server can be reached, please try again later";
constexpr std::string_view later = "Please try again later";

// Short, and no two alike in one process.
std::string next_id() {
    static std::atomic<std::uint64_t> next{1};
    return fmt::format("e{:x}", next.fetch_add(1, std::memory_order_relaxed));
}

bool is_among(const std::vector<Prefix>& prefixes, const Address& address) {
    return std::ranges::any_of(prefixes, [&](const Prefix& each) { return each.contains(address); });
}

}  // namespace

Session::Session(Stage& stage, std::shared_ptr<const EntranceRules> rules, net::Descriptor socket,
                 const net::Peer& peer, const net::Endpoint& met_at, net::Gate::Pass pass)
    : stage_(stage),
      rules_(std::move(rules)),
      link_(stage.context(), std::move(socket)),
      pass_(std::move(pass)),
      id_(next_id()),
      met_at_(met_at.address),
      met_at_port_(met_at.port) {
    event_.address = peer.address;
    event_.port = peer.port;
    event_.service = service_of(rules_->protocol);
    event_.layer = Layer::proxy;
    event_.tls = false;
    event_.listener = rules_->name;
    event_.session = id_;
    stage_.add(*this);
    expire_in(rules_->log_in);
}

void Session::start(std::unique_ptr<Session> session) {
    auto& context = session->stage_.context();
    asio::co_spawn(context, run(std::move(session)), asio::detached);
}

void Session::expire_in(std::chrono::milliseconds time) {
    expire_at(net::coarse_now() + time);
}

void Session::expire() {
    if (!std::exchange(expired_, true)) stage_.counters().late.add();
    link_.expire();
    if (dial_) dial_->expire();
    if (bell_) bell_->cancel();
}

void Session::wind_down() {
    if (!admitted_ && (!front_ || (!front_->is_amid_command() && !dial_))) expire();
}

asio::awaitable<void> Session::run(std::unique_ptr<Session> self) {
    if (co_await self->enter() == Then::on && co_await self->talk() == Then::on && self->admitted_)
        co_await self->carry();
    else if (self->expired_ && self->front_)
        co_await self->say_goodbye();
    self->link_.close();
}

// ---- before the protocol

asio::awaitable<Session::Then> Session::enter() {
    if (!rules_->balancers.empty() && is_among(rules_->balancers, event_.address) &&
        co_await read_header() == Then::over)
        co_return Then::over;
    if (rules_->security == Security::implicit && co_await encrypt() == Then::over) co_return Then::over;
    front_ = make_front(rules_->protocol, rules_->offer, rules_->limits);
    if (rules_->security == Security::implicit) front_->secured();
    front_->greet(out_);
    co_return co_await send();
}

asio::awaitable<Session::Then> Session::read_header() {
    for (;;) {
        const auto read = wire::read_proxy_header(in_.view());
        if (read.state == wire::ProxyRead::State::none) {
            stage_.counters().refused_header.add();
            co_return Then::over;
        }
        if (read.state == wire::ProxyRead::State::whole) {
            in_.drop_front(read.used);
            if (read.header.local) co_return Then::on;
            header_ = read.header;
            event_.address = read.header.source;
            event_.port = read.header.source_port;
            event_.tls = read.header.tls.value_or(false);
            met_at_ = read.header.destination;
            met_at_port_ = read.header.destination_port;
            co_return Then::on;
        }
        if (co_await receive() == Then::over) co_return Then::over;
    }
}

asio::awaitable<Session::Then> Session::encrypt() {
    if (co_await link_.accept_tls(rules_->tls) != End::none) {
        stage_.counters().handshakes_failed.add();
        co_return Then::over;
    }
    hear_hello();
    co_return Then::on;
}

void Session::hear_hello() {
    event_.tls = true;
    const std::string message = link_.tls()->take_client_hello();
    if (const auto hello = wire::read_client_hello(message)) fingerprint_ = wire::ja4(*hello);
    event_.client = fingerprint_;
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
    if (out_.empty()) co_return Then::on;
    const End end = co_await link_.write_all(out_);
    out_.clear();
    co_return end == End::none ? Then::on : Then::over;
}

asio::awaitable<Session::Then> Session::receive() {
    for (;;) {
        const auto now = link_.read(stage_.scratch());
        if (now.end != End::none) co_return Then::over;
        if (now.bytes != 0) {
            const std::span<char> read(stage_.scratch().data(), now.bytes);
            in_.append({read.data(), read.size()});
            ::explicit_bzero(read.data(), read.size());
            co_return Then::on;
        }
        if (co_await link_.readable() != End::none) co_return Then::over;
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
    } else if (co_await try_server() == Then::over) {
        co_return Then::over;
    }
    if (co_await send() == Then::over) co_return Then::over;
    if (admitted_) co_return Then::on;
    if (++failed_ >= rules_->tries) {
        front_->bye(later, out_);
        static_cast<void>(co_await send());
        co_return Then::over;
    }
    expire_in(rules_->log_in);
    co_return Then::on;
}

// Nothing: its time is over.
asio::awaitable<std::optional<Decision>> Session::decide() {
    event_.time = event_.received = stage_.hooks().clock();
    bell_.emplace(stage_.context(), Steady::time_point::max());
    // Called in any thread, perhaps when this session is gone: the loop finds the bell by its own word.
    const auto rung = std::make_shared<bool>(false);
    const std::weak_ptr<bool> alive = rung;
    const net::Waker waker = [this, alive, &loop = stage_.loop()] {
        loop.post([this, alive] {
            const auto still = alive.lock();
            if (!still) return;
            *still = true;
            if (bell_) bell_->cancel();
        });
    };
    auto decision = stage_.hooks().ask(event_, &waker);
    while (!decision && !*rung && !expired_) co_await bell_->async_wait(net::as_values);
    if (!decision && !expired_) decision = stage_.hooks().ask(event_, nullptr);
    if (decision && decision->step == Step::wait && !expired_) {
        bell_->expires_after(decision->wait);
        co_await bell_->async_wait(net::as_values);
    }
    bell_.reset();
    if (expired_) co_return std::nullopt;
    co_return decision;
}

void Session::deny(wire::Denial why, std::string_view text) {
    std::string line;
    wire::append_line_text(text, wire::max_reply_text_bytes, line);
    front_->deny(why, line, out_);
}

void Session::report(Outcome outcome, Reason reason) {
    event_.outcome = outcome;
    event_.reason = reason;
    event_.time = event_.received = stage_.hooks().clock();
    stage_.hooks().report(event_);
}

wire::ForwardedClient Session::forwarded() const {
    wire::ForwardedClient out{.address = event_.address,
                              .port = event_.port,
                              .met_at = met_at_,
                              .met_at_port = met_at_port_,
                              .session = id_,
                              .words = words_,
                              .tls = event_.tls.value_or(false)};
    if (const auto* tls = link_.tls()) {
        out.tls_version = tls->version();
        out.tls_cipher = tls->cipher();
        out.tls_name = tls->server_name();
    } else if (header_) {
        out.tls_version = header_->tls_version;
        out.tls_cipher = header_->tls_cipher;
        out.tls_name = header_->authority;
    }
    return out;
}

asio::awaitable<Session::Then> Session::try_server() {
    auto place = stage_.hooks().choose(account_);
    if (!place) {
        stage_.counters().unavailable.add();
        deny(wire::Denial::unavailable, nowhere);
        co_return Then::on;
    }
    expire_in(rules_->server);
    dial_ = std::make_unique<Dial>(stage_.context(), std::move(*place), rules_->protocol);
    Dial::Turn turn = co_await dial_->begin(forwarded(), std::move(front_->login()), rules_->offer.host);
    const bool goes_on = turn != Dial::Turn::challenge || co_await exchange(turn);
    if (!goes_on || (expired_ && turn != Dial::Turn::decided)) co_return Then::over;
    if (turn == Dial::Turn::broken) {
        stage_.counters().broken_servers.add();
        stage_.hooks().server(dial_->place(), dial_->trouble());
        report(Outcome::failure, Reason::internal);
        deny(wire::Denial::unavailable, nowhere);
    } else if (turn == Dial::Turn::decided) {
        stage_.hooks().server(dial_->place(), "");
        decided(dial_->result());
    }
    if (!admitted_) dial_.reset();
    co_return Then::on;
}

// The server's challenges and the client's responses, until the server has decided or is broken; still at a
// challenge where we have refused, and the client was told. False: the client is gone.
asio::awaitable<bool> Session::exchange(Dial::Turn& turn) {
    while (turn == Dial::Turn::challenge) {
        front_->challenge(dial_->challenge(), out_);
        if (co_await send() == Then::over || !co_await client_responds()) co_return false;
        if (account_.empty()) {
            const auto decision = co_await decide_on_response();
            if (!decision) co_return false;
            if (decision->step >= Step::defer) {
                refuse(*decision);
                co_return true;
            }
        }
        dial_->respond(front_->response().view());
        turn = co_await dial_->go_on();
    }
    co_return true;
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

void Session::decided(const wire::ServerReply& reply) {
    front_->reply(reply, out_);
    admitted_ = reply.ok;
    if (reply.ok) {
        stage_.counters().admitted.add();
        report(Outcome::success, Reason::none);
        return;
    }
    (reply.temporary ? stage_.counters().unavailable : stage_.counters().failed).add();
    report(reply.reason == Reason::protocol ? Outcome::abort : Outcome::failure, reply.reason);
}

// ---- afterwards

asio::awaitable<void> Session::carry() {
    expire_in(rules_->idle);
    out_ = dial_->rest();
    if (co_await send() == Then::over) co_return;
    if (!in_.empty() && co_await dial_->link().write_all(in_.view()) != End::none) co_return;
    // What was needed to get here is no longer.
    front_.reset();
    in_ = {};
    out_ = {};
    static_cast<void>(
        co_await splice(link_, dial_->link(), stage_.scratch(), [this] { expire_in(rules_->idle); }));
}

asio::awaitable<void> Session::say_goodbye() {
    out_.clear();
    front_->bye("Too slow", out_);
    // Whatever of it is taken at once.
    static_cast<void>(link_.write(out_));
    link_.finish();
    co_return;
}

}  // namespace tidegate::edge

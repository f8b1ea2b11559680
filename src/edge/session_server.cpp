// An attempt that was let through: its turn at a server, the log-in there, and what memory spares the server.
#include <utility>

#include "edge/session.h"

namespace tidegate::edge {
namespace {

namespace asio = net::asio;
using Step = wire::Answer::Step;

constexpr std::string_view nowhere = "No server can be reached, please try again later";
constexpr std::string_view too_busy = "Too busy, please try again in a minute";
constexpr unsigned most_servers = 3;  // tried for one attempt

}  // namespace

// ---- what was wrong before

// A password that the servers called wrong again and again: they are not asked, the client hears the same.
bool Session::is_remembered() {
    const auto& memory = stage_.shields().wrong_passwords;
    password_.reset();
    const wire::Login& login = front_->login();
    if (!memory || normal_account_.empty() || !login.is_plain()) return false;
    // Who acts for another asks for something else with the same password.
    if (!login.acts_for.empty() && login.acts_for != login.account) return false;
    password_ = memory->mark({.account = normal_account_,
                              .source = event_.address,
                              .service = event_.service,
                              .password = login.password.view()});
    const auto why = memory->look(*password_, event_.time);
    if (!why) return false;
    stage_.counters().remembered.add();
    report(Outcome::failure, *why);
    front_->login() = {};
    front_->deny(wire::Denial::wrong, "", out_);
    return true;
}

// ---- the log-in

// The server's time runs.
void Session::begin_serving() {
    turn_.begin_serving();
    expire_in(rules_->server);
}

void Session::broken() {
    stage_.counters().broken_servers.add();
    turn_.broken(dial_->trouble());
    dial_.reset();
}

void Session::unavailable() {
    (turn_.was_shed() ? stage_.counters().shed : stage_.counters().unavailable).add();
    if (!turn_.was_shed()) seat_.excuse();
    report(Outcome::failure, Reason::internal);
    deny(wire::Denial::unavailable, turn_.was_shed() ? too_busy : nowhere);
}

// It is not the server's fault.
bool Session::give_up_dial() {
    dial_.reset();
    turn_.give_back();
    return false;
}

// Another one where the first can't be reached.
asio::awaitable<bool> Session::reach_server() {
    turn_.begin_attempt();
    for (unsigned i = 0; i < most_servers && !asking_.is_expired(); ++i) {
        expire_in(rules_->server);
        const ServerPlace* place =
            co_await turn_.take(*rules_, account_, seat_.client_class(), event_.address);
        if (place == nullptr) break;
        dial_ = std::make_unique<Dial>(stage_.context(), *place, rules_->protocol);
        begin_serving();
        if (co_await dial_->reach(forwarded(words_))) co_return true;
        // Of another server we would know as little.
        if (dial_->failed_here()) co_return give_up_dial();
        broken();
    }
    co_return false;
}

asio::awaitable<Session::Then> Session::try_server() {
    if (!co_await reach_server()) {
        if (asking_.is_expired()) co_return Then::over;
        unavailable();
        co_return Then::on;
    }
    Dial::Turn turn =
        co_await dial_->log_in(forwarded(words_), std::move(front_->login()), rules_->offer.host);
    const bool goes_on = turn != Dial::Turn::challenge || co_await exchange(turn);
    turn_.end_serving();
    if (!goes_on || (asking_.is_expired() && turn != Dial::Turn::decided)) co_return Then::over;
    if (turn == Dial::Turn::broken) {
        broken();
        unavailable();
    } else if (turn == Dial::Turn::decided) {
        decided(dial_->result());
    }
    if (admitted_) co_return Then::on;
    dial_.reset();
    turn_.give_back();
    co_return Then::on;
}

// The server's challenges and the client's responses, until the server has decided or is broken; still at a
// challenge where we have refused, and the client was told. False: the client is gone.
asio::awaitable<bool> Session::exchange(Dial::Turn& turn) {
    while (turn == Dial::Turn::challenge) {
        turn_.end_serving();
        expire_in_patience();
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
        begin_serving();
        dial_->respond(front_->response().view());
        turn = co_await dial_->go_on();
    }
    co_return true;
}

void Session::decided(const wire::ServerReply& reply) {
    Served served = reply.ok ? Served::answered : Served::denied;
    if (reply.temporary) served = Served::failed;
    // Who cancels must not make the server look weak: its limit would fall for everybody.
    if (reply.reason == Reason::protocol) served = Served::abandoned;
    turn_.answered(served);
    front_->reply(reply, out_);
    admitted_ = reply.ok;
    const auto& memory = stage_.shields().wrong_passwords;
    if (reply.ok || reply.temporary) seat_.excuse();
    if (reply.ok) {
        stage_.counters().admitted.add();
        report(Outcome::success, Reason::none);
        if (memory && !normal_account_.empty()) memory->right(normal_account_);
        if (stage_.shields().admission && seat_.client_class() == ClientClass::familiar)
            stage_.shields().admission->familiar(event_.address);
        return;
    }
    (reply.temporary ? stage_.counters().unavailable : stage_.counters().failed).add();
    report(reply.reason == Reason::protocol ? Outcome::abort : Outcome::failure, reply.reason);
    if (memory && password_ && !reply.temporary) memory->wrong(*password_, reply.reason, event_.time);
}

}  // namespace tidegate::edge

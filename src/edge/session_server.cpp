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

// ---- its turn

// Null: nowhere for now, or the session's time is over.
asio::awaitable<const ServerPlace*> Session::take_lease(std::optional<ServerNumber> not_at) {
    auto answer = rules_->servers->choose(account_, not_at);
    while (answer.step == Choice::Step::go_on && answer.wait.count() > 0) {
        if (!co_await pause(answer.wait)) co_return nullptr;
        answer = rules_->servers->due(std::move(answer.lease));
    }
    shed_ = answer.step == Choice::Step::later;
    if (answer.step != Choice::Step::go_on) co_return nullptr;
    // One that was added since the client came in is not in these rules.
    const auto place = rules_->places.find(answer.server);
    if (place == rules_->places.end()) co_return nullptr;
    lease_ = std::move(answer.lease);
    if (!co_await enter_server(answer.server)) co_return nullptr;
    co_return &place->second;
}

// Within the limit of what the server bears now. False: it was sent away, or the session's time is over.
asio::awaitable<bool> Session::enter_server(std::string_view name) {
    const auto& admission = stage_.shields().admission;
    if (!admission) co_return true;
    const auto rung = std::make_shared<bool>(false);
    entry_ = admission->enter(name, seat_.client_class(), event_.address, bell_for(rung));
    while (entry_.ruling() == Ruling::queued && !expired_) co_await bell_->async_wait(net::as_values);
    bell_.reset();
    shed_ = entry_.ruling() == Ruling::shed;
    co_return entry_.ruling() == Ruling::admitted && !expired_;
}

// Another one where the first can't be reached.
asio::awaitable<bool> Session::reach_server() {
    std::optional<ServerNumber> not_at;
    for (unsigned i = 0; i < most_servers && !expired_; ++i) {
        const ServerPlace* place = co_await take_lease(not_at);
        if (place == nullptr) break;
        dial_ = std::make_unique<Dial>(stage_.context(), *place, rules_->protocol);
        begin_serving();
        if (co_await dial_->reach(forwarded())) co_return true;
        end_serving();
        not_at = lease_.server();
        broken(dial_->trouble());
    }
    lease_ = {};
    co_return false;
}

// ---- whose time runs

void Session::begin_serving() {
    serving_ = true;
    serving_since_ = Steady::now();
    expire_in(rules_->server);
}

void Session::end_serving() {
    if (std::exchange(serving_, false)) served_ += Steady::now() - serving_since_;
}

void Session::leave(Served served) {
    entry_.leave(std::exchange(served_, {}), served);
    entry_ = {};
}

// ---- the log-in

void Session::broken(std::string_view trouble) {
    stage_.counters().broken_servers.add();
    leave(Served::failed);
    lease_.failed(trouble);
    dial_.reset();
}

void Session::unavailable() {
    stage_.counters().unavailable.add();
    report(Outcome::failure, Reason::internal);
    deny(wire::Denial::unavailable, nowhere);
}

void Session::busy() {
    stage_.counters().shed.add();
    report(Outcome::failure, Reason::internal);
    deny(wire::Denial::unavailable, too_busy);
}

asio::awaitable<Session::Then> Session::try_server() {
    shed_ = false;
    served_ = {};
    if (!co_await reach_server()) {
        if (expired_) co_return Then::over;
        shed_ ? busy() : unavailable();
        co_return Then::on;
    }
    Dial::Turn turn = co_await dial_->log_in(forwarded(), std::move(front_->login()), rules_->offer.host);
    const bool goes_on = turn != Dial::Turn::challenge || co_await exchange(turn);
    end_serving();
    if (!goes_on || (expired_ && turn != Dial::Turn::decided)) co_return Then::over;
    if (turn == Dial::Turn::broken) {
        broken(dial_->trouble());
        unavailable();
    } else if (turn == Dial::Turn::decided) {
        lease_.answered();
        decided(dial_->result());
    }
    if (admitted_) co_return Then::on;
    entry_ = {};
    dial_.reset();
    lease_ = {};
    co_return Then::on;
}

// The server's challenges and the client's responses, until the server has decided or is broken; still at a
// challenge where we have refused, and the client was told. False: the client is gone.
asio::awaitable<bool> Session::exchange(Dial::Turn& turn) {
    while (turn == Dial::Turn::challenge) {
        end_serving();
        front_->challenge(dial_->challenge(), out_);
        expire_in_patience();
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
    leave(reply.temporary ? Served::failed : Served::answered);
    front_->reply(reply, out_);
    admitted_ = reply.ok;
    const auto& memory = stage_.shields().wrong_passwords;
    if (reply.ok) {
        stage_.counters().admitted.add();
        report(Outcome::success, Reason::none);
        if (memory && !normal_account_.empty()) memory->right(normal_account_);
        if (stage_.shields().admission && seat_.client_class() == ClientClass::familiar)
            stage_.shields().admission->familiar(event_.address);
    } else if (reply.temporary) {
        stage_.counters().unavailable.add();
        report(Outcome::failure, Reason::internal);
    } else {
        stage_.counters().failed.add();
        report(Outcome::failure, Reason::bad_password);
        if (memory && password_) memory->wrong(*password_, Reason::bad_password, event_.time);
    }
}

}  // namespace tidegate::edge

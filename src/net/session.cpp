#include "net/session.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <exception>

namespace tidegate::net {
namespace {

constexpr std::size_t first_bytes = 4096;   // of a buffer; a question is some hundred
constexpr std::size_t spare_bytes = 16384;  // more than that is given back between requests

int family_of(int socket) {
    int family = AF_INET;
    socklen_t size = sizeof family;
    ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size);
    return family;
}

}  // namespace

Session::Session(Room& room, Descriptor socket, Gate::Pass pass)
    : room_(room), pass_(std::move(pass)), socket_(room.context()) {
    const int number = socket.release();
    socket_.assign(asio::generic::stream_protocol(family_of(number), 0), number);
    room_.commons().connections.fetch_add(1, std::memory_order_relaxed);
    room_.add(*this);
}

Session::~Session() {
    if (pipe_) pipe_->detach();
    if (counted_in_flight_) room_.commons().in_flight.fetch_sub(1, std::memory_order_relaxed);
    room_.commons().connections.fetch_sub(1, std::memory_order_relaxed);
}

void Session::start(const Peer& peer) {
    if (const auto& tls = room_.rules().tls) tls_ = TlsConnection::accept(tls, socket_.native_handle());
    conversation_ = room_.commons().make(peer, room_.loop());
    conversation_->meet([weak = weak_from_this(), loop = &room_.loop()] {
        loop->post([weak] {
            if (const auto self = weak.lock()) self->wake();
        });
    });
    enter(Stage::idle);
    asio::co_spawn(socket_.get_executor(), run(shared_from_this()), asio::detached);
}

void Session::refuse() {
    room_.commons().refused.add();
    // Over TLS a word would take a handshake first.
    if (!room_.rules().tls) out_ = room_.rules().full_reply;
    if (!send_now()) broken_ = true;
    asio::co_spawn(socket_.get_executor(), run(shared_from_this()), asio::detached);
}

asio::awaitable<void> Session::run(std::shared_ptr<Session> self) {
    try {
        if (self->conversation_ && (!self->tls_ || co_await self->shake_hands())) co_await self->talk();
    } catch (const std::exception&) {
        self->room_.commons().thrown.add();
        self->broken_ = true;
    }
    co_await self->linger();
}

asio::awaitable<bool> Session::shake_hands() {
    enter(Stage::begun);
    while (!broken_ && !full_) {
        const auto step = tls_->shake_hands();
        if (step == TlsConnection::Step::done) {
            enter(Stage::idle);
            co_return true;
        }
        const Failure error = co_await wait_for(step);
        if (expired_) room_.commons().late.add();
        if (error && !expired_) room_.commons().broken.add();
        broken_ = broken_ || error || expired_;
    }
    broken_ = true;
    co_return false;
}

asio::awaitable<Failure> Session::wait_for(TlsConnection::Step step) {
    using Step = TlsConnection::Step;
    if (step == Step::closed || step == Step::cut) co_return asio::error::eof;
    if (step == Step::failed) co_return asio::error::connection_reset;
    const auto what =
        step == Step::wants_write ? asio::socket_base::wait_write : asio::socket_base::wait_read;
    const auto [error] = co_await socket_.async_wait(what, as_values);
    co_return error;
}

asio::awaitable<std::tuple<Failure, std::size_t>> Session::receive(asio::mutable_buffer to) {
    while (true) {
        const auto moved = tls_->read({static_cast<char*>(to.data()), to.size()});
        if (moved.step == TlsConnection::Step::done) co_return std::tuple(Failure(), moved.bytes);
        const Failure error = co_await wait_for(moved.step);
        if (error) co_return std::tuple(error, std::size_t{0});
    }
}

ssize_t Session::receive_now(asio::mutable_buffer to) {
    if (!tls_) return ::recv(socket_.native_handle(), to.data(), to.size(), MSG_DONTWAIT);
    return static_cast<ssize_t>(tls_->read({static_cast<char*>(to.data()), to.size()}).bytes);
}

ssize_t Session::send_some(std::string_view bytes) {
    if (!tls_)
        return ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    const auto moved = tls_->write(bytes);
    if (moved.step == TlsConnection::Step::done) return static_cast<ssize_t>(moved.bytes);
    errno = moved.step == TlsConnection::Step::wants_write ? EAGAIN : EPIPE;
    return -1;
}

asio::awaitable<void> Session::talk() {
    while (!broken_) {
        if (!room_.is_winding_down() || !take_what_waits()) {
            if (room_.is_winding_down() && stage_ == Stage::idle) co_return;
            const auto [error, got] =
                tls_ ? co_await receive(space()) : co_await socket_.async_read_some(space(), as_values);
            if (!read_on(error, got)) co_return;
            if (got == 0) continue;
            if (room_.is_winding_down()) static_cast<void>(take_what_waits());
        }
        const auto next = co_await reply_to_all();
        if (next == Heard::Next::stream) co_await pour();
        if (next != Heard::Next::more) co_return;
        if (have_ != 0 || conversation_->is_amid_request()) enter(Stage::begun);
        if (full_) co_return;
    }
}

asio::awaitable<Heard::Next> Session::reply_to_all() {
    auto next = Heard::Next::again;
    while ((next == Heard::Next::again || next == Heard::Next::wait) && !broken_ && !full_) {
        if (next == Heard::Next::wait) co_await rest();
        if (full_) co_return Heard::Next::close;
        woken_ = false;
        next = hear();
        if (!send_now()) co_await send_rest();
    }
    co_return next;
}

// Until the conversation is woken. Where half of all requests that may be under way are, nobody waits: those
// who wait shall not be why others are turned away.
asio::awaitable<void> Session::rest() {
    const std::size_t under_way = room_.commons().in_flight.load(std::memory_order_relaxed);
    if (under_way > room_.rules().max_in_flight / 2) co_return;
    enter(Stage::begun);
    if (!bell_) bell_.emplace(socket_.get_executor());
    while (!woken_ && !expired_ && !broken_) {
        bell_->expires_at(asio::steady_timer::time_point::max());
        co_await bell_->async_wait(as_values);
    }
    expired_ = false;
}

void Session::wake() {
    woken_ = true;
    if (bell_) bell_->cancel();
}

// Something came, or the server winds down and we look again.
bool Session::read_on(const Failure& error, std::size_t got) {
    have_ += got;
    if (!error || (error == asio::error::operation_aborted && !expired_ && !broken_)) {
        expired_ = false;
        return true;
    }
    const bool begun = stage_ == Stage::begun;
    if (expired_ && begun)
        give_up(Trouble::late);
    else if (expired_)
        room_.commons().idle.add();
    else if (begun || error != asio::error::eof)
        room_.commons().broken.add();
    broken_ = broken_ || !expired_;
    return false;
}

// Whatever the kernel has for us. While winding down it must all be seen before we may say goodbye.
bool Session::take_what_waits() {
    const std::size_t before = have_;
    drained_ = false;
    while (have_ < room_.rules().max_unused_bytes) {
        const auto room = space();
        const auto got = receive_now(room);
        drained_ = got <= 0;
        if (drained_) break;
        have_ += static_cast<std::size_t>(got);
    }
    return have_ != before;
}

asio::mutable_buffer Session::space() {
    if (in_.empty()) in_.resize(first_bytes);
    if (have_ == in_.size())
        in_.resize(std::max(have_ + 1, std::min(have_ * 2, room_.rules().max_unused_bytes)));
    return asio::buffer(in_.data() + have_, in_.size() - have_);
}

Heard::Next Session::hear() {
    room_.loop().sample_lag();
    const bool last = room_.is_winding_down() && drained_;
    const std::size_t replied = out_.size();
    Heard heard = conversation_->hear(std::string_view(in_).substr(0, have_), out_, last);
    have_ -= heard.used;
    if (have_ != 0 && heard.used != 0) std::memmove(in_.data(), in_.data() + heard.used, have_);
    if (out_.size() != replied) enter(Stage::idle);
    if (have_ >= room_.rules().max_unused_bytes && heard.used == 0 && heard.next == Heard::Next::more) {
        give_up(Trouble::large);
        heard.next = Heard::Next::close;
    }
    if (have_ == 0 && in_.size() > spare_bytes) in_ = {};
    return heard.next;
}

bool Session::send_now() {
    while (sent_ < out_.size() && !broken_) {
        const auto sent = send_some(std::string_view(out_).substr(sent_));
        if (sent >= 0) {
            sent_ += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return false;
        } else if (errno != EINTR) {
            broken_ = true;
            room_.commons().broken.add();
        }
    }
    sent_ = 0;
    out_.clear();
    if (out_.capacity() > spare_bytes) out_.shrink_to_fit();
    return true;
}

asio::awaitable<void> Session::send_rest() {
    enter(Stage::sending);
    while (!broken_ && !send_now()) {
        const auto [error] = co_await socket_.async_wait(asio::socket_base::wait_write, as_values);
        if (expired_) room_.commons().late.add();
        // The server winding down cancels nothing here: what was asked is answered.
        broken_ = broken_ || expired_ || error;
    }
    enter(Stage::idle);
}

void Session::give_up(Trouble trouble) {
    auto& commons = room_.commons();
    (trouble == Trouble::late ? commons.late : commons.refused).add();
    conversation_->give_up(trouble, out_);
    if (!send_now()) broken_ = true;
}

void Session::enter(Stage stage) {
    const auto& rules = room_.rules();
    auto& in_flight = room_.commons().in_flight;
    const bool counts = stage == Stage::begun || stage == Stage::sending;
    if (counts && !counted_in_flight_ &&
        in_flight.fetch_add(1, std::memory_order_relaxed) >= rules.max_in_flight && stage == Stage::begun) {
        in_flight.fetch_sub(1, std::memory_order_relaxed);
        give_up(Trouble::full);
        full_ = true;
        return;
    }
    if (!counts && counted_in_flight_) in_flight.fetch_sub(1, std::memory_order_relaxed);
    counted_in_flight_ = counts;
    if (stage == Stage::begun && stage_ == Stage::begun) return;  // its deadline runs from the first byte on
    stage_ = stage;
    expired_ = false;
    deadline_ = coarse_now() + (stage == Stage::idle        ? rules.idle
                                : stage == Stage::lingering ? rules.linger
                                                            : rules.request);
}

asio::awaitable<void> Session::pour() {
    pipe_ = conversation_->stream();
    enter(Stage::streaming);
    pipe_->wake = [this] { pump(); };
    if (room_.is_winding_down()) pipe_->end();
    pump();
    while (!broken_ && !poured_) {
        const auto [error, got] = tls_ ? co_await receive(asio::buffer(in_))
                                       : co_await socket_.async_read_some(asio::buffer(in_), as_values);
        broken_ = broken_ || (error && !poured_);
    }
    pipe_->detach();
}

void Session::pump() {
    if (broken_ || poured_) return;
    if (pipe_->overflown) {
        room_.commons().slow_readers.add();
        return finish_stream();
    }
    if (pumping_) return;
    out_.swap(pipe_->waiting);
    if (!send_now()) {
        pumping_ = true;
        enter(Stage::streaming);
        pump_on();
    } else if (broken_ || pipe_->ended) {
        finish_stream();
    }
}

void Session::pump_on() {
    socket_.async_wait(asio::socket_base::wait_write,
                       [self = shared_from_this()](const Failure& error) { self->pumped(error); });
}

void Session::pumped(const Failure& error) {
    if (!error && !send_now()) return pump_on();
    pumping_ = false;
    if (!error && !broken_) return pump();
    out_.clear();
    sent_ = 0;
    if (!broken_) (expired_ ? room_.commons().slow_readers : room_.commons().broken).add();
    broken_ = true;
    finish_stream();
}

// Wakes pour(), which waits for the client to leave.
void Session::finish_stream() {
    broken_ = broken_ || pipe_->overflown || !pipe_->ended;
    poured_ = true;
    pipe_->open = false;
    cancel();
}

asio::awaitable<void> Session::linger() {
    if (!broken_) {
        if (tls_) static_cast<void>(tls_->shut_down());
        // Closing with unread bytes makes the kernel send a reset, which may overtake our last reply.
        ::shutdown(socket_.native_handle(), SHUT_WR);
        enter(Stage::lingering);
        in_.resize(first_bytes);
        Failure error;
        while (!error && !expired_)
            std::tie(error, std::ignore) = co_await socket_.async_read_some(asio::buffer(in_), as_values);
    }
    close();
}

void Session::sweep(Clock::time_point now) {
    if (now < deadline_ || (stage_ == Stage::streaming && !pumping_)) return;
    expired_ = true;
    cancel();
}

void Session::wind_down() {
    if (stage_ == Stage::idle) cancel();
    if (stage_ == Stage::streaming) pipe_->end();
}

void Session::cut() {
    broken_ = true;
    if (stage_ != Stage::lingering) room_.commons().cut.add();
    close();
}

void Session::cancel() {
    if (bell_) bell_->cancel();
    Failure error;
    if (socket_.cancel(error)) broken_ = true;
}

void Session::close() {
    if (bell_) bell_->cancel();
    Failure error;
    if (socket_.close(error)) broken_ = true;
}

}  // namespace tidegate::net

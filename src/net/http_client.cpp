#include "net/http_client.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "net/asio_library.h"
#include "net/descriptor.h"

namespace tidegate::net {
namespace {

namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;
using View = boost::beast::string_view;

constexpr std::size_t most_reply_bytes = std::size_t{64} << 20;

std::string_view view(View text) {
    return {text.data(), text.size()};
}

/// Gives the body piece by piece; the rest goes to the reply.
class ReplyReader final : public http::basic_parser<false> {
public:
    using Take = std::function<bool(std::string_view)>;
    ReplyReader(HttpReply& to, Take take) : to_(to), take_(std::move(take)) {
        header_limit(65'536);
        body_limit(boost::none);
        eager(true);
    }
    [[nodiscard]] bool was_stopped() const { return stopped_; }

private:
    void on_request_impl(http::verb, View, View, int, Failure&) override {}
    void on_response_impl(int status, View, int, Failure&) override {
        to_.status = static_cast<unsigned>(status);
    }
    void on_field_impl(http::field field, View, View value, Failure&) override {
        if (field == http::field::content_type) to_.content_type = view(value);
    }
    void on_header_impl(Failure&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Failure&) override {}
    std::size_t on_body_impl(View text, Failure& error) override {
        if (!take_(view(text))) {
            stopped_ = true;
            error = http::error::end_of_stream;
        }
        return text.size();
    }
    void on_chunk_header_impl(std::uint64_t, View, Failure&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, View text, Failure& error) override {
        return on_body_impl(text, error);
    }
    void on_finish_impl(Failure&) override {}

    HttpReply& to_;
    Take take_;
    bool stopped_ = false;
};

std::string head_of(std::string_view method, std::string_view target, std::string_view body,
                    const HttpClient::Fields& fields) {
    std::string out;
    out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
    for (const auto& [name, value] : fields) out.append(name).append(": ").append(value).append("\r\n");
    if (!body.empty() || method == "POST" || method == "PUT")
        out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    return out.append("\r\n").append(body);
}

/// Whole lines out of pieces.
class LineCutter {
public:
    explicit LineCutter(const std::function<bool(std::string_view)>& take) : take_(take) {}
    [[nodiscard]] bool add(std::string_view text) {
        begun_ += text;
        std::size_t from = 0;
        for (auto end = begun_.find('\n'); end != std::string::npos; end = begun_.find('\n', from)) {
            std::string_view line = std::string_view(begun_).substr(from, end - from);
            if (line.ends_with('\r')) line.remove_suffix(1);
            if (!take_(line)) return false;
            from = end + 1;
        }
        begun_.erase(0, from);
        return begun_.size() <= most_reply_bytes;
    }

private:
    const std::function<bool(std::string_view)>& take_;
    std::string begun_;
};

}  // namespace

struct HttpClient::State {
    Endpoint to;
    std::chrono::milliseconds deadline;
    Descriptor socket = {};
    std::string in = {};  // read, and not yet parsed
    bool silent = false;  // the last request was met with nothing but the end

    std::unexpected<Error> failed(const std::string& what) {
        socket.close();
        in.clear();
        return std::unexpected(Error{{}, 0, to.text() + ": " + what, {}});
    }
    std::unexpected<Error> failed_with(int error) {
        auto out = failed(std::strerror(error));
        if (error == ECONNREFUSED || error == ENOENT)
            out.error().mend = "is the daemon running? systemctl status tidegate";
        if (error == EACCES) out.error().mend = "ask as root or as a member of the group that may";
        return out;
    }

    Result<void> wait(short events, Clock::time_point until);
    Result<void> connect(Clock::time_point until);
    Result<void> send(std::string_view bytes, Clock::time_point until);
    /// 0: the end.
    Result<std::size_t> receive(Clock::time_point until);
    Result<void> read_reply(ReplyReader& reader, Clock::time_point until,
                            std::optional<Clock::duration> patience);
    Result<HttpReply> ask(const std::string& bytes, bool has_body, Clock::time_point until);
    bool closed_meanwhile() const;
};

Result<void> HttpClient::State::wait(short events, Clock::time_point until) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) return failed("no answer in time");
        pollfd entry{socket.number(), events, 0};
        const int ready = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left, 1'000'000)));
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return failed_with(errno);
    }
}

Result<void> HttpClient::State::connect(Clock::time_point until) {
    const auto name = name_of(to);
    if (!name) return std::unexpected(name.error());
    in.clear();
    socket = Descriptor(::socket(name->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    while (::connect(socket.number(), name->pointer(), name->size) != 0) {
        // A Unix socket whose queue is full says EAGAIN, and poll() would not wait for it.
        if (errno == EAGAIN && Clock::now() < until) {
            ::poll(nullptr, 0, 5);
            continue;
        }
        if (errno != EINPROGRESS) return failed_with(errno);
        if (auto ready = wait(POLLOUT, until); !ready) return ready;
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) return failed_with(error);
        break;
    }
    return {};
}

Result<void> HttpClient::State::send(std::string_view bytes, Clock::time_point until) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            if (auto ready = wait(POLLOUT, until); !ready) return ready;
        } else if (errno == EPIPE || errno == ECONNRESET) {
            return {};  // it refused before it had all: its reply is there to be read
        } else if (errno != EINTR) {
            return failed_with(errno);
        }
    }
    return {};
}

Result<std::size_t> HttpClient::State::receive(Clock::time_point until) {
    std::array<char, 16384> piece;
    while (true) {
        const auto got = ::recv(socket.number(), piece.data(), piece.size(), 0);
        if (got >= 0) {
            in.append(piece.data(), static_cast<std::size_t>(got));
            return static_cast<std::size_t>(got);
        }
        if (errno == EAGAIN) {
            if (auto ready = wait(POLLIN, until); !ready) return std::unexpected(ready.error());
        } else if (errno != EINTR) {
            return failed_with(errno);
        }
    }
}

Result<void> HttpClient::State::read_reply(ReplyReader& reader, Clock::time_point until,
                                           std::optional<Clock::duration> patience) {
    Failure error;
    while (!reader.is_done()) {
        const auto got = receive(until);
        silent = !reader.got_some() && (got ? *got == 0 : !socket && Clock::now() < until);
        if (!got) return std::unexpected(got.error());
        if (*got == 0 && !reader.got_some()) return failed("the connection was closed without a reply");
        if (*got == 0) reader.put_eof(error);
        if (*got != 0) in.erase(0, reader.put(asio::buffer(in), error));
        if (reader.was_stopped()) break;
        if (error && error != http::error::need_more) return failed("no proper reply: " + error.message());
        if (*got == 0) break;
        if (patience && reader.is_header_done()) until = Clock::now() + *patience;
    }
    if (reader.was_stopped() || !reader.keep_alive()) {
        socket.close();
        in.clear();
    }
    return {};
}

bool HttpClient::State::closed_meanwhile() const {
    char byte = 0;
    return !socket || ::recv(socket.number(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
}

HttpClient::HttpClient(Endpoint to, std::chrono::milliseconds deadline)
    : state_(std::make_unique<State>(State{std::move(to), deadline, {}})) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpReply> HttpClient::State::ask(const std::string& bytes, bool has_body, Clock::time_point until) {
    if (auto done = send(bytes, until); !done) return std::unexpected(done.error());
    HttpReply out;
    ReplyReader reader(out, [&out](std::string_view text) {
        out.body += text;
        return out.body.size() <= most_reply_bytes;
    });
    reader.skip(!has_body);
    if (auto done = read_reply(reader, until, {}); !done) return std::unexpected(done.error());
    if (reader.was_stopped()) return failed("the reply is larger than 64 MiB");
    return out;
}

Result<HttpReply> HttpClient::request(std::string_view method, std::string_view target, std::string_view body,
                                      const Fields& fields) {
    const auto until = Clock::now() + state_->deadline;
    const std::string bytes = head_of(method, target, body, fields);
    if (!state_->closed_meanwhile()) {
        auto reply = state_->ask(bytes, method != "HEAD", until);
        // The server closed while we asked: it has not looked at what came after.
        if (reply || !state_->silent) return reply;
    }
    if (auto done = state_->connect(until); !done) return std::unexpected(done.error());
    return state_->ask(bytes, method != "HEAD", until);
}

Result<HttpReply> HttpClient::follow(std::string_view target,
                                     const std::function<bool(std::string_view)>& take,
                                     std::chrono::milliseconds patience) {
    const auto until = Clock::now() + state_->deadline;
    if (auto done = state_->connect(until); !done) return std::unexpected(done.error());
    if (auto done = state_->send(head_of("GET", target, {}, {}), until); !done)
        return std::unexpected(done.error());
    HttpReply out;
    LineCutter lines(take);
    ReplyReader reader(out, [&](std::string_view text) {
        if (out.status == 200) return lines.add(text);
        out.body += text;
        return out.body.size() <= most_reply_bytes;
    });
    const Clock::duration between =
        patience.count() == 0 ? std::chrono::hours(24 * 365) : Clock::duration(patience);
    if (auto done = state_->read_reply(reader, until, between); !done) return std::unexpected(done.error());
    return out;
}

}  // namespace tidegate::net

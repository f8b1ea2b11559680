#include "net/http_conversation.h"

#include <array>
#include <charconv>
#include <ctime>
#include <exception>
#include <optional>

#include "net/request_reader.h"

namespace tidegate::net {
namespace {

struct Reason {
    unsigned status;
    std::string_view text;
};
constexpr auto reasons = std::to_array<Reason>({{200, "OK"},
                                                {201, "Created"},
                                                {202, "Accepted"},
                                                {204, "No Content"},
                                                {302, "Found"},
                                                {303, "See Other"},
                                                {304, "Not Modified"},
                                                {400, "Bad Request"},
                                                {401, "Unauthorized"},
                                                {403, "Forbidden"},
                                                {404, "Not Found"},
                                                {405, "Method Not Allowed"},
                                                {408, "Request Timeout"},
                                                {409, "Conflict"},
                                                {411, "Length Required"},
                                                {413, "Content Too Large"},
                                                {415, "Unsupported Media Type"},
                                                {422, "Unprocessable Content"},
                                                {429, "Too Many Requests"},
                                                {431, "Request Header Fields Too Large"},
                                                {500, "Internal Server Error"},
                                                {501, "Not Implemented"},
                                                {503, "Service Unavailable"}});

// RFC 9110 5.6.7; written once a second and thread.
std::string_view date_now() {
    thread_local time_t second = 0;
    thread_local std::array<char, 32> text{};
    thread_local std::size_t size = 0;
    const time_t now = ::time(nullptr);
    if (now != second) {
        second = now;
        tm parts{};
        ::gmtime_r(&now, &parts);
        size = ::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    }
    return {text.data(), size};
}

void append_number(std::size_t number, std::string& out) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

}  // namespace

std::string_view reason_of(unsigned status) {
    for (const Reason& reason : reasons)
        if (reason.status == status) return reason.text;
    return "Unknown";
}

class HttpConversation final : public Conversation {
public:
    HttpConversation(std::shared_ptr<HttpCommons> commons, const Peer& peer, Loop* loop)
        : commons_(std::move(commons)), request_(peer, loop) {}

    void meet(const Waker& waker) override { request_.waker_ = waker; }
    Heard hear(std::string_view bytes, std::string& reply, bool last) override;
    bool is_amid_request() const override { return reader_.has_value(); }
    void give_up(Trouble trouble, std::string& reply) override;
    std::shared_ptr<StreamPipe> stream() override { return std::exchange(response_.pipe_, nullptr); }

private:
    enum class Ending : std::uint8_t { keep, close };

    [[nodiscard]] std::size_t begin(std::string_view bytes);
    void encourage(const RequestReader& reader, std::string& reply);
    Heard::Next answer(const RequestReader& reader, std::string& reply, bool goodbye);
    void handle();
    Heard::Next refuse(unsigned status, std::string& reply);
    void write_head(std::string& reply, Ending ending) const;
    void write(std::string& reply, Ending ending) const;

    std::shared_ptr<HttpCommons> commons_;
    Request request_;
    Response response_;
    std::optional<RequestReader> reader_;  // amid a request
    bool told_to_continue_ = false;
};

// Empty lines before a request are skipped (RFC 9112 2.2).
std::size_t HttpConversation::begin(std::string_view bytes) {
    const std::size_t at = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
    if (at == bytes.size()) return at;
    reader_.emplace(request_, commons_->limits);
    request_.put_off_ = false;
    request_.left_.reset();
    told_to_continue_ = false;
    return at;
}

Heard HttpConversation::hear(std::string_view bytes, std::string& reply, bool last) {
    std::size_t used = 0;
    const std::size_t replied = reply.size();
    while (true) {
        if (!reader_) used += begin(bytes.substr(used));
        if (!reader_) return {used};
        if (!reader_->is_done()) {
            if (used == bytes.size()) return {used};
            unsigned wrong = 0;
            used += reader_->read(bytes.substr(used), wrong);
            if (wrong != 0) return {bytes.size(), refuse(wrong, reply)};
            if (!reader_->is_done()) {
                encourage(*reader_, reply);
                return {used};
            }
        }
        const auto next = answer(*reader_, reply, last && used == bytes.size());
        if (next == Heard::Next::wait) return {used, next};
        reader_.reset();
        if (next != Heard::Next::more) return {used, next};
        if (reply.size() - replied > commons_->limits.reply_bytes) return {used, Heard::Next::again};
    }
}

// RFC 9110 10.1.1.
void HttpConversation::encourage(const RequestReader& reader, std::string& reply) {
    if (!reader.expects_continue() || !reader.is_header_done() || told_to_continue_) return;
    told_to_continue_ = true;
    reply += "HTTP/1.1 100 Continue\r\n\r\n";
}

Heard::Next HttpConversation::answer(const RequestReader& reader, std::string& reply, bool goodbye) {
    const bool closes = goodbye || !reader.keep_alive();
    response_.clear(commons_->limits.stream_bytes, !reader.is_old());
    handle();
    if (response_.put_off_ && !std::exchange(request_.put_off_, true)) {
        request_.left_ = std::move(response_.left_);
        return Heard::Next::wait;
    }
    request_.left_.reset();
    if (response_.pipe_) {
        write_head(reply, Ending::close);
        reply += reader.is_old() ? "\r\n" : "Transfer-Encoding: chunked\r\n\r\n";
        if (request_.method() != "HEAD") return Heard::Next::stream;
        response_.pipe_->detach();
        return Heard::Next::close;
    }
    write(reply, closes ? Ending::close : Ending::keep);
    return closes ? Heard::Next::close : Heard::Next::more;
}

void HttpConversation::handle() {
    if (!commons_->keys.admit(request_)) {
        commons_->unauthorised.add();
        response_.say(401, "this door asks for a key");
        response_.header("WWW-Authenticate", "Basic realm=\"tidegate\"");
        return;
    }
    if (!request_.put_off_) commons_->requests.add();
    try {
        commons_->handler(request_, response_);
        return;
    } catch (const std::exception&) {
        commons_->thrown.add();
    }
    response_.clear(0, false);
    response_.say(500, "our own trouble");
}

Heard::Next HttpConversation::refuse(unsigned status, std::string& reply) {
    commons_->bad.add();
    response_.clear(0, false);
    response_.say(status, reason_of(status));
    if (status == 405) response_.header("Allow", commons_->limits.methods);
    write(reply, Ending::close);
    reader_.reset();
    return Heard::Next::close;
}

void HttpConversation::give_up(Trouble trouble, std::string& reply) {
    constexpr unsigned statuses[] = {408, 503, 431};
    static_cast<void>(refuse(statuses[static_cast<std::size_t>(trouble)], reply));
}

// All but the length, whose form differs, and the empty line.
void HttpConversation::write_head(std::string& reply, Ending ending) const {
    reply += "HTTP/1.1 ";
    append_number(response_.status_, reply);
    reply.append(" ").append(reason_of(response_.status_)).append("\r\nDate: ").append(date_now());
    reply.append("\r\nContent-Type: ").append(response_.content_type_).append("\r\n");
    reply += response_.headers_;
    if (ending == Ending::close)
        reply += "Connection: close\r\n";
    else if (reader_ && reader_->is_old())
        reply += "Connection: keep-alive\r\n";
}

void HttpConversation::write(std::string& reply, Ending ending) const {
    write_head(reply, ending);
    const bool has_body = response_.status_ != 204 && response_.status_ != 304;  // RFC 9110 6.4.1
    if (has_body) {
        reply += "Content-Length: ";
        append_number(response_.body_.size(), reply);
        reply += "\r\n";
    }
    reply += "\r\n";
    if (has_body && request_.method() != "HEAD") reply += response_.body_;
}

std::unique_ptr<Conversation> make_http_conversation(std::shared_ptr<HttpCommons> commons, const Peer& peer,
                                                     Loop* loop) {
    return std::make_unique<HttpConversation>(std::move(commons), peer, loop);
}

}  // namespace tidegate::net

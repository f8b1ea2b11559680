#pragma once
// A request as a handler sees it, and the reply that it fills in.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/conversation.h"
#include "net/endpoint.h"
#include "net/loop.h"
#include "net/stream.h"

namespace tidegate::net {

/// One HTTP request, whole. All views live until the handler returns.
/// Thread: the session's.  Cost: reused from request to request; looking something up walks the fields.
class Request {
public:
    explicit Request(const Peer& peer, Loop* loop = nullptr) : peer_(peer), loop_(loop) {}

    [[nodiscard]] std::string_view method() const { return text(method_); }
    /// As it was sent, without scheme and host: "/allow?x=1".
    [[nodiscard]] std::string_view target() const { return text(target_); }
    /// Up to the question mark; not decoded.
    [[nodiscard]] std::string_view path() const;
    /// The first of this name (exact), decoded (%41, +). Nothing where there is none or it is badly coded.
    [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
    /// The first field of this name (in any case).
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    /// All fields of this name, in their order, with ", " between them (RFC 9110 5.3). Empty: none.
    [[nodiscard]] std::string headers(std::string_view name) const;
    /// The last one: what was added on the way stands behind what the client wrote.
    [[nodiscard]] std::optional<std::string_view> last_header(std::string_view name) const;
    [[nodiscard]] std::string_view body() const { return body_; }
    [[nodiscard]] const Peer& peer() const { return peer_; }
    /// The thread's; null only where no server is involved.
    [[nodiscard]] Loop* loop() const { return loop_; }
    /// For whoever puts the reply off (Response::put_off): call it once there is more to say.
    [[nodiscard]] const Waker& waker() const { return waker_; }
    /// The handler sees it a second time, and has to answer.
    [[nodiscard]] bool was_put_off() const { return put_off_; }
    /// What the handler left when it put the reply off; null: nothing.
    [[nodiscard]] const std::shared_ptr<void>& left() const { return left_; }

    /// The same for another target, and `signer` is known to be who asks.
    [[nodiscard]] Request handed_on(std::string_view target, std::string signer) const;
    /// Who is known to ask; empty where nobody has looked.
    [[nodiscard]] const std::string& signer() const { return signer_; }

private:
    friend class RequestReader;
    friend class HttpConversation;

    struct Piece {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
    };
    struct Field {
        Piece name, value;
    };

    void clear();
    [[nodiscard]] Piece keep(std::string_view text);
    [[nodiscard]] std::string_view text(Piece piece) const {
        return std::string_view(text_).substr(piece.at, piece.size);
    }

    Peer peer_;
    Loop* loop_;
    Waker waker_;
    bool put_off_ = false;
    std::shared_ptr<void> left_;
    std::string signer_;
    std::string text_;  // where the pieces lie
    Piece method_, target_;
    std::vector<Field> fields_;
    std::string body_;
};

/// The reply: 200, text/plain and empty until the handler says otherwise.
/// Thread: the session's.  Cost: its buffers are reused.
class Response {
public:
    void status(unsigned code) { status_ = code; }
    void content_type(std::string_view type) { content_type_ = type; }
    /// Control characters in `value` become spaces: nobody's input ends a field.
    void header(std::string_view name, std::string_view value);
    [[nodiscard]] std::string& body() { return body_; }

    /// Everything in one, with a line end: for errors that a person reads.
    void say(unsigned code, std::string_view line);
    /// The reply has no end of its own: what is written to the stream follows its head. body() is not sent.
    [[nodiscard]] Stream stream(std::string_view type);
    /// Nothing is replied yet: the handler is called again with the same request when its waker was called,
    /// or sooner. Once for each request; the second time this is ignored.
    void put_off() { put_off_ = true; }
    /// And finds `left` in the request then.
    void put_off(std::shared_ptr<void> left) {
        put_off_ = true;
        left_ = std::move(left);
    }

    [[nodiscard]] unsigned status() const { return status_; }

private:
    friend class HttpConversation;

    /// What stream() makes: so large, and chunked unless the client is too old for that.
    void clear(std::size_t stream_bytes, bool chunked);

    unsigned status_ = 200;
    std::string content_type_;
    std::string headers_;  // whole lines
    std::string body_;
    std::shared_ptr<StreamPipe> pipe_;
    std::size_t stream_bytes_ = 0;
    bool chunked_ = true;
    bool put_off_ = false;
    std::shared_ptr<void> left_;
};

/// RFC 3986 2.1, and '+' for a space as forms have it. Nothing if a % is not followed by two hexadecimal
/// digits.
[[nodiscard]] std::optional<std::string> decode_query(std::string_view text);

}  // namespace tidegate::net

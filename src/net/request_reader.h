#pragma once
// Fills a Request as Beast's parser finds its parts; for this folder alone.

#include "net/asio_library.h"
#include "net/http_server.h"

namespace tidegate::net {

/// Reads one request. Beyond what Beast refuses (RFC 9112 grammar, contradicting lengths), it refuses a
/// missing or second Host, a transfer coding that it does not know, and headers that are too long in all.
/// Thread: one at a time.  Owner: `to` and `limits` outlive it.
class RequestReader final : public boost::beast::http::basic_parser<true> {
public:
    RequestReader(Request& to, const HttpLimits& limits);

    /// Feeds it; returns what was used. 0 in `status`: go on, or it is done.
    [[nodiscard]] std::size_t read(std::string_view bytes, unsigned& status);

    [[nodiscard]] bool expects_continue() const { return expects_continue_; }
    [[nodiscard]] bool is_old() const { return version_ < 11; }

private:
    using Verb = boost::beast::http::verb;
    using FieldName = boost::beast::http::field;
    using View = boost::beast::string_view;

    void on_request_impl(Verb, View method, View target, int version, Failure& error) override;
    void on_response_impl(int, View, int, Failure&) override {}
    void on_field_impl(FieldName field, View name, View value, Failure& error) override;
    void on_header_impl(Failure& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& size, Failure& error) override;
    std::size_t on_body_impl(View text, Failure& error) override;
    void on_chunk_header_impl(std::uint64_t, View, Failure&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t remain, View text, Failure& error) override;
    void on_finish_impl(Failure&) override {}

    void refuse(unsigned status, Failure& error);
    [[nodiscard]] bool allows(std::string_view method) const;

    Request& to_;
    const HttpLimits& limits_;
    std::size_t header_bytes_ = 0;  // as fields were found, trailers too
    std::size_t head_read_ = 0;     // as it came
    unsigned status_ = 0;
    int version_ = 11;
    unsigned hosts_ = 0;
    bool expects_continue_ = false;
    bool has_transfer_coding_ = false;
};

}  // namespace tidegate::net

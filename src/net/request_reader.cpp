#include "net/request_reader.h"

#include <algorithm>

namespace tidegate::net {
namespace {

namespace http = boost::beast::http;

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

// "http://host/path" is "/path" (RFC 9112 3.2.2). Host is not looked at: we are all that listens here.
std::string_view without_origin(std::string_view target) {
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos) return target;
    const auto path = target.find_first_of("/?", scheme + 3);
    return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

// Of the head's bytes, those that are here. Behind a line that was read already an empty one ends it.
std::size_t head_in(std::string_view bytes, bool is_behind_line) {
    if (is_behind_line && bytes.starts_with("\r\n")) return 2;
    const auto end = bytes.find("\r\n\r\n");
    return end == std::string_view::npos ? bytes.size() : end + 4;
}

unsigned status_of(const Failure& error) {
    if (error == http::error::header_limit) return 431;
    if (error == http::error::body_limit) return 413;
    return 400;
}

}  // namespace

RequestReader::RequestReader(Request& to, const HttpLimits& limits) : to_(to), limits_(limits) {
    // What Beast counts depends on how the bytes were cut: the limit is ours, below.
    header_limit(static_cast<std::uint32_t>(limits.header_bytes + 1));
    body_limit(limits.body_bytes);
    eager(true);
    to_.clear();
}

std::size_t RequestReader::read(std::string_view bytes, unsigned& status) {
    const bool is_in_head = !is_header_done();
    if (is_in_head && head_read_ + head_in(bytes, head_read_ != 0) > limits_.header_bytes) {
        status = 431;
        return 0;
    }
    Failure error;
    const std::size_t used = put(asio::buffer(bytes), error);
    if (is_in_head) head_read_ += used;
    status = 0;
    if (error && error != http::error::need_more) status = status_ != 0 ? status_ : status_of(error);
    return used;
}

void RequestReader::refuse(unsigned status, Failure& error) {
    status_ = status;
    error = http::error::bad_value;
}

bool RequestReader::allows(std::string_view method) const {
    std::string_view rest = limits_.methods;
    while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find(", "));
        if (one == method) return true;
        rest.remove_prefix(std::min(rest.size(), one.size() + 2));
    }
    return false;
}

void RequestReader::on_request_impl(Verb, View method, View target, int version, Failure& error) {
    header_bytes_ = method.size() + target.size() + 12;
    version_ = version;
    to_.method_ = to_.keep(view(method));
    to_.target_ = to_.keep(without_origin(view(target)));
    if (!allows(view(method))) refuse(405, error);
}

void RequestReader::on_field_impl(FieldName field, View name, View value, Failure& error) {
    header_bytes_ += name.size() + value.size() + 4;
    if (header_bytes_ > limits_.header_bytes || to_.fields_.size() >= limits_.fields)
        return refuse(431, error);
    // Trailers come here too; what was said of the request before its body is not changed by them.
    if (is_header_done()) return;
    if (field == http::field::host) ++hosts_;
    if (field == http::field::transfer_encoding) has_transfer_coding_ = true;
    if (field == http::field::expect && boost::beast::iequals(value, "100-continue"))
        expects_continue_ = true;
    to_.fields_.push_back({to_.keep(view(name)), to_.keep(view(value))});
}

void RequestReader::on_header_impl(Failure& error) {
    // RFC 9112 3.2: a server must refuse these.
    if (hosts_ > 1 || (hosts_ == 0 && version_ >= 11)) return refuse(400, error);
    // 6.1: without its meaning nobody knows where the request ends.
    if (has_transfer_coding_ && (!chunked() || version_ < 11)) return refuse(501, error);
    const std::string_view method = to_.method();
    const bool needs_length = method == "POST" || method == "PUT";
    if (needs_length && !chunked() && !content_length()) return refuse(411, error);
}

void RequestReader::on_body_init_impl(const boost::optional<std::uint64_t>& size, Failure&) {
    if (size) to_.body_.reserve(std::min<std::size_t>(*size, limits_.body_bytes));
}

std::size_t RequestReader::on_body_impl(View text, Failure&) {
    to_.body_ += view(text);
    return text.size();
}

std::size_t RequestReader::on_chunk_body_impl(std::uint64_t, View text, Failure&) {
    to_.body_ += view(text);
    return text.size();
}

}  // namespace tidegate::net

#include "net/http_message.h"

#include <algorithm>
#include <charconv>

namespace tidegate::net {
namespace {

constexpr std::size_t spare_bytes = 16384;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

void empty(std::string& text) {
    text.clear();
    if (text.capacity() > spare_bytes) text.shrink_to_fit();
}

}  // namespace

std::string_view Request::path() const {
    return target().substr(0, target().find('?'));
}

std::optional<std::string> Request::query(std::string_view name) const {
    const auto mark = target().find('?');
    std::string_view rest = mark == std::string_view::npos ? std::string_view() : target().substr(mark + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const auto equals = std::min(pair.find('='), pair.size());
        if (decode_query(pair.substr(0, equals)) != name) continue;
        return decode_query(pair.substr(std::min(pair.size(), equals + 1)));
    }
    return std::nullopt;
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    for (const Field& field : fields_)
        if (same_name(text(field.name), name)) return text(field.value);
    return std::nullopt;
}

std::string Request::headers(std::string_view name) const {
    std::string out;
    for (const Field& field : fields_)
        if (same_name(text(field.name), name)) out.append(out.empty() ? "" : ", ").append(text(field.value));
    return out;
}

Request Request::handed_on(std::string_view target, std::string signer) const {
    Request out = *this;
    out.target_ = out.keep(target);
    out.signer_ = std::move(signer);
    return out;
}

std::optional<std::string_view> Request::last_header(std::string_view name) const {
    for (auto field = fields_.rbegin(); field != fields_.rend(); ++field)
        if (same_name(text(field->name), name)) return text(field->value);
    return std::nullopt;
}

void Request::clear() {
    empty(text_);
    empty(body_);
    fields_.clear();
    method_ = target_ = {};
}

Request::Piece Request::keep(std::string_view text) {
    const Piece out{static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size())};
    text_ += text;
    return out;
}

void Response::header(std::string_view name, std::string_view value) {
    headers_.append(name).append(": ");
    for (const char c : value) headers_ += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    headers_ += "\r\n";
}

void Response::say(unsigned code, std::string_view line) {
    status_ = code;
    content_type_ = "text/plain; charset=utf-8";
    body_.assign(line).append("\n");
}

Stream Response::stream(std::string_view type) {
    content_type_ = type;
    pipe_ = std::make_shared<StreamPipe>(stream_bytes_);
    pipe_->chunked = chunked_;
    return Stream(pipe_);
}

void Response::clear(std::size_t stream_bytes, bool chunked) {
    status_ = 200;
    content_type_ = "text/plain; charset=utf-8";
    headers_.clear();
    empty(body_);
    pipe_.reset();
    stream_bytes_ = stream_bytes;
    chunked_ = chunked;
    put_off_ = false;
    left_.reset();
}

std::optional<std::string> decode_query(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        unsigned char byte = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
        out += static_cast<char>(byte);
        i += 2;
    }
    return out;
}

}  // namespace tidegate::net

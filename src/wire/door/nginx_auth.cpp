#include "wire/door/nginx_auth.h"

#include <algorithm>
#include <array>
#include <cstring>  // explicit_bzero is GNU's
#include <optional>

#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

constexpr unsigned most_tries = 10;  // nginx keeps memory for each try until the session ends
constexpr std::size_t most_password = 1024;

enum class Field : std::uint8_t {
    method,
    user,
    pass,
    protocol,
    attempt,
    client_ip,
    tls,
    helo,
    proxy_address,
    proxy_port,
    unknown
};
constexpr std::array<std::string_view, 10> field_names{
    "auth-method", "auth-user", "auth-pass",      "auth-protocol",       "auth-login-attempt",
    "client-ip",   "auth-ssl",  "auth-smtp-helo", "proxy-protocol-addr", "proxy-protocol-port"};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

class Fields {
public:
    std::optional<Error> add(const HeaderView& header) {
        const auto same = [&](std::string_view name) { return same_name(name, header.first); };
        const auto found = std::ranges::find_if(field_names, same);
        if (found == field_names.end()) return std::nullopt;
        auto& value = values_[static_cast<std::size_t>(found - field_names.begin())];
        if (value) return Error{"", 0, "header '" + std::string(*found) + "' appears twice", "send it once"};
        value = header.second;
        return std::nullopt;
    }
    [[nodiscard]] std::string_view operator[](Field field) const {
        return values_[static_cast<std::size_t>(field)].value_or(std::string_view{});
    }

private:
    std::array<std::optional<std::string_view>, field_names.size()> values_;
};

std::optional<unsigned> hex_digit(char c) {
    const char letter = lower(c);
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a' + 10);
    return std::nullopt;
}

/// Undoes %XX into `out`, as much as it can hold; what is no %XX stays. Returns the size.
std::size_t decode_url(std::string_view text, std::span<char> out) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size() && size < out.size(); ++i) {
        out[size] = text[i];
        if (text[i] == '%' && i + 2 < text.size()) {
            const auto high = hex_digit(text[i + 1]);
            const auto low = hex_digit(text[i + 2]);
            if (high && low) {
                out[size] = static_cast<char>(*high << 4 | *low);
                i += 2;
            }
        }
        ++size;
    }
    return size;
}

std::string_view decoded_account(std::string_view text, EventBatch& batch) {
    char* const room = batch.reserve(max_door_text_bytes);
    return {room, decode_url(text, {room, max_door_text_bytes})};
}

void take_password(std::string_view text, const MarkPassword& mark, Event& event) {
    std::array<char, most_password> room;
    const std::size_t size = decode_url(text, room);
    const PasswordMarks marks = mark({room.data(), size}, event.account);
    event.guess = marks.guess;
    event.tag = marks.tag;
    ::explicit_bzero(room.data(), size);
}

std::optional<NginxProtocol> protocol_named(std::string_view name) {
    if (name == "imap") return NginxProtocol::imap;
    if (name == "pop3") return NginxProtocol::pop3;
    if (name == "smtp") return NginxProtocol::smtp;
    return std::nullopt;
}

constexpr std::array<std::string_view, 6> methods{"plain", "login", "apop", "cram-md5", "external", "none"};

void take_place(const Fields& fields, Question& question) {
    Event& event = question.event;
    event.layer = Layer::proxy;
    event.program = "nginx-auth";
    event.address = client_address(fields[Field::client_ip]).value_or(Address{});
    event.ehlo = fields[Field::helo].substr(0, max_door_text_bytes);
    event.tls = fields[Field::tls] == "on";
    question.forwarded = client_address(fields[Field::proxy_address]).value_or(Address{});
    question.forwarded_port = client_port(fields[Field::proxy_port]);
    Scan attempt(fields[Field::attempt]);
    const auto tries = attempt.number();
    if (tries && attempt.done())
        question.tries = static_cast<unsigned>(std::clamp<std::uint64_t>(*tries, 1, 1'000'000));
}

void take_login(const Fields& fields, std::string_view method, const MarkPassword& mark, EventBatch& batch,
                NginxRequest& request) {
    Question& question = request.question;
    Event& event = question.event;
    // smtp_auth none: a stranger brings mail.
    if (method == "none") {
        question.ask = Ask::connect;
        event.kind = EventKind::connect;
        event.service = Service::smtp;
        request.has_password = true;
        return;
    }
    question.ask = Ask::before;
    event.service = service_of_protocol(fields[Field::protocol]);
    event.account = decoded_account(fields[Field::user], batch);
    event.method = mechanism(method, batch);
    request.has_password = method == "plain" || method == "login";
    question.plain_password = request.has_password;
    if (request.has_password && !fields[Field::pass].empty() && mark)
        take_password(fields[Field::pass], mark, event);
}

std::string_view refusal_word(NginxProtocol protocol) {
    switch (protocol) {
        case NginxProtocol::imap:
            return "[UNAVAILABLE] ";  // RFC 5530
        case NginxProtocol::pop3:
            return "[SYS/TEMP] ";  // RFC 3206
        case NginxProtocol::smtp:
            break;  // Auth-Error-Code says it
    }
    return "";
}

std::vector<Header> refused(const Answer& answer, const NginxRequest& request) {
    std::string status(refusal_word(request.protocol));
    append_reason(answer, "Please try again later", status);
    std::vector<Header> headers{{"Auth-Status", std::move(status)}};
    if (request.protocol == NginxProtocol::smtp) headers.emplace_back("Auth-Error-Code", "454 4.7.0");
    if (request.question.tries < most_tries)
        headers.emplace_back("Auth-Wait", std::to_string(std::clamp<long long>(answer.wait.count(), 1, 30)));
    return headers;
}

}  // namespace

Result<NginxRequest> read_nginx_auth(std::span<const HeaderView> headers, const MarkPassword& mark,
                                     EventBatch& batch) {
    Fields fields;
    for (const HeaderView& header : headers)
        if (auto error = fields.add(header)) return std::unexpected(std::move(*error));
    const auto protocol = protocol_named(fields[Field::protocol]);
    if (!protocol)
        return std::unexpected(
            Error{"", 0, "Auth-Protocol is not imap, pop3 or smtp", "is this nginx's auth_http?"});
    const auto method = std::ranges::find(methods, fields[Field::method]);
    if (method == methods.end())
        return std::unexpected(
            Error{"", 0, "Auth-Method is unknown", "known are plain, apop, cram-md5, external, none"});
    NginxRequest request{.protocol = *protocol};
    take_place(fields, request.question);
    if (request.question.event.address.is_none())
        return std::unexpected(Error{"", 0, "Client-IP is no address", "is this nginx's auth_http?"});
    take_login(fields, *method, mark, batch, request);
    return request;
}

std::vector<Header> nginx_auth_headers(const Answer& answer, const NginxRequest& request,
                                       const MailServer* server) {
    if (answer.stops()) return refused(answer, request);
    if (server == nullptr || server->address.is_none() || server->port == 0)
        return refused({.step = Answer::Step::defer, .text = "No server for this protocol"}, request);
    // An OK without a password: nginx would fail, or log the client in without anybody having looked.
    if (!request.has_password)
        return refused({.step = Answer::Step::defer, .text = "Please log in with PLAIN"}, request);
    return {{"Auth-Status", "OK"},
            {"Auth-Server", server->address.text()},
            {"Auth-Port", std::to_string(server->port)}};
}

}  // namespace tidegate::wire

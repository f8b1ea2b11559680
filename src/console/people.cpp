#include "console/people.h"

#include <fmt/format.h>

#include <array>

#include "console/body.h"
#include "console/book_changes.h"
#include "console/totp.h"
#include "event/json.h"
#include "net/path_pattern.h"

namespace tidegate::console {
namespace {

std::string json_of(const std::optional<Time>& time) {
    return time ? '"' + rfc3339(std::chrono::floor<std::chrono::seconds>(*time)) + '"' : "null";
}

std::string list_of(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& each : texts) out += (out.empty() ? "" : ",") + json_string(each);
    return '[' + out + ']';
}

std::string enrolled(const User& user) {
    return fmt::format(R"({{"name":{},"role":"{}","otpauth":{}}})", json_string(user.name), name(user.role),
                       json_string(otpauth_url(user.name, user.totp)));
}

void refuse_change(net::Response& response, const Refused& why) {
    refuse(response, why.status, why.error);
}

void refuse_body(net::Response& response, std::string_view wanted) {
    refuse(response, 400, "the body does not say what is needed", wanted);
}

/// Nothing: it has been refused.
std::optional<std::shared_ptr<const Book>> read_or_refuse(UserBook& book, net::Response& response) {
    auto now = book.read();
    if (now) return *now;
    refuse(response, 500, now.error());
    return std::nullopt;
}

}  // namespace

std::span<const People::Route> People::routes() {
    static constexpr std::array<Route, 9> all{{
        {"GET", "/v1/users", &People::list_users},
        {"POST", "/v1/users", &People::add_user},
        {"DELETE", "/v1/users/{name}", &People::remove_user},
        {"POST", "/v1/users/{name}/role", &People::change_role},
        {"POST", "/v1/users/{name}/password", &People::change_password},
        {"POST", "/v1/users/{name}/totp", &People::reset_totp},
        {"GET", "/v1/tokens", &People::list_tokens},
        {"POST", "/v1/tokens", &People::add_token},
        {"DELETE", "/v1/tokens/{name}", &People::remove_token},
    }};
    return all;
}

bool People::answer(const Call& call, std::string_view path, net::Response& response) {
    const std::string_view asked = call.request.method();
    const std::string_view method = asked == "HEAD" ? "GET" : asked;
    for (const Route& each : routes()) {
        if (each.method != method || !net::fits(each.path, path)) continue;
        (this->*each.answer)(call, net::named_part(each.path, path), response);
        return true;
    }
    return false;
}

void People::mark_used(const std::string& token, Time now) {
    const std::scoped_lock lock(mutex_);
    used_[token] = now;
}

std::string People::json_of(const User& user) const {
    return fmt::format(R"({{"name":{},"role":"{}","created":{},"last_seen":{}}})", json_string(user.name),
                       name(user.role), console::json_of(std::optional(user.created)),
                       console::json_of(seen_(user.name)));
}

std::string People::json_of(const Token& token, std::string_view shown) const {
    std::optional<Time> used;
    {
        const std::scoped_lock lock(mutex_);
        if (const auto found = used_.find(token.name); found != used_.end()) used = found->second;
    }
    std::string out = fmt::format(
        R"({{"name":{},"role":"{}","calls":{},"author":{},"created":{},"expires":{},"last_used":{})",
        json_string(token.name), name(token.role), list_of(token.calls), json_string(token.author),
        console::json_of(std::optional(token.created)), console::json_of(token.expires),
        console::json_of(used));
    append_json_field("token", shown, out);
    return out + '}';
}

void People::list_users(const Call& /*call*/, std::string_view /*name*/, net::Response& response) {
    const auto book = read_or_refuse(book_, response);
    if (!book) return;
    std::string all;
    for (const User& each : (*book)->users) all += (all.empty() ? "" : ",") + json_of(each);
    reply(response, fmt::format(R"({{"users":[{}]}})", all));
}

void People::add_user(const Call& call, std::string_view /*name*/, net::Response& response) {
    const auto body = Body::read(call.request.body());
    const auto role = body ? role_named(body->text("role")) : std::nullopt;
    if (!role) return refuse_body(response, "send name, role and password");
    const auto user =
        console::add_user(book_, body->text("name"), *role, body->text("password"), world_.now());
    if (!user) return refuse_change(response, user.error());
    reply(response, enrolled(*user));
}

void People::remove_user(const Call& /*call*/, std::string_view name, net::Response& response) {
    const auto done = console::remove_user(book_, name);
    if (!done) return refuse_change(response, done.error());
    reply_done(response);
}

void People::change_role(const Call& call, std::string_view name, net::Response& response) {
    const auto body = Body::read(call.request.body());
    const auto role = body ? role_named(body->text("role")) : std::nullopt;
    if (!role) return refuse_body(response, "send role");
    const auto user = console::change_role(book_, name, *role);
    if (!user) return refuse_change(response, user.error());
    reply(response, json_of(*user));
}

void People::change_password(const Call& call, std::string_view name, net::Response& response) {
    const auto body = Body::read(call.request.body());
    if (!body) return refuse_body(response, "send password");
    const auto user = console::change_password(book_, name, body->text("password"));
    if (!user) return refuse_change(response, user.error());
    reply(response, json_of(*user));
}

void People::reset_totp(const Call& /*call*/, std::string_view name, net::Response& response) {
    const auto user = console::reset_totp(book_, name);
    if (!user) return refuse_change(response, user.error());
    reply(response, enrolled(*user));
}

void People::list_tokens(const Call& /*call*/, std::string_view /*name*/, net::Response& response) {
    const auto book = read_or_refuse(book_, response);
    if (!book) return;
    std::string all;
    for (const Token& each : (*book)->tokens) all += (all.empty() ? "" : ",") + json_of(each);
    reply(response, fmt::format(R"({{"tokens":[{}]}})", all));
}

void People::add_token(const Call& call, std::string_view /*name*/, net::Response& response) {
    const auto body = Body::read(call.request.body());
    const auto role = body ? role_named(body->text("role")) : std::nullopt;
    const auto calls = body ? body->texts("calls") : std::nullopt;
    if (!role || !calls) return refuse_body(response, "send name, role, and perhaps calls and expires");
    const std::string until = body->text("expires");
    const auto expires = world_.expiry(until.empty() ? "90d" : until);
    if (!expires) return refuse(response, 400, expires.error());
    const auto added = console::add_token(book_, Token{.name = body->text("name"),
                                                       .role = *role,
                                                       .calls = *calls,
                                                       .digest = {},
                                                       .author = call.who.name,
                                                       .created = world_.now(),
                                                       .expires = *expires});
    if (!added) return refuse_change(response, added.error());
    reply(response, json_of(added->token, added->word));
}

void People::remove_token(const Call& /*call*/, std::string_view name, net::Response& response) {
    const auto done = console::remove_token(book_, name);
    if (!done) return refuse_change(response, done.error());
    reply_done(response);
}

}  // namespace tidegate::console

#include "console/console.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "console/body.h"
#include "event/json.h"
#include "net/path_pattern.h"

namespace tidegate::console {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view api = "/api";
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

void guard_browser(net::Response& response) {
    response.header("Content-Security-Policy", policy);
    response.header("X-Content-Type-Options", "nosniff");
    response.header("Referrer-Policy", "no-referrer");
    response.header("Cross-Origin-Opener-Policy", "same-origin");
    response.header("Cross-Origin-Resource-Policy", "same-origin");
}

bool changes_something(std::string_view method) {
    return method != "GET" && method != "HEAD";
}

/// What the call is about, where it says so in a word of its body.
std::string subject_of(const net::Request& request, std::string_view path) {
    if (const Right* right = right_to(request.method(), path))
        if (const auto part = net::named_part(right->path, path); !part.empty()) return std::string(part);
    if (const auto subject = request.query("subject")) return *subject;
    const auto body = Body::read(request.body());
    if (!body) return {};
    for (const std::string_view name : {"subject", "account", "server", "code", "name", "mode", "folder"})
        if (auto text = body->text(name, 200); !text.empty()) return text;
    return {};
}

}  // namespace

Console::Console(ConsoleWorld world, const std::string& folder, Reach reach, SessionRules rules, Live& live)
    : world_(std::move(world)),
      book_(folder),
      sessions_(rules),
      pages_(shipped_assets()),
      people_(book_, world_, [this](const std::string& user) { return sign_in_.last_seen(user); }),
      sign_in_(book_, sessions_, world_),
      live_(live),
      reach_(std::make_shared<const Reach>(std::move(reach))) {}

void Console::adopt(Reach reach, SessionRules rules) {
    sessions_.adopt(rules);
    const std::scoped_lock lock(mutex_);
    reach_ = std::make_shared<const Reach>(std::move(reach));
}

std::shared_ptr<const Reach> Console::reach() const {
    const std::scoped_lock lock(mutex_);
    return reach_;
}

void Console::answer(const net::Request& request, net::Response& response) {
    guard_browser(response);
    const auto reach = this->reach();
    const auto caller = caller_of(request, *reach);
    if (!caller) return refuse(response, 403, caller.error());
    if (!is_our_host(request, *caller, *reach))
        return refuse(response, 403, "this is not the console's name",
                      "ask for it by the name in [console] url");
    if (reach->tls) response.header("Strict-Transport-Security", "max-age=31536000");
    if (!request.path().starts_with("/api/")) return pages_.answer(request, response);
    response.header("Cache-Control", "no-store");
    answer_api(request, *caller, *reach, response);
}

void Console::answer_api(const net::Request& request, const Caller& caller, const Reach& reach,
                         net::Response& response) {
    const std::string_view path = request.path().substr(api.size());
    if (!request.body().empty() && !is_json(request.header("Content-Type").value_or("")))
        return refuse(response, 415, "a body must be JSON", "send it as application/json");
    if (request.method() == "POST" && path == "/v1/session") {
        // Nobody shall be signed in by another site as somebody whom he does not know.
        if (!is_same_origin(request, caller, reach))
            return refuse(response, 403, "this comes from another site", "sign in on the console's own page");
        return sign_in_.answer(request, caller, response);
    }
    const auto who = identify(request, caller);
    if (!who)
        return refuse(response, 401, "nobody is signed in",
                      "POST name, password and code to /api/v1/session");
    answer_known({request, caller, *who}, path, reach, response);
}

void Console::answer_known(const Call& call, std::string_view path, const Reach& reach,
                           net::Response& response) {
    const bool changes = changes_something(call.request.method());
    const Right* right = right_to(call.request.method(), path);
    if (right == nullptr)
        return refuse(response, 404, "there is no such call", "docs/api-openapi.yaml has what there is");
    const bool is_forged = changes && call.who.by == Identity::By::session &&
                           (!is_same_origin(call.request, call.caller, reach) ||
                            !are_equal(call.request.header("X-Tidegate-Csrf").value_or(""), call.who.csrf));
    if (is_forged)
        refuse(response, 403, "the CSRF word is missing or wrong", "sign in again; send X-Tidegate-Csrf");
    else if (may(call, path, *right, response))
        dispatch(call, path, response);
    if (changes) audit(call, path, response.status());
}

bool Console::may(const Call& call, std::string_view path, const Right& right,
                  net::Response& response) const {
    const Role needed = needed_for(right, call.request, world_.now());
    const auto& calls = call.who.calls;
    if (call.who.role < needed) {
        refuse_role(response, needed);
        return false;
    }
    if (calls.empty() || path == "/v1/session" || is_in_scope(calls, call.request.method(), path))
        return true;
    refuse(response, 403, "this token is not for this call", "make one with other calls");
    return false;
}

std::optional<Identity> Console::identify(const net::Request& request, const Caller& caller) {
    constexpr std::string_view bearer = "Bearer ";
    // Who shows a token means it: a cookie that comes along does not help out.
    if (const auto shown = request.header("Authorization"))
        return shown->starts_with(bearer) ? by_token(shown->substr(bearer.size())) : std::nullopt;
    return by_session(cookie_in(request.header("Cookie").value_or(""), cookie_name(caller)));
}

std::optional<Identity> Console::by_token(std::string_view word) {
    const auto book = book_.read();
    if (!book) {
        world_.complain(book.error());
        return std::nullopt;
    }
    const Digest digest = digest_of(word);
    const std::string hex = hex_of(digest);
    const auto found = std::ranges::find((*book)->tokens, hex,
                                         [](const Token& each) -> const std::string& { return each.digest; });
    const Time now = world_.now();
    if (found == (*book)->tokens.end() || (found->expires && *found->expires <= now)) return std::nullopt;
    people_.mark_used(found->name, now);
    return Identity{.by = Identity::By::token,
                    .name = found->name,
                    .role = found->role,
                    .csrf = {},
                    .digest = digest,
                    .stamp = {},
                    .calls = found->calls,
                    .expires = found->expires};
}

std::optional<Identity> Console::by_session(std::string_view word) {
    if (word.empty()) return std::nullopt;
    const Moment now = world_.monotonic();
    const auto session = sessions_.use(word, now);
    if (!session) return std::nullopt;
    const auto book = book_.read();
    if (!book) {
        world_.complain(book.error());
        return std::nullopt;
    }
    const User* user = (*book)->user(session->user);
    if (user == nullptr || stamp_of(*user) != session->stamp) {
        sessions_.end(word);
        return std::nullopt;
    }
    return Identity{.by = Identity::By::session,
                    .name = user->name,
                    .role = user->role,
                    .csrf = session->csrf,
                    .digest = digest_of(word),
                    .stamp = session->stamp,
                    .calls = {},
                    .expires = world_.now() + sessions_.rest(*session, now)};
}

void Console::dispatch(const Call& call, std::string_view path, net::Response& response) {
    if (path == "/v1/session")
        return call.request.method() == "DELETE" ? sign_out(call, response) : tell_session(call, response);
    if (path == "/v1/live") return look_on(call, response);
    if (people_.answer(call, path, response)) return;
    const std::string_view target = call.request.target().substr(api.size());
    const std::string signer = call.who.by == Identity::By::token ? "token " + call.who.name : call.who.name;
    world_.calls(call.request.handed_on(target, signer), response);
}

void Console::tell_session(const Call& call, net::Response& response) const {
    std::string out = fmt::format(
        R"({{"name":{},"role":"{}","expires":{})", json_string(call.who.name), name(call.who.role),
        call.who.expires ? '"' + rfc3339(std::chrono::floor<std::chrono::seconds>(*call.who.expires)) + '"'
                         : "null");
    append_json_field("csrf", call.who.csrf, out);
    reply(response, out + '}');
}

void Console::sign_out(const Call& call, net::Response& response) {
    const std::string_view cookie = cookie_name(call.caller);
    if (call.who.by == Identity::By::session)
        sessions_.end(cookie_in(call.request.header("Cookie").value_or(""), cookie));
    response.header("Set-Cookie", fmt::format("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict{}", cookie,
                                              call.caller.is_secure ? "; Secure" : ""));
    reply_done(response);
}

void Console::look_on(const Call& call, net::Response& response) {
    const bool open = live_.open(call.request, response, [this, who = call.who] { return still_holds(who); });
    if (!open)
        refuse_for(response, 503, 10s, "too many look on already", "close other windows, or try again");
}

bool Console::still_holds(const Identity& who) {
    const auto book = book_.read();
    if (!book) return false;
    if (who.by == Identity::By::session) {
        const User* user = (*book)->user(who.name);
        return user != nullptr && stamp_of(*user) == who.stamp &&
               sessions_.holds(who.digest, world_.monotonic());
    }
    const Token* token = (*book)->token(who.name);
    return token != nullptr && token->digest == hex_of(who.digest) &&
           (!token->expires || world_.now() < *token->expires);
}

void Console::audit(const Call& call, std::string_view path, unsigned result) const {
    world_.audit({.who = call.who.name,
                  .by = call.who.by == Identity::By::token ? "token" : "session",
                  .from = call.caller.address,
                  .call = fmt::format("{} {}", call.request.method(), path),
                  .result = result,
                  .subject = subject_of(call.request, path)});
}

}  // namespace tidegate::console

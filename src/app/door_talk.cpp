#include "app/door_talk.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <iterator>
#include <utility>

#include "app/serve/said.h"
#include "event/json.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// A password that gives the same hash where the simulated one does. The door hashes it with its own keys.
std::string password_of(const Event& attempt) {
    return attempt.guess ? fmt::format("drill-{:04x}", *attempt.guess) : std::string();
}

void append_api(const Event& attempt, bool tells, std::string& out) {
    out = fmt::format(R"({{"address":"{}","service":"{}")", attempt.address.text(), name(attempt.service));
    append_json_field("account", attempt.account, out);
    append_json_field("method", attempt.method, out);
    append_json_field("client", attempt.client, out);
    append_json_field("ehlo", attempt.ehlo, out);
    append_json_field("session", attempt.session, out);
    append_json_field("password", password_of(attempt), out);
    if (attempt.tls) out += *attempt.tls ? R"(,"tls":true)" : R"(,"tls":false)";
    if (tells) append_json_field("outcome", name(attempt.outcome), out);
    if (tells && attempt.reason != Reason::none) append_json_field("reason", name(attempt.reason), out);
    out += '}';
}

std::string_view fail_type(const Event& attempt) {
    if (attempt.outcome == Outcome::success) return "";
    return attempt.reason == Reason::unknown_account ? "account" : "credentials";
}

// As Dovecot sends it, with the attributes that `tidegate setup` proposes.
void append_policy(const Event& attempt, bool tells, std::string& out) {
    const std::string guess = attempt.guess ? fmt::format("{:04x}", *attempt.guess) : std::string();
    const std::string both = attempt.tag ? fmt::format("{:03x}", *attempt.tag) : std::string();
    out = fmt::format(R"({{"login":{},"remote":"{}","protocol":"{}","pwhash":"{}","session_id":{})",
                      json_string(attempt.account), attempt.address.text(), name(attempt.service), both,
                      json_string(attempt.session));
    out += fmt::format(R"(,"tls":{},"attrs":{{"guess":"{}","mech":{},"after":""}})",
                       attempt.tls.value_or(false), guess, json_string(attempt.method));
    if (tells)
        out += fmt::format(R"(,"success":{},"policy_reject":false,"fail_type":"{}")",
                           attempt.outcome == Outcome::success, fail_type(attempt));
    out += '}';
}

Error not_that_door() {
    return {"", 0, "the answer is not that of such a door", "say --door api or --door auth-policy"};
}

Result<Told> read_api(const json::value& answer) {
    const auto measure = measure_named(said_text(answer, "measure"));
    const auto judged = measure_named(said_text(answer, "judged"));
    if (!measure || !judged) return std::unexpected(not_that_door());
    return Told{*measure, *judged};
}

Result<Told> read_policy(const json::value& answer) {
    const auto* status = said(answer, "status").if_int64();
    if (status == nullptr) return std::unexpected(not_that_door());
    const Measure measure = *status < 0 ? Measure::refuse : *status > 0 ? Measure::slow : Measure::pass;
    return Told{measure, measure};
}

Error refused(const net::HttpReply& reply) {
    boost::system::error_code wrong;
    const json::value answer = json::parse(reply.body, wrong);
    const std::string why = wrong ? std::string() : said_text(answer, "error");
    if (reply.status == 401 || reply.status == 403)
        return {"", 0, "the door does not accept the key", "--key-file names a file with its key"};
    return {"", 0, fmt::format("the door answered {}{}{}", reply.status, why.empty() ? "" : ": ", why),
            "is it of the kind that --door says?"};
}

}  // namespace

DoorTalk::DoorTalk(Kind kind, net::Endpoint to, std::string key)
    : kind_(kind), client_(std::move(to), 10s), fields_{{"Content-Type", "application/json"}} {
    if (!key.empty()) fields_.emplace_back("X-API-Key", std::move(key));
}

Result<std::string> DoorTalk::post(std::string_view target) {
    auto reply = client_.request("POST", target, body_, fields_);
    if (!reply) return std::unexpected(reply.error());
    if (reply->status != 200) return std::unexpected(refused(*reply));
    return std::move(reply->body);
}

Result<Told> DoorTalk::consider(const Event& attempt) {
    const bool api = kind_ == Kind::api;
    api ? append_api(attempt, false, body_) : append_policy(attempt, false, body_);
    const auto body = post(api ? "/v1/consider" : "/?command=allow");
    if (!body) return std::unexpected(body.error());
    boost::system::error_code wrong;
    const json::value answer = json::parse(*body, wrong);
    if (wrong) return std::unexpected(not_that_door());
    return api ? read_api(answer) : read_policy(answer);
}

Result<void> DoorTalk::report(const Event& attempt) {
    const bool api = kind_ == Kind::api;
    api ? append_api(attempt, true, body_) : append_policy(attempt, true, body_);
    if (const auto body = post(api ? "/v1/report" : "/?command=report"); !body)
        return std::unexpected(body.error());
    return {};
}

Result<net::Endpoint> door_place(std::string_view text) {
    constexpr std::string_view scheme = "http://", local = "localhost:";
    if (text.starts_with(scheme)) {
        text.remove_prefix(scheme.size());
        text = text.substr(0, text.find('/'));
    }
    if (text.starts_with('/')) return net::Endpoint::parse("unix:" + std::string(text));
    if (text.starts_with(local))
        return net::Endpoint::parse("127.0.0.1:" + std::string(text.substr(local.size())));
    return net::Endpoint::parse(text);
}

}  // namespace tidegate::app

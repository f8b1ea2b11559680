#include "app/serve/control.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "app/judging.h"
#include "app/serve/subject.h"
#include "event/json.h"
#include "event/text.h"
#include "judge/normalise.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view json_type = "application/json";
constexpr std::size_t most_text = 1000;  // of an operator's words

void refuse(net::Response& response, unsigned status, const Error& error) {
    response.status(status);
    response.content_type(json_type);
    response.body() =
        fmt::format(R"({{"error":{},"mend":{}}})", json_string(error.what), json_string(error.mend)) + '\n';
}

void refuse(net::Response& response, unsigned status, std::string what, std::string mend) {
    refuse(response, status, Error{"", 0, std::move(what), std::move(mend)});
}

void reply(net::Response& response, std::string body) {
    response.content_type(json_type);
    response.body() = std::move(body) + '\n';
}

/// The texts of a request's object.
class Words {
public:
    [[nodiscard]] static std::optional<Words> read(std::string_view body) {
        boost::system::error_code error;
        json::value value = json::parse(body, error);
        if (error || !value.is_object()) return std::nullopt;
        return Words(std::move(value.as_object()));
    }
    [[nodiscard]] std::string operator[](std::string_view name) const {
        const auto* found = object_.if_contains(name);
        const auto* text = found == nullptr ? nullptr : found->if_string();
        return text == nullptr ? std::string() : std::string(std::string_view(*text).substr(0, most_text));
    }

private:
    explicit Words(json::object object) : object_(std::move(object)) {}
    json::object object_;
};

// Who is at the other end of the socket, where he does not say it himself.
std::string author_of(const Words& words, const net::Request& request) {
    std::string author = words["author"];
    if (author.empty() && request.peer().process)
        author = fmt::format("uid {}", request.peer().process->user);
    return author;
}

Event event_of(const guard::Refusal& refusal) {
    Event event;
    event.time = refusal.time;
    event.address = refusal.address;
    event.service = refusal.service;
    event.account = refusal.account;
    event.session = refusal.session;
    return event;
}

std::string json_of(const guard::Refusal& refusal, const judge::Policy& policy) {
    const Event event = event_of(refusal);
    std::string out;
    append_text(event, out);
    out.pop_back();  // its closing brace
    append_judgement(policy, event, refusal.verdict, out);
    return out + fmt::format(R"(,"code":{},"threshold":{}}})", json_string(refusal.code),
                             refusal.verdict.threshold.value());
}

}  // namespace

void Control::answer(const net::Request& request, net::Response& response) {
    const std::string_view path = request.path(), method = request.method();
    const bool get = method == "GET" || method == "HEAD";
    constexpr std::size_t shown = 50;
    if (path == "/v1/scene" && get) return reply(response, scene_json(world_.desk, world_.around(), shown));
    if (path == "/v1/why" && get) return why(request, response);
    if (path == "/v1/exceptions" && get) return list_orders(response);
    if (path == "/v1/exceptions" && method == "POST") return add_order(request, response);
    if (path == "/v1/exceptions" && method == "DELETE") return lift_order(request, response);
    if (path == "/v1/vouch" && method == "POST") return vouch(request, response);
    if (path == "/v1/mode" && method == "POST") return change_mode(request, response);
    refuse(response, 404, fmt::format("there is no {} {}", method, path),
           "docs/control.md has what there is");
}

// A code, an address or an account: what was refused lately, and what would be said now.
void Control::why(const net::Request& request, net::Response& response) {
    const auto who = request.query("who");
    if (!who || who->empty())
        return refuse(response, 400, "nobody is named", "ask for ?who=CODE, an address or an account");
    const auto policy = world_.desk.policy();
    if (const auto refusal = world_.desk.refusal(*who))
        return reply(response,
                     fmt::format(R"({{"kind":"code","refused":[{}]}})", json_of(*refusal, *policy)));
    Event now;
    now.time = world_.clock();
    now.service = Service::imap;
    const auto address = Address::parse(*who);
    if (address)
        now.address = *address;
    else
        now.account = *who;
    const guard::Answer judged = world_.intake.look(now);
    std::string refused;
    if (!address) {
        std::string name;
        const auto key = judge::account_key(judge::normalise(*who, *policy, name));
        for (const guard::Refusal& each : world_.desk.refusals_of(key, now.time - 24h))
            refused += (refused.empty() ? "" : ",") + json_of(each, *policy);
    }
    std::string out;
    append_text(now, out);
    out.pop_back();
    append_judgement(*policy, now, judged.verdict, out);
    reply(response,
          fmt::format(R"({{"kind":"{}","now":{},"threshold":{}}},"refused":[{}]}})",
                      address ? "address" : "account", out, judged.verdict.threshold.value(), refused));
}

void Control::list_orders(net::Response& response) const {
    std::string all;
    for (const Order& each : world_.orders.list()) all += (all.empty() ? "" : ",") + order_json(each);
    reply(response, fmt::format(R"({{"exceptions":[{}]}})", all));
}

void Control::add_order(const net::Request& request, net::Response& response) {
    const auto words = Words::read(request.body());
    if (!words)
        return refuse(response, 400, "the body is no JSON object",
                      "send effect, subject, reason, author, expires");
    const std::string effect = (*words)["effect"];
    if (effect != "allow" && effect != "deny")
        return refuse(response, 400, "the effect is neither allow nor deny", "say which");
    auto exception = exception_about((*words)["subject"]);
    if (!exception) return refuse(response, 400, exception.error());
    const std::string until = (*words)["expires"];
    const auto expires = expiry(until.empty() ? "7d" : until, world_.clock());
    if (!expires) return refuse(response, 400, expires.error());
    exception->effect = effect == "allow" ? judge::Exception::Effect::allow : judge::Exception::Effect::deny;
    exception->reason = (*words)["reason"];
    exception->author = author_of(*words, request);
    exception->expires = *expires;
    const auto order = world_.orders.add(std::move(*exception), world_.clock());
    if (!order) return refuse(response, 409, order.error());
    world_.telling.tell(tell::Thing::exception_added, {{"id", static_cast<std::int64_t>(order->id)},
                                                       {"effect", effect},
                                                       {"subject", subject_of(order->exception)},
                                                       {"author", order->exception.author},
                                                       {"reason", order->exception.reason},
                                                       {"expires", *expires ? rfc3339(**expires) : "never"}});
    if (const auto kept = world_.keep_orders(); !kept) return refuse(response, 500, kept.error());
    reply(response, order_json(*order));
}

void Control::lift_order(const net::Request& request, net::Response& response) {
    const auto author = request.query("author").value_or(
        request.peer().process ? fmt::format("uid {}", request.peer().process->user) : "");
    std::vector<Order> lifted;
    if (const auto subject = request.query("subject")) {
        lifted = world_.orders.lift(*subject);
        if (lifted.empty())
            return refuse(response, 404,
                          fmt::format("no exception by hand is about '{}'", tell::harmless(*subject)),
                          "those of the configuration are lifted there");
    } else {
        const std::string text = request.query("id").value_or("");
        std::uint64_t id = 0;
        std::from_chars(text.data(), text.data() + text.size(), id);
        auto one = world_.orders.lift(id);
        if (!one) return refuse(response, 404, one.error());
        lifted.push_back(std::move(*one));
    }
    std::string all;
    for (const Order& each : lifted) {
        world_.telling.tell(tell::Thing::exception_lifted, {{"id", static_cast<std::int64_t>(each.id)},
                                                            {"subject", subject_of(each.exception)},
                                                            {"author", author}});
        all += (all.empty() ? "" : ",") + order_json(each);
    }
    if (const auto kept = world_.keep_orders(); !kept) return refuse(response, 500, kept.error());
    reply(response, fmt::format(R"({{"lifted":[{}]}})", all));
}

void Control::vouch(const net::Request& request, net::Response& response) {
    const auto words = Words::read(request.body());
    if (!words) return refuse(response, 400, "the body is no JSON object", "send code, author and reason");
    const auto refusal = world_.desk.vouch((*words)["code"], world_.clock());
    if (!refusal)
        return refuse(response, 404, "no such code is known",
                      "codes are kept for the last refusals, and until a restart");
    const std::string author = author_of(*words, request);
    world_.desk.note(world_.clock(), author,
                     fmt::format("let {} in from {} (code {}): {}", refusal->account, refusal->address.text(),
                                 refusal->code, (*words)["reason"]));
    reply(response, json_of(*refusal, *world_.desk.policy()));
}

void Control::change_mode(const net::Request& request, net::Response& response) {
    const auto words = Words::read(request.body());
    const std::string mode = words ? (*words)["mode"] : "";
    if (mode != "watch" && mode != "act")
        return refuse(response, 400, "the mode is neither watch nor act", "say which");
    const auto to = mode == "act" ? guard::Mode::act : guard::Mode::watch;
    if (const auto done = world_.set_mode(to, author_of(*words, request), (*words)["reason"]); !done)
        return refuse(response, 500, done.error());
    reply(response, fmt::format(R"({{"mode":"{}"}})", guard::name(world_.desk.mode())));
}

}  // namespace tidegate::app

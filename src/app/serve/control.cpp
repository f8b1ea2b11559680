#include "app/serve/control.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "app/judging.h"
#include "app/serve/control_words.h"
#include "app/serve/subject.h"
#include "event/json.h"
#include "event/text.h"
#include "judge/normalise.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;

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

std::string json_of(const keep::Deed& deed) {
    return fmt::format(
        R"({{"id":{},"time":{},"author":{},"action":{},"subject":{},"reason":{},"detail":{}}})", deed.id,
        json_string(rfc3339(deed.time)), json_string(deed.author), json_string(deed.action),
        json_string(deed.subject), json_string(deed.reason), deed.detail);
}

std::uint64_t number_in(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

std::span<const ControlRoute<Control>> Control::routes() {
    static constexpr std::array<ControlRoute<Control>, 11> all{{
        {{"GET", "/v1/scene"}, &Control::tell_scene},
        {{"GET", "/v1/why"}, &Control::why},
        {{"GET", "/v1/exceptions"}, &Control::list_orders},
        {{"POST", "/v1/exceptions"}, &Control::add_order},
        {{"DELETE", "/v1/exceptions"}, &Control::lift_order},
        {{"POST", "/v1/vouch"}, &Control::vouch},
        {{"POST", "/v1/mode"}, &Control::change_mode},
        {{"GET", "/v1/deeds"}, &Control::list_deeds},
        {{"POST", "/v1/forget"}, &Control::forget},
        {{"POST", "/v1/backup"}, &Control::backup},
        {{"GET", "/v1/upkeep"}, &Control::tell_upkeep},
    }};
    return all;
}

void Control::answer(const net::Request& request, net::Response& response) {
    if (answer_by(routes(), *this, request, response)) return;
    if (world_.incidents.answer(request, response) || world_.edge.answer(request, response)) return;
    if (world_.listeners.answer(request, response) || world_.alerts.answer(request, response)) return;
    if (world_.cases.answer(request, response) || world_.queues.answer(request, response)) return;
    refuse(response, 404, fmt::format("there is no {} {}", request.method(), request.path()),
           "docs/control.md has what there is");
}

void Control::tell_scene(const net::Request& /*request*/, net::Response& response) {
    constexpr std::size_t shown = 50;
    reply(response, scene_json(world_.desk, world_.around(), shown));
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
    std::string name, refused;
    const Time since = now.time - 24h;
    const auto refusals =
        address ? world_.desk.refusals_from(*address, since)
                : world_.desk.refusals_of(judge::account_key(judge::normalise(*who, *policy, name)), since);
    for (const guard::Refusal& each : refusals)
        refused += (refused.empty() ? "" : ",") + json_of(each, *policy);
    std::string out;
    append_text(now, out);
    out.pop_back();
    append_judgement(*policy, now, judged.verdict, out);
    const bool banned = address && world_.is_banned(*address);
    const auto mail = address ? world_.why_of_mail(*address) : std::nullopt;
    reply(response, fmt::format(R"({{"kind":"{}","now":{},"threshold":{}}},"banned":{},"refused":[{}]{}}})",
                                address ? "address" : "account", out, judged.verdict.threshold.value(),
                                banned, refused, mail ? R"(,"mail":)" + json_of(*mail, *policy) : ""));
}

void Control::list_orders(const net::Request& /*request*/, net::Response& response) {
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
    const auto added = world_.orders.add(std::move(*exception), world_.clock());
    if (!added) return refuse(response, 409, added.error());
    const Order& order = added->orders.front();
    world_.telling.tell(tell::Thing::exception_added, {{"id", static_cast<std::int64_t>(order.id)},
                                                       {"effect", effect},
                                                       {"subject", subject_of(order.exception)},
                                                       {"author", order.exception.author},
                                                       {"reason", order.exception.reason},
                                                       {"expires", *expires ? rfc3339(**expires) : "never"}});
    if (added->unwritten) return refuse(response, 500, unwritten(*added->unwritten));
    reply(response, order_json(order));
}

void Control::lift_order(const net::Request& request, net::Response& response) {
    const std::string author = author_of(request.query("author").value_or(""), request);
    Ordered lifted;
    bool was_banned = false;
    if (const auto subject = request.query("subject")) {
        lifted = world_.orders.lift(*subject, author);
        if (const auto address = Address::parse(*subject)) was_banned = unban(*address, author);
        if (lifted.orders.empty() && !was_banned)
            return refuse(response, 404,
                          fmt::format("no exception by hand is about '{}'", tell::harmless(*subject)),
                          "those of the configuration are lifted there");
    } else {
        const std::string text = request.query("id").value_or("");
        auto one = world_.orders.lift(number_in(text), author);
        if (!one) return refuse(response, 404, one.error());
        lifted = std::move(*one);
    }
    std::string all;
    for (const Order& each : lifted.orders) {
        world_.telling.tell(tell::Thing::exception_lifted, {{"id", static_cast<std::int64_t>(each.id)},
                                                            {"subject", subject_of(each.exception)},
                                                            {"author", author}});
        all += (all.empty() ? "" : ",") + order_json(each);
    }
    if (lifted.unwritten) return refuse(response, 500, unwritten(*lifted.unwritten));
    reply(response, fmt::format(R"({{"lifted":[{}],"was_banned":{}}})", all, was_banned));
}

bool Control::unban(const Address& address, const std::string& author) {
    if (!world_.unban(address)) return false;
    const std::string subject = address.text();
    world_.telling.tell(tell::Thing::firewall_changed, {{"state", "lifted by hand"}, {"address", subject}});
    world_.recorder.record(keep::Deed{
        .time = world_.clock(), .author = author, .action = "unban", .subject = subject, .reason = {}});
    return true;
}

void Control::vouch(const net::Request& request, net::Response& response) {
    const auto words = Words::read(request.body());
    if (!words) return refuse(response, 400, "the body is no JSON object", "send code, author and reason");
    const auto refusal = world_.desk.vouch((*words)["code"], world_.clock());
    if (!refusal)
        return refuse(response, 404, "no such code is known", "codes are kept for the last refusals only");
    const std::string author = author_of(*words, request);
    world_.desk.note({.time = world_.clock(),
                      .who = author,
                      .text = fmt::format("let {} in from {} (code {}): {}", refusal->account,
                                          refusal->address.text(), refusal->code, (*words)["reason"])});
    world_.recorder.record(
        keep::Deed{.time = world_.clock(),
                   .author = author,
                   .action = "vouch",
                   .subject = refusal->account,
                   .reason = (*words)["reason"],
                   .detail = fmt::format(R"({{"code":{},"address":{}}})", json_string(refusal->code),
                                         json_string(refusal->address.text()))});
    reply(response, json_of(*refusal, *world_.desk.policy()));
}

void Control::change_mode(const net::Request& request, net::Response& response) {
    const Words words = Words::read(request.body()).value_or(Words());
    const std::string mode = words["mode"];
    if (mode != "watch" && mode != "act")
        return refuse(response, 400, "the mode is neither watch nor act", "say which");
    const auto to = mode == "act" ? guard::Mode::act : guard::Mode::watch;
    if (const auto done = world_.set_mode(to, author_of(words, request), words["reason"]); !done)
        return refuse(response, 500, done.error());
    reply(response, fmt::format(R"({{"mode":"{}"}})", guard::name(world_.desk.mode())));
}

void Control::list_deeds(const net::Request& request, net::Response& response) {
    constexpr std::size_t most = 1000, usual = 100;
    keep::DeedQuery query;
    query.author = request.query("author").value_or("");
    query.action = request.query("action").value_or("");
    query.subject = request.query("subject").value_or("");
    query.without = call_action;
    query.before = number_in(request.query("before").value_or("0"));
    const std::uint64_t wanted = number_in(request.query("most").value_or("0"));
    query.most = wanted == 0 ? usual : std::min<std::size_t>(wanted, most);
    const auto deeds = world_.recorder.deeds(query);
    if (!deeds) return refuse(response, 500, deeds.error());
    std::string all;
    for (const keep::Deed& each : *deeds) all += (all.empty() ? "" : ",") + json_of(each);
    reply(response, fmt::format(R"({{"deeds":[{}]}})", all));
}

void Control::forget(const net::Request& request, net::Response& response) {
    const Words words = Words::read(request.body()).value_or(Words());
    std::string account = words["account"];
    if (account.empty()) return refuse(response, 400, "no account is named", "send account and author");
    start(response, [forget = world_.forget, account = std::move(account),
                     author = author_of(words, request)] { return forget(account, author); });
}

void Control::backup(const net::Request& request, net::Response& response) {
    const Words words = Words::read(request.body()).value_or(Words());
    std::string folder = words["folder"];
    if (!folder.starts_with('/'))
        return refuse(response, 400, "no folder is named, or not from the root on",
                      "send folder and author; the folder as the daemon sees it");
    start(response, [backup = world_.backup, folder = std::move(folder), author = author_of(words, request)] {
        return backup(folder, author);
    });
}

void Control::start(net::Response& response, Upkeep::Act act) {
    const auto number = world_.upkeep.start(std::move(act));
    if (!number) return refuse(response, 409, number.error());
    reply(response, fmt::format(R"({{"id":{}}})", *number));
}

void Control::tell_upkeep(const net::Request& request, net::Response& response) {
    const auto state = world_.upkeep.state(number_in(request.query("id").value_or("")));
    if (!state) return refuse(response, 404, "nothing has this number, or it is long over", "order it again");
    if (!state->is_done) return reply(response, R"({"state":"under way"})");
    if (!state->result) return refuse(response, 500, state->result.error());
    reply(response, fmt::format(R"({{"state":"done","result":{}}})", *state->result));
}

}  // namespace tidegate::app

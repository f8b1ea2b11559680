#include "app/serve/door_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "app/serve/answer.h"
#include "base/hash.h"
#include "event/batch.h"
#include "net/endpoint.h"
#include "wire/door/auth_policy.h"
#include "wire/door/content_filter.h"
#include "wire/door/json_api.h"
#include "wire/door/nginx_auth.h"
#include "wire/door/postfix_policy.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;
using Step = wire::Answer::Step;

constexpr std::string_view json = "application/json";

std::uint64_t key_of(const Event& event) {
    constexpr std::uint64_t seed = 0x6c65'7474'6872'6f75ULL;
    const std::uint64_t who =
        hash_bytes(event.account, seed) ^ mix(event.address.high() ^ mix(event.address.low()));
    return mix(who ^ hash_bytes(event.session, seed + 1));
}

// A foreign hash as bytes, for our own keys.
std::string_view bytes_of(const wire::ForeignHash& hash) {
    return {reinterpret_cast<const char*>(&hash.value), sizeof hash.value};
}

Error still_starting() {
    return {"", 0, "Tidegate is still starting and can't do this yet", "try again in some seconds"};
}

std::optional<wire::MailServer> server_for(const config::Door& door, wire::NginxProtocol protocol) {
    constexpr std::array<std::string_view, 3> names{"imap", "pop3", "smtp"};
    const auto name = names[static_cast<std::size_t>(protocol)];
    const auto found = std::ranges::find(door.servers, name,
                                         [](const auto& each) -> std::string_view { return each.first; });
    if (found == door.servers.end()) return std::nullopt;
    const auto endpoint = net::Endpoint::parse(found->second);
    if (!endpoint) return std::nullopt;
    return wire::MailServer{endpoint->address, endpoint->port};
}

Asking asking_of(const net::Request& request) {
    return {request.loop(), request.was_put_off() ? nullptr : &request.waker()};
}

constexpr std::array<std::string_view, 10> nginx_fields{
    "Auth-Method", "Auth-User", "Auth-Pass",      "Auth-Protocol",       "Auth-Login-Attempt",
    "Client-IP",   "Auth-SSL",  "Auth-SMTP-Helo", "Proxy-Protocol-Addr", "Proxy-Protocol-Port"};

}  // namespace

bool LetThrough::again(const Event& event) {
    const std::uint64_t key = key_of(event);
    const std::scoped_lock lock(mutex_);
    auto& [young, old] = young_and_old_;
    if (event.time >= turned_ + 30s || young.size() >= most / 2) {
        std::swap(young, old);
        young.clear();
        turned_ = event.time;
    }
    const bool known = young.contains(key) || old.contains(key);
    young[key] = event.time;
    return known;
}

void LetThrough::reported(const Event& event) {
    const std::uint64_t key = key_of(event);
    const std::scoped_lock lock(mutex_);
    for (auto& each : young_and_old_) each.erase(key);
}

DoorAnswers::DoorAnswers(DoorWorld& world, config::Door door)
    : world_(world), door_(std::make_shared<const config::Door>(std::move(door))) {}

void DoorAnswers::adopt(config::Door door) {
    const std::scoped_lock lock(mutex_);
    door_ = std::make_shared<const config::Door>(std::move(door));
}

std::shared_ptr<const config::Door> DoorAnswers::door() const {
    const std::scoped_lock lock(mutex_);
    return door_;
}

bool DoorAnswers::is_late(const net::Loop* loop) {
    return loop != nullptr && loop->lag() > most_lag;
}

void DoorAnswers::broken(const config::Door& door, const Error& error) {
    ++counts_.broken;
    world_.telling.tell(tell::Thing::question_broken, {{"door", door.listen}, {"error", error.text()}});
}

wire::Answer DoorAnswers::unjudged(const config::Door& door, std::string_view why) {
    ++counts_.unjudged;
    world_.telling.tell(tell::Thing::question_unjudged, {{"door", door.listen}, {"why", why}});
    wire::Answer answer;
    if (!door.fails_open)
        answer = {.step = Step::defer,
                  .wait = std::chrono::seconds(door.most_delay),
                  .text = "Too busy, please try again later",
                  .code = {},
                  .help = {}};
    return answer;
}

// Hashes of others become ours: short, with a key that nobody has.
void DoorAnswers::mark(wire::Question& question) const {
    Event& event = question.event;
    if (question.guess) event.guess = world_.keys.marks(bytes_of(*question.guess), {}).guess;
    if (question.account_guess && question.plain_password)
        event.tag = world_.keys.marks(bytes_of(*question.account_guess), event.account).tag;
}

std::optional<wire::Answer> DoorAnswers::judge(Intake& intake, wire::Question& question,
                                               const config::Door& door, const Asking& asking,
                                               guard::Answer& judged) {
    if (!question.forwarded.is_none() && intake.ground()->policy->is_forwarder(question.event.address))
        wire::believe_forwarder(question);
    mark(question);
    question.event.time = question.event.received = world_.clock();
    if (question.event.layer == Layer::none) question.event.layer = Layer::auth;
    question.event.kind = EventKind::attempt;
    const bool delays = door.kind == config::DoorKind::auth_policy && !door.refuses_doubtful;
    const auto began = std::chrono::steady_clock::now();
    auto asked = intake.ask(question.event, delays ? Measure::refuse : Measure::defer, asking.waker);
    if (!asked) return std::nullopt;
    // What he waited for this thread, and for the answer; not for block lists.
    const auto lag = asking.loop == nullptr ? std::chrono::microseconds(0) : asking.loop->lag();
    intake.waits().note(Hop::edge, question.event.service,
                        lag + std::chrono::floor<Duration>(std::chrono::steady_clock::now() - began));
    ++counts_.questions;
    judged = std::move(*asked);
    return answer_of(judged, std::chrono::seconds(door.most_delay), world_.help_url);
}

std::optional<wire::Answer> DoorAnswers::consider(wire::Question& question, const config::Door& door,
                                                  const Asking& asking, guard::Answer& judged) {
    Intake* intake = world_.waking.intake();
    if (intake == nullptr) return unjudged(door, "starting");
    if (is_late(asking.loop)) return unjudged(door, "overload");
    return judge(*intake, question, door, asking, judged);
}

bool DoorAnswers::pardon(const wire::Question& question) {
    if (world_.waking.intake() == nullptr) return false;
    world_.pardon(question.event);
    return true;
}

void DoorAnswers::report(wire::Question& question) {
    ++counts_.questions;
    let_through_.reported(question.event);
    if (question.policy_reject) return;  // what we stopped was learned when it was asked about
    mark(question);
    question.event.time = question.event.received = world_.clock();
    if (question.event.layer == Layer::none) question.event.layer = Layer::auth;
    world_.waking.report(question.event, question.event.time);
}

void DoorAnswers::answer(const net::Request& request, net::Response& response) {
    switch (door()->kind) {
        case config::DoorKind::auth_policy:
            return auth_policy(request, response);
        case config::DoorKind::nginx_auth:
            return nginx(request, response);
        case config::DoorKind::api:
            return api(request, response);
        case config::DoorKind::postfix_policy:
            break;
    }
    response.say(404, "not found");
}

void DoorAnswers::auth_policy(const net::Request& request, net::Response& response) {
    const auto door = this->door();
    const wire::AuthPolicyManner manner{door->refuses_doubtful, std::chrono::seconds(door->most_delay)};
    response.content_type(json);
    if (is_late(request.loop()))
        return wire::write_auth_policy(unjudged(*door, "overload"), manner, response.body());
    thread_local EventBatch batch;
    batch.clear();
    auto question = wire::read_auth_policy(request.target(), request.body(), batch);
    if (!question) {
        broken(*door, question.error());
        response.status(400);
        return wire::write_auth_policy_error(question.error(), response.body());
    }
    switch (question->ask) {
        case wire::Ask::before:
        case wire::Ask::connect: {
            guard::Answer judged;
            question->event.time = world_.clock();
            const bool was_let_through =
                question->perhaps_after && !request.was_put_off() && let_through_.again(question->event);
            std::optional<wire::Answer> answer = wire::Answer{};
            if (!was_let_through) answer = consider(*question, *door, asking_of(request), judged);
            if (!answer) return response.put_off();
            if (answer->stops()) let_through_.reported(question->event);
            return wire::write_auth_policy(*answer, manner, response.body());
        }
        case wire::Ask::after:
            return wire::write_auth_policy({}, manner, response.body());
        case wire::Ask::report:
            report(*question);
            break;
        case wire::Ask::reset:
            if (pardon(*question)) break;
            response.status(503);
            return wire::write_auth_policy_error(still_starting(), response.body());
        case wire::Ask::mail:
        case wire::Ask::nothing:
            break;
    }
    wire::write_auth_policy_ok(response.body());
}

void DoorAnswers::nginx(const net::Request& request, net::Response& response) {
    const auto door = this->door();
    thread_local EventBatch batch;
    batch.clear();
    std::vector<wire::HeaderView> fields;
    for (const std::string_view name : nginx_fields)
        if (const auto value = request.header(name)) fields.emplace_back(name, *value);
    const auto marks = [this](std::string_view password, std::string_view account) {
        return world_.keys.marks(password, account);
    };
    auto asked = wire::read_nginx_auth(fields, marks, batch);
    if (!asked) {
        broken(*door, asked.error());
        return response.say(400, asked.error().text());
    }
    std::optional<wire::Answer> answer = wire::Answer{};
    guard::Answer judged;
    if (asked->question.ask == wire::Ask::before)
        answer = consider(asked->question, *door, asking_of(request), judged);
    if (!answer) return response.put_off();
    const auto server = server_for(*door, asked->protocol);
    for (const auto& [name, value] : wire::nginx_auth_headers(*answer, *asked, server ? &*server : nullptr))
        response.header(name, value);
}

void DoorAnswers::api(const net::Request& request, net::Response& response) {
    const auto door = this->door();
    thread_local EventBatch batch;
    batch.clear();
    response.content_type(json);
    if (request.path() == "/v1/content") return content_word(request.body(), response);
    const auto marks = [this](std::string_view password, std::string_view account) {
        return world_.keys.marks(password, account);
    };
    auto question = wire::read_api(request.path(), request.body(), marks, batch);
    if (!question) {
        broken(*door, question.error());
        response.status(400);
        return wire::write_api_error(question.error(), response.body());
    }
    switch (question->ask) {
        case wire::Ask::before:
        case wire::Ask::connect:
            return api_consider(*question, *door, asking_of(request), response);
        case wire::Ask::after:
            return wire::write_api({}, {}, question->event, response.body());
        case wire::Ask::report:
            report(*question);
            break;
        case wire::Ask::reset:
            if (pardon(*question)) break;
            response.status(503);
            return wire::write_api_error(still_starting(), response.body());
        case wire::Ask::mail:
        case wire::Ask::nothing:
            break;
    }
    wire::write_api_ok(response.body());
}

void DoorAnswers::content_word(std::string_view body, net::Response& response) {
    auto word = wire::read_content_word(body);
    if (!word) {
        broken(*door(), word.error());
        response.status(400);
        return wire::write_api_error(word.error(), response.body());
    }
    if (*word) {
        (*word)->time = (*word)->received = world_.clock();
        world_.taken_in_vain(**word);
    }
    wire::write_api_ok(response.body());
}

void DoorAnswers::api_consider(wire::Question& question, const config::Door& door, const Asking& asking,
                               net::Response& response) {
    guard::Answer judged;
    const auto answer = consider(question, door, asking, judged);
    if (!answer) return response.put_off();
    wire::write_api(*answer, judged.verdict, question.event, response.body());
}

/// Postfix's connections: requests cut out of what arrives and answered in their order, at once or when a
/// block list has answered.
class PolicyConversation final : public net::Conversation {
public:
    PolicyConversation(DoorAnswers& answers, net::Loop& loop) : answers_(answers), loop_(loop) {}

    void meet(const net::Waker& waker) override { waker_ = waker; }
    net::Heard hear(std::string_view bytes, std::string& reply, bool /*last*/) override {
        const std::size_t all = bytes.size();
        if (const auto waited = std::exchange(waiting_, nullptr)) {
            amid_ = false;
            static_cast<void>(answer(waited->request, nullptr, reply));
        }
        while (!bytes.empty()) {
            amid_ = true;
            auto request = reader_.next(bytes);
            if (!request) {
                answers_.broken(*answers_.door(), request.error());
                return {all, net::Heard::Next::close};
            }
            if (!*request) break;
            if (!answer(**request, &waker_, reply)) {
                put_off(**request);
                return {all - bytes.size(), net::Heard::Next::wait};
            }
            amid_ = false;
        }
        return {all, net::Heard::Next::more};
    }
    [[nodiscard]] bool is_amid_request() const override { return amid_; }

private:
    /// A request that waits for a block list, with its texts.
    struct Waiting {
        EventBatch batch;
        wire::PolicyRequest request;
    };

    // What is written does not look at the texts that are left out.
    void put_off(const wire::PolicyRequest& request) {
        waiting_ = std::make_unique<Waiting>();
        waiting_->request = {.state = request.state,
                             .server_port = request.server_port,
                             .sender = {},
                             .recipient = {},
                             .queue_id = {},
                             .question = request.question};
        waiting_->request.question.event = waiting_->batch.keep(request.question.event);
    }
    // False: it waits.
    [[nodiscard]] bool answer(wire::PolicyRequest& request, const net::Waker* waker, std::string& reply) {
        const auto door = answers_.door();
        std::optional<wire::Answer> answer = wire::Answer{};
        guard::Answer judged;
        wire::Question& question = request.question;
        const bool asks = question.ask == wire::Ask::connect || question.ask == wire::Ask::before;
        if (asks && question.event.service != Service::smtp)
            answer = answers_.consider(question, *door, {&loop_, waker}, judged);
        else if (asks)
            answer = stranger(question, *door);
        if (answer) wire::write_policy(*answer, request, reply);
        return answer.has_value();
    }
    // Who brings mail to port 25 is not judged as one who logs in: only what an operator said counts.
    wire::Answer stranger(wire::Question& question, const config::Door& door) {
        const Intake* intake = answers_.world_.waking.intake();
        if (intake == nullptr || DoorAnswers::is_late(&loop_)) return {};
        question.event.time = answers_.world_.clock();
        const guard::Answer judged = intake->look(question.event);
        return operators_word(judged.verdict) > Decibans()
                   ? answer_of(judged, std::chrono::seconds(door.most_delay), answers_.world_.help_url)
                   : wire::Answer{};
    }

    DoorAnswers& answers_;
    net::Loop& loop_;
    net::Waker waker_;
    wire::PolicyReader reader_;
    std::unique_ptr<Waiting> waiting_;
    bool amid_ = false;
};

std::unique_ptr<net::Conversation> DoorAnswers::converse(net::Loop& loop) {
    return std::make_unique<PolicyConversation>(*this, loop);
}

}  // namespace tidegate::app

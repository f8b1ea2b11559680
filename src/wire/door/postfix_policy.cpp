#include "wire/door/postfix_policy.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/log/client.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

Error garbage(std::string what) {
    return {"", 0, std::move(what), "is this Postfix's policy protocol?"};
}

/// The fields that we look at, in the order of `field_names`.
enum class Field : std::uint8_t {
    request,
    protocol_state,
    client_address,
    client_port,
    helo_name,
    sasl_method,
    sasl_username,
    encryption_protocol,
    server_port,
    sender,
    recipient,
    queue_id,
    instance,
    unknown
};
constexpr std::array<std::string_view, 13> field_names{
    "request",       "protocol_state",      "client_address", "client_port", "helo_name", "sasl_method",
    "sasl_username", "encryption_protocol", "server_port",    "sender",      "recipient", "queue_id",
    "instance"};

class Fields {
public:
    std::optional<Error> add(std::string_view line) {
        const std::size_t equals = find(line, '=');
        if (equals == npos || equals == 0) return garbage("a line without a name and '='");
        const auto found = std::ranges::find(field_names, line.substr(0, equals));
        if (found == field_names.end()) return std::nullopt;
        const auto index = static_cast<std::size_t>(found - field_names.begin());
        if (values_[index]) return garbage("field '" + std::string(*found) + "' appears twice");
        values_[index] = line.substr(equals + 1);
        return std::nullopt;
    }
    [[nodiscard]] std::string_view operator[](Field field) const {
        return values_[static_cast<std::size_t>(field)].value_or(std::string_view{});
    }
    [[nodiscard]] std::string_view bounded(Field field) const {
        return (*this)[field].substr(0, max_door_text_bytes);
    }

private:
    std::array<std::optional<std::string_view>, field_names.size()> values_;
};

PolicyState state_named(std::string_view name) {
    using Row = std::pair<std::string_view, PolicyState>;
    static constexpr auto rows = std::to_array<Row>({{"CONNECT", PolicyState::connect},
                                                     {"EHLO", PolicyState::helo},
                                                     {"HELO", PolicyState::helo},
                                                     {"MAIL", PolicyState::mail},
                                                     {"RCPT", PolicyState::rcpt},
                                                     {"DATA", PolicyState::data},
                                                     {"END-OF-MESSAGE", PolicyState::end_of_message},
                                                     {"VRFY", PolicyState::vrfy},
                                                     {"ETRN", PolicyState::etrn}});
    const auto found = std::ranges::find(rows, name, &Row::first);
    return found == rows.end() ? PolicyState::unknown : found->second;
}

bool is_before_auth(PolicyState state) {
    return state == PolicyState::connect || state == PolicyState::helo;
}

bool carries_mail(PolicyState state) {
    return state == PolicyState::mail || state == PolicyState::rcpt || state == PolicyState::data ||
           state == PolicyState::end_of_message;
}

Ask ask_of(PolicyState state, const Event& event) {
    if (event.address.is_none()) return Ask::nothing;  // "unknown": nothing is known of a client without one
    if (carries_mail(state) || (is_before_auth(state) && !event.account.empty())) return Ask::mail;
    return is_before_auth(state) ? Ask::connect : Ask::nothing;
}

void take_event(const Fields& fields, PolicyRequest& request) {
    Event& event = request.question.event;
    event.kind = EventKind::connect;
    event.layer = Layer::front;
    event.program = "postfix-policy";
    event.address = client_address(fields[Field::client_address]).value_or(Address{});
    event.port = client_port(fields[Field::client_port]);
    event.service = service_of_port(request.server_port);
    event.ehlo = fields.bounded(Field::helo_name);
    event.account = fields.bounded(Field::sasl_username);
    event.method = fields.bounded(Field::sasl_method);
    event.session = fields.bounded(Field::instance);
    if (!fields[Field::encryption_protocol].empty()) event.tls = true;
    request.question.ask = ask_of(request.state, event);
}

std::string_view refusal(const Answer& answer, const PolicyRequest& request) {
    const Event& event = request.question.event;
    if (is_before_auth(request.state) && event.account.empty()) {
        const bool is_final = answer.step == Answer::Step::refuse && event.service == Service::submission;
        return is_final ? "521 5.7.1 " : "421 4.7.0 ";
    }
    return carries_mail(request.state) ? "450 4.7.1 " : "";
}

}  // namespace

Result<bool> PolicyReader::scan(std::string_view bytes, std::size_t& used) {
    while (used < bytes.size()) {
        const std::size_t end = find(bytes, '\n', used);
        const std::size_t stop = end == npos ? bytes.size() : end + 1;
        line_ += stop - used;
        size_ += stop - used;
        used = stop;
        if (line_ > max_policy_line_bytes) return std::unexpected(garbage("a line is too long"));
        if (size_ > max_policy_request_bytes) return std::unexpected(garbage("a request is too long"));
        if (end == npos) break;
        if (std::exchange(line_, 0) == 1) return true;
    }
    return false;
}

Result<std::optional<PolicyRequest>> PolicyReader::next(std::string_view& bytes) {
    if (broken_) return std::unexpected(garbage("the connection said something else before"));
    if (std::exchange(clear_, false)) kept_.clear();
    std::size_t used = 0;
    const auto ended = scan(bytes, used);
    broken_ = !ended;
    if (!ended) return std::unexpected(ended.error());
    const std::string_view part = bytes.substr(0, used);
    bytes.remove_prefix(used);
    if (!*ended || !kept_.empty()) kept_.append(part);
    if (!*ended) return std::nullopt;
    std::string_view lines = kept_.empty() ? part : std::string_view(kept_);
    clear_ = true;
    size_ = 0;
    lines.remove_suffix(1);
    auto request = read_policy_request(lines);
    broken_ = !request;
    if (!request) return std::unexpected(std::move(request.error()));
    return *request;
}

Result<PolicyRequest> read_policy_request(std::string_view lines) {
    if (find(lines, '\0') != npos || find(lines, '\r') != npos)
        return std::unexpected(garbage("NUL or a carriage return"));
    Fields fields;
    for (Scan scan(lines); !scan.done();)
        if (auto error = fields.add(scan.until_or_rest('\n'))) return std::unexpected(std::move(*error));
    if (fields[Field::request] != "smtpd_access_policy")
        return std::unexpected(garbage("no request=smtpd_access_policy"));
    PolicyRequest request{.state = state_named(fields[Field::protocol_state]),
                          .server_port = client_port(fields[Field::server_port]),
                          .sender = fields.bounded(Field::sender),
                          .recipient = fields.bounded(Field::recipient),
                          .queue_id = fields.bounded(Field::queue_id),
                          .question = {}};
    take_event(fields, request);
    return request;
}

void write_policy(const Answer& answer, const PolicyRequest& request, std::string& out) {
    const std::string_view action = answer.stops() ? refusal(answer, request) : "";
    const auto pause = std::clamp<long long>(answer.wait.count(), 0, max_policy_pause.count());
    out += "action=";
    if (!action.empty()) {
        out += action;
        append_reason(answer, "Please try again later", out);
    } else if (answer.step == Answer::Step::wait && pause > 0 && request.question.ask != Ask::nothing) {
        out += "sleep " + std::to_string(pause);
    } else {
        out += "DUNNO";
    }
    out += "\n\n";
}

}  // namespace tidegate::wire

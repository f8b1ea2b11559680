#include "tell/alert/forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "event/json.h"

namespace tidegate::tell {
namespace {

// A reminder may be gathered for an hour and tried for half of one.
constexpr std::chrono::hours margin{2};

std::string label(std::string_view name, std::string_view value) {
    return fmt::format("{}:{}", json_string(name), json_string(value));
}

std::string labels_of(const Message& message, const Message::Thing& thing) {
    return fmt::format("{{{},{},{},{},{}}}", label("alertname", fmt::format("tidegate_{}", name(thing.kind))),
                       label("severity", name(thing.severity)), label("instance", message.host),
                       label("about", thing.about), label("job", "tidegate"));
}

std::string annotations_of(const Message& message, const Message::Thing& thing) {
    std::string out = label("summary", thing.subject);
    // The text of a message about several things is a list of them.
    if (message.count == 1) out += ',' + label("description", message.text);
    if (!message.todo.empty()) out += ',' + label("todo", message.todo);
    if (!message.code.empty()) out += ',' + label("acknowledge", "tidegate alert ack " + message.code);
    return '{' + out + '}';
}

std::string alert_of(const Message& message, const Message::Thing& thing) {
    const Time begin = thing.since == Time{} ? message.time : std::min(thing.since, message.time);
    const Time end = thing.over ? message.time : message.time + message.repeats + margin;
    return fmt::format(R"({{"startsAt":"{}","endsAt":"{}","labels":{},"annotations":{}}})", rfc3339(begin),
                       rfc3339(end), labels_of(message, thing), annotations_of(message, thing));
}

// Within a block of code nothing else is markup, links or mentions; these three are Slack's own.
std::string in_block(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else
            out += c == '`' ? '\'' : c;
    }
    return out;
}

}  // namespace

std::string alertmanager_json(const Message& message) {
    std::string out;
    for (const Message::Thing& thing : message.things)
        out += (out.empty() ? "" : ",") + alert_of(message, thing);
    return '[' + out + ']';
}

std::string slack_json(const Message& message) {
    const std::string text = fmt::format("Tidegate on {}: {}, {}\n```\n{}\n\n{}```", in_block(message.host),
                                         name(message.severity), name(message.stage),
                                         in_block(message.subject), in_block(message_text(message)));
    return fmt::format(R"({{"text":{}}})", json_string(text));
}

std::string in_form(WebhookForm form, const Message& message) {
    switch (form) {
        case WebhookForm::alertmanager:
            return alertmanager_json(message);
        case WebhookForm::slack:
            return slack_json(message);
        case WebhookForm::tidegate:
            break;
    }
    return message_json(message);
}

}  // namespace tidegate::tell

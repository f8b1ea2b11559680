// A message as JSON: for webhooks, commands, and whoever comes later.
#include <fmt/format.h>

#include "event/json.h"
#include "tell/alert/message.h"

namespace tidegate::tell {
namespace {

void append_time(std::string_view name, Time time, std::string& out) {
    if (time != Time{}) out += fmt::format(R"(,"{}":"{}")", name, rfc3339(time));
}

void append_thing(const Message::Thing& thing, std::string& out) {
    out += fmt::format(R"({{"stage":"{}")", name(thing.stage));
    append_json_field("about", thing.about, out);
    append_json_field("subject", thing.subject, out);
    append_time("since", thing.since, out);
    out += fmt::format(R"(,"kind":"{}","severity":"{}"}})", name(thing.kind), name(thing.severity));
}

}  // namespace

std::string message_json(const Message& message) {
    std::string out =
        fmt::format(R"({{"version":1,"id":"{}","kind":"{}","severity":"{}","stage":"{}")", message.id,
                    name(message.kind), name(message.severity), name(message.stage));
    append_time("time", message.time, out);
    append_time("since", message.since, out);
    append_json_field("host", message.host, out);
    append_json_field("about", message.about, out);
    append_json_field("subject", message.subject, out);
    append_json_field("text", message.text, out);
    append_json_field("todo", message.todo, out);
    append_json_field("code", message.code, out);
    out += fmt::format(R"(,"count":{},"held_back":{},"things":[)", message.count, message.held_back);
    for (const Message::Thing& thing : message.things) {
        if (&thing != &message.things.front()) out += ',';
        append_thing(thing, out);
    }
    return out + "]}";
}

}  // namespace tidegate::tell

#include "tell/alert/command_route.h"

#include <fmt/format.h>

#include "base/check.h"
#include "tell/alert/program.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

std::vector<std::string> environment_for(const Message& message) {
    const auto time = [](Time time) { return time == Time{} ? std::string() : rfc3339(time); };
    return {"TIDEGATE_ID=" + message.id,
            fmt::format("TIDEGATE_KIND={}", name(message.kind)),
            fmt::format("TIDEGATE_SEVERITY={}", name(message.severity)),
            fmt::format("TIDEGATE_STAGE={}", name(message.stage)),
            fmt::format("TIDEGATE_COUNT={}", message.count),
            "TIDEGATE_TIME=" + time(message.time),
            "TIDEGATE_SINCE=" + time(message.since),
            "TIDEGATE_HOST=" + message.host,
            "TIDEGATE_ABOUT=" + message.about,
            "TIDEGATE_SUBJECT=" + message.subject,
            "TIDEGATE_TEXT=" + message.text,
            "TIDEGATE_TODO=" + message.todo,
            "TIDEGATE_CODE=" + message.code};
}

}  // namespace

CommandRoute::CommandRoute(CommandTarget target) : target_(std::move(target)) {
    CHECK(!target_.command.empty());
    name_ = "command " + harmless(target_.command.front());
}

Sent CommandRoute::send(const Message& message, const GivenUp& given_up) {
    return run_program({.command = target_.command,
                        .environment = environment_for(message),
                        .input = message_json(message),
                        .time_out = target_.time_out},
                       given_up);
}

}  // namespace tidegate::tell

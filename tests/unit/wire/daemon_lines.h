#pragma once
// Tables of one daemon's lines: what stands in the log, and what its parser makes of it in a short form.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "wire/log/line.h"

namespace tidegate::wire {

/// One line. `says` is "unknown", "nothing" or describe() of its event.
struct Row {
    std::string_view message;
    std::string_view says;
};

/// "attempt failure bad_password address=192.0.2.1 port=5 service=imap account=<u> ...": only what is set.
/// The layer stands in front: "front attempt ...".
inline std::string describe(const Event& event) {
    std::string text(name(event.layer).empty() ? "none" : name(event.layer));
    const auto word = [&text](std::string_view value) {
        if (!value.empty()) text.append(" ").append(value);
    };
    const auto field = [&text](std::string_view key, std::string_view value) {
        if (!value.empty()) text.append(" ").append(key).append("=").append(value);
    };
    word(name(event.kind));
    word(name(event.outcome));
    word(name(event.reason));
    if (!event.address.is_none()) field("address", event.address.text());
    if (event.port != 0) field("port", std::to_string(event.port));
    field("service", name(event.service));
    if (!event.account.empty()) field("account", "<" + std::string(event.account) + ">");
    field("method", event.method);
    field("session", event.session);
    if (!event.ehlo.empty()) field("ehlo", "<" + std::string(event.ehlo) + ">");
    if (event.tls) word(*event.tls ? "tls" : "clear");
    if (event.early) word("early");
    if (event.attempts != 1) field("attempts", std::to_string(event.attempts));
    return text;
}

/// What `parser` makes of a message of `program`.
inline std::string parsed(MessageParser parser, std::string_view program, std::string_view message) {
    LogLine line;
    line.time = time_of_unix(1'700'000'000);
    line.host = "mx";
    line.program = program;
    line.message = message;
    line.number = 7;
    EventBatch batch;
    const Recognised made = parser(line, batch);
    if (made != Recognised::event) {
        EXPECT_TRUE(batch.events.empty()) << message;
        return made == Recognised::nothing ? "nothing" : "unknown";
    }
    EXPECT_EQ(batch.events.size(), 1U) << message;
    if (batch.events.empty()) return "no event";
    const Event& event = batch.events.front();
    EXPECT_EQ(event.time, line.time) << message;
    EXPECT_EQ(event.host, "mx") << message;
    EXPECT_EQ(event.line, 7U) << message;
    EXPECT_EQ(event.program, program) << message;
    return describe(event);
}

inline void expect_rows(MessageParser parser, std::string_view program, const std::vector<Row>& rows) {
    for (const Row& row : rows) EXPECT_EQ(parsed(parser, program, row.message), row.says) << row.message;
}

/// No beginning of a line may crash a parser, or give another address than the whole line.
inline void expect_safe_prefixes(MessageParser parser, std::string_view program, std::string_view message) {
    for (std::size_t length = 0; length <= message.size(); ++length) {
        const std::string copy(message.substr(0, length));  // its end is where a sanitizer watches
        LogLine line;
        line.program = program;
        line.message = copy;
        EventBatch batch;
        const Recognised made = parser(line, batch);
        EXPECT_EQ(made == Recognised::event, !batch.events.empty()) << copy;
    }
}

}  // namespace tidegate::wire

#pragma once
// What the console reaches in the daemon.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/error.h"
#include "base/time.h"
#include "console/moment.h"
#include "event/event.h"
#include "net/http_message.h"

namespace tidegate::console {

/// A line of the audit log.
struct Audited {
    std::string who;
    std::string_view by;  // "session", "token", "none"
    Address from;
    std::string call;  // "POST /v1/mode"
    unsigned result = 0;
    std::string subject{};
};

/// Thread: all of it any. Owner: the daemon; outlives the console.
struct ConsoleWorld {
    std::function<Time()> now;
    std::function<Moment()> monotonic;
    /// The calls of the control socket and of the console's data; `request` goes to /v1/... and is signed.
    std::function<void(const net::Request& request, net::Response& response)> calls;
    /// Whether the judge lets this attempt to log in reach the password. False: it was stopped.
    std::function<bool(const Event& event)> may_try;
    /// What became of it.
    std::function<void(const Event& event)> report;
    std::function<void(const Audited& entry)> audit;
    /// Something that the operator should know: "users file unreadable".
    std::function<void(const Error& trouble)> complain;
    /// "30m", "12h", "7d", a date, an RFC 3339 time; nothing for "never".
    std::function<Result<std::optional<Time>>(std::string_view text)> expiry;
};

}  // namespace tidegate::console

#pragma once
// Asking at a door as a mail server does: the other end of docs/doors.md, for drills.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "event/event.h"
#include "net/http_client.h"

namespace tidegate::app {

/// What a door answered.
struct Told {
    Measure measure = Measure::pass;  // what to do
    Measure judged =
        Measure::pass;  // what was thought: more than `measure` in watch mode, as far as the door says
};

/// A mail server's end of a door of the kind `api` or `auth-policy`, on one connection that is kept.
/// Thread: one at a time; blocks.  Fails: nobody listens, the key is wrong, the door is of another kind.
class DoorTalk {
public:
    enum class Kind : std::uint8_t { api, auth_policy };

    DoorTalk(Kind kind, net::Endpoint to, std::string key);

    /// May this attempt go on to the password database? Its outcome is not told.
    [[nodiscard]] Result<Told> consider(const Event& attempt);
    /// What became of it.
    [[nodiscard]] Result<void> report(const Event& attempt);

private:
    [[nodiscard]] Result<std::string> post(std::string_view target);

    Kind kind_;
    net::HttpClient client_;
    net::HttpClient::Fields fields_;
    std::string body_;
};

/// "http://127.0.0.1:4083/", "localhost:4083", "unix:/path" or "/path".
[[nodiscard]] Result<net::Endpoint> door_place(std::string_view text);

}  // namespace tidegate::app

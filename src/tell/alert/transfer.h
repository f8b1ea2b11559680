#pragma once
// libcurl, as far as it is needed here (docs/decisions/libcurl.md).

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tell/alert/route.h"

namespace tidegate::tell {

/// What to bring where. A URL of http, https, smtp or smtps; redirects are not followed, certificates are
/// checked, TLS is 1.2 or later.
struct Transfer {
    std::string url{};
    std::chrono::milliseconds time_out = std::chrono::seconds(20);  // of all of it
    std::string user{}, password{};                                 // of SMTP
    std::string ca_file{}, proxy{};
    bool demands_tls = false;            // of smtp: STARTTLS or nothing
    std::vector<std::string> headers{};  // of HTTP, "Name: value"
    std::string from{};                  // of SMTP; `to` where it is mail
    std::vector<std::string> to{};
    std::string body{};
};

/// What came back.
struct Carried {
    bool whole = false;    // the dialogue went through, whatever was answered
    long code = 0;         // the last reply's; 0: none
    std::string trouble;   // libcurl's words, where not whole
    std::string reply;     // the last line, for HTTP the status line and the body's beginning
    std::string refusals;  // of SMTP: recipients that were refused while others were not
    std::optional<std::chrono::seconds> retry_after{};  // of HTTP (RFC 9110 10.2.3), seconds or a date
};

/// Thread: any.  Cost: blocks, `time_out` at most (looking up a name may add some seconds).
[[nodiscard]] Carried carry(const Transfer& transfer, const GivenUp& given_up);

}  // namespace tidegate::tell

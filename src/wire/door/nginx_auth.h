#pragma once
// The door for nginx's mail proxy: auth_http, where question and answer are HTTP headers.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "event/batch.h"
#include "wire/door/question.h"

namespace tidegate::wire {

/// A header's name (any case) and value.
using HeaderView = std::pair<std::string_view, std::string_view>;
using Header = std::pair<std::string_view, std::string>;

enum class NginxProtocol : std::uint8_t { imap, pop3, smtp };

struct NginxRequest {
    NginxProtocol protocol = NginxProtocol::imap;
    bool has_password =
        false;  // nginx can log in at the server behind: "plain", or "none", where nobody logs in
    Question question{};
};

/// Reads a request. The password goes to `mark` once, in place or from a buffer that is wiped, and nowhere
/// else; the account goes into `batch`, other texts stay views of the headers.
/// Thread: any.  Cost: linear.
/// Fails: no Auth-Protocol, an unknown Auth-Method, no Client-IP that is an address, a header twice.
[[nodiscard]] Result<NginxRequest> read_nginx_auth(std::span<const HeaderView> headers,
                                                   const MarkPassword& mark, EventBatch& batch);

/// A server behind nginx, by address; nginx takes no names.
struct MailServer {
    Address address{};
    std::uint16_t port = 0;
};

/// The headers of an answer, for an HTTP status of 200. `go_on` and `wait` are "OK" and the server: it still
/// checks the password (nginx has no word for `wait`: it goes on at once). Without a server, and for
/// mechanisms with which nginx can't log in there, it is a temporary failure. What is stopped is told so in
/// the protocol's own words: [UNAVAILABLE], [SYS/TEMP], 454 4.7.0; never "wrong password". From the tenth try
/// of a session on, nginx is told to hang up. All of it is below nginx's limit of 1024 bytes.
[[nodiscard]] std::vector<Header> nginx_auth_headers(const Answer& answer, const NginxRequest& request,
                                                     const MailServer* server);

}  // namespace tidegate::wire

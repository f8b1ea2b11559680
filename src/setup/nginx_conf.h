#pragma once
// What `nginx -T` prints: each file of the configuration, one behind the other.

#include <string>
#include <string_view>
#include <vector>

namespace tidegate::setup {

struct NginxDirective {
    std::vector<std::string> words;  // "listen", "127.0.0.1:143"
    std::string file;
    std::vector<NginxDirective> block;  // what stands in its braces; included files in place
};

/// A `server {}` in `mail {}`, with what it inherits.
struct NginxMailServer {
    std::string file;                                          // where the server stands
    std::vector<std::string> listens;                          // "143", "127.0.0.1:143", "[::]:993"
    std::string protocol;                                      // "imap"; empty: by its port
    std::string auth_http;                                     // "127.0.0.1:4082/path"; empty: none
    std::vector<std::pair<std::string, std::string>> headers;  // auth_http_header
    std::string smtp_auth = "plain login";                     // nginx's default
    bool proxy_protocol = false;  // the client's address comes from a proxy in front
    // What the server behind is shown: nginx's defaults.
    bool sends_proxy_protocol = false;  // the client's address in a PROXY header
    bool sends_xclient = true;          // the same in XCLIENT, SMTP alone
    bool sends_smtp_auth = false;       // the password itself, SMTP alone
    bool passes_errors_on =
        false;  // proxy_pass_error_message: what the server behind said reaches the client

    [[nodiscard]] bool is_smtp() const;
};

struct NginxConf {
    std::vector<NginxDirective> directives;
    std::vector<NginxMailServer> mail_servers;
    bool has_mail = false;
    std::string mail_file;  // where `mail {}` stands
    std::string error_log;  // of mail, or the main one; empty: nginx's own default

    /// Never fails: what is not understood, nests deeper than max_depth or lies behind max_output_bytes is
    /// left out.
    [[nodiscard]] static NginxConf parse(std::string_view text);
};

}  // namespace tidegate::setup

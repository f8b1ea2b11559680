#pragma once
// Who may ask over HTTP: those who show the secret.

#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.h"

namespace tidegate::net {

/// Fields of which a request must carry one. Without any, everybody may ask.
/// Thread: any, once it is filled.  Cost: takes as long whatever was shown.
class HttpKeys {
public:
    /// `X-API-Key: secret`, or another field.
    void accept_field(std::string name, std::string secret);
    /// Basic authentication (RFC 7617) with this password and any user name, or this one alone.
    void accept_password(std::string password, std::string user = {});

    [[nodiscard]] bool admit(const Request& request) const;
    [[nodiscard]] bool takes_passwords() const { return !passwords_.empty(); }

private:
    struct Field {
        std::string name, secret;
    };
    struct Password {
        std::string user, password;
    };
    std::vector<Field> fields_;
    std::vector<Password> passwords_;
};

/// Compares without telling by its duration how much agrees.
[[nodiscard]] bool same_secret(std::string_view shown, std::string_view secret);

/// RFC 4648 4, with or without padding. Nothing for other characters.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace tidegate::net

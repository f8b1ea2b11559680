#pragma once
// HTTP POST of a message.

#include <chrono>
#include <string>

#include "tell/alert/forms.h"
#include "tell/alert/route.h"

namespace tidegate::tell {

struct WebhookTarget {
    std::string url;                 // http:// or https://
    std::string token_file;          // empty: no Authorization
    std::string proxy;               // empty: none
    std::string ca_file;             // empty: the system's
    std::string signing_key_file{};  // empty: not signed
    WebhookForm form = WebhookForm::tidegate;
    std::chrono::milliseconds time_out = std::chrono::seconds(20);
};

/// POSTs the message in its form, signed anew at each try (tell/alert/signature.h). 2xx is success; 408, 425,
/// 429 and 5xx are tried again, as late as Retry-After asks for; other answers are final.
/// The URL may be a secret itself: only scheme and host are ever told.
class WebhookRoute final : public Route {
public:
    explicit WebhookRoute(WebhookTarget target);
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] Sent send(const Message& message, const GivenUp& given_up) override;

private:
    WebhookTarget target_;
    std::string name_;
};

}  // namespace tidegate::tell

#pragma once
// A message in the forms that other programs take by HTTP.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "tell/alert/message.h"

namespace tidegate::tell {

enum class WebhookForm : std::uint8_t { tidegate, alertmanager, slack };
inline constexpr std::array<std::string_view, 3> webhook_forms{"tidegate", "alertmanager", "slack"};

/// What POST /api/v2/alerts of an Alertmanager takes: an alert a thing, known again by kind, host and `about`
/// from its beginning to its end. What goes on holds until some time after it would be told again, since an
/// Alertmanager lets end what it hears no more of; what happened holds as long.
[[nodiscard]] std::string alertmanager_json(const Message& message);

/// What an incoming webhook of Slack, or of another that takes its form, is given: one text, in which nothing
/// that a client wrote is a link, a mention or markup.
[[nodiscard]] std::string slack_json(const Message& message);

/// As `form` has it; message_json() for our own.
[[nodiscard]] std::string in_form(WebhookForm form, const Message& message);

}  // namespace tidegate::tell

#pragma once
// What the tests of all doors share: a question on one line.

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "wire/door/question.h"

namespace tidegate::wire {

inline std::string ask_name(Ask ask) {
    constexpr std::array<const char*, 7> names{"nothing", "before",  "after", "report",
                                               "reset",   "connect", "mail"};
    return names.at(static_cast<std::size_t>(ask));
}

/// "before address=192.0.2.1:40000 service=imap account=<u> ...", only what is there.
inline std::string line_of(const Question& question) {
    const Event& event = question.event;
    std::string out = ask_name(question.ask);
    const auto add = [&out](std::string_view name, std::string_view value) {
        if (!value.empty()) out.append(" ").append(name).append("=").append(value);
    };
    add("outcome", name(event.outcome));
    add("reason", name(event.reason));
    if (!event.address.is_none()) add("address", event.address.text());
    if (event.port != 0) out += ":" + std::to_string(event.port);
    add("service", name(event.service));
    if (!event.account.empty()) add("account", "<" + std::string(event.account) + ">");
    add("method", event.method);
    add("session", event.session);
    add("client", event.client);
    add("ehlo", event.ehlo);
    if (event.tls) out += *event.tls ? " tls" : " clear";
    if (question.guess)
        add("guess", std::to_string(question.guess->value) + "/" + std::to_string(question.guess->bits));
    if (question.account_guess)
        add("own", std::to_string(question.account_guess->value) + "/" +
                       std::to_string(question.account_guess->bits));
    if (question.plain_password) out += " password";
    if (question.perhaps_after) out += " perhaps-after";
    if (question.policy_reject) out += " policy-reject";
    return out;
}

}  // namespace tidegate::wire

#pragma once
// Attempts made by hand, for a desk with a small judge.

#include <memory>
#include <string_view>

#include "guard/desk.h"

namespace tidegate::guard {

inline constexpr Time noon = time_of_unix(1'785'931'200);  // 2026-08-05 12:00 UTC

inline Event attempt(std::string_view address, std::string_view account, Outcome outcome, Time time = noon) {
    Event event;
    event.time = time;
    event.address = Address::parse(address).value();
    event.account = account;
    event.service = Service::imap;
    event.outcome = outcome;
    event.reason = outcome == Outcome::failure ? Reason::bad_password : Reason::none;
    return event;
}

inline Event question(std::string_view address, std::string_view account, Time time = noon) {
    Event event = attempt(address, account, Outcome::none, time);
    event.reason = Reason::none;
    return event;
}

inline std::shared_ptr<const judge::Policy> small_policy(judge::Policy policy = {}) {
    policy.memory_bytes = std::size_t{8} << 20;
    policy.seal();
    return std::make_shared<const judge::Policy>(std::move(policy));
}

/// An exception that denies 203.0.113.0/24.
inline judge::Policy denying() {
    judge::Policy policy;
    judge::Exception deny;
    deny.effect = judge::Exception::Effect::deny;
    deny.prefix = Prefix::parse("203.0.113.0/24");
    deny.reason = "test";
    policy.exceptions.push_back(std::move(deny));
    return policy;
}

inline Desk small_desk(Mode mode, Desk::Hooks hooks = {}, judge::Policy given = denying()) {
    auto policy = small_policy(std::move(given));
    return {judge::Judge(policy), policy, mode, std::move(hooks)};
}

}  // namespace tidegate::guard

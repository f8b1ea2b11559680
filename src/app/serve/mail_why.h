#pragma once
// Why a client of port 25 is let in, or is not: for `tidegate why ADDRESS`.

#include <string>
#include <vector>

#include "event/event.h"
#include "event/verdict.h"
#include "guard/mail_stops.h"
#include "judge/policy.h"

namespace tidegate::app {

/// Of one address.
struct MailWhy {
    Event event;  // of a mail that it would bring now
    Verdict now;
    std::vector<guard::MailStop> stops;  // of the last day, latest first
};

/// The object `mail` of GET /v1/why (docs/control-openapi.yaml).
[[nodiscard]] std::string json_of(const MailWhy& why, const judge::Policy& policy);

}  // namespace tidegate::app

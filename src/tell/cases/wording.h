#pragma once
// Words for customers, drawn from what was measured. Nothing is said that was not.

#include <optional>
#include <string>
#include <vector>

#include "event/incident.h"
#include "tell/cases/case.h"
#include "tell/cases/rules.h"
#include "tell/cases/sight.h"

namespace tidegate::tell {

/// What a text is to say.
enum class Occasion : std::uint8_t { first, goes_on, again, calm, over };

/// A draft: without number, times and stage.
struct Suggestion {
    std::string title, text;
    PublicState state = PublicState::investigating;
    ServiceState worst = ServiceState::working;
    std::vector<std::string> services;  // that are hurt
    std::vector<std::string> meanwhile, steps;
};

/// `record` is the case so far; its cause says whose fault it is taken to be.
[[nodiscard]] Suggestion suggest(Occasion occasion, const CaseRecord& record, const Measured& measured,
                                 const CaseRules& rules, Time now);

/// The cause, where the record is sure enough of it to say so in public.
[[nodiscard]] std::optional<Cause> sure_cause(const Diagnosis& diagnosis);

/// "4 s", "0.3 s", "2 min".
[[nodiscard]] std::string plain_seconds(double seconds);

}  // namespace tidegate::tell

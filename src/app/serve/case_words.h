#pragma once
// What requests about cases say, and how they are answered: JSON, without the socket.

#include <optional>
#include <string>
#include <string_view>

#include "app/serve/control_words.h"
#include "base/error.h"
#include "base/time.h"
#include "event/incident.h"
#include "tell/cases/book.h"

namespace tidegate::app {

/// "30m", "12h", "7d" from now, an RFC 3339 time or a date to come.
[[nodiscard]] Result<Time> time_in(std::string_view text, Time now);
// Each fails where a word is none of those that there are, or a number is none.
[[nodiscard]] Result<tell::Opening> opening_in(const Words& words, std::string author);
[[nodiscard]] Result<tell::UpdateWords> update_in(const Words& words, std::string author);
[[nodiscard]] Result<tell::SupportCount> support_in(const Words& words, std::string author, Time now);
[[nodiscard]] Result<PublicWork> work_in(const Words& words, Time now);
[[nodiscard]] std::optional<tell::CaseBook::WorkAct> work_act_in(std::string_view word);

/// {"cases":[...]}: in short, the latest first.
[[nodiscard]] std::string cases_json(const tell::CaseBook& book);
/// One, with `timeline`: what the record of incidents has (without names of accounts), notes and updates in
/// order of time.
[[nodiscard]] std::string case_with_timeline_json(const tell::CaseRecord& record, const Incident* incident);
[[nodiscard]] std::string work_list_json(const tell::CaseBook& book);
[[nodiscard]] std::string templates_json(const tell::CaseRules& rules);

}  // namespace tidegate::app

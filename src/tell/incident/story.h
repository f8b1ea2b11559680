#pragma once
// The sentences that an incident's record is made of.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/incident.h"

namespace tidegate::tell {

/// "IMAP failures", "attempts".
[[nodiscard]] std::string series_words(const SeriesName& series);
/// "+308 % ± 4".
[[nodiscard]] std::string above_normal(double percent, double error);
/// "a, b and c".
[[nodiscard]] std::string joined(const std::vector<std::string>& parts);
/// "attack", "a fault of our own".
[[nodiscard]] std::string_view words(Cause cause);

/// The hour in which attempts (of all services) lay highest above normal; nothing where none did, or nobody
/// knows what is normal.
[[nodiscard]] std::optional<HourNotice> peak_hour(const Incident& incident);
/// Services that had a good part of the hostile attempts, the most first.
[[nodiscard]] std::vector<Service> attacked_services(const Incident& incident);
/// "the domain", "the mailbox": what stands before its name.
[[nodiscard]] std::string_view kind_words(const IncidentTarget& target);
/// "the domain example.net": an account's by its pseudonym. Safe to print.
[[nodiscard]] std::string target_words(const IncidentTarget& target);
/// Of what its share is: "the hostile attempts".
[[nodiscard]] std::string_view whole_words(const IncidentTarget& target);
/// "91 % (88 to 93) of the hostile attempts, usually 4 %; confidence 1.00".
[[nodiscard]] std::string share_words(const IncidentTarget& target);
/// Its first alarm was about who connects, or about mail, and not about log-ins.
[[nodiscard]] bool is_about_connections(const Incident& incident);
/// What happened, in a few words without anybody's name.
[[nodiscard]] std::string title_of(const Incident& incident);

[[nodiscard]] Entry entry_of(const AlarmNotice& alarm);
[[nodiscard]] Entry entry_of(const IncidentAction& action);
[[nodiscard]] Entry entry_of_peak(const HourNotice& hour);

}  // namespace tidegate::tell

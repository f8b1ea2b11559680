#pragma once
// Taking accounts out of what was kept.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "event/naming.h"
#include "keep/run.h"
#include "keep/sqlite.h"

namespace tidegate::keep {

/// The same entries, with the accounts that `is_meant` names emptied, and with them whatever else in the same
/// event repeats the name; what people said with such a name in it is taken away as a whole. Nothing: none
/// was named.  Fails: an entry that is none.
[[nodiscard]] Result<std::optional<Run>> without_accounts(const Run& run, const AccountTest& is_meant,
                                                          std::uint64_t& entries);

/// In a transaction of the caller's: rows of the audit log and exceptions that name one keep their place and
/// lose subject, reason and detail; exceptions of it are lifted. Returns how many rows.
[[nodiscard]] Result<std::uint64_t> anonymise_records(Connection& connection, const AccountTest& is_meant,
                                                      Time now, std::string_view author);

}  // namespace tidegate::keep

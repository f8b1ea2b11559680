#pragma once
// The case book and the book of services, as the public sees them.

#include <span>
#include <string_view>
#include <vector>

#include "event/public_record.h"
#include "tell/cases/book.h"

namespace tidegate::tell {

/// Days that a case, or work, stays in the public record after its end.
inline constexpr std::chrono::days public_days{90};

/// What one page says now: our own, or that of a partner, who knows earlier (own_lead()) and under whose name
/// it goes out. An unknown partner's is empty of cases.
/// Thread: any.  Cost: a copy of what is public.
[[nodiscard]] PublicRecord public_record(const CaseBook& book, std::vector<PublicService> services,
                                         std::string_view partner, Time now);

}  // namespace tidegate::tell

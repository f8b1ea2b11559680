#pragma once
// Times as customers read them: by the provider's clock, months as words.

#include <chrono>
#include <string>

#include "base/time.h"
#include "event/public_record.h"
#include "tell/status/wording.h"
#include "tell/zone.h"

namespace tidegate::tell::status {

/// The clock of one page. A value; `wording` outlives it.
class Clock {
public:
    Clock(const PublicRecord& record, const Wording& wording)
        : zone_(record.zone), wording_(&wording), made_(record.made) {}

    /// "30 November, 14:05"; with its year where that is not the year in which the page was made.
    [[nodiscard]] std::string spoken(Time time) const;
    /// `<time datetime="...">` around spoken().
    [[nodiscard]] std::string html(Time time) const;
    /// "30 November" (the year as above), "30 November 2026".
    [[nodiscard]] std::string day(std::chrono::year_month_day day) const;
    /// "November 2026".
    [[nodiscard]] std::string month(std::chrono::year_month month) const;
    /// The day of the provider's calendar.
    [[nodiscard]] std::chrono::year_month_day date_of(Time time) const;
    /// "Europe/Berlin".
    [[nodiscard]] std::string zone() const { return zone_.label(made_); }
    [[nodiscard]] std::string exact(Time time) const;
    [[nodiscard]] Time made() const { return made_; }

private:
    Zone zone_;
    const Wording* wording_;
    Time made_;
};

}  // namespace tidegate::tell::status

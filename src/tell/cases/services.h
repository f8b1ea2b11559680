#pragma once
// How the services stand, and how they stood on each of the last days.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "event/public_record.h"
#include "tell/cases/rules.h"
#include "tell/cases/sight.h"
#include "tell/zone.h"

namespace tidegate::tell {

/// Judges each service by what is measured of what it watches. A service becomes worse once it was worse for
/// twenty seconds, and better once it was better for five minutes, so that the page does not flicker. Minutes
/// are counted by the worst that was in them, on the day of the provider's zone that they began on.
/// Takes its time from whoever calls, every ten seconds or so; a gap of more than two minutes is time in
/// which nobody watched.
/// Thread: one at a time.  Cost: look() some microseconds a service.  Fails: never.
class ServiceBook {
public:
    static constexpr std::size_t most_days = 90;
    static constexpr std::chrono::seconds worse_after{20};
    static constexpr std::chrono::minutes better_after{5};
    static constexpr std::chrono::minutes longest_gap{2};

    /// `kept`: what days() gave before a restart; of services that are not configured any more nothing stays.
    ServiceBook(std::vector<ServiceRule> rules, Zone zone, std::span<const PublicService> kept = {});

    /// `in_work`: names of services with announced work under way.
    void look(Time now, std::span<const Sight> sights, std::span<const std::string> in_work = {});
    /// Other services or another zone hold from now on; those that stay keep what is known of them.
    void adopt(std::vector<ServiceRule> rules, Zone zone);

    [[nodiscard]] std::vector<ServiceStanding> standing() const;
    /// For the public record, and to be kept. The last day is that of the last look.
    [[nodiscard]] std::vector<PublicService> days() const;
    /// True once after a minute was counted.
    [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }

private:
    struct Known {
        ServiceRule rule;
        ServiceStanding standing{};
        std::optional<Time> worse_since{}, better_since{};  // than `standing` it has been measured to be
        ServiceState milder = ServiceState::working;        // the worst of what is better
        ServiceState worst_of_minute = ServiceState::unknown;
        std::vector<ServiceDay> days{};
    };
    static void lean(Known& known, ServiceState measured, Time now);
    void count_minute(Known& known) const;
    [[nodiscard]] std::chrono::year_month_day day_of(Time time) const;
    static ServiceDay& at_day(Known& known, std::chrono::year_month_day day);

    Zone zone_;
    std::vector<Known> all_;
    Time last_{};              // look
    std::int64_t minute_ = 0;  // under way, Unix time in minutes
    bool changed_ = false;
};

}  // namespace tidegate::tell

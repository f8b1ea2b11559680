#include "tell/incident/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tell/incident/deeds.h"
#include "tell/incident/log.h"
#include "tell/report.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr double fairly_sure = 0.6;
// Below, an hour's percentage is chance.
constexpr double least_expected = 20;
constexpr Duration an_hour = std::chrono::hours(1);
constexpr double clearly = 2;           // standard errors
constexpr std::uint64_t good_part = 7;  // one in

std::string amount(double value) {
    if (value < 0.05) return "0";
    if (value < 1) return fmt::format("{:.1g}", value);
    return value < 100 ? fmt::format("{:.3g}", value) : about(value);
}

std::string spoken(const std::vector<Service>& services) {
    std::vector<std::string> names;
    for (const Service service : services) names.emplace_back(words(service));
    return joined(names);
}

}  // namespace

std::string series_words(const SeriesName& series) {
    if (series.service == Service::unknown) return series.volume;
    return fmt::format("{} {}", words(series.service), series.volume);
}

std::string above_normal(double percent, double error) {
    const double whole = std::round(percent) + 0.0;  // no "-0"
    return fmt::format("{:+.0f} % ± {:.{}f}", whole, error, error < 1 ? 1 : 0);
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
        text += parts[i];
    }
    return text;
}

std::string_view words(Cause cause) {
    switch (cause) {
        case Cause::attack:
            return "an attack";
        case Cause::own_fault:
            return "a fault of our own";
        case Cause::outside:
            return "trouble outside";
    }
    return "unknown";
}

std::optional<HourNotice> peak_hour(const Incident& incident) {
    std::optional<HourNotice> peak;
    for (const HourNotice& hour : incident.hours) {
        const bool total = hour.series == SeriesName{"attempts", Service::unknown};
        if (!total || hour.expected < least_expected || hour.start + an_hour <= incident.began) continue;
        if (hour.percent_above() < clearly * hour.percent_error()) continue;
        if (!peak || hour.percent_above() > peak->percent_above()) peak = hour;
    }
    return peak;
}

std::vector<Service> attacked_services(const Incident& incident) {
    std::array<std::uint64_t, service_count> attempts{};
    std::uint64_t all = 0;
    for (const IncidentCampaign& campaign : incident.campaigns) {
        for (const auto& [service, count] : campaign.services) {
            attempts[static_cast<std::size_t>(service)] += count;
            all += count;
        }
    }
    std::vector<Service> services;
    for (std::size_t i = 1; i < attempts.size(); ++i) {
        if (attempts[i] * good_part > all) services.push_back(static_cast<Service>(i));
    }
    std::ranges::sort(services, std::ranges::greater{}, [&](Service service) {
        return std::pair(attempts[static_cast<std::size_t>(service)], service);
    });
    return services;
}

std::string_view kind_words(const IncidentTarget& target) {
    if (target.kind == TargetKind::account && target.service == Service::smtp) return "mailbox";
    return name(target.kind);
}

std::string target_words(const IncidentTarget& target) {
    if (target.kind == TargetKind::account) return fmt::format("the {}", target.account.pseudonym);
    return fmt::format("the {} {}", kind_words(target), harmless(target.name));
}

std::string_view whole_words(const IncidentTarget& target) {
    return target.service == Service::smtp ? "the connections to port 25 that came to nothing"
                                           : "the hostile attempts";
}

std::string share_words(const IncidentTarget& target) {
    // Never a certainty.
    const double confidence = std::min(target.confidence, 0.999);
    return fmt::format("{:.0f} % ({:.0f} to {:.0f}) of {}, usually {:.0f} %; confidence {}{:.3g}",
                       100 * target.share, 100 * target.share_low, 100 * target.share_high,
                       whole_words(target), 100 * target.normal_share,
                       target.confidence > confidence ? "over " : "", confidence);
}

bool is_about_connections(const Incident& incident) {
    if (incident.alarmed.empty()) return false;
    const SeriesName& first = incident.alarmed.front();
    return first.volume == "connections" || first.service == Service::smtp;
}

namespace {

/// Accounts are nobody's to read in a title.
std::string aim_of(const Incident& incident) {
    for (const IncidentTarget& target : incident.targets)
        if (target.service == Service::smtp && target.kind != TargetKind::account)
            return ", aimed at " + target_words(target);
    return {};
}

}  // namespace

std::string title_of(const Incident& incident) {
    const std::string aim = is_about_connections(incident) ? aim_of(incident) : std::string();
    if (!aim.empty()) return fmt::format("Unusual {}{}", series_words(incident.alarmed.front()), aim);
    const Cause cause = incident.cause.likeliest();
    if (incident.cause.probability[static_cast<std::size_t>(cause)] < fairly_sure) {
        return incident.alarmed.empty() ? "Something unusual"
                                        : fmt::format("Unusual {}", series_words(incident.alarmed.front()));
    }
    if (cause == Cause::own_fault) return "Log-ins failed through our own servers";
    if (cause == Cause::outside) return "Customers were cut off by trouble outside our network";
    std::string title = "Guessing at customers' passwords";
    if (const std::vector<Service> services = attacked_services(incident); !services.empty())
        title += fmt::format(" over {}", spoken(services));
    if (const std::optional<HourNotice> peak = peak_hour(incident))
        title += fmt::format(", attempts up to {:.0f} % above normal", peak->percent_above());
    return title;
}

Entry entry_of(const AlarmNotice& alarm) {
    Entry entry{.time = alarm.closed == Time{} ? alarm.opened : alarm.closed,
                .kind = EntryKind::seen,
                .who = std::string(tidegate_itself),
                .series = SeriesName{clipped_text(alarm.series.volume, 64), alarm.series.service}};
    const std::string what = series_words(*entry.series);
    if (alarm.closed != Time{}) {
        entry.text = fmt::format("{} are normal again", what);
        return entry;
    }
    entry.text = fmt::format("{} {} normal: {} in {} instead of {}", what,
                             alarm.upwards ? "rose above" : "fell below", amount(alarm.observed),
                             length(std::max<Duration>(alarm.opened - alarm.since, std::chrono::seconds(1))),
                             amount(alarm.expected));
    entry.figures = {{"observed", alarm.observed, ""},
                     {"expected", alarm.expected, ""},
                     {"standard_error", alarm.standard_error, ""},
                     {"score", alarm.score, "thresholds"}};
    return entry;
}

Entry entry_of(const IncidentAction& action) {
    const bool changed = action.kind == ActionKind::posture || action.kind == ActionKind::threshold;
    Entry entry{.time = action.time,
                .kind = changed ? EntryKind::changed : EntryKind::done,
                .who = action.who,
                .text = fmt::format("{}: {}", name(action.kind), action.text)};
    if (action.times > 1) entry.text += fmt::format(" (and {} more like it)", count(action.times - 1));
    return entry;
}

Entry entry_of_peak(const HourNotice& hour) {
    return {.time = hour.start + std::chrono::hours(1),
            .kind = EntryKind::seen,
            .who = std::string(tidegate_itself),
            .text = fmt::format("the highest hour: {} attempts, {} against normal", about(hour.observed),
                                above_normal(hour.percent_above(), hour.percent_error())),
            .series = hour.series,
            .figures = {{"observed", hour.observed, ""},
                        {"expected", hour.expected, ""},
                        {"standard_error", hour.standard_error, ""}}};
}

}  // namespace tidegate::tell

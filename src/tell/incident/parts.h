#pragma once
// What Incidents is made of; for incidents.cpp, which folds, and asked.cpp, which people ask and tell.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tell/incident/case.h"
#include "tell/incident/causes.h"
#include "tell/incident/continued.h"
#include "tell/incident/deeds.h"
#include "tell/incident/hops.h"
#include "tell/incident/incidents.h"
#include "tell/incident/log.h"
#include "tell/incident/pulse.h"
#include "tell/incident/refusals.h"
#include "tell/incident/restarts.h"
#include "tell/incident/sighting.h"
#include "tell/incident/spread.h"
#include "tell/incident/usual_mail.h"

namespace tidegate::tell {

inline constexpr std::size_t who_bytes = 128;  // of a person's name

struct Incidents::Parts {
    explicit Parts(const IncidentSettings& given) : settings(given), restarts(given.restart_settles) {}

    void advance(Time time);
    void after_a_beat();
    void learn();
    void forget();
    void count(const Sighting& seen);
    void refusals_of(const Sighting& seen);
    const Case& open(const AlarmNotice& alarm);
    const Case& open_or_join(const AlarmNotice& alarm);
    [[nodiscard]] std::string next_id(Time opened);
    void close_alarm(const AlarmNotice& alarm);
    void close(Incident record, Time at, std::string_view who = {});
    void close_earlier(Time at);
    void close_earlier_by_hand(Time at, const Entry& done);
    [[nodiscard]] std::string_view current_id() const;
    [[nodiscard]] Incident* closed_one(std::string_view id);
    Said say(std::string_view id, Entry said);
    void turn(std::string_view id, IncidentState to, Time time, std::string_view who = {});
    void refresh_title();
    void tell_targets(const Incident& record);
    /// Of the one that is not over, where there is one.
    [[nodiscard]] std::optional<IncidentHead> current_head() const;
    void keep(Incident record);
    [[nodiscard]] Time from(const Case& open) const;
    [[nodiscard]] Signs signs(const Case& open) const;
    void rates_of(Signs& signs, const Beat& now, Time began) const;
    [[nodiscard]] double usual_rate(double Beat::* what, Time began) const;
    [[nodiscard]] Incident snapshot(const Case& open) const;
    void add_notes(Incident& incident) const;

    IncidentSettings settings;
    Time now{};
    std::int64_t last_beat = 0;
    bool started = false;
    std::int64_t learned_until = 0;
    std::uint64_t digest = 0;

    Pulse pulse;
    Usual usual;
    UsualSpread usual_spread;
    UsualMail usual_mail;
    Refusals refusals;
    Restarts restarts;
    Deeds deeds;
    Log log;
    Hops hops;
    Landmarks landmarks;
    std::deque<HourNotice> recent_hours;

    std::optional<Case> open_case;
    std::optional<Signs> onset_signs;  // once the onset is over
    OpenAlarms muted;                  // of an incident closed by hand
    Time recalled_end{};               // of the last one that was closed before a restart
    std::string title;                 // of open_case
    Time title_due{};                  // when it is to be made anew
    std::vector<IncidentNews> news;
    std::vector<IncidentTarget> told_targets;  // of the one that goes on
    std::vector<Incident> closed;
    std::optional<EarlierPart>
        earlier;  // of before a restart; open_case, where there is one, goes on with it
    std::string last_date;
    std::uint32_t of_the_day = 0;
    Time last_closed{};
};

}  // namespace tidegate::tell

// An incident as one JSON object. docs/incidents.md has the fields.

#include <boost/json.hpp>
#include <cmath>

#include "tell/incident/forms.h"
#include "tell/incident/public_text.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

namespace json = boost::json;

constexpr double digits = 1e4;  // more would be noise

json::value number(double value) {
    if (!std::isfinite(value)) return nullptr;
    return std::round(value * digits) / digits + 0.0;  // no "-0"
}

json::value service_name(Service service) {
    return service == Service::unknown ? json::value("all") : json::value(name(service));
}

class Writer {
public:
    Writer(const Incident& incident, const IncidentFormOptions& options)
        : incident_(incident), options_(options), public_(incident, options.names) {}
    json::object whole() const;

private:
    template <class Items, class One>
    static json::array list(const Items& items, One one) {
        json::array out;
        for (const auto& item : items) out.push_back(one(item));
        return out;
    }
    json::value time(Time time) const {
        return time == Time{} ? json::value() : json::value(exact_time(options_.zone, time));
    }
    json::string text(std::string_view text) const { return json::string(valid_utf8(public_.text(text))); }
    json::object account(const AccountName& account) const;

    static json::object series(const SeriesName& series);
    json::object entry(const Entry& entry) const;
    json::object hour(const HourNotice& hour) const;
    json::object campaign(const IncidentCampaign& campaign) const;
    json::object counts() const;
    json::object target(const IncidentTarget& target) const;
    json::object cause() const;
    static json::value window(const std::optional<EffectWindow>& window);
    json::object action(const IncidentAction& action) const;
    json::object restart(const IncidentRestart& restart) const;

    const Incident& incident_;
    const IncidentFormOptions& options_;
    PublicText public_;
};

json::object Writer::account(const AccountName& account) const {
    json::object out{{"pseudonym", account.pseudonym}};
    if (options_.names) out["name"] = valid_utf8(account.name);
    return out;
}

json::object Writer::series(const SeriesName& series) {
    return {{"volume", valid_utf8(series.volume)}, {"service", service_name(series.service)}};
}

json::object Writer::entry(const Entry& entry) const {
    json::object out{{"time", time(entry.time)},
                     {"kind", name(entry.kind)},
                     {"who", text(entry.who)},
                     {"text", text(entry.text)}};
    if (entry.series) out["series"] = series(*entry.series);
    if (!entry.figures.empty())
        out["figures"] = list(entry.figures, [](const Figure& figure) {
            return json::object{
                {"name", figure.name}, {"value", number(figure.value)}, {"unit", figure.unit}};
        });
    if (entry.account != AccountName{}) out["account"] = account(entry.account);
    return out;
}

json::object Writer::hour(const HourNotice& hour) const {
    return {{"start", time(hour.start)},
            {"volume", valid_utf8(hour.series.volume)},
            {"service", service_name(hour.series.service)},
            {"observed", number(hour.observed)},
            {"expected", number(hour.expected)},
            {"standard_error", number(hour.standard_error)},
            {"percent_above", number(hour.percent_above())},
            {"percent_error", number(hour.percent_error())},
            {"customers", number(hour.customers)},
            {"customers_error", number(hour.customers_error)},
            {"percent_above_customers", number(hour.percent_above_customers())},
            {"percent_customers_error", number(hour.percent_customers_error())},
            {"watched", number(hour.watched)},
            {"flagged", hour.flagged}};
}

json::object Writer::campaign(const IncidentCampaign& campaign) const {
    return {{"first", time(campaign.first)},
            {"last", time(campaign.last)},
            {"attempts", campaign.attempts},
            {"stopped", campaign.stopped},
            {"unknown_accounts", campaign.unknown_accounts},
            {"addresses", number(campaign.addresses)},
            {"networks", number(campaign.networks)},
            {"accounts", number(campaign.accounts)},
            {"services", list(campaign.services, [](const auto& service) {
                 return json::object{{"service", service_name(service.first)}, {"attempts", service.second}};
             })}};
}

json::object Writer::counts() const {
    const IncidentCounts& counts = incident_.counts;
    return {{"attempts", counts.attempts},
            {"hostile", counts.hostile},
            {"stopped", counts.stopped},
            {"reached_database", counts.reached_database},
            {"logins", counts.logins},
            {"addresses", number(counts.addresses)},
            {"accounts", number(counts.accounts)},
            {"error", number(counts.error)},
            {"refused", counts.refused},
            {"refused_familiar", counts.refused_familiar},
            {"let_in_later", counts.let_in_later},
            {"longest_wait_seconds", number(counts.longest_wait_seconds)},
            {"faults", counts.faults},
            {"faults_by_restart", counts.faults_by_restart},
            {"customers_with_faults", number(counts.customers_with_faults)},
            {"suspected_takeovers", counts.suspected_takeovers}};
}

json::object Writer::target(const IncidentTarget& target) const {
    json::object out{{"kind", name(target.kind)},
                     {"share", number(target.share)},
                     {"share_low", number(target.share_low)},
                     {"share_high", number(target.share_high)},
                     {"normal_share", number(target.normal_share)},
                     {"confidence", number(target.confidence)}};
    if (target.service != Service::unknown) out["service"] = name(target.service);
    if (target.kind == TargetKind::account) {
        out["account"] = account(target.account);
    } else {
        out["name"] = valid_utf8(target.name);
    }
    return out;
}

json::object Writer::cause() const {
    const auto each = [](const std::array<double, cause_count>& values, json::object out) {
        for (std::size_t i = 0; i < cause_count; ++i) out[name(static_cast<Cause>(i))] = number(values[i]);
        return out;
    };
    return {{"likeliest", name(incident_.cause.likeliest())},
            {"probability", each(incident_.cause.probability, {})},
            {"reasons", list(incident_.cause.reasons, [&](const CauseReason& reason) {
                 return json::object{{"text", text(reason.text)}, {"decibans", each(reason.decibans, {})}};
             })}};
}

json::value Writer::window(const std::optional<EffectWindow>& window) {
    if (!window) return nullptr;
    json::object latency;
    for (std::size_t i = 0; i < hop_count; ++i) {
        const std::optional<double>& hop = window->latency[i];
        if (hop) latency[name(static_cast<Hop>(i))] = number(*hop);
    }
    return json::object{{"minutes", number(window->minutes)},
                        {"attempts_a_minute", number(window->attempts_a_minute)},
                        {"hostile_a_minute", number(window->hostile_a_minute)},
                        {"stopped_share", number(window->stopped_share)},
                        {"reached_database_a_minute", number(window->reached_database_a_minute)},
                        {"logins_a_minute", number(window->logins_a_minute)},
                        {"served_share", number(window->served_share)},
                        {"faults_a_minute", number(window->faults_a_minute)},
                        {"latency_ms", std::move(latency)}};
}

json::object Writer::action(const IncidentAction& action) const {
    return {{"time", time(action.time)},
            {"kind", name(action.kind)},
            {"who", text(action.who)},
            {"text", text(action.text)},
            {"times", action.times},
            {"before", window(action.before)},
            {"after_5", window(action.after_5)},
            {"after_15", window(action.after_15)},
            {"others", action.others}};
}

json::object Writer::restart(const IncidentRestart& restart) const {
    return {{"down", time(restart.down)},
            {"up", time(restart.up)},
            {"node", valid_utf8(restart.node)},
            {"faults", restart.faults},
            {"customers", number(restart.customers)}};
}

json::object Writer::whole() const {
    const auto each = [this](auto one) {
        return [this, one](const auto& item) { return (this->*one)(item); };
    };
    return {{"id", incident_.id},
            {"state", name(incident_.state)},
            {"title", text(incident_.title)},
            {"began", time(incident_.began)},
            {"opened", time(incident_.opened)},
            {"closed", time(incident_.closed)},
            {"alarms", incident_.alarms},
            {"alarmed", list(incident_.alarmed, &Writer::series)},
            {"timeline", list(incident_.timeline, each(&Writer::entry))},
            {"hours", list(incident_.hours, each(&Writer::hour))},
            {"campaigns", list(incident_.campaigns, each(&Writer::campaign))},
            {"counts", counts()},
            {"targets", list(incident_.targets, each(&Writer::target))},
            {"cause", cause()},
            {"actions", list(incident_.actions, each(&Writer::action))},
            {"restarts", list(incident_.restarts, each(&Writer::restart))},
            {"notes", list(incident_.notes, [this](const std::string& note) { return text(note); })}};
}

}  // namespace

std::string incident_json(const Incident& incident, const IncidentFormOptions& options) {
    return json::serialize(Writer(incident, options).whole());
}

}  // namespace tidegate::tell

// The report as one JSON object. docs/report.md has the fields.

#include <boost/json.hpp>
#include <cmath>

#include "tell/report.h"
#include "tell/story.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

namespace json = boost::json;

class Writer {
public:
    Writer(const Report& report, bool names) : report_(report), names_(names) {}
    json::object whole() const;

private:
    template <class Items, class One>
    static json::array list(const Items& items, One one) {
        json::array out;
        for (const auto& item : items) out.push_back(one(item));
        return out;
    }
    json::value time(Time time) const {
        return time == Time{} ? json::value() : json::value(exact_time(report_.zone, time));
    }
    static double rounded(double value) { return std::round(value * 10) / 10; }
    // Sketches know no fractions of an address.
    static std::int64_t whole_number(double value) { return std::llround(value); }

    json::object read() const;
    json::object totals() const;
    json::array defences() const;
    json::object defence(const Defence& defence) const;
    json::object hour(const Hour& hour) const;
    json::object campaign(const Campaign& campaign) const;
    json::object network(const Network& network) const;
    json::object target(const Target& target) const;
    json::object login(const Login& login) const;
    json::object evidence(const ReasonAgainst& reason) const;
    void account(json::object& out, const AccountLabel& label) const;

    const Report& report_;
    bool names_;
};

void Writer::account(json::object& out, const AccountLabel& label) const {
    if (label.name.empty()) return;
    out["account"] = names_ ? valid_utf8(label.name) : label.pseudonym;
}

json::object Writer::read() const {
    const ReadFacts& read = report_.read;
    json::object settings;
    for (const auto& [key, value] : read.settings) settings[key] = value;
    return {
        {"files", list(read.files,
                       [](const ReadFacts::File& file) {
                           return json::object{{"name", valid_utf8(file.name)},
                                               {"lines", file.lines},
                                               {"with_events", file.with_events},
                                               {"unknown", file.unknown},
                                               {"bytes", file.bytes}};
                       })},
        {"lines", read.lines},
        {"with_events", read.with_events},
        {"unknown", read.unknown},
        {"oversize", read.oversize},
        {"without_time", read.without_time},
        {"backwards", read.backwards},
        {"joined", read.joined},
        {"bytes", read.bytes},
        {"seconds", read.seconds},
        {"memory_bytes", read.memory_bytes},
        {"errors", list(read.errors, [](const std::string& text) { return json::string(valid_utf8(text)); })},
        {"settings", std::move(settings)}};
}

json::object Writer::totals() const {
    const Totals& totals = report_.totals;
    return {{"events", totals.events},
            {"attempts", totals.attempts},
            {"successes", totals.successes},
            {"logins", report_.logins},
            {"guesses", totals.guesses},
            {"familiar_failures", totals.familiar_failures},
            {"unchecked", totals.unchecked},
            {"hostile", totals.hostile},
            {"stopped", totals.stopped},
            {"internal", totals.internal},
            {"without_address", totals.without_address},
            {"connects", totals.connects},
            {"early", totals.early},
            {"listed", totals.listed},
            {"rejects", totals.rejects}};
}

json::object Writer::defence(const Defence& defence) const {
    const auto share = [](std::uint64_t part, std::uint64_t of) {
        return of == 0 ? json::value() : json::value(static_cast<double>(part) / static_cast<double>(of));
    };
    return {{"name", defence.name},
            {"rule", defence.rule},
            {"guesses_stopped", defence.guesses_stopped},
            {"guesses_stopped_ratio", share(defence.guesses_stopped, report_.totals.guesses)},
            {"logins_refused", defence.logins_refused},
            {"logins_refused_ratio", share(defence.logins_refused, report_.logins)},
            {"bans", defence.addresses_banned},
            {"forgotten", defence.forgotten}};
}

json::array Writer::defences() const {
    json::array out{defence(report_.tidegate)};
    for (const Defence& peer : report_.peers) out.push_back(defence(peer));
    return out;
}

json::object Writer::hour(const Hour& hour) const {
    json::object out{{"start", time(hour.start)},
                     {"logins", hour.logins},
                     {"hostile", hour.hostile},
                     {"stopped", hour.stopped},
                     {"internal", hour.internal}};
    out["normal"] = hour.normal ? json::value(rounded(*hour.normal)) : json::value();
    return out;
}

json::object Writer::network(const Network& network) const {
    json::object out{{"network", network.text},
                     {"attempts", network.attempts},
                     {"at_least", network.at_least},
                     {"stopped", network.stopped}};
    if (network.as_number != 0) out["as"] = network.as_number;
    if (network.addresses > 0) out["addresses"] = whole_number(network.addresses);
    return out;
}

json::object as_object(const AutonomousSystem& as) {
    return {
        {"as", as.number}, {"name", valid_utf8(as.name)}, {"attempts", as.attempts}, {"stopped", as.stopped}};
}

json::object Writer::target(const Target& target) const {
    json::object out;
    account(out, target.account);
    out["attempts"] = target.attempts;
    out["at_least"] = target.at_least;
    out["stopped"] = target.stopped;
    out["unknown"] = target.unknown;
    return out;
}

json::object Writer::campaign(const Campaign& campaign) const {
    json::object services;
    for (std::size_t i = 0; i < campaign.services.size(); ++i) {
        if (campaign.services[i] > 0) services[name(static_cast<Service>(i))] = campaign.services[i];
    }
    return {{"start", time(campaign.start)},
            {"end", time(campaign.end)},
            {"attempts", campaign.attempts},
            {"stopped", campaign.stopped},
            {"usual", rounded(campaign.usual)},
            {"addresses", whole_number(campaign.addresses)},
            {"networks", whole_number(campaign.networks)},
            {"accounts", whole_number(campaign.accounts)},
            {"unknown_account", campaign.unknown_account},
            {"services", std::move(services)},
            {"evidence", list(campaign.evidence,
                              [](const EvidenceShare& share) {
                                  return json::object{{"kind", name(share.kind)},
                                                      {"attempts", share.attempts}};
                              })},
            {"top_networks", list(campaign.top_networks, [this](const Network& n) { return network(n); })},
            {"top_as", list(campaign.top_as, as_object)},
            {"top_accounts", list(campaign.top_accounts, [this](const Target& t) { return target(t); })}};
}

json::object Writer::evidence(const ReasonAgainst& reason) const {
    json::object out{{"kind", name(reason.kind)}, {"weight", reason.weight.value()}};
    if (names_) out["detail"] = valid_utf8(reason.detail);
    return out;
}

json::object Writer::login(const Login& login) const {
    json::object out{{"time", time(login.time)}};
    account(out, login.account);
    if (names_ && !login.address.empty()) out["address"] = login.address;
    out["service"] = name(login.service);
    out["measure"] = name(login.measure);
    out["familiar"] = login.familiar;
    out["sum"] = login.sum.value();
    out["threshold"] = login.threshold.value();
    out["evidence"] = list(login.reasons, [this](const ReasonAgainst& reason) { return evidence(reason); });
    return out;
}

std::string_view baseline_name(Baseline baseline) {
    switch (baseline) {
        case Baseline::hour_of_day:
            return "hour_of_day";
        case Baseline::hour_of_week:
            return "hour_of_week";
        default:
            return "too_short";
    }
}

json::object Writer::whole() const {
    const auto day = [](const Day& day) {
        return json::object{{"date", day.date},
                            {"addresses", whole_number(day.addresses)},
                            {"hostile_addresses", whole_number(day.hostile_addresses)},
                            {"logins", day.logins},
                            {"hostile", day.hostile},
                            {"stopped", day.stopped}};
    };
    return {{"report", 1},
            {"version", report_.read.version},
            {"headline", what_happened(report_)},
            {"read", read()},
            {"first", time(report_.first)},
            {"last", time(report_.last)},
            {"zone", report_.zone.label(report_.first)},
            {"totals", totals()},
            {"defences", defences()},
            {"baseline", baseline_name(report_.baseline)},
            {"hours", list(report_.hours, [this](const Hour& h) { return hour(h); })},
            {"campaigns", list(report_.campaigns, [this](const Campaign& c) { return campaign(c); })},
            {"campaign_error", report_.campaign_error},
            {"lesser_campaigns", report_.lesser_campaigns},
            {"lesser_attempts", report_.lesser_attempts},
            {"background_a_day", rounded(report_.background_a_day)},
            {"refused_count", report_.refused_count},
            {"refused", list(report_.refused, [this](const Login& l) { return login(l); })},
            {"takeover_count", report_.takeover_count},
            {"takeovers", list(report_.takeovers, [this](const Login& l) { return login(l); })},
            {"addresses", whole_number(report_.addresses)},
            {"address_error", report_.address_error},
            {"days", list(report_.days, day)},
            {"networks", list(report_.networks, [this](const Network& n) { return network(n); })},
            {"as", list(report_.as_list, as_object)},
            {"targets", list(report_.targets, [this](const Target& t) { return target(t); })},
            {"notes", list(report_.notes, [](const std::string& note) { return json::string(note); })}};
}

}  // namespace

std::string summary_json(const Report& report, bool names) {
    return json::serialize(Writer(report, names).whole());
}

}  // namespace tidegate::tell

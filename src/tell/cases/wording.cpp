#include "tell/cases/wording.h"

#include <fmt/format.h>

#include <algorithm>

#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr double sure = 0.8;  // that a cause is the one

std::string moment(const CaseRules& rules, Time time, Time now) {
    return now - time < std::chrono::hours(20) ? clock_time(rules.zone, time)
                                               : day_and_time(rules.zone, time);
}

std::string with_since(std::string words, const CaseRules& rules, Time since, Time now) {
    if (since != Time{}) words += " since " + moment(rules, since, now);
    return words + '.';
}

std::string part(double share) {
    return fmt::format("{:.0f} %", share * 100);
}

std::string sentence(const ServiceStanding& at, const CaseRules& rules, Time now) {
    const auto say = [&](std::string words) {
        return fmt::format("{}: {}", at.label, with_since(std::move(words), rules, at.since, now));
    };
    if (at.state == ServiceState::down && at.servers > 0 && at.servers == at.servers_out)
        return say("not to be reached");
    if (at.state == ServiceState::down && at.fault_share)
        return say(fmt::format("{} of log-ins fail through a fault on our side", part(*at.fault_share)));
    if (at.state == ServiceState::down) return say("not to be reached");
    if (at.state == ServiceState::slow && at.wait_s && at.usual_wait_s)
        return say(fmt::format("logging in takes {} instead of {}", plain_seconds(*at.wait_s),
                               plain_seconds(*at.usual_wait_s)));
    if (at.fault_share)
        return say(fmt::format("{} of log-ins fail through a fault on our side", part(*at.fault_share)));
    if (at.log_in_share)
        return say(fmt::format("only {} of the log-ins that are usual at this hour reach us",
                               part(*at.log_in_share)));
    if (at.state == ServiceState::slow && at.mail_is_late) return say("mail is delivered late");
    return say(at.state == ServiceState::slow ? "slower than usual" : "disturbed");
}

std::string mail_sentence(const MailSight& mail) {
    if (mail.waiting == 0) return {};
    std::string out = fmt::format("Mail is queued ({} waiting)", count(mail.waiting, "message", "messages"));
    if (mail.lost && *mail.lost == 0) out += " and none is lost";
    if (mail.oldest) out += fmt::format("; the oldest has waited {}", length(*mail.oldest));
    return out + '.';
}

std::string measured_words(const Measured& measured, const CaseRules& rules, Time now) {
    std::string out;
    for (const ServiceStanding& each : measured.services)
        if (each.is_hurt()) out += (out.empty() ? "" : " ") + sentence(each, rules, now);
    const std::string mail = measured.mail ? mail_sentence(*measured.mail) : std::string();
    if (!mail.empty()) out += (out.empty() ? "" : " ") + mail;
    return out;
}

bool all_work(const Measured& measured) {
    return !measured.services.empty() && !measured.mail &&
           std::ranges::all_of(measured.services, [](const ServiceStanding& each) {
               return each.state == ServiceState::working;
           });
}

std::string beginning(const CaseRecord& record, const CaseRules& rules, Time now) {
    const std::string since = moment(rules, record.began, now);
    if (!record.cause)
        return fmt::format("Since {} something is out of the ordinary; we look into it.", since);
    switch (*record.cause) {
        case Cause::outside:
            return fmt::format(
                "Since {} the connections of many customers have dropped at once. What we see speaks for a "
                "fault on the way between you and us, not for one of our servers.",
                since);
        case Cause::own_fault:
            return fmt::format("Since {} something is wrong on our side.", since);
        case Cause::attack:
            break;
    }
    return fmt::format("Since {} others try to log in with wrong passwords, many more than usual.", since);
}

std::string labels(const std::vector<std::string>& names, const CaseRules& rules) {
    std::string out;
    for (const std::string& name : names) {
        const auto rule = std::ranges::find(rules.services, name, &ServiceRule::name);
        out += (out.empty() ? "" : ", ") + (rule == rules.services.end() ? name : rule->label);
    }
    return out;
}

// What is slow: where some log in slowly and other mail is late, neither alone is true.
std::string_view slow_words(const Measured& measured) {
    unsigned late = 0, hurt = 0;
    for (const ServiceStanding& each : measured.services) {
        hurt += each.is_hurt() ? 1 : 0;
        late += each.is_hurt() && each.mail_is_late && !each.wait_s ? 1 : 0;
    }
    if (late == 0) return "logging in is slow";
    return late == hurt ? "mail is late" : "slow";
}

std::string title_of(const CaseRecord& record, const Suggestion& made, const Measured& measured,
                     const CaseRules& rules) {
    if (record.cause == Cause::outside) return "Connections of many customers are interrupted";
    const std::string hurt = labels(made.services, rules);
    if (!hurt.empty()) {
        const bool slow = made.worst == ServiceState::slow;
        return fmt::format("{}: {}", hurt,
                           made.worst == ServiceState::down ? "not to be reached"
                           : slow                           ? slow_words(measured)
                                                            : "disturbed");
    }
    if (record.cause == Cause::own_fault) return "Disturbance on our side";
    return record.cause == Cause::attack ? "Many attempts to log in with wrong passwords"
                                         : "We look into something out of the ordinary";
}

const CaseTemplate* fitting(const CaseRecord& record, const Suggestion& made, const CaseRules& rules) {
    const auto fits = [&](const CaseTemplate& each) {
        const bool by_service =
            each.services.empty() || std::ranges::any_of(each.services, [&](const std::string& name) {
                return std::ranges::find(made.services, name) != made.services.end();
            });
        return by_service && (!each.cause || each.cause == record.cause);
    };
    const auto found = std::ranges::find_if(rules.templates, fits);
    return found == rules.templates.end() ? nullptr : &*found;
}

std::string filled(std::string text, std::string_view name, const std::string& with) {
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += with.size())
        text.replace(at, name.size(), with);
    return text;
}

void apply(const CaseTemplate& from, Suggestion& to, const CaseRecord& record, const CaseRules& rules,
           const std::string& measured, Time now) {
    if (!from.title.empty()) to.title = from.title;
    to.meanwhile = from.meanwhile;
    to.steps = from.steps;
    if (from.text.empty()) return;
    to.text = filled(from.text, "{since}", moment(rules, record.began, now));
    to.text = filled(std::move(to.text), "{services}", labels(to.services, rules));
    to.text = filled(std::move(to.text), "{measured}", measured);
}

std::string first_text(const CaseRecord& record, const Measured& measured, const CaseRules& rules,
                       const std::string& figures, Time now) {
    std::string out = beginning(record, rules, now);
    if (!figures.empty()) return out + ' ' + figures;
    if (all_work(measured)) return out + " So far all services work as usual.";
    return out;
}

// Nothing was hurt, as far as was measured.
bool is_harmless(const CaseRecord& record) {
    return record.worst == ServiceState::working;
}
constexpr std::string_view all_worked = "All services worked as usual throughout.";

std::string calm_text(const CaseRecord& record, const Measured& measured, const CaseRules& rules, Time now) {
    const std::string since = moment(rules, record.ended.value_or(now), now);
    std::string out = fmt::format("It is over since {}, as far as we see.", since);
    if (all_work(measured))
        out = is_harmless(record) ? fmt::format("It is over since {}. {}", since, all_worked)
                                  : fmt::format("Since {} all services work as usual again.", since);
    const std::string mail = measured.mail ? mail_sentence(*measured.mail) : std::string();
    if (!mail.empty()) out += ' ' + mail;
    if (record.watch_until && *record.watch_until > now)
        out += fmt::format(" We keep watching until {}.", moment(rules, *record.watch_until, now));
    return out;
}

std::string over_text(const CaseRecord& record, const CaseRules& rules, Time now) {
    const std::string times = fmt::format("from {} to {}", full_time(rules.zone, record.began),
                                          full_time(rules.zone, record.ended.value_or(now)));
    return is_harmless(record) ? fmt::format("It is over. It lasted {}. {}", times, all_worked)
                               : fmt::format("The disturbance is over. It lasted {}.", times);
}

}  // namespace

std::string plain_seconds(double seconds) {
    if (seconds >= 120) return fmt::format("{:.0f} min", seconds / 60);
    if (seconds >= 9.95) return fmt::format("{:.0f} s", seconds);
    const std::string tenths = fmt::format("{:.1f}", std::max(seconds, 0.1));
    return (tenths.ends_with(".0") ? tenths.substr(0, tenths.size() - 2) : tenths) + " s";
}

std::optional<Cause> sure_cause(const Diagnosis& diagnosis) {
    const Cause likeliest = diagnosis.likeliest();
    if (diagnosis.probability[static_cast<std::size_t>(likeliest)] < sure) return std::nullopt;
    return likeliest;
}

Suggestion suggest(Occasion occasion, const CaseRecord& record, const Measured& measured,
                   const CaseRules& rules, Time now) {
    Suggestion made;
    for (const ServiceStanding& each : measured.services)
        if (each.is_hurt()) {
            made.services.push_back(each.name);
            made.worst = std::max(made.worst, each.state);
        }
    made.title = title_of(record, made, measured, rules);
    if (occasion == Occasion::calm || occasion == Occasion::over) {
        const bool is_over = occasion == Occasion::over;
        made.state = is_over ? PublicState::over : PublicState::watching;
        made.text = is_over ? over_text(record, rules, now) : calm_text(record, measured, rules, now);
        return made;
    }
    const std::string figures = measured_words(measured, rules, now);
    made.text = first_text(record, measured, rules, figures, now);
    if (const CaseTemplate* fits = fitting(record, made, rules))
        apply(*fits, made, record, rules, figures, now);
    made.state = record.cause ? PublicState::identified : PublicState::investigating;
    if (occasion == Occasion::goes_on)
        made.text = fmt::format("As of {}: {}", clock_time(rules.zone, now), made.text);
    if (occasion == Occasion::again) made.text = "It has begun again. " + made.text;
    return made;
}

}  // namespace tidegate::tell

// The rows of who is called about alerts, and when.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>

#include "config/duration.h"
#include "config/table.h"

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;

constexpr std::size_t most_steps = 20, most_people = 50, most_of_each = 100;

std::optional<std::chrono::local_days> parse_day(std::string_view text) {
    std::array<int, 3> parts{};
    constexpr std::array<std::size_t, 3> begins{0, 5, 8}, sizes{4, 2, 2};
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::string_view part = text.substr(begins[i], sizes[i]);
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), parts[i]);
        if (error != std::errc{} || end != part.data() + part.size() || parts[i] < 0) return std::nullopt;
    }
    const std::chrono::year_month_day day(std::chrono::year(parts[0]),
                                          std::chrono::month(static_cast<unsigned>(parts[1])),
                                          std::chrono::day(static_cast<unsigned>(parts[2])));
    // What times can hold, with room to reckon.
    if (!day.ok() || parts[0] < 1970 || parts[0] > 9000) return std::nullopt;
    return std::chrono::local_days(day);
}

Complaint take_wall_moment(const Value& value, WallMoment& to) {
    const auto* written = std::get_if<Moment>(&value);
    const auto* quoted = std::get_if<std::string>(&value);
    const std::string_view text = written != nullptr  ? std::string_view(written->text)
                                  : quoted != nullptr ? std::string_view(*quoted)
                                                      : std::string_view();
    constexpr std::size_t day_size = 10, with_time = 16;
    const auto day = parse_day(text.substr(0, day_size));
    std::string_view rest = text.substr(std::min(text.size(), day_size));
    if (rest.size() == 9 && rest.ends_with(":00")) rest = text.substr(day_size, with_time - day_size);
    const bool has_time = rest.starts_with(' ') || rest.starts_with('T');
    const auto time = has_time ? parse_time_of_day(rest.substr(1)) : std::nullopt;
    if (!day || (!rest.empty() && !time))
        return "expected a date like \"2026-12-24\", or with the time of the day \"2026-12-24 18:00\", by "
               "the "
               "rota's clock";
    to = {*day, time};
    return std::nullopt;
}

Complaint take_first_day(const Value& value, WallMoment& to) {
    WallMoment moment;
    if (take_wall_moment(value, moment) || moment.time) return "expected a date like \"2026-01-05\"";
    to = moment;
    return std::nullopt;
}

Complaint take_turn(const Value& value, unsigned& to) {
    Duration turn{};
    constexpr Duration day = std::chrono::hours(24);
    if (take_duration(value, day, 92 * day, "", turn) || turn % day != Duration::zero())
        return "expected whole days like \"1d\", \"7d\" or \"14d\", at most \"92d\"";
    to = static_cast<unsigned>(turn / day);
    return std::nullopt;
}

std::optional<Step> parse_step(std::string_view text) {
    constexpr std::array<std::string_view, 3> kinds{"way:", "person:", "rota:"};
    const auto space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const auto after = parse_duration(text.substr(0, space));
    std::string_view target = text.substr(space + 1);
    const auto kind = std::ranges::find_if(kinds, [&](auto each) { return target.starts_with(each); });
    if (!after || *after > std::chrono::hours(24 * 7) || kind == kinds.end()) return std::nullopt;
    target.remove_prefix(kind->size());
    Step step{.after = *after, .kind = static_cast<Step::Kind>(kind - kinds.begin()), .name = {}};
    if (const auto plus = target.find('+'); plus != std::string_view::npos) {
        const std::string_view ahead = target.substr(plus + 1);
        if (step.kind != Step::Kind::rota || ahead.size() != 1 || ahead[0] < '1' || ahead[0] > '9')
            return std::nullopt;
        step.ahead = static_cast<unsigned>(ahead[0] - '0');
        target = target.substr(0, plus);
    }
    step.name = target;
    return is_name(target) ? std::optional(step) : std::nullopt;
}

Complaint take_steps(const Value& value, std::vector<Step>& to) {
    TextList list;
    if (auto complaint = take_list(value, list)) return complaint;
    std::vector<Step> steps;
    for (const std::string& each : list) {
        const auto step = parse_step(each);
        if (!step)
            return fmt::format(
                "expected steps like \"0s rota:mail\", \"10m rota:mail+1\", \"20m person:ann\" "
                "or \"30m way:boss\", at most 7d, not '{}'",
                each);
        if (!steps.empty() && step->after < steps.back().after)
            return fmt::format("'{}' comes before the step that it follows", each);
        steps.push_back(*step);
    }
    if (steps.size() > most_steps) return "expected at most 20 steps";
    to = std::move(steps);
    return std::nullopt;
}

constexpr Setting person_settings[] = {
    {"name", "text", "", "How rotas and escalations call the person.",
     [](const Value& value, Settings& to) { return take_name_of(value, to.people.back().name); }, true},
    {"ways", "list of texts", "",
     "Names of `[[alert]]` by which the person is called: by all of them at once.",
     [](const Value& value, Settings& to) { return take_names(value, to.people.back().ways); }, true},
};

constexpr Setting rota_settings[] = {
    {"name", "text", "", "How escalations call it.",
     [](const Value& value, Settings& to) { return take_name_of(value, to.rotas.back().name); }, true},
    {"people", "list of texts", "", "Names of `[[person]]`, in the order of their turns.",
     [](const Value& value, Settings& to) { return take_names(value, to.rotas.back().people); }, true},
    {"zone", "text", "", "Whose clock counts: an IANA name like \"Europe/Berlin\".",
     [](const Value& value, Settings& to) { return take_zone_name(value, to.rotas.back().zone); }, true},
    {"first", "date", "", "The day on which the first of the people takes over; may be past.",
     [](const Value& value, Settings& to) { return take_first_day(value, to.rotas.back().first); }, true},
    {"hand_over", "text", "\"09:00\"",
     "At which time of the day turns change. It stays, whatever becomes of the clocks.",
     [](const Value& value, Settings& to) { return take_time_of_day(value, to.rotas.back().hand_over); }},
    {"turn", "text", "\"7d\"", "How long a turn is, in whole days.",
     [](const Value& value, Settings& to) { return take_turn(value, to.rotas.back().turn_days); }},
};

constexpr Setting instead_settings[] = {
    {"rota", "text", "", "Of which `[[rota]]`.",
     [](const Value& value, Settings& to) { return take_name_of(value, to.on_call.back().rota); }, true},
    {"person", "text", "", "Who is on call, whosever turn it is.",
     [](const Value& value, Settings& to) { return take_name_of(value, to.on_call.back().person); }, true},
    {"from", "date", "", "From then on, by the rota's clock; a date alone: from its hand-over.",
     [](const Value& value, Settings& to) { return take_wall_moment(value, to.on_call.back().from); }, true},
    {"until", "date", "", "Until then.",
     [](const Value& value, Settings& to) { return take_wall_moment(value, to.on_call.back().until); }, true},
};

constexpr Setting escalation_settings[] = {
    {"name", "text", "", "What it is called.",
     [](const Value& value, Settings& to) { return take_name_of(value, to.escalations.back().name); }, true},
    {"for", "list of texts", "all", "Which alerts it is for, as `for` of `[[alert]]` has them.",
     [](const Value& value, Settings& to) { return take_alert_kinds(value, to.escalations.back().kinds); }},
    {"severity", "text", "\"critical\"", "And how grave they are at least: `notice`, `warning`, `critical`.",
     [](const Value& value, Settings& to) {
         std::size_t index = 0;
         auto complaint = take_choice(value, alert_severities, index);
         if (!complaint) to.escalations.back().severity = static_cast<std::uint8_t>(index);
         return complaint;
     }},
    {"steps", "list of texts", "",
     "Who is called after how long without an acknowledgement: `10m rota:NAME` (whoever is on call), "
     "`10m rota:NAME+1` (whose turn comes next), `10m person:NAME`, `10m way:NAME`.",
     [](const Value& value, Settings& to) { return take_steps(value, to.escalations.back().steps); }, true},
    {"repeat", "text", "\"30m\"",
     "So long after the last step all of it begins again, until somebody acknowledges; \"0s\": never.",
     [](const Value& value, Settings& to) {
         return take_duration(value, {}, std::chrono::hours(24 * 7), "at most 7d",
                              to.escalations.back().repeat);
     }},
};

Wrong check_instead(const Settings& all) {
    const OnCallInstead& one = all.on_call.back();
    const auto moment = [](const WallMoment& wall) {
        return wall.day + wall.time.value_or(std::chrono::minutes(0));
    };
    if (moment(one.from) >= moment(one.until))
        return {{"an [[on_call]] that ends before it begins", "'until' comes after 'from'"}};
    return std::nullopt;
}

constexpr Section all_sections[] = {
    {"person", "Somebody who can be called about alerts (docs/alerts.md).",
     "[[person]]\nname = \"eve\"\nways = [\"sms\", \"eve-mail\"]\n\n"
     "[[person]]\nname = \"bob\"\nways = [\"chat\"]\n",
     person_settings, [](Settings& to, std::uint64_t line) { to.people.emplace_back().line = line; }},
    {"rota", "Whose turn it is to be called (docs/alerts.md).",
     "[[rota]]\nname = \"mail\"\npeople = [\"eve\", \"bob\"]\nzone = \"Europe/Berlin\"\nfirst = 2026-01-05\n"
     "hand_over = \"09:00\"\n",
     rota_settings, [](Settings& to, std::uint64_t line) { to.rotas.emplace_back().line = line; }},
    {"on_call", "An exception from a rota: who is on call from one day to another (docs/alerts.md).",
     "[[on_call]]\nrota = \"mail\"\nperson = \"bob\"\nfrom = \"2026-12-24 18:00\"\nuntil = 2026-12-27\n",
     instead_settings, [](Settings& to, std::uint64_t line) { to.on_call.emplace_back().line = line; },
     check_instead},
    {"escalation", "Who is called about an alert until somebody acknowledges it (docs/alerts.md).",
     "[[escalation]]\nname = \"night\"\nseverity = \"critical\"\n"
     "steps = [\"0s rota:mail\", \"10m rota:mail+1\", \"20m way:chat\"]\n",
     escalation_settings,
     [](Settings& to, std::uint64_t line) { to.escalations.emplace_back().line = line; }},
};

/// What refers to what. Errors without the file.
class References {
public:
    explicit References(const Settings& all) : all_(all) {}

    std::vector<Error> wrong() {
        for (const AlertRoute& route : all_.alert_routes) check(route);
        for (const Person& person : all_.people) check(person);
        for (const Rota& rota : all_.rotas) check(rota);
        for (const OnCallInstead& one : all_.on_call) {
            known("rota", one.rota, names_of(all_.rotas), one.line);
            known("person", one.person, names_of(all_.people), one.line);
        }
        for (const Escalation& escalation : all_.escalations) check(escalation);
        for (const auto& [what, count] : {std::pair{"[[person]]", all_.people.size()},
                                          {"[[rota]]", all_.rotas.size()},
                                          {"[[on_call]]", all_.on_call.size()},
                                          {"[[escalation]]", all_.escalations.size()}})
            if (count > most_of_each) complain(0, fmt::format("more than 100 {}", what), "leave some out");
        return std::move(errors_);
    }

private:
    template <class Named>
    static std::vector<std::string_view> names_of(const std::vector<Named>& all) {
        std::vector<std::string_view> names;
        for (const Named& each : all)
            if (!each.name.empty()) names.push_back(each.name);
        return names;
    }

    void complain(std::uint64_t line, std::string what, std::string mend) {
        errors_.push_back({"", line, std::move(what), std::move(mend)});
    }

    void known(std::string_view what, const std::string& name, const std::vector<std::string_view>& names,
               std::uint64_t line) {
        if (std::ranges::find(names, name) != names.end()) return;
        const auto meant = nearest(name, names);
        complain(
            line, fmt::format("there is no [[{}]] with the name '{}'", what, name),
            meant ? fmt::format("did you mean '{}'?", *meant) : fmt::format("give one name = \"{}\"", name));
    }

    template <class Named>
    void only_one(std::string_view what, const std::vector<Named>& all, const Named& one) {
        const auto first = std::ranges::find(all, one.name, &Named::name);
        if (!one.name.empty() && &*first != &one)
            complain(one.line, fmt::format("a second [[{}]] with the name '{}'", what, one.name),
                     "give each its own");
    }

    [[nodiscard]] bool is_used(std::string_view way) const {
        const auto has = [&](const std::vector<std::string>& names) {
            return std::ranges::find(names, way) != names.end();
        };
        return std::ranges::any_of(all_.people, has, &Person::ways) ||
               std::ranges::any_of(all_.alert_routes,
                                   [&](const AlertRoute& route) { return route.fallback == way; }) ||
               std::ranges::any_of(all_.escalations, [&](const Escalation& escalation) {
                   return std::ranges::any_of(escalation.steps, [&](const Step& step) {
                       return step.kind == Step::Kind::way && step.name == way;
                   });
               });
    }

    void check(const AlertRoute& route) {
        only_one("alert", all_.alert_routes, route);
        if (!route.fallback.empty()) known("alert", route.fallback, names_of(all_.alert_routes), route.line);
        if (!route.fallback.empty() && route.fallback == route.name)
            complain(route.line, fmt::format("the way '{}' falls back on itself", route.name),
                     "name another [[alert]]");
        if (route.called_only && (route.name.empty() || !is_used(route.name)))
            complain(route.line, "an [[alert]] with 'called_only' that nobody calls",
                     "give it a name, and name it in a [[person]], an [[escalation]] or as a 'fallback'");
    }

    void check(const Person& person) {
        only_one("person", all_.people, person);
        for (const std::string& way : person.ways)
            known("alert", way, names_of(all_.alert_routes), person.line);
    }

    void check(const Rota& rota) {
        only_one("rota", all_.rotas, rota);
        if (rota.people.size() > most_people)
            complain(rota.line, "a rota of more than 50 people", "make several");
        for (const std::string& person : rota.people)
            known("person", person, names_of(all_.people), rota.line);
    }

    void check(const Escalation& escalation) {
        only_one("escalation", all_.escalations, escalation);
        for (const Step& step : escalation.steps) {
            if (step.kind == Step::Kind::way)
                known("alert", step.name, names_of(all_.alert_routes), escalation.line);
            if (step.kind == Step::Kind::person)
                known("person", step.name, names_of(all_.people), escalation.line);
            if (step.kind == Step::Kind::rota)
                known("rota", step.name, names_of(all_.rotas), escalation.line);
        }
    }

    const Settings& all_;
    std::vector<Error> errors_;
};

}  // namespace

std::span<const Section> on_call_sections() {
    return all_sections;
}

std::vector<Error> check_alerts(const Settings& all) {
    return References(all).wrong();
}

}  // namespace tidegate::config

// Reads what json.cpp wrote.

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "tell/incident/forms.h"

namespace tidegate::tell {
namespace {

namespace json = boost::json;

constexpr std::size_t most_items = 100'000;
constexpr double most_number = 1e15;

/// Reads fields, and remembers the first that did not fit: what was wrong, and where ("hours[3].start").
class Reader {
public:
    explicit Reader(const json::value& root) : values_{&root} {}

    [[nodiscard]] const std::string& wrong() const { return wrong_; }

    void read(std::string_view key, std::string& out) {
        field(key, [&] { value(out); });
    }
    void read(std::string_view key, bool& out) {
        field(key, [&] { value(out); });
    }
    void read(std::string_view key, double& out) {
        field(key, [&] { value(out); });
    }
    void read(std::string_view key, std::uint64_t& out) {
        field(key, [&] { value(out); });
    }
    void read(std::string_view key, std::uint32_t& out) {
        field(key, [&] { value(out); });
    }
    void read(std::string_view key, Time& out) {
        field(key, [&] { value(out); });
    }
    void read(std::string_view key, Service& out) {
        field(key, [&] { value(out); });
    }
    template <class Enum>
        requires std::is_enum_v<Enum>
    void read(std::string_view key, Enum& out) {
        field(key, [&] { value(out); });
    }
    /// An object: `one(out)` reads its fields. Absent or null: nothing.
    template <class T>
    void object(std::string_view key, T& out, auto one) {
        field(key, [&] {
            if (expect(top().is_object(), "an object")) one(*this, out);
        });
    }
    template <class T>
    void object(std::string_view key, std::optional<T>& out, auto one) {
        field(key, [&] {
            if (expect(top().is_object(), "an object")) one(*this, out.emplace());
        });
    }
    template <class T>
    void list(std::string_view key, std::vector<T>& out, auto one) {
        field(key, [&] { items(out, one); });
    }
    void value(std::string& out) {
        if (expect(top().is_string(), "a text")) out = std::string(top().as_string());
    }

private:
    void value(bool& out) {
        if (expect(top().is_bool(), "true or false")) out = top().as_bool();
    }
    void value(double& out) {
        if (!expect(top().is_number(), "a number")) return;
        const auto number = top().to_number<double>();
        if (expect(std::abs(number) <= most_number, "a number below 10^15")) out = number;
    }
    void value(std::uint64_t& out) {
        boost::system::error_code bad;
        const auto number = top().to_number<std::uint64_t>(bad);
        if (expect(!bad, "a count")) out = number;
    }
    void value(std::uint32_t& out) {
        std::uint64_t wide = 0;
        value(wide);
        if (expect(wide <= std::numeric_limits<std::uint32_t>::max(), "a smaller count"))
            out = static_cast<std::uint32_t>(wide);
    }
    void value(Time& out) {
        const std::optional<Time> time =
            top().is_string() ? parse_rfc3339(std::string_view(top().as_string())) : std::nullopt;
        take(time, out, "a time (RFC 3339)");
    }
    void value(Service& out) {
        if (top().is_string() && top().as_string() == "all") return;
        const std::optional<Service> service =
            top().is_string() ? service_named(std::string_view(top().as_string())) : std::nullopt;
        take(service, out, "a service");
    }
    template <class Enum>
    void value(Enum& out) {
        std::string text;
        value(text);
        const auto names = names_of<Enum>();
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == text) return void(out = static_cast<Enum>(i));
        }
        expect(false, list_of_names<Enum>());
    }
    template <class T>
    void items(std::vector<T>& out, auto one) {
        if (!expect(top().is_array() && top().as_array().size() <= most_items, "a list")) return;
        const json::array& array = top().as_array();
        for (std::size_t i = 0; i < array.size() && wrong_.empty(); ++i) {
            within(array[i], fmt::format("[{}]", i), [&] { one(*this, out.emplace_back()); });
        }
    }

    template <class T>
    void take(const std::optional<T>& found, T& out, std::string_view what) {
        if (found) out = *found;
        expect(found.has_value(), what);
    }

    const json::value& top() { return *values_.back(); }
    bool expect(bool held, std::string_view what) {
        if (!held && wrong_.empty()) wrong_ = fmt::format("{} is not {}", path_, what);
        return held;
    }
    void within(const json::value& value, const std::string& step, auto read) {
        const std::size_t length = path_.size();
        path_ += step;
        values_.push_back(&value);
        read();
        values_.pop_back();
        path_.resize(length);
    }
    void field(std::string_view key, auto read) {
        if (!wrong_.empty() || !expect(top().is_object(), "an object")) return;
        const json::value* value = top().as_object().if_contains(key);
        if (value == nullptr || value->is_null()) return;
        within(*value, fmt::format("{}{}", path_.empty() ? "" : ".", key), read);
    }

    std::vector<const json::value*> values_;
    std::string path_;
    std::string wrong_;
};

void read_text(Reader& in, std::string& out) {
    in.value(out);
}

void read_account(Reader& in, AccountName& out) {
    in.read("name", out.name);
    in.read("pseudonym", out.pseudonym);
}

void read_series(Reader& in, SeriesName& out) {
    in.read("volume", out.volume);
    in.read("service", out.service);
}

void read_figure(Reader& in, Figure& out) {
    in.read("name", out.name);
    in.read("value", out.value);
    in.read("unit", out.unit);
}

void read_entry(Reader& in, Entry& out) {
    in.read("time", out.time);
    in.read("kind", out.kind);
    in.read("who", out.who);
    in.read("text", out.text);
    in.object("series", out.series, read_series);
    in.list("figures", out.figures, read_figure);
    in.object("account", out.account, read_account);
}

void read_hour(Reader& in, HourNotice& out) {
    in.read("start", out.start);
    read_series(in, out.series);
    in.read("observed", out.observed);
    in.read("expected", out.expected);
    in.read("standard_error", out.standard_error);
    in.read("customers", out.customers);
    in.read("customers_error", out.customers_error);
    in.read("watched", out.watched);
    in.read("flagged", out.flagged);
}

void read_service_count(Reader& in, std::pair<Service, std::uint64_t>& out) {
    in.read("service", out.first);
    in.read("attempts", out.second);
}

void read_campaign(Reader& in, IncidentCampaign& out) {
    in.read("first", out.first);
    in.read("last", out.last);
    in.read("attempts", out.attempts);
    in.read("stopped", out.stopped);
    in.read("unknown_accounts", out.unknown_accounts);
    in.read("addresses", out.addresses);
    in.read("networks", out.networks);
    in.read("accounts", out.accounts);
    in.list("services", out.services, read_service_count);
}

void read_counts(Reader& in, IncidentCounts& out) {
    in.read("attempts", out.attempts);
    in.read("hostile", out.hostile);
    in.read("stopped", out.stopped);
    in.read("reached_database", out.reached_database);
    in.read("logins", out.logins);
    in.read("addresses", out.addresses);
    in.read("accounts", out.accounts);
    in.read("error", out.error);
    in.read("refused", out.refused);
    in.read("refused_familiar", out.refused_familiar);
    in.read("let_in_later", out.let_in_later);
    in.read("longest_wait_seconds", out.longest_wait_seconds);
    in.read("faults", out.faults);
    in.read("faults_by_restart", out.faults_by_restart);
    in.read("customers_with_faults", out.customers_with_faults);
    in.read("suspected_takeovers", out.suspected_takeovers);
}

void read_target(Reader& in, IncidentTarget& out) {
    in.read("kind", out.kind);
    in.read("name", out.name);
    in.object("account", out.account, read_account);
    in.read("share", out.share);
    in.read("share_low", out.share_low);
    in.read("share_high", out.share_high);
    in.read("normal_share", out.normal_share);
    in.read("confidence", out.confidence);
    in.read("service", out.service);
}

void read_causes(Reader& in, std::array<double, cause_count>& out) {
    for (std::size_t i = 0; i < cause_count; ++i) in.read(name(static_cast<Cause>(i)), out[i]);
}

void read_reason(Reader& in, CauseReason& out) {
    in.read("text", out.text);
    in.object("decibans", out.decibans, read_causes);
}

void read_cause(Reader& in, Diagnosis& out) {
    in.object("probability", out.probability, read_causes);
    in.list("reasons", out.reasons, read_reason);
}

void read_latency(Reader& in, std::array<std::optional<double>, hop_count>& out) {
    constexpr double none = -1;
    for (std::size_t i = 0; i < hop_count; ++i) {
        double milliseconds = none;
        in.read(name(static_cast<Hop>(i)), milliseconds);
        if (milliseconds != none) out[i] = milliseconds;
    }
}

void read_window(Reader& in, EffectWindow& out) {
    in.read("minutes", out.minutes);
    in.read("attempts_a_minute", out.attempts_a_minute);
    in.read("hostile_a_minute", out.hostile_a_minute);
    in.read("stopped_share", out.stopped_share);
    in.read("reached_database_a_minute", out.reached_database_a_minute);
    in.read("logins_a_minute", out.logins_a_minute);
    in.read("served_share", out.served_share);
    in.read("faults_a_minute", out.faults_a_minute);
    in.object("latency_ms", out.latency, read_latency);
}

void read_action(Reader& in, IncidentAction& out) {
    in.read("time", out.time);
    in.read("kind", out.kind);
    in.read("who", out.who);
    in.read("text", out.text);
    in.read("times", out.times);
    in.object("before", out.before, read_window);
    in.object("after_5", out.after_5, read_window);
    in.object("after_15", out.after_15, read_window);
    in.read("others", out.others);
}

void read_restart(Reader& in, IncidentRestart& out) {
    in.read("down", out.down);
    in.read("up", out.up);
    in.read("node", out.node);
    in.read("faults", out.faults);
    in.read("customers", out.customers);
}

void read_incident(Reader& in, Incident& out) {
    in.read("id", out.id);
    in.read("state", out.state);
    in.read("title", out.title);
    in.read("began", out.began);
    in.read("opened", out.opened);
    in.read("closed", out.closed);
    in.read("alarms", out.alarms);
    in.list("alarmed", out.alarmed, read_series);
    in.list("timeline", out.timeline, read_entry);
    in.list("hours", out.hours, read_hour);
    in.list("campaigns", out.campaigns, read_campaign);
    in.object("counts", out.counts, read_counts);
    in.list("targets", out.targets, read_target);
    in.object("cause", out.cause, read_cause);
    in.list("actions", out.actions, read_action);
    in.list("restarts", out.restarts, read_restart);
    in.list("notes", out.notes, read_text);
}

Error wrong(std::string what) {
    return {.file = {}, .line = 0, .what = std::move(what), .mend = "give what `incident` wrote as JSON"};
}

}  // namespace

Result<Incident> parse_incident_json(std::string_view text) {
    boost::system::error_code bad;
    const json::value root = json::parse(text, bad);
    if (bad) return std::unexpected(wrong(fmt::format("not JSON: {}", bad.message())));
    Reader in(root);
    Incident incident;
    read_incident(in, incident);
    if (!in.wrong().empty()) return std::unexpected(wrong(in.wrong()));
    if (incident.id.empty()) return std::unexpected(wrong("it has no id"));
    return incident;
}

}  // namespace tidegate::tell

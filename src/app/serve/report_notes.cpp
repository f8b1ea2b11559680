#include "app/serve/report_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <filesystem>
#include <utility>

#include "app/output.h"
#include "event/json.h"
#include "event/verdict.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;
using tell::Thing;

// Beyond that it is not ours: fifty thousand changes take four megabytes.
constexpr std::size_t most_bytes = std::size_t{32} << 20;

std::string_view text_of(std::span<const tell::Field> fields, std::string_view name) {
    for (const tell::Field& each : fields)
        if (each.name == name)
            if (const auto* text = std::get_if<std::string_view>(&each.value)) return *text;
    return {};
}

std::string time_text(Time time) {
    return json_string(rfc3339(time));
}

std::string stops_text(const std::map<std::string, ReportNotes::Stops>& stops) {
    std::string out = "{";
    for (const auto& [kind, each] : stops)
        out += fmt::format("{}{}:[{},{}]", out.size() > 1 ? "," : "", json_string(kind), each.stopped,
                           each.would_stop);
    return out + '}';
}

std::string turn_text(const ReportNotes::Turn& turn) {
    return fmt::format(R"({{"server":{},"why":{},"out":{},"back":{},"by_hand":{}}})",
                       json_string(turn.server), json_string(turn.why), time_text(turn.out),
                       turn.back ? time_text(*turn.back) : "null", turn.by_hand);
}

std::string queues_text(const std::map<std::string, ReportNotes::Queue>& queues) {
    const auto seconds = [](Duration duration) {
        return std::chrono::floor<std::chrono::seconds>(duration).count();
    };
    std::string out = "{";
    for (const auto& [name, each] : queues)
        out += fmt::format("{}{}:[{},{},{}]", out.size() > 1 ? "," : "", json_string(name), each.most_waiting,
                           seconds(each.longest_wait), seconds(each.backed_up));
    return out + '}';
}

/// Takes the object apart; remembers whether all of it fitted.
class Reading {
public:
    explicit Reading(const json::value& value) {
        const auto* object = value.if_object();
        if (object == nullptr) {
            fits_ = false;
            return;
        }
        hours(member(*object, "hours"));
        turns(member(*object, "turns"));
        changes(member(*object, "changes"));
        // Those of an older Tidegate have none.
        if (object->contains("queues")) queues(member(*object, "queues"));
    }
    [[nodiscard]] bool fits() const { return fits_; }
    [[nodiscard]] ReportNotes take() && { return std::move(notes_); }

private:
    static const json::value& member(const json::object& object, std::string_view name) {
        static const json::value none;
        const auto* found = object.if_contains(name);
        return found == nullptr ? none : *found;
    }
    const json::array& list(const json::value& value) {
        static const json::array none;
        const auto* found = value.if_array();
        fits_ = fits_ && found != nullptr;
        return found == nullptr ? none : *found;
    }
    const json::object& object(const json::value& value) {
        static const json::object none;
        const auto* found = value.if_object();
        fits_ = fits_ && found != nullptr;
        return found == nullptr ? none : *found;
    }
    std::string text(const json::value& value) {
        const auto* found = value.if_string();
        fits_ = fits_ && found != nullptr;
        return found == nullptr ? std::string() : std::string(std::string_view(*found));
    }
    Time time(const json::value& value) {
        const auto found = parse_rfc3339(text(value));
        fits_ = fits_ && found.has_value();
        return found.value_or(Time{});
    }
    std::uint64_t number(const json::value& value) {
        boost::system::error_code error;
        const auto found = value.to_number<std::uint64_t>(error);
        fits_ = fits_ && !error;
        return error ? 0 : found;
    }
    std::uint64_t key(const json::value& value) {
        const std::string digits = text(value);
        std::uint64_t found = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), found, 16);
        fits_ = fits_ && error == std::errc{} && end == digits.data() + digits.size();
        return found;
    }

    void hours(const json::value& value) {
        for (const json::value& each : list(value)) {
            const json::object& hour = object(each);
            auto& stops = notes_.hours[time(member(hour, "start"))];
            for (const auto& [kind, counts] : object(member(hour, "stops"))) {
                const json::array& both = list(counts);
                fits_ = fits_ && both.size() == 2;
                if (fits_) stops[std::string(kind)] = {number(both[0]), number(both[1])};
            }
        }
    }
    Duration seconds(const json::value& value) {
        constexpr std::uint64_t most = 86'400ULL * 366;
        const std::uint64_t found = number(value);
        fits_ = fits_ && found <= most;
        return std::chrono::seconds(std::min(found, most));
    }
    void queues(const json::value& value) {
        for (const json::value& each : list(value)) {
            const json::object& hour = object(each);
            auto& queues = notes_.queues[time(member(hour, "start"))];
            for (const auto& [name, figures] : object(member(hour, "queues"))) {
                const json::array& all = list(figures);
                fits_ = fits_ && all.size() == 3;
                if (fits_) queues[std::string(name)] = {number(all[0]), seconds(all[1]), seconds(all[2])};
            }
        }
    }
    void turns(const json::value& value) {
        for (const json::value& each : list(value)) {
            const json::object& turn = object(each);
            const json::value& back = member(turn, "back");
            const auto* by_hand = member(turn, "by_hand").if_bool();
            notes_.turns.push_back({.server = text(member(turn, "server")),
                                    .why = text(member(turn, "why")),
                                    .out = time(member(turn, "out")),
                                    .back = back.is_null() ? std::nullopt : std::optional(time(back)),
                                    .by_hand = by_hand != nullptr && *by_hand});
        }
    }
    void changes(const json::value& value) {
        for (const json::value& each : list(value)) {
            const json::object& change = object(each);
            notes_.changes.push_back({key(member(change, "account")), time(member(change, "time"))});
        }
    }

    ReportNotes notes_;
    bool fits_ = true;
};

}  // namespace

std::string report_notes_text(const ReportNotes& notes) {
    std::string out = "{\"hours\":[";
    const auto begin = [&](std::size_t index) { out += index > 0 ? ",\n" : "\n"; };
    std::size_t index = 0;
    for (const auto& [start, stops] : notes.hours) {
        begin(index++);
        out += fmt::format(R"({{"start":{},"stops":{}}})", time_text(start), stops_text(stops));
    }
    out += "\n],\"turns\":[";
    for (std::size_t i = 0; i < notes.turns.size(); ++i) begin(i), out += turn_text(notes.turns[i]);
    out += "\n],\"changes\":[";
    for (std::size_t i = 0; i < notes.changes.size(); ++i) {
        begin(i);
        out += fmt::format(R"({{"account":"{:016x}","time":{}}})", notes.changes[i].account,
                           time_text(notes.changes[i].time));
    }
    out += "\n],\"queues\":[";
    index = 0;
    for (const auto& [start, queues] : notes.queues) {
        begin(index++);
        out += fmt::format(R"({{"start":{},"queues":{}}})", time_text(start), queues_text(queues));
    }
    return out + "\n]}\n";
}

Result<ReportNotes> read_report_notes(std::string_view text) {
    const auto strange = [] {
        return std::unexpected(
            Error{"", 0, "holds no notes for the weekly report", "remove it; they begin anew"});
    };
    if (text.size() > most_bytes) return strange();
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    if (error) return strange();
    Reading reading(value);
    if (!reading.fits()) return strange();
    return std::move(reading).take();
}

std::string report_notes_file(const std::string& folder) {
    return folder + "/report-notes";
}

ReportNoting::ReportNoting(std::string folder, std::function<Time()> clock,
                           std::function<std::uint64_t(std::string_view)> account_key)
    : file_(report_notes_file(folder)), clock_(std::move(clock)), account_key_(std::move(account_key)) {}

Result<void> ReportNoting::recall() {
    std::error_code ignored;
    if (!std::filesystem::exists(file_, ignored)) return {};
    const auto text = read_file(file_);
    auto notes = text ? read_report_notes(*text) : std::unexpected(text.error());
    if (!notes) {
        notes.error().file = file_;
        return std::unexpected(notes.error());
    }
    const std::scoped_lock lock(mutex_);
    notes_ = std::move(*notes);
    for (ReportNotes::Turn& each : notes_.turns)
        if (!each.back) each.back = std::max(clock_(), each.out), is_new_ = true;
    return {};
}

void ReportNoting::hear(Thing thing, std::span<const tell::Field> fields) {
    if (thing == Thing::passwords_forgotten) {
        const std::uint64_t account = account_key_(text_of(fields, "account"));
        const std::scoped_lock lock(mutex_);
        notes_.changes.push_back({account, clock_()});
        is_new_ = true;
        return;
    }
    if (thing != Thing::server_out && thing != Thing::server_changed) return;
    const std::string_view server = text_of(fields, "server");
    const std::scoped_lock lock(mutex_);
    if (thing == Thing::server_out)
        hear_out(server, text_of(fields, "why"), !text_of(fields, "author").empty());
    else
        hear_back(server);
}

void ReportNoting::hear_out(std::string_view server, std::string_view why, bool by_hand) {
    const bool is_known = std::ranges::any_of(
        notes_.turns, [&](const ReportNotes::Turn& each) { return each.server == server && !each.back; });
    if (is_known) return;
    notes_.turns.push_back({.server = std::string(server),
                            .why = std::string(why),
                            .out = clock_(),
                            .back = {},
                            .by_hand = by_hand});
    is_new_ = true;
}

void ReportNoting::hear_back(std::string_view server) {
    for (ReportNotes::Turn& each : notes_.turns) {
        if (each.server != server || each.back) continue;
        each.back = std::max(clock_(), each.out);
        is_new_ = true;
    }
}

void ReportNoting::count(const guard::DeskCounts& counts) {
    const Time now = clock_();
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < counted_.size(); ++i) {
        const ReportNotes::Stops all{counts.stopped_by.at(i), counts.would_stop_by.at(i)};
        ReportNotes::Stops& before = counted_.at(i);
        if (all == before) continue;
        auto& hour = notes_.hours[std::chrono::floor<std::chrono::hours>(now)];
        auto& to = hour[std::string(name(static_cast<EvidenceKind>(i)))];
        to.stopped += all.stopped - before.stopped;
        to.would_stop += all.would_stop - before.would_stop;
        before = all;
        is_new_ = true;
    }
}

void ReportNoting::note_queues(std::span<const mail::QueueStanding> queues) {
    // A longer time nobody looked.
    constexpr Duration longest_step = std::chrono::minutes(2);
    const Time now = clock_();
    const std::scoped_lock lock(mutex_);
    const Duration step = std::clamp(now - queues_noted_.value_or(now), Duration{}, longest_step);
    queues_noted_ = now;
    for (const mail::QueueStanding& each : queues) {
        if (!each.is_readable()) continue;
        ReportNotes::Queue& to = notes_.queues[std::chrono::floor<std::chrono::hours>(now)][each.name];
        to.most_waiting = std::max(to.most_waiting, each.figures.waiting);
        is_new_ = true;
        if (!each.is_backed_up()) continue;
        to.backed_up += step;
        to.longest_wait = std::max(to.longest_wait, each.oldest.value_or(Duration{}));
    }
}

void ReportNoting::bound() {
    const Time oldest = clock_() - ReportNotes::kept_for;
    std::erase_if(notes_.hours, [&](const auto& each) { return each.first < oldest; });
    std::erase_if(notes_.queues, [&](const auto& each) { return each.first < oldest; });
    std::erase_if(notes_.turns, [&](const auto& each) { return each.back && *each.back < oldest; });
    std::erase_if(notes_.changes, [&](const auto& each) { return each.time < oldest; });
    const auto cut = [](auto& list, std::size_t most) {
        if (list.size() > most) list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(most));
    };
    cut(notes_.turns, ReportNotes::most_turns);
    cut(notes_.changes, ReportNotes::most_changes);
}

Result<void> ReportNoting::keep() {
    std::string text;
    {
        const std::scoped_lock lock(mutex_);
        if (!is_new_) return {};
        bound();
        text = report_notes_text(notes_);
        is_new_ = false;
    }
    auto written = write_file(file_, text);
    if (written) return written;
    const std::scoped_lock lock(mutex_);
    is_new_ = true;
    return written;
}

ReportNotes ReportNoting::notes() const {
    const std::scoped_lock lock(mutex_);
    return notes_;
}

}  // namespace tidegate::app

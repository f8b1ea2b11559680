#include "app/report_week.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <map>
#include <utility>

#include "app/output.h"
#include "app/serve/checkpoint.h"
#include "app/serve/report_notes.h"
#include "app/serve/said.h"
#include "judge/normalise.h"
#include "keep/reader.h"
#include "tell/alert/alerts.h"
#include "tell/incident/incidents.h"
#include "tell/weekly/books.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

// Entries lie in the order of the fold, which is not quite that of their times.
constexpr auto straggling = std::chrono::hours(2);
constexpr unsigned enough_beyond = 1000;

/// Feeds the books from the journal.
class JournalWeek {
public:
    JournalWeek(const ReportSources& sources, const ReportQuery& query, const ReportNotes& notes)
        : sources_(sources), query_(query), books_(query.zone, query.period, downs(notes, query.period)) {}

    Result<void> read(keep::Reader& reader, const std::function<bool()>& given_up) {
        const auto first = begin(reader);
        if (!first) return std::unexpected(first.error());
        bool left = false;
        auto reading = reader.read(*first, [&](std::uint64_t sequence, const keep::Entry& entry) {
            left = sequence % 4096 == 0 && given_up();
            return !left && take(sequence, entry);
        });
        if (!reading) return std::unexpected(reading.error());
        if (left) return std::unexpected(Error{"", 0, "interrupted", ""});
        damaged_ = reading->damaged.size();
        return {};
    }

    void finish(tell::Week& week) const {
        books_.finish(week, query_.now);
        week.coverage.lost = lost_;
        week.coverage.damaged = damaged_;
    }
    [[nodiscard]] const tell::WeekBooks& books() const { return books_; }

private:
    static std::vector<tell::WeekDown> downs(const ReportNotes& notes, const tell::Period& period) {
        std::vector<tell::WeekDown> found;
        for (const ReportNotes::Turn& each : notes.turns)
            if (each.out < period.to && each.back.value_or(Time::max()) >= period.from)
                found.push_back({.server = each.server,
                                 .out = each.out,
                                 .back = each.back,
                                 .why = each.why,
                                 .by_hand = each.by_hand});
        return found;
    }

    // The first entry of the time that the books look at.
    [[nodiscard]] Result<std::uint64_t> begin(keep::Reader& reader) const {
        std::uint64_t first = 1;
        const auto found =
            reader.read_times(books_.begins(), Time::max(), [&](std::uint64_t sequence, const keep::Entry&) {
                first = sequence;
                return false;
            });
        if (!found) return std::unexpected(found.error());
        return first;
    }

    bool take(std::uint64_t sequence, const keep::Entry& entry) {
        const Time time = keep::time_of(entry);
        beyond_ = time >= query_.period.to + straggling ? beyond_ + 1 : 0;
        if (last_ != 0 && query_.period.has(time)) lost_ += sequence - last_ - 1;
        last_ = sequence;
        books_.saw(time);
        if (entry.kind == keep::EntryKind::event) see(entry);
        if (entry.kind == keep::EntryKind::lost && query_.period.has(time))
            lost_ += static_cast<std::uint64_t>(std::max<std::int64_t>(entry.value, 0));
        if (entry.kind == keep::EntryKind::restart && query_.period.has(time)) tell_restart(entry);
        return beyond_ < enough_beyond;
    }
    void see(const keep::Entry& entry) {
        const std::string_view account = judge::normalise(entry.event->account, *sources_.policy, name_);
        books_.see({.event = *entry.event,
                    .answered = entry.answered,
                    .suspected_takeover = entry.suspected_takeover,
                    .account = judge::account_key(account)});
    }
    void tell_restart(const keep::Entry& entry) {
        const auto note = keep::note_in(entry.text);
        if (!note) return;
        books_.tell(RestartNotice{.time = entry.time,
                                  .node = std::string(note->about),
                                  .up = entry.value != 0,
                                  .who = std::string(note->who)});
    }

    const ReportSources& sources_;
    const ReportQuery& query_;
    tell::WeekBooks books_;
    std::string name_;
    std::uint64_t last_ = 0, lost_ = 0, damaged_ = 0;
    unsigned beyond_ = 0;
};

ReportNotes notes_in(const std::string& folder, tell::Week& week) {
    const std::string file = report_notes_file(folder);
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return {};
    const auto text = read_file(file);
    auto notes = text ? read_report_notes(*text) : std::unexpected(text.error());
    if (notes) return std::move(*notes);
    week.coverage.notes.emplace_back(
        "What the daemon had noted of servers, evidence and changed passwords could not be read.");
    return {};
}

void take_evidence(const ReportNotes& notes, tell::Week& week) {
    std::map<std::string, tell::WeekEvidence> sums;
    for (const auto& [start, stops] : notes.hours) {
        if (!week.period.has(start)) continue;
        for (const auto& [kind, each] : stops) {
            tell::WeekEvidence& to = sums[kind];
            to.kind = kind;
            to.stopped += each.stopped;
            to.would_stop += each.would_stop;
        }
    }
    for (auto& [kind, each] : sums) week.evidence.push_back(std::move(each));
}

void take_queues(const ReportNotes& notes, tell::Week& week) {
    std::map<std::string, tell::WeekQueue> sums;
    for (const auto& [start, queues] : notes.queues) {
        if (!week.period.has(start)) continue;
        for (const auto& [name, each] : queues) {
            tell::WeekQueue& to = sums[name];
            to.name = name;
            if (each.most_waiting >= to.most_waiting) to.most_at = start;
            to.most_waiting = std::max(to.most_waiting, each.most_waiting);
            to.longest_wait = std::max(to.longest_wait, each.longest_wait);
            to.backed_up += each.backed_up;
        }
    }
    for (auto& [name, each] : sums) week.queues.push_back(std::move(each));
}

void take_changes(const ReportNotes& notes, const tell::WeekBooks& books, tell::Week& week) {
    std::map<std::uint64_t, Time> latest;
    for (const ReportNotes::Change& each : notes.changes)
        latest[each.account] = std::max(latest[each.account], each.time);
    for (const tell::WeekBooks::Suspect& each : books.suspects()) {
        const auto found = latest.find(each.account);
        tell::WeekTakeover& takeover = week.takeovers[each.at];
        takeover.changed = found != latest.end() && found->second >= takeover.first;
    }
}

// A checkpoint is made when an incident opens, every five minutes, and at the end.
void say_how_old(const Checkpoint& checkpoint, const ReportQuery& query, tell::Week& week) {
    if (checkpoint.time + std::chrono::minutes(15) >= std::min(query.now, query.period.to)) return;
    week.coverage.notes.push_back(
        fmt::format("Incidents are known as they stood {}; the daemon kept nothing of them after that.",
                    tell::day_and_time(query.zone, checkpoint.time)));
}

void take_incidents(keep::Reader& reader, const ReportQuery& query, tell::Week& week) {
    const auto kept = reader.latest_checkpoint();
    const bool is_there = kept && !kept->path.empty();
    auto checkpoint = is_there ? checkpoint_in(kept->file.bytes()) : std::unexpected(Error{});
    if (!checkpoint) {
        week.coverage.incidents_unknown = true;
        week.coverage.notes.emplace_back("Incidents are not known: there is no checkpoint that can be read.");
        return;
    }
    say_how_old(*checkpoint, query, week);
    const std::size_t all = checkpoint->incidents.size();
    const bool all_later = std::ranges::all_of(
        checkpoint->incidents, [&](const Incident& each) { return each.began >= query.period.from; });
    week.coverage.incidents_cut = all >= tell::IncidentSettings{}.keep_closed && all_later;
    for (Incident& each : checkpoint->incidents) {
        const bool is_over = each.closed != Time{} && each.closed < query.period.from;
        if (each.began < query.period.to && !is_over) week.incidents.push_back(std::move(each));
    }
    std::ranges::sort(week.incidents, {},
                      [](const Incident& each) { return std::pair(each.began, each.id); });
}

Result<void> take_records(keep::Reader& reader, const ReportQuery& query, tell::Week& week) {
    keep::DeedQuery wanted;
    wanted.from = query.period.from;
    wanted.to = query.period.to;
    auto deeds = reader.deeds(wanted);
    if (!deeds) return std::unexpected(deeds.error());
    for (keep::Deed& each : *deeds)
        if (query.period.has(each.time))
            week.deeds.push_back({each.time, std::move(each.author), std::move(each.action),
                                  std::move(each.subject), std::move(each.reason)});
    std::ranges::reverse(week.deeds);
    const auto exemptions = reader.exemptions();
    if (!exemptions) return std::unexpected(exemptions.error());
    week.open_exceptions =
        static_cast<std::uint64_t>(std::ranges::count_if(*exemptions, [&](const keep::Exemption& each) {
            return each.effect == keep::Effect::allow && !each.expires && each.holds(query.now);
        }));
    return {};
}

// A count as the daemon says it; nothing a count can't be.
std::uint64_t count_in(const json::value& value, std::string_view name) {
    boost::system::error_code error;
    const auto number = said(value, name).to_number<std::uint64_t>(error);
    return error ? 0 : number;
}

}  // namespace

std::optional<tell::WeekStanding> standing_in(std::string_view scene) {
    boost::system::error_code error;
    const json::value value = json::parse(scene, error);
    if (error || !value.is_object() || text_in(value, "mode").empty()) return std::nullopt;
    tell::WeekStanding standing;
    standing.watches_only = text_in(value, "mode") == "watch";
    for (const json::value& each : said_list(value, "servers"))
        standing.servers.push_back({text_in(each, "server"), text_in(each, "state"),
                                    count_in(each, "sessions"), count_in(each, "most_sessions")});
    for (const json::value& each : said_list(value, "queues"))
        if (said_yes(each, "backed_up"))
            standing.backed_up.push_back({text_in(each, "name"), count_in(each, "waiting")});
    for (const json::value& each : said_list(value, "lists"))
        if (text_in(each, "state") == "suspended") standing.suspended_lists.push_back(text_in(each, "name"));
    return standing;
}

std::shared_ptr<const judge::Policy> naming_policy(const config::Settings& settings) {
    auto policy = std::make_shared<judge::Policy>();
    policy->default_realm = settings.accounts.default_realm;
    policy->strip_plus_tag = settings.accounts.strip_plus_tag;
    policy->aliases.insert(settings.accounts.aliases.begin(), settings.accounts.aliases.end());
    policy->seal();
    return policy;
}

tell::Zone report_zone(const config::Settings& settings) {
    return tell::Zone(settings.report.zone.empty() ? settings.log.zone : settings.report.zone);
}

Result<tell::Week> read_week(const ReportSources& sources, const ReportQuery& query,
                             const std::function<bool()>& given_up) {
    auto reader = keep::Reader::open(sources.folder);
    if (!reader) return std::unexpected(reader.error());
    tell::Week week;
    week.called = query.called;
    week.provider = query.provider;
    week.host = tell::machine_name();
    week.version = TIDEGATE_VERSION;
    week.made = query.now;
    const ReportNotes notes = notes_in(sources.folder, week);
    JournalWeek journal(sources, query, notes);
    if (auto read = journal.read(*reader, given_up); !read) return std::unexpected(read.error());
    journal.finish(week);
    take_evidence(notes, week);
    take_queues(notes, week);
    take_changes(notes, journal.books(), week);
    take_incidents(*reader, query, week);
    if (auto read = take_records(*reader, query, week); !read) return std::unexpected(read.error());
    week.standing = standing_in(sources.scene);
    week.watches_servers = query.has_edge;
    return week;
}

}  // namespace tidegate::app

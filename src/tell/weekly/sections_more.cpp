// What was stopped and by what, who was taken over, servers, people, and how sure all of it is.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/address.h"
#include "event/verdict.h"
#include "tell/weekly/phrases.h"
#include "tell/weekly/sections.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t most_evidence = 5, most_named = 20, most_deeds = 8, most_downs = 10;

std::string evidence_words(const std::string& kind) {
    constexpr auto kinds = static_cast<std::size_t>(EvidenceKind::came_again) + 1;
    for (std::size_t i = 0; i < kinds; ++i)
        if (name(static_cast<EvidenceKind>(i)) == kind) return capital(words(static_cast<EvidenceKind>(i)));
    return kind;
}

std::uint64_t sum(const std::vector<WeekEvidence>& all, std::uint64_t WeekEvidence::* what) {
    std::uint64_t out = 0;
    for (const WeekEvidence& each : all) out += each.*what;
    return out;
}

LetterTable evidence_table(const Week& week, std::uint64_t WeekEvidence::* what, LetterNotes& notes) {
    LetterTable table;
    const std::size_t note = notes(
        "What spoke against them: of each attempt the heaviest piece of evidence. Counted while Tidegate "
        "runs; what it had counted in its last minutes before a crash is missing.");
    table.columns = {{"What spoke against them", false, note},
                     {what == &WeekEvidence::stopped ? "Stopped" : "Would be stopped", true},
                     {"Share", true}};
    auto sorted = week.evidence;
    std::ranges::sort(sorted, [&](const WeekEvidence& a, const WeekEvidence& b) {
        return std::pair(b.*what, std::string_view(a.kind)) < std::pair(a.*what, std::string_view(b.kind));
    });
    const std::uint64_t all = sum(sorted, what);
    for (const WeekEvidence& each : sorted)
        if (each.*what > 0 && table.rows.size() < most_evidence)
            table.rows.push_back({evidence_words(each.kind), count(each.*what), percent(each.*what, all)});
    return table;
}

std::string names_or_number(const Week& week, LetterOptions options, LetterSection& section) {
    if (!options.names)
        return "Names are left out here: tidegate report --names has them, and the daemon's log.";
    LetterTable table;
    table.columns = {{"Account"}, {"First"}, {"From"}, {"Over"}, {"Password changed since"}};
    for (const WeekTakeover& each : week.takeovers)
        if (table.rows.size() < most_named)
            table.rows.push_back({each.account, day_and_time(week.zone, each.first), each.address,
                                  std::string(words(each.service)), each.changed ? "yes" : "not reported"});
    section.tables.push_back(std::move(table));
    return week.takeover_count > most_named
               ? fmt::format("{} more are not listed.", count(week.takeover_count - most_named))
               : std::string();
}

std::vector<std::string> down_row(const Week& week, const WeekDown& down) {
    return {down.server,
            day_and_time(week.zone, down.out),
            down.back ? length(*down.back - down.out) : "not back yet",
            count(down.faults),
            about(down.customers),
            (down.by_hand ? "by hand: " : "") + down.why};
}

std::string servers_words(const Week& week) {
    if (!week.watches_servers) return "Servers: not watched. Only those behind Tidegate's edge are.";
    return week.downs.empty() ? "No server was away." : std::string();
}

std::string queue_words(const Week& week, const WeekQueue& queue) {
    const std::string most =
        fmt::format("at most {} waited, {}", count(queue.most_waiting, "message", "messages"),
                    day_and_time(week.zone, queue.most_at));
    if (queue.backed_up == Duration{}) return fmt::format("Queue {}: never backed up; {}.", queue.name, most);
    return fmt::format("Queue {}: backed up for {} in all, when mail waited up to {}; {}.", queue.name,
                       length(queue.backed_up), length(queue.longest_wait), most);
}

void tell_queues(const Week& week, LetterSection& section, LetterNotes& notes) {
    if (week.queues.empty()) {
        section.paragraphs.emplace_back("Queue: not watched.");
        return;
    }
    Duration backed_up{};
    for (const WeekQueue& each : week.queues) {
        backed_up = std::max(backed_up, each.backed_up);
        section.paragraphs.push_back(queue_words(week, each));
    }
    section.facts.push_back(
        {"Mail was late for", backed_up == Duration{} ? "no time" : length(backed_up),
         notes("Late: a mail server's queue was backed up, which is three times as much late "
               "mail as usual. Mail that waits is kept, and delivered afterwards.")});
}

bool is_customers_own(const std::string& subject) {
    const bool as = subject.starts_with("AS") && subject.size() > 2 &&
                    std::ranges::all_of(subject.substr(2), [](char c) { return c >= '0' && c <= '9'; });
    return !subject.empty() && !as && !Address::parse(subject) && !Prefix::parse(subject);
}

// Whom other acts are about are servers, modes, files and incidents.
bool is_about_accounts(const std::string& action) {
    constexpr std::array<std::string_view, 5> acts{"allow", "deny", "lift", "vouch", "forget"};
    return std::ranges::find(acts, action) != acts.end();
}

std::string deed_words(const Week& week, const WeekDeed& deed, LetterOptions options) {
    const bool hidden = !options.names && is_about_accounts(deed.action) && is_customers_own(deed.subject);
    std::string out = fmt::format("{}: {}, {}", day_and_time(week.zone, deed.time), deed.author, deed.action);
    if (!deed.subject.empty()) out += ' ' + (hidden ? std::string("an account") : deed.subject);
    if (options.names && !deed.reason.empty()) out += " (" + deed.reason + ')';
    return out;
}

void tell_gaps(const Week& week, std::vector<std::string>& to) {
    const WeekCoverage& coverage = week.coverage;
    if (coverage.journal_begins)
        to.push_back(fmt::format("The journal begins {}: what was before is not in these figures.",
                                 day_and_time(week.zone, *coverage.journal_begins)));
    if (coverage.gaps.empty()) return;
    std::vector<std::string> gaps;
    for (const Period& each : coverage.gaps) gaps.push_back(span(week.zone, each.from, each.to));
    to.push_back(
        fmt::format("Not watched for {} in all: {}. What the logs told of that time later is counted.",
                    length(coverage.unwatched), listed(gaps, 3)));
}

void tell_losses(const WeekCoverage& coverage, std::vector<std::string>& to) {
    if (coverage.lost > 0)
        to.push_back(count(coverage.lost, "entry", "entries") + " of the journal are missing.");
    if (coverage.damaged > 0)
        to.push_back(count(coverage.damaged, "batch", "batches") +
                     " of the journal could not be read and are not counted.");
    if (coverage.homes_forgotten > 0)
        to.emplace_back("There were more homes than fit: some slips of customers count as hostile.");
    if (coverage.incidents_cut)
        to.emplace_back("There were more incidents than are kept: the oldest of the week may be missing.");
    for (const std::string& each : coverage.notes) to.push_back(each);
}

}  // namespace

LetterSection stopped_section(const Week& week, LetterNotes& notes) {
    LetterSection section{.title = "What came, and what stopped it"};
    const std::size_t note = notes(
        fmt::format("Different ones, estimated: {:.0f} in a hundred more or less is usual. A network is 256 "
                    "IPv4 addresses, or an IPv6 /48.",
                    std::max(1.0, week.error * 200)));
    section.facts = {
        {"Addresses", about(week.addresses), note},
        {"Networks", about(week.networks), note},
        {"Accounts tried", about(week.accounts), note},
        {"Got through", with_share(through(week.total), week.total.hostile),
         notes("Got through: guesses that reached the password database, where they were wrong.")},
        {"Slips of customers", count(week.total.slips),
         notes("Slips: wrong passwords from where the account is at home.")}};
    if (sum(week.evidence, &WeekEvidence::stopped) > 0)
        section.tables.push_back(evidence_table(week, &WeekEvidence::stopped, notes));
    if (sum(week.evidence, &WeekEvidence::would_stop) > 0)
        section.tables.push_back(evidence_table(week, &WeekEvidence::would_stop, notes));
    if (section.tables.empty() && week.total.stopped > 0)
        section.paragraphs.emplace_back("What spoke against those that were stopped was not noted.");
    return section;
}

LetterSection takeovers_section(const Week& week, LetterOptions options, LetterNotes& notes) {
    LetterSection section{.title = "Suspected takeovers"};
    if (week.takeover_count == 0) {
        section.paragraphs.emplace_back("None.");
        return section;
    }
    section.facts = {{"Accounts", count(week.takeover_count),
                      notes("Suspected takeover: the right password came with heavy evidence against whoever "
                            "brought it. It may have been the customer on a journey: ask him.")},
                     {"Password not changed since", count(unchanged(week)),
                      notes("Changed: as reported by tidegate password-changed. Where no script calls it, "
                            "Tidegate does not know.")}};
    if (std::string words = names_or_number(week, options, section); !words.empty())
        section.paragraphs.push_back(std::move(words));
    return section;
}

LetterSection servers_section(const Week& week, LetterNotes& notes) {
    LetterSection section{.title = "Servers and queue"};
    if (std::string words = servers_words(week); !words.empty()) section.paragraphs.push_back(words);
    if (!week.downs.empty()) {
        const std::size_t note = notes(
            "Attempts that failed through our own servers while it was away and in the five minutes after "
            "that, whichever server they went to.");
        LetterTable table;
        table.columns = {
            {"Server"}, {"Out since"}, {"For"}, {"Failed", true, note}, {"Customers", true, note}, {"Why"}};
        for (const WeekDown& each : week.downs)
            if (table.rows.size() < most_downs) table.rows.push_back(down_row(week, each));
        section.tables.push_back(std::move(table));
        if (week.downs.size() > most_downs)
            section.paragraphs.push_back(count(week.downs.size() - most_downs) + " more are not listed.");
    }
    tell_queues(week, section, notes);
    return section;
}

LetterSection deeds_section(const Week& week, LetterOptions options) {
    LetterSection section{.title = "What people did"};
    std::map<std::string, std::uint64_t> by_action;
    for (const WeekDeed& each : week.deeds) ++by_action[each.action];
    std::vector<std::string> sums;
    for (const auto& [action, times] : by_action) sums.push_back(fmt::format("{} {}", action, count(times)));
    if (sums.empty()) {
        section.paragraphs.emplace_back("Nothing by hand.");
        return section;
    }
    const std::size_t skipped = week.deeds.size() - std::min(week.deeds.size(), most_deeds);
    section.items.push_back(capital(listed(sums, sums.size())) + (skipped > 0 ? ". The last were:" : "."));
    for (std::size_t i = skipped; i < week.deeds.size(); ++i)
        section.items.push_back(deed_words(week, week.deeds[i], options));
    return section;
}

LetterSection certainty_section(const Week& week) {
    LetterSection section{.title = "How sure this is"};
    tell_gaps(week, section.paragraphs);
    tell_losses(week.coverage, section.paragraphs);
    if (section.paragraphs.empty())
        section.paragraphs.emplace_back(
            "The whole time was watched and nothing of it is missing: counts are exact, but for those that "
            "say that they are estimated.");
    section.paragraphs.emplace_back(
        "What is told of is log-ins. Mail on port 25 is not in the journal and not counted here.");
    return section;
}

}  // namespace tidegate::tell

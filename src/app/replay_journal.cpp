#include "app/replay_journal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "app/commands.h"
#include "app/interrupt.h"
#include "app/output.h"
#include "app/serve/kept_orders.h"
#include "event/json.h"
#include "judge/judge.h"
#include "keep/reader.h"
#include "tell/tally.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;

/// The judge of a changed configuration, led through the journal.
class Trial {
public:
    Trial(const Ground& ground, std::vector<keep::Exemption> exemptions)
        : ground_(ground), exemptions_(std::move(exemptions)), policy_(ground.policy), judge_(policy_) {
        judge_.set_posture({});
    }

    void take(const keep::Entry& entry) {
        using enum keep::EntryKind;
        switch (entry.kind) {
            case event:
                return judge(entry);
            case vouch:
                return judge_.vouch(knock_of(*entry.event));
            case pardon:
                return judge_.pardon(knock_of(*entry.event));
            case posture:
                return judge_.set_posture(Decibans::hundredths(static_cast<std::int32_t>(entry.value)));
            case policy:
                return adopt_orders(entry.time);
            case lost:
                result_.missing += static_cast<std::uint64_t>(entry.value);
                return;
            case tick:
            case position:
            case words:
            case action:
            case closing:
            case restart:
                return;
        }
    }

    TrialResult finish(keep::Reading reading) {
        result_.missing += reading.missing;
        result_.damaged = std::move(reading.damaged);
        result_.is_cut_short = interrupted();
        const tell::Report was = was_.finish({}), would = would_.finish({});
        result_.attempts = would.totals.attempts;
        result_.guesses = would.totals.guesses;
        result_.first = would.first;
        result_.last = would.last;
        result_.was = consequences(was);
        result_.would = consequences(would);
        return std::move(result_);
    }

private:
    static Consequences consequences(const tell::Report& report) {
        return {.guesses_stopped = report.tidegate.guesses_stopped,
                .customers_refused = report.tidegate.logins_refused,
                .takeovers = report.takeover_count};
    }

    // Its lists and its AS are those of the tables that are tried; what DNS lists said then nobody can ask
    // now.
    judge::Knock knock_of(const Event& event) {
        placed_ = event;
        const std::size_t local = ground_.list_files();
        placed_.lists = local < judge::most_lists ? placed_.lists >> local << local : 0;
        if (ground_.as_table.size() != 0) placed_.as_number = 0;
        ground_.place(placed_);
        return judge::make_knock(placed_, *policy_);
    }

    void judge(const keep::Entry& entry) {
        const judge::Knock knock = knock_of(*entry.event);
        Verdict verdict = judge_.consider(knock);
        judge_.learn(knock, verdict);
        Verdict was;
        was.measure = entry.answered;
        was.sum = entry.sum;
        was.suspected_takeover = entry.suspected_takeover;
        if (is_stopped(was.measure) && !is_stopped(verdict.measure)) result_.unknown += placed_.attempts;
        was_.add(placed_, was, knock.account);
        would_.add(placed_, verdict, knock.account);
    }

    void adopt_orders(Time now) {
        // A lifting is written a moment after it holds.
        const Time soon = now + 2s;
        auto policy = std::make_shared<judge::Policy>(*ground_.policy);
        for (const keep::Exemption& each : exemptions_) {
            const bool over = (each.lifted && *each.lifted <= soon) || (each.expires && *each.expires <= now);
            if (over || each.created > now) continue;
            if (auto order = order_of(each)) policy->exceptions.push_back(std::move(order->exception));
        }
        judge_.adopt(policy);
        policy_ = std::move(policy);
    }

    const Ground& ground_;
    std::vector<keep::Exemption> exemptions_;
    std::shared_ptr<const judge::Policy> policy_;
    judge::Judge judge_;
    Event placed_;
    tell::Tally was_, would_;
    TrialResult result_;
};

std::string row(std::string_view what, std::uint64_t was, std::uint64_t would) {
    const std::string less_or_more = would == was  ? "the same"
                                     : would > was ? "+" + tell::count(would - was)
                                                   : "-" + tell::count(was - would);
    return fmt::format("{:<22}{:>16}{:>16}{:>16}\n", what, tell::count(was), tell::count(would),
                       less_or_more);
}

std::string json_of(const Consequences& figures) {
    return fmt::format(R"({{"guesses_stopped":{},"customers_refused":{},"takeovers":{}}})",
                       figures.guesses_stopped, figures.customers_refused, figures.takeovers);
}

}  // namespace

Result<TrialResult> try_on_journal(const std::string& folder, const Ground& ground) {
    auto reader = keep::Reader::open(folder);
    if (!reader) return std::unexpected(reader.error());
    auto exemptions = reader->exemptions();
    if (!exemptions) return std::unexpected(exemptions.error());
    Trial trial(ground, std::move(*exemptions));
    auto reading = reader->read(1, [&](std::uint64_t, const keep::Entry& entry) {
        trial.take(entry);
        return !interrupted();
    });
    if (!reading) return std::unexpected(reading.error());
    return trial.finish(std::move(*reading));
}

std::string trial_text(const std::string& folder, const TrialResult& result) {
    std::string out = fmt::format("{}: {}", tell::harmless(folder),
                                  tell::count(result.attempts, "attempt to log in", "attempts to log in"));
    if (result.attempts == 0) return out + '\n';
    out += fmt::format(", {} to {}\n\n{:<22}{:>16}{:>16}{:>16}\n", rfc3339(result.first),
                       rfc3339(result.last), "", "as it was", "would be", "difference");
    out += row("guesses stopped", result.was.guesses_stopped, result.would.guesses_stopped);
    out += row("customers refused", result.was.customers_refused, result.would.customers_refused);
    out += row("suspected takeovers", result.was.takeovers, result.would.takeovers);
    out += fmt::format("of {}\n", tell::count(result.guesses, "guess", "guesses"));
    if (result.unknown > 0)
        out += fmt::format("\n{} stopped then would not be: nobody knows what their passwords were.\n",
                           tell::count(result.unknown, "attempt", "attempts"));
    if (result.missing > 0)
        out +=
            fmt::format("\n{} of that time are missing.\n", tell::count(result.missing, "entry", "entries"));
    return out;
}

std::string trial_json(const TrialResult& result) {
    return fmt::format(
        R"({{"attempts":{},"guesses":{},"first":{},"last":{},"was":{},"would":{},"unknown":{},"missing":{}}})",
        result.attempts, result.guesses, json_string(rfc3339(result.first)),
        json_string(rfc3339(result.last)), json_of(result.was), json_of(result.would), result.unknown,
        result.missing);
}

int replay_journal(const Choices& choices, std::string folder, bool as_json) {
    const auto ground = lay_ground(choices);
    if (!ground) {
        for (const Error& error : ground.error()) say(error);
        return bad_input;
    }
    if (folder.empty()) folder = ground->configured.serve.state;
    watch_for_interrupts();
    const auto result = try_on_journal(folder, *ground);
    if (!result) {
        say(result.error());
        return bad_input;
    }
    for (const Error& error : result->damaged) say(error);
    if (result->is_cut_short) say("interrupted: only part of the journal was read");
    Output out(STDOUT_FILENO);
    out.write(as_json ? trial_json(*result) + '\n' : trial_text(folder, *result));
    const bool whole = result->damaged.empty() && !result->is_cut_short;
    return out.flush() && whole ? all_well : bad_input;
}

}  // namespace tidegate::app

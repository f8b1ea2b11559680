// tidegate why: what the logs say for and against one address or account.
#include <fmt/format.h>
#include <unistd.h>

#include <deque>

#include "app/commands.h"
#include "app/ground.h"
#include "app/judging.h"
#include "app/output.h"
#include "app/reading.h"
#include "app/serve/live_why.h"
#include "event/json.h"
#include "event/text.h"
#include "judge/normalise.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

struct Options {
    Choices choices;
    std::string who;
    std::string socket;
    bool json = false;
};

/// An attempt that outlives the batch it came in.
struct Kept {
    Event event;
    Verdict verdict;
    std::shared_ptr<EventBatch> texts;
};

Kept keep(const Event& event, const Verdict& verdict) {
    Kept kept{event, verdict, std::make_shared<EventBatch>()};
    for (const auto member :
         {&Event::file, &Event::account, &Event::method, &Event::session, &Event::host, &Event::client,
          &Event::ehlo, &Event::listener, &Event::tenant, &Event::node, &Event::program})
        kept.event.*member = kept.texts->keep(event.*member);
    return kept;
}

/// Whom the question is about: an address (of IPv6 its /64) or an account by any of its names.
class Subject {
public:
    Subject(const std::string& who, const judge::Policy& policy) : address_(Address::parse(who)) {
        std::string normalised;
        if (!address_) account_ = judge::account_key(judge::normalise(who, policy, normalised));
    }
    [[nodiscard]] bool is_address() const { return address_.has_value(); }
    [[nodiscard]] bool fits(const Event& event, const judge::Knock& knock) const {
        if (!address_) return knock.account == account_;
        return !event.address.is_none() && event.address.host_key() == address_->host_key();
    }

private:
    std::optional<Address> address_;
    std::uint64_t account_ = 0;
};

/// What was found about the subject. The history keeps its newest attempts; the rest is counted.
struct Findings {
    static constexpr std::size_t most = 200;
    std::deque<Kept> history;
    std::optional<Kept> last_stopped, takeover;
    std::uint64_t attempts = 0, successes = 0, failures = 0, stopped = 0, stopped_successes = 0;

    void add(const Event& event, const Verdict& verdict) {
        const bool success = event.outcome == Outcome::success;
        attempts += event.attempts;
        successes += success ? event.attempts : 0;
        failures += event.outcome == Outcome::failure ? event.attempts : 0;
        if (is_stopped(verdict.measure)) {
            stopped += event.attempts;
            stopped_successes += success ? event.attempts : 0;
            last_stopped = keep(event, verdict);
        }
        if (verdict.suspected_takeover) takeover = keep(event, verdict);
        history.push_back(keep(event, verdict));
        if (history.size() > most) history.pop_front();
    }
};

std::string outcome_words(const Event& event) {
    std::string text(name(event.outcome));
    if (event.reason != Reason::none) text += fmt::format(" ({})", name(event.reason));
    if (event.attempts > 1) text += fmt::format(" x{}", event.attempts);
    return text;
}

std::string exception_for(const Options& options, const Subject& subject, std::string_view effect) {
    std::string who;
    append_json_string(options.who, who);  // TOML's basic strings escape as JSON's do
    return fmt::format("[[exception]]\neffect = \"{}\"\n{} = {}\nreason = \"why, and for whom\"\n", effect,
                       subject.is_address() ? "address" : "account", who);
}

/// What an operator could do about it, a sentence each.
std::vector<std::string> advice(const Options& options, const Subject& subject, const Findings& found) {
    std::vector<std::string> out;
    if (found.attempts == 0)
        out.emplace_back(
            "Nothing in these logs is about it. Is it written as in the log, and are these the right files?");
    if (found.takeover)
        out.push_back(fmt::format(
            "A right password came from where much speaks against it ({}, line {}): ask the owner of "
            "{}, and change the password if it was not him.",
            tell::harmless(found.takeover->event.file), found.takeover->event.line,
            tell::harmless(found.takeover->event.account)));
    if (found.stopped_successes > 0)
        out.push_back(
            "Log-ins with the right password would have been stopped. If that is a customer, allow it in the "
            "configuration:\n" +
            exception_for(options, subject, "allow"));
    if (found.stopped == 0 && found.failures > 0 && found.successes == 0)
        out.push_back(
            "It only fails and would not have been stopped. If you know that it is an attacker, deny it in "
            "the "
            "configuration:\n" +
            exception_for(options, subject, "deny"));
    if (found.stopped > 0 && found.stopped_successes == 0 && !found.takeover)
        out.emplace_back("Nothing to do: what would have been stopped had no right password.");
    return out;
}

void print_evidence(const judge::Policy& policy, std::string_view heading, const Kept& kept,
                    std::string& out) {
    const Verdict& verdict = kept.verdict;
    out += fmt::format("\n{}: {} {}:{}\n", heading, rfc3339(kept.event.time), tell::harmless(kept.event.file),
                       kept.event.line);
    for (const Evidence& piece : verdict.evidence.items())
        out += fmt::format("  {:>7}  {:<17} {}\n", tell::decibans(piece.weight), name(piece.kind),
                           tell::harmless(detail_in(policy, piece, kept.event)));
    out += fmt::format("  {:>7}  sum, held against {}: {}\n", tell::decibans(verdict.sum),
                       tell::decibans(verdict.threshold), name(verdict.measure));
}

void print_history(const Findings& found, std::string& out) {
    out += "\nHistory:\n";
    std::uint64_t shown = 0;
    for (const Kept& kept : found.history) shown += kept.event.attempts;
    if (shown < found.attempts)
        out += fmt::format("  ... {} before\n", tell::count(found.attempts - shown, "attempt", "attempts"));
    for (const Kept& kept : found.history) {
        const Event& event = kept.event;
        const auto pieces = kept.verdict.evidence.items();
        out += fmt::format("  {}  {:<6} {:>7}  {}, {} {} {}{}{}\n", rfc3339(event.time),
                           name(kept.verdict.measure), tell::decibans(kept.verdict.sum), outcome_words(event),
                           tell::words(event.service), event.address.is_none() ? "-" : event.address.text(),
                           tell::harmless(event.account), pieces.empty() ? "" : ": ",
                           pieces.empty() ? "" : name(pieces.front().kind));
    }
}

std::string in_text(const Options& options, const Ground& ground, const Subject& subject,
                    const Findings& found) {
    std::string out =
        fmt::format("{} {}: {}, {} with the right password, {} failed; {} would have been stopped\n",
                    subject.is_address() ? "Address" : "Account", tell::harmless(options.who),
                    tell::count(found.attempts, "attempt", "attempts"), tell::count(found.successes),
                    tell::count(found.failures), tell::count(found.stopped));
    if (!found.history.empty()) print_evidence(*ground.policy, "Last attempt", found.history.back(), out);
    if (found.last_stopped && found.last_stopped->event != found.history.back().event)
        print_evidence(*ground.policy, "Last that would have been stopped", *found.last_stopped, out);
    if (!found.history.empty()) print_history(found, out);
    for (const std::string& sentence : advice(options, subject, found)) out += '\n' + sentence + '\n';
    return out;
}

void append_attempt(const Ground& ground, const Kept& kept, std::string& out) {
    append_text(kept.event, out);
    out.pop_back();  // its closing brace
    append_judgement(*ground.policy, kept.event, kept.verdict, out);
    out += fmt::format(R"(,"threshold":{}}})", kept.verdict.threshold.value());
}

std::string in_json(const Options& options, const Ground& ground, const Subject& subject,
                    const Findings& found) {
    std::string out = R"({"who":)";
    append_json_string(options.who, out);
    out += fmt::format(
        R"(,"kind":"{}","attempts":{},"successes":{},"failures":{},"stopped":{},"stopped_successes":{},)"
        R"("suspected_takeover":{},"history":[)",
        subject.is_address() ? "address" : "account", found.attempts, found.successes, found.failures,
        found.stopped, found.stopped_successes, found.takeover.has_value());
    for (const Kept& kept : found.history) {
        if (&kept != &found.history.front()) out += ',';
        append_attempt(ground, kept, out);
    }
    out += "],\"advice\":[";
    const auto sentences = advice(options, subject, found);
    for (std::size_t i = 0; i < sentences.size(); ++i) {
        if (i > 0) out += ',';
        append_json_string(sentences[i], out);
    }
    return out + "]}\n";
}

int answer(const Options& options, const Ground& ground, judge::Judge judge) {
    const Subject subject(options.who, *ground.policy);
    Findings found;
    observe::Steps steps;
    steps.prepare = [&](observe::Work& work) { ground.prepare(work); };
    steps.fold = [&](observe::Work& work) { fold(judge, work); };
    steps.tally = [&](observe::Work& work) {
        const auto& events = work.batch.events;
        for (std::size_t i = 0; i < events.size(); ++i)
            if (is_counted(events[i]) && subject.fits(events[i], work.knocks[i]))
                found.add(events[i], work.verdicts[i]);
    };
    const auto done = read(ground.input, std::move(steps), options.choices.no_progress, [] { return false; });
    if (!done) {
        say(done.error());
        return bad_input;
    }
    int status = tell_of_errors(*done);
    Output out(STDOUT_FILENO);
    out.write(options.json ? in_json(options, ground, subject, found)
                           : in_text(options, ground, subject, found));
    if (!out.flush()) {
        say(out.error());
        status = bad_input;
    }
    return status;
}

/// Without logs the daemon is asked.
int why(const Options& options) {
    if (options.choices.files.empty()) {
        Operator daemon{.config = {}, .socket = options.socket, .author = {}};
        daemon.config = options.choices.config.empty() ? Operator().config : options.choices.config;
        return ask_why(daemon, options.who, options.json);
    }
    auto ground = lay_ground(options.choices);
    if (!ground) {
        for (const Error& error : ground.error()) say(error);
        return bad_input;
    }
    auto judge = make_judge(*ground, "");
    return answer(options, *ground, std::move(*judge));
}

}  // namespace

void add_why(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* command = program.add_subcommand("why", "The evidence for and against an address or an account");
    command
        ->add_option("who", options->who,
                     "An address, an account by any of its names, or of the daemon a refusal's code")
        ->type_name("ADDRESS|ACCOUNT|CODE")
        ->check([](const std::string& who) { return who.empty() ? "it is empty" : ""; })
        ->required();
    add_reading(*command, options->choices);
    add_judging(*command, options->choices);
    command->add_option("--socket", options->socket, "The daemon's control socket, where no logs are given")
        ->type_name("PATH");
    command->add_flag("--events", options->choices.events, "The files hold events in their text form");
    command->add_flag("--json", options->json, "The answer as one JSON object");
    command->footer(
        "Replays the logs and prints what was known at the last attempt, the sum, the threshold that it was "
        "held\n"
        "against, the history, and what to do about it. Without logs the running daemon is asked: what it "
        "would\n"
        "say now, and what it refused, by its code or of an account.\n"
        "Exit status: 0 whatever was found, or 2 for bad usage or input that could not be read whole.");
    command->callback([options, &status] { status = why(*options); });
}

}  // namespace tidegate::app

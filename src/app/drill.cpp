// tidegate drill: an attack is played against the judge, and what got through is measured.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "app/commands.h"
#include "app/drill_live.h"
#include "app/drill_through.h"
#include "app/interrupt.h"
#include "app/output.h"
#include "config/value.h"
#include "drill/record.h"
#include "drill/report.h"
#include "drill/shipped.h"
#include "tell/incident/forms.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

struct Options {
    std::string what;  // NAME[:VARIANT] or FILE[:VARIANT]; empty: list them
    std::string sensor = "edge";
    std::string html;
    std::string incident;  // where the record is written
    std::vector<std::string> without;
    std::optional<std::uint64_t> seed;
    std::uint32_t seeds = 0;  // 0: as the scenario says
    unsigned threads = 0;     // 0: one for each core
    bool json = false, ablate = false, no_progress = false;
    std::string through;  // a door of a daemon; empty: the judge itself is drilled
    std::string door = "api", key_file;
    double rate = ThroughOptions{}.rate;
    std::uint64_t limit = ThroughOptions{}.limit;
    LiveOptions live;
};

/// What is played: all variants, or the one that was named.
struct Chosen {
    std::string file;  // for messages
    drill::Scenarios scenarios;
    std::vector<const drill::Scenario*> variants;
};

bool is_file(const std::string& path) {
    struct stat about{};
    return ::stat(path.c_str(), &about) == 0 && !S_ISDIR(about.st_mode);
}

const drill::Shipped* shipped_named(std::string_view name) {
    const auto drills = drill::shipped();
    const auto found = std::ranges::find(drills, name, &drill::Shipped::name);
    return found == drills.end() ? nullptr : &*found;
}

template <class Items>
std::string listed(const Items& items) {
    std::string text;
    for (const auto& each : items) text += (text.empty() ? "" : ", ") + std::string(each);
    return text;
}

std::vector<std::string_view> variants_of(const drill::Scenarios& scenarios) {
    std::vector<std::string_view> names;
    for (const drill::Scenario& each : scenarios.variants) names.push_back(each.variant);
    return names;
}

Error unknown_drill(const std::string& name) {
    std::vector<std::string_view> names;
    for (const drill::Shipped& each : drill::shipped()) names.push_back(each.name);
    const auto meant = config::nearest(name, names);
    return {"", 0, fmt::format("no drill and no file is called '{}'", tell::harmless(name)),
            meant ? fmt::format("did you mean '{}'?", *meant)
                  : fmt::format("shipped are {}; a file of your own ends in .toml", listed(names))};
}

// A file may have a colon in its name: only what is no file is cut.
std::pair<std::string, std::string> cut(const std::string& what) {
    const auto colon = what.rfind(':');
    if (is_file(what) || colon == std::string::npos) return {what, ""};
    return {what.substr(0, colon), what.substr(colon + 1)};
}

std::expected<drill::Scenarios, std::vector<Error>> read(const std::string& name, std::string& file) {
    drill::Scenarios scenarios;
    file = name;
    if (const drill::Shipped* found = is_file(name) ? nullptr : shipped_named(name)) {
        file = name + ".toml";
        scenarios = drill::read_scenarios(found->text, file);
    } else if (is_file(name) || name.contains('/') || name.ends_with(".toml")) {
        scenarios = drill::load_scenarios(name);
    } else {
        return std::unexpected(std::vector{unknown_drill(name)});
    }
    if (!scenarios.errors.empty()) return std::unexpected(scenarios.errors);
    return scenarios;
}

Error no_such_variant(const Chosen& chosen, const std::string& variant) {
    const auto names = variants_of(chosen.scenarios);
    const auto meant = config::nearest(variant, names);
    return {chosen.file, 0, fmt::format("no variant is called '{}'", tell::harmless(variant)),
            meant ? fmt::format("did you mean '{}'?", *meant) : "it has " + listed(names)};
}

std::expected<Chosen, std::vector<Error>> choose(const std::string& what) {
    const auto [name, variant] = cut(what);
    Chosen chosen;
    auto scenarios = read(name, chosen.file);
    if (!scenarios) return std::unexpected(scenarios.error());
    chosen.scenarios = std::move(*scenarios);
    for (const drill::Scenario& each : chosen.scenarios.variants)
        if (variant.empty() || each.variant == variant) chosen.variants.push_back(&each);
    if (chosen.variants.empty()) return std::unexpected(std::vector{no_such_variant(chosen, variant)});
    std::vector<Error> errors;
    for (const drill::Scenario* each : chosen.variants) {
        const auto unknown = drill::unknown_measures(*each, chosen.file);
        if (errors.empty()) errors = unknown;
    }
    if (!errors.empty()) return std::unexpected(errors);
    return chosen;
}

/// What only makes sense where customers and bots log in.
std::optional<Error> not_for_crowds(const Chosen& chosen, const Options& options) {
    const bool crowd = std::ranges::any_of(chosen.variants, &drill::Scenario::is_crowd);
    if (!crowd) return std::nullopt;
    const char* option = options.sensor != "edge"   ? "--sensor"
                         : !options.through.empty() ? "--through"
                         : options.ablate           ? "--ablate"
                         : !options.without.empty() ? "--without"
                                                    : nullptr;
    if (option == nullptr) return std::nullopt;
    return Error{chosen.file, 0, fmt::format("{} for a drill about the edge", option),
                 "leave it out: the edge sees all there is"};
}

/// The kinds of evidence named, a bit each, as judge::Policy::without has them.
Result<std::uint64_t> evidence_bits(const std::vector<std::string>& names) {
    std::uint64_t bits = 0;
    for (const std::string& name : names) {
        const auto kinds = drill::evidence_names();
        const auto found = std::ranges::find(kinds, name);
        if (found == kinds.end())
            return std::unexpected(
                Error{"", 0, fmt::format("--without: no evidence is called '{}'", tell::harmless(name)),
                      "there are " + listed(kinds)});
        bits |= std::uint64_t{1} << (found - kinds.begin());
    }
    return bits;
}

/// The record of the first seed's attack, as Markdown or, where the file ends in .json, an object a line.
std::string record(const drill::Scenario& scenario, const std::vector<drill::Run>& runs, bool json) {
    const Incident* incident = runs.empty() ? nullptr : drill::record_of(scenario, runs.front().incidents);
    if (incident == nullptr)
        return json ? "" : fmt::format("{}: no incident was opened\n\n", full_name(scenario));
    // The accounts are simulated: nobody's name is told.
    const tell::IncidentFormOptions options{.zone = tell::Zone("UTC"), .names = true};
    return json ? tell::incident_json(*incident, options) + "\n"
                : tell::incident_markdown(*incident, options) + "\n";
}

Result<void> write_if_wanted(const std::string& file, std::string_view bytes) {
    return file.empty() ? Result<void>() : write_file(file, bytes);
}

/// Says what it does on standard error, where a person is looking.
class Progress {
public:
    explicit Progress(bool quiet) : quiet_(quiet || ::isatty(STDERR_FILENO) == 0) {}
    ~Progress() { say(""); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    void say(const std::string& text) {
        if (!quiet_) fmt::print(stderr, "\r\x1b[K{}", text);
    }

private:
    bool quiet_;
};

/// Every seed of one variant, several at once; in the order of the seeds.
std::vector<drill::Run> play(const drill::Scenario& scenario, const Options& options, drill::RunOptions how,
                             Progress& progress) {
    const std::uint32_t count = options.seeds > 0 ? options.seeds : options.seed ? 1 : scenario.seeds;
    const std::uint64_t first = options.seed.value_or(1);
    std::vector<drill::Run> runs(count);
    std::atomic<std::uint32_t> next = 0;
    std::mutex telling;
    const auto work = [&] {
        for (std::uint32_t i = next++; i < count; i = next++) {
            {
                const std::scoped_lock lock(telling);
                progress.say(
                    fmt::format("{}: seed {} ({} of {})", full_name(scenario), first + i, i + 1, count));
            }
            drill::RunOptions mine = how;
            mine.seed = first + i;
            runs[i] = drill::run(scenario, mine);
        }
    };
    const unsigned cores = options.threads > 0 ? options.threads : std::thread::hardware_concurrency();
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < std::min(cores, count); ++i) others.emplace_back(work);
    work();
    others.clear();
    return runs;
}

int ablate(const Chosen& chosen, const Options& options, const drill::RunOptions& how, Output& out) {
    Progress progress(options.no_progress);
    const auto kinds = drill::evidence_names();
    for (const drill::Scenario* scenario : chosen.variants) {
        std::vector<drill::Ablated> rows;
        for (std::size_t i = 0; i <= kinds.size(); ++i) {
            if (i > 0 && kinds[i - 1] == name(EvidenceKind::exception)) continue;  // a drill has none
            drill::RunOptions mine = how;
            if (i > 0) mine.without |= std::uint64_t{1} << (i - 1);
            auto done = drill::drilled(*scenario, how.sensor, play(*scenario, options, mine, progress));
            rows.push_back({i == 0 ? "" : std::string(kinds[i - 1]), done.counts});
        }
        progress.say("");
        out.write(drill::ablation_text(*scenario, how.sensor, rows));
    }
    return all_well;
}

int drill_all(const Chosen& chosen, const Options& options, const drill::RunOptions& how, Output& out) {
    Progress progress(options.no_progress);
    int status = all_well;
    std::vector<drill::Drilled> done;
    std::string records;
    for (const drill::Scenario* scenario : chosen.variants) {
        const std::vector<drill::Run> runs = play(*scenario, options, how, progress);
        records += record(*scenario, runs, options.incident.ends_with(".json"));
        done.push_back(drill::drilled(*scenario, how.sensor, runs));
        if (!drill::all_held(done.back().checks)) status = found_wrong;
        progress.say("");
        if (done.size() > 1 && !options.json) out.write("\n");
        out.write(options.json ? report_json(done.back()) : report_text(done.back()));
        if (!out.flush()) break;
    }
    if (const auto written = write_if_wanted(options.incident, records); !written) {
        say(written.error());
        return bad_input;
    }
    if (options.html.empty()) return status;
    if (const auto written = write_file(options.html, drill::report_page(done, TIDEGATE_VERSION)); !written) {
        say(written.error());
        return bad_input;
    }
    return status;
}

/// The first line of `file`; empty where none is named.
Result<std::string> key_in(const std::string& file) {
    if (file.empty()) return std::string();
    auto bytes = read_file(file);
    if (bytes) bytes->resize(std::min(bytes->find('\n'), bytes->size()));
    return bytes;
}

Result<DoorTalk> knock_at(const Options& options) {
    auto place = door_place(options.through);
    if (!place) return std::unexpected(place.error());
    auto key = key_in(options.key_file);
    if (!key) return std::unexpected(key.error());
    const auto kind = options.door == "api" ? DoorTalk::Kind::api : DoorTalk::Kind::auth_policy;
    return DoorTalk(kind, std::move(*place), std::move(*key));
}

int drill_through(const Chosen& chosen, const Options& options, const drill::RunOptions& how, Output& out) {
    auto door = knock_at(options);
    if (!door) {
        say(door.error());
        return bad_input;
    }
    const drill::Scenario& scenario = *chosen.variants.front();
    const ThroughOptions through{
        .seed = options.seed.value_or(1), .sensor = how.sensor, .rate = options.rate, .limit = options.limit};
    watch_for_interrupts();
    Progress progress(options.no_progress);
    progress.say(fmt::format("{}: what comes before is simulated", full_name(scenario)));
    double told = 0;
    const auto counts = play_through(scenario, through, *door, [&](const ThroughCounts& so_far) {
        if (so_far.seconds >= told + 1) {
            told = so_far.seconds;
            progress.say(fmt::format("{}: {} of {}", full_name(scenario),
                                     tell::count(so_far.customers.tries + so_far.attack.tries),
                                     tell::count(through.limit, "try", "tries")));
        }
        return !interrupted();
    });
    progress.say("");
    out.write(options.json ? through_json(scenario, through, counts)
                           : through_text(scenario, through, counts));
    if (counts.trouble.empty()) return all_well;
    say(counts.trouble);
    return bad_input;
}

/// Real sockets carry what is about the edge; log-ins by the million are for a simulation.
std::optional<Error> not_live(const Chosen& chosen) {
    const bool crowd = std::ranges::all_of(chosen.variants, &drill::Scenario::is_crowd);
    if (crowd) return std::nullopt;
    return Error{chosen.file, 0, "--live for a drill about log-ins",
                 "connections and storm can be played live; this one through a daemon's door: --through"};
}

int drill_live_all(const Chosen& chosen, const Options& options, Output& out) {
    if (const auto error = not_live(chosen)) {
        say(*error);
        return bad_input;
    }
    const auto all = given(options.live);
    if (!all) {
        say(all.error());
        return bad_input;
    }
    watch_for_interrupts();
    Progress progress(options.no_progress);
    int status = all_well;
    for (const drill::Scenario* scenario : chosen.variants) {
        const auto done = drill_live(
            *scenario, options.seed.value_or(1), *all, [](const std::string& text) { say(text); },
            [&](const std::string& text) { progress.say(text); });
        progress.say("");
        if (!done) {
            say(done.error());
            return bad_input;
        }
        if (!drill::all_held(done->checks)) status = found_wrong;
        if (scenario != chosen.variants.front() && !options.json) out.write("\n");
        out.write(options.json ? report_json(*done) : report_text(*done));
        if (!out.flush() || interrupted()) break;
    }
    return status;
}

int list_all() {
    Output out(STDOUT_FILENO);
    for (const drill::Shipped& each : drill::shipped()) {
        const drill::Scenarios scenarios = drill::read_scenarios(each.text, std::string(each.name) + ".toml");
        for (const drill::Scenario& scenario : scenarios.variants)
            out.write(fmt::format("{:<24} {}\n", full_name(scenario), scenario.about));
    }
    return out.flush() ? all_well : bad_input;
}

int drill_command(const Options& options) {
    if (options.what.empty()) return list_all();
    const auto chosen = choose(options.what);
    if (!chosen) {
        for (const Error& error : chosen.error()) say(error);
        return bad_input;
    }
    if (const auto error = not_for_crowds(*chosen, options)) {
        say(*error);
        return bad_input;
    }
    const auto without = evidence_bits(options.without);
    if (!without) {
        say(without.error());
        return bad_input;
    }
    const drill::RunOptions how{.sensor = drill::sensor_named(options.sensor).value_or(drill::Sensor::edge),
                                .without = *without};
    Output out(STDOUT_FILENO);
    int status = options.live.live          ? drill_live_all(*chosen, options, out)
                 : !options.through.empty() ? drill_through(*chosen, options, how, out)
                 : options.ablate           ? ablate(*chosen, options, how, out)
                                            : drill_all(*chosen, options, how, out);
    if (!out.flush()) {
        say(out.error());
        status = bad_input;
    }
    return status;
}

void add_options(CLI::App& command, Options& options) {
    command
        .add_option("what", options.what,
                    "A shipped drill or a scenario file; without a variant: all of them")
        ->type_name("NAME[:VARIANT]|FILE[:VARIANT]");
    command.add_option("--sensor", options.sensor, "What is seen of each try: logs, policy or edge")
        ->type_name("SENSOR")
        ->check([](const std::string& name) {
            return drill::sensor_named(name) ? "" : "expected logs, policy or edge";
        })
        ->capture_default_str();
    command.add_option("--seed", options.seed, "The first seed; alone, the only one")->type_name("N");
    command
        .add_option("--seeds", options.seeds,
                    "How many seeds, from --seed or 1 on; by default as the scenario says")
        ->type_name("COUNT")
        ->check(CLI::Range(1U, 1000U));
    command.add_flag("--json", options.json, "An object a line for each variant and seed");
    command
        .add_option(
            "--incident", options.incident,
            "Writes the record of the attack (of the first seed) as Markdown, or JSON if FILE ends in .json")
        ->type_name("FILE");
    command.add_option("--html", options.html, "Writes one page without outside parts, too")
        ->type_name("FILE");
    command.add_option("--without", options.without, "Leaves out a kind of evidence; may be repeated")
        ->type_name("KIND")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command.add_flag("--ablate", options.ablate,
                     "Instead: what each kind of evidence is worth, by leaving it out");
    command.add_option("--threads", options.threads, "Seeds played at once; by default one for each core")
        ->type_name("N")
        ->check(CLI::Range(1U, 256U));
    command.add_flag("--no-progress", options.no_progress, "No progress on standard error");
}

void add_through(CLI::App& command, Options& options) {
    auto* through =
        command
            .add_option("--through", options.through,
                        "Plays where the attack begins through a door of a running daemon; it learns what it "
                        "is told, so one of its own")
            ->type_name("URL|SOCKET");
    for (const char* other : {"--seeds", "--html", "--incident", "--without", "--ablate", "--threads"})
        through->excludes(command.get_option(other));
    command.add_option("--door", options.door, "What kind of door that is: api or auth-policy")
        ->type_name("KIND")
        ->check(CLI::IsMember({"api", "auth-policy"}))
        ->needs(through)
        ->capture_default_str();
    command.add_option("--key-file", options.key_file, "The door's key, in the first line")
        ->type_name("FILE")
        ->needs(through);
    command.add_option("--rate", options.rate, "Tries a second; 0: as fast as the door answers")
        ->type_name("N")
        ->check(CLI::Range(0.0, 1e6))
        ->needs(through)
        ->capture_default_str();
    command.add_option("--limit", options.limit, "How many tries, a quarter of them before the attack")
        ->type_name("COUNT")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}))
        ->needs(through)
        ->capture_default_str();
}

}  // namespace

void add_drill(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* command = program.add_subcommand("drill", "Plays an attack against the judge and measures it");
    add_options(*command, *options);
    add_through(*command, *options);
    add_live(
        *command, options->live,
        {"--sensor", "--seeds", "--html", "--incident", "--without", "--ablate", "--threads", "--through"});
    command->footer(
        "A fire drill: customers and botnets of a scenario come for a simulated day or more, and the same "
        "judge\n"
        "that `replay` uses answers them. Without a name: lists what is shipped. docs/drills.md explains the "
        "figures\nand how to write a scenario.\n"
        "Exit status: 0 if every check held (of all seeds together), 1 if one did not, 2 for bad usage or "
        "input.");
    command->callback([options, &status] { status = drill_command(*options); });
}

}  // namespace tidegate::app

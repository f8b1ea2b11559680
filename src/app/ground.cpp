#include "app/ground.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <thread>

#include "config/settings.h"
#include "judge/thresholds.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

std::vector<wire::CustomPattern> patterns_of(const config::Settings& settings) {
    std::vector<wire::CustomPattern> patterns;
    for (const config::Pattern& each : settings.patterns)
        patterns.push_back(
            {each.name, each.program, each.regex, each.service, each.kind, each.outcome, each.reason});
    return patterns;
}

judge::Exception exception_of(const config::Exception& from) {
    judge::Exception to;
    to.effect = from.allow.value_or(false) ? judge::Exception::Effect::allow : judge::Exception::Effect::deny;
    to.prefix = from.prefix;
    to.as_number = from.as_number;
    to.account = from.account;
    to.reason = from.reason;
    to.author = from.author;
    to.expires = from.expires;
    return to;
}

judge::Policy policy_of(const config::Settings& settings) {
    judge::Policy policy;
    policy.default_realm = settings.accounts.default_realm;
    policy.strip_plus_tag = settings.accounts.strip_plus_tag;
    policy.aliases.insert(settings.accounts.aliases.begin(), settings.accounts.aliases.end());
    for (const config::Exception& each : settings.exceptions) policy.exceptions.push_back(exception_of(each));
    for (const config::Forwarder& each : settings.forwarders)
        if (each.network) policy.forwarders.push_back(*each.network);
    policy.slow_at = settings.judge.slow_at;
    policy.defer_at = settings.judge.defer_at;
    policy.refuse_at = settings.judge.refuse_at;
    policy.memory_bytes = settings.judge.memory_bytes;
    return policy;
}

// The configuration's lists and those of the command line, which are named after their files.
std::vector<config::List> lists_of(const Choices& choices, const config::Settings& settings) {
    std::vector<config::List> lists = settings.lists;
    for (const std::string& path : choices.lists) {
        config::List list;
        list.name = std::filesystem::path(path).stem().string();
        list.path = path;
        lists.push_back(std::move(list));
    }
    return lists;
}

observe::Input input_of(const Choices& choices, const config::Settings& settings) {
    observe::Input input;
    input.files = choices.files;
    input.event_text = choices.events;
    input.year = choices.year ? choices.year : settings.log.year;
    input.zone = choices.zone.empty() ? settings.log.zone : choices.zone;
    input.patterns = patterns_of(settings);
    input.threads =
        choices.threads != 0 ? choices.threads : std::max(1U, std::thread::hardware_concurrency());
    return input;
}

/// Loads one thing after the other and keeps what went wrong.
class Laying {
public:
    explicit Laying(const Choices& choices) : choices_(choices) {}

    std::expected<Ground, std::vector<Error>> lay() {
        if (!choices_.config.empty()) {
            auto loaded = config::load(choices_.config);
            settings_ = std::move(loaded.settings);
            errors_ = std::move(loaded.errors);
        }
        judge::Policy policy = policy_of(settings_);
        load_as_tables(policy);
        load_lists(policy);
        add_dns_lists(policy);
        if (!errors_.empty()) return std::unexpected(std::move(errors_));
        policy.seal();
        ground_.input = input_of(choices_, settings_);
        ground_.zone = ground_.input.zone;
        describe(policy);
        ground_.configured = std::move(settings_);
        ground_.policy = std::make_shared<const judge::Policy>(std::move(policy));
        return std::move(ground_);
    }

private:
    void load_as_tables(judge::Policy& policy) {
        std::vector<std::string> files = choices_.as_tables;
        if (files.empty() && !settings_.as_table.empty()) files.push_back(settings_.as_table);
        if (files.empty()) return;
        auto table = observe::AsTable::load(files);
        if (!table) {
            errors_.push_back(std::move(table.error()));
            return;
        }
        ground_.as_table = std::move(*table);
        policy.as_table = true;
        for (const std::string& file : files) tell("AS table", file);
    }

    void load_lists(judge::Policy& policy) {
        constexpr std::size_t most = observe::LiveLists::most;
        const auto lists = lists_of(choices_, settings_);
        if (lists.size() > most)
            errors_.push_back({choices_.config, 0, "more than 32 block lists", "put several into one file"});
        if (lists.empty() || lists.size() > most) return;
        auto loaded = observe::LiveLists::load(files_of(lists));
        if (!loaded) {
            for (Error& error : loaded.error()) errors_.push_back(std::move(error));
            return;
        }
        ground_.lists = std::move(*loaded);
        for (std::size_t i = 0; i < lists.size(); ++i) {
            judge::ListPrior prior;
            prior.name = lists[i].name;
            prior.weight = lists[i].weight.value_or(prior.weight);
            tell("list " + prior.name,
                 fmt::format("{} entries, prior {}", tell::count(ground_.lists->size(i)),
                             tell::decibans(prior.weight)));
            policy.lists.push_back(std::move(prior));
        }
    }

    // Their bits follow those of the files; only the daemon asks them.
    void add_dns_lists(judge::Policy& policy) const {
        for (const config::DnsList& each : settings_.dns_lists) {
            judge::ListPrior prior;
            prior.name = each.called();
            if (each.weight) prior.weight = *each.weight;
            policy.lists.push_back(std::move(prior));
        }
    }

    static std::vector<observe::ListFile> files_of(const std::vector<config::List>& lists) {
        std::vector<observe::ListFile> files;
        for (const config::List& each : lists)
            files.push_back({.name = each.name, .path = each.path, .format = format_named(each.format)});
        return files;
    }

    static observe::ListFormat format_named(std::string_view name) {
        using enum observe::ListFormat;
        constexpr std::array formats{detect, cidr, ipset, ip4set, ip4trie, ip6trie, drop_json};
        static_assert(formats.size() == config::list_formats.size());
        const auto found = std::ranges::find(config::list_formats, name);
        return found == config::list_formats.end()
                   ? detect
                   : formats[static_cast<std::size_t>(found - config::list_formats.begin())];
    }

    void describe(const judge::Policy& policy) {
        const auto at = judge::thresholds(policy, 0);
        tell("thresholds",
             fmt::format("slow {}, defer {}, refuse {}, where attacks and log-ins are as many",
                         tell::decibans(at.slow), tell::decibans(at.defer), tell::decibans(at.refuse)));
        tell("memory", fmt::format("{} MiB", policy.memory_bytes >> 20));
        if (!choices_.config.empty()) tell("configuration", choices_.config);
        if (!policy.default_realm.empty()) tell("default realm", policy.default_realm);
        if (!policy.exceptions.empty()) tell("exceptions", std::to_string(policy.exceptions.size()));
    }

    void tell(std::string what, std::string how) {
        ground_.settings.emplace_back(std::move(what), std::move(how));
    }

    const Choices& choices_;
    config::Settings settings_;
    Ground ground_;
    std::vector<Error> errors_;
};

}  // namespace

void add_reading(CLI::App& command, Choices& choices) {
    command.add_option("--config", choices.config, "Settings, as docs/configuration.md says")
        ->type_name("FILE");
    command.add_option("--year", choices.year, "Year of times without one (else as fits the file's date)")
        ->check(CLI::Range(1970, 9999))
        ->type_name("YEAR");
    command
        .add_option("--zone", choices.zone,
                    "Time zone of times without one, like Europe/Vienna (else the machine's)")
        ->type_name("ZONE");
    command
        .add_option("--threads", choices.threads,
                    "Threads to work with (else all cores); the result is the same")
        ->check(CLI::Range(1, 256))
        ->type_name("N");
    command.add_flag("--no-progress", choices.no_progress, "No progress on standard error");
    command
        .add_option("files", choices.files,
                    "Logs: plain, gzip or zstd, read in order of time; - is standard input")
        ->type_name("FILE");
}

void add_judging(CLI::App& command, Choices& choices) {
    command
        .add_option(
            "--as-table", choices.as_tables,
            "Which network belongs to which AS: iptoasn.com's table or a MaxMind-format file; repeatable")
        ->type_name("FILE")
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command
        .add_option("--list", choices.lists,
                    "A block list: networks, ipset save, rbldnsd or Spamhaus DROP; repeatable")
        ->type_name("FILE")
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void Ground::place(Event& event) const {
    if (event.as_number == 0 && as_table.size() != 0) event.as_number = as_table.number(event.address);
    if (lists) event.lists |= lists->look(event.address);
}

void Ground::prepare(observe::Work& work) const {
    work.knocks.clear();
    work.knocks.reserve(work.batch.events.size());
    for (Event& event : work.batch.events) {
        place(event);
        work.knocks.push_back(judge::make_knock(event, *policy));
    }
    work.verdicts.resize(work.batch.events.size());
}

std::expected<Ground, std::vector<Error>> lay_ground(const Choices& choices) {
    return Laying(choices).lay();
}

}  // namespace tidegate::app

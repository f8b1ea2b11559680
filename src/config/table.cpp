#include "config/table.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;

constexpr std::size_t most_lists = 32;  // bits in Event::lists

constexpr Setting log_settings[] = {
    {"year", "whole number", "the one that fits the file's date",
     "Year of log lines whose time has none (RFC 3164). The command line's `--year` goes first.",
     [](const Value& value, Settings& to) {
         std::int64_t year = 0;
         auto complaint = take_whole(value, 1970, 9999, year);
         if (!complaint) to.log.year = static_cast<int>(year);
         return complaint;
     }},
    {"zone", "text", "the machine's zone",
     "Time zone of log lines whose time has none, by its IANA name. The command line's `--zone` goes first.",
     [](const Value& value, Settings& to) { return take_text(value, to.log.zone); }},
};

constexpr Setting account_settings[] = {
    {"default_realm", "text", "none",
     "Domain that is added to account names without one, so that `bob` and `bob@example.org` are one "
     "account.",
     [](const Value& value, Settings& to) { return take_text(value, to.accounts.default_realm); }},
    {"strip_plus_tag", "true or false", "true",
     "Whether `bob+shop@example.org` is the account `bob@example.org`.",
     [](const Value& value, Settings& to) { return take_bool(value, to.accounts.strip_plus_tag); }},
    {"aliases", "table of texts", "none", "Names under which an account logs in, and the account's own name.",
     [](const Value& value, Settings& to) {
         TextMap map;
         auto complaint = take_map(value, map);
         to.accounts.aliases.assign(map.begin(), map.end());
         return complaint;
     }},
};

constexpr std::string_view by_itself = "follows from what the sensors can see";

constexpr Setting judge_settings[] = {
    {"slow_at", "decibans", by_itself, "Sum of evidence from which an attempt is answered slowly.",
     [](const Value& value, Settings& to) { return take_decibans(value, to.judge.slow_at); }},
    {"defer_at", "decibans", by_itself, "Sum from which it is asked to come again later.",
     [](const Value& value, Settings& to) { return take_decibans(value, to.judge.defer_at); }},
    {"refuse_at", "decibans", by_itself,
     "Sum from which it is refused before the password database is asked.",
     [](const Value& value, Settings& to) { return take_decibans(value, to.judge.refuse_at); }},
    {"memory", "text or bytes", "\"256MiB\"",
     "All of the judge's tables together, whatever comes; the least useful is forgotten first. A number of "
     "bytes or a "
     "text with KiB, MiB or GiB.",
     [](const Value& value, Settings& to) {
         return take_bytes(value, std::size_t{8} << 20, std::size_t{1} << 40, to.judge.memory_bytes);
     }},
};

Wrong check_thresholds(const Settings& all) {
    const Judging& judge = all.judge;
    const auto above = [](const std::optional<Decibans>& low, const std::optional<Decibans>& high) {
        return low && high && *low > *high;
    };
    if (above(judge.slow_at, judge.defer_at) || above(judge.defer_at, judge.refuse_at) ||
        above(judge.slow_at, judge.refuse_at))
        return {
            {"the thresholds are out of order", "slow_at must not exceed defer_at, nor defer_at refuse_at"}};
    return std::nullopt;
}

constexpr Setting as_settings[] = {
    {"table", "path", "none; /16 and /32 networks stand in",
     "Which network belongs to which autonomous system: a table of iptoasn.com (tab-separated, plain or "
     "gzip) or a "
     "MaxMind-format file (.mmdb).",
     [](const Value& value, Settings& to) { return take_text(value, to.as_table); }},
};

constexpr Setting list_settings[] = {
    {"name", "text", "", "What the list is called in verdicts and reports.",
     [](const Value& value, Settings& to) { return take_text(value, to.lists.back().name); }, true},
    {"path", "path", "",
     "Where it lies: plain, gzip or zstd. `serve` reads it again when it changes (docs/formats.md says how).",
     [](const Value& value, Settings& to) { return take_text(value, to.lists.back().path); }, true},
    {"format", "text", "\"auto\"",
     "`cidr` (a network a line; Spamhaus DROP's text too), `ipset` (what `ipset save` prints), "
     "`rbldnsd-ip4set`, "
     "`rbldnsd-ip4trie`, `rbldnsd-ip6trie`, `drop-json` (Spamhaus DROP), or `auto`, which looks at the file.",
     [](const Value& value, Settings& to) {
         std::size_t index = 0;
         auto complaint = take_choice(value, list_formats, index);
         if (!complaint) to.lists.back().format = list_formats[index];
         return complaint;
     }},
    {"weight", "decibans", "10",
     "What being named by it weighs before anything was learned here; how its members behave here decides "
     "soon.",
     [](const Value& value, Settings& to) { return take_decibans(value, to.lists.back().weight); }},
};

Wrong check_list(const Settings& all) {
    const auto same = [&](const List& list) { return list.name == all.lists.back().name; };
    const auto asked = [&](const DnsList& other) { return other.called() == all.lists.back().name; };
    if (all.lists.size() + all.dns_lists.size() > most_lists)
        return {{"more than 32 lists", "put several into one file"}};
    if (std::ranges::count_if(all.lists, same) > 1 || std::ranges::any_of(all.dns_lists, asked))
        return {{"two lists are called '" + all.lists.back().name + "'", "give each a name of its own"}};
    return std::nullopt;
}

constexpr std::string_view effects[] = {"allow", "deny"};

constexpr Setting exception_settings[] = {
    {"effect", "text", "",
     "`allow`: never stopped, whatever the evidence. `deny`: always refused. Where both fit, `allow` wins.",
     [](const Value& value, Settings& to) {
         std::size_t index = 0;
         auto complaint = take_choice(value, effects, index);
         if (!complaint) to.exceptions.back().allow = index == 0;
         return complaint;
     },
     true},
    {"address", "text", "",
     "The client's address. One of `address`, `network`, `as` and `account` must be there.",
     [](const Value& value, Settings& to) { return take_address(value, to.exceptions.back().prefix); }},
    {"network", "text", "", "A network in CIDR form.",
     [](const Value& value, Settings& to) { return take_network(value, to.exceptions.back().prefix); }},
    {"as", "whole number", "", "An autonomous system; needs `[as] table`, or events that carry the number.",
     [](const Value& value, Settings& to) {
         std::int64_t number = 0;
         auto complaint = take_whole(value, 1, UINT32_MAX, number);
         if (!complaint) to.exceptions.back().as_number = static_cast<std::uint32_t>(number);
         return complaint;
     }},
    {"account", "text", "", "An account, by any of its names.",
     [](const Value& value, Settings& to) { return take_text(value, to.exceptions.back().account); }},
    {"reason", "text", "", "Why; shown with every verdict that it decides.",
     [](const Value& value, Settings& to) { return take_text(value, to.exceptions.back().reason); }, true},
    {"author", "text", "", "Who decided it.",
     [](const Value& value, Settings& to) { return take_text(value, to.exceptions.back().author); }},
    {"expires", "time or date", "never",
     "From then on it has no effect (compared with the time of each event).",
     [](const Value& value, Settings& to) { return take_time(value, to.exceptions.back().expires); }},
};

Wrong check_exception(const Settings& all) {
    const Exception& exception = all.exceptions.back();
    const int subjects =
        (exception.prefix ? 1 : 0) + (exception.as_number ? 1 : 0) + (exception.account.empty() ? 0 : 1);
    if (subjects == 1) return std::nullopt;
    const std::string what = subjects == 0 ? "an exception for nobody" : "an exception for several subjects";
    return {{what, "give exactly one of address, network, as and account"}};
}

constexpr Setting pattern_settings[] = {
    {"name", "text", "", "What the pattern is called in messages; events carry it as their `program`.",
     [](const Value& value, Settings& to) { return take_text(value, to.patterns.back().name); }, true},
    {"regex", "text", "",
     "What the message of a line (after `program[pid]: `) must contain, in RE2's syntax. Named groups: "
     "`address` "
     "(required), `account`, `port`, `session`, `method`, `ehlo`.",
     [](const Value& value, Settings& to) { return take_text(value, to.patterns.back().regex); }, true},
    {"program", "text", "any", "Only lines of this program.",
     [](const Value& value, Settings& to) { return take_text(value, to.patterns.back().program); }},
    {"service", "text", "unknown", "`smtp`, `submission`, `imap`, `pop3`, `managesieve` or `webmail`.",
     [](const Value& value, Settings& to) { return take_name(value, to.patterns.back().service); }},
    {"event", "text", "\"attempt\"",
     "What such a line says: `attempt`, `connect`, `disconnect`, `listed`, `reject`.",
     [](const Value& value, Settings& to) { return take_name(value, to.patterns.back().kind); }},
    {"outcome", "text", "\"failure\"", "Of an attempt: `success`, `failure` or `abort`.",
     [](const Value& value, Settings& to) { return take_name(value, to.patterns.back().outcome); }},
    {"reason", "text", "\"other\"",
     "Why it failed: `bad_password`, `unknown_account`, ... as in docs/formats.md.",
     [](const Value& value, Settings& to) { return take_name(value, to.patterns.back().reason); }},
};

constexpr Section judging_sections[] = {
    {"log", "How logs are read.", "[log]\nzone = \"Europe/Vienna\"\n", log_settings},
    {"accounts", "When two names are one account. Upper and lower case never matter.",
     "[accounts]\ndefault_realm = \"example.org\"\naliases = { \"info\" = \"bob@example.org\" }\n",
     account_settings},
    {"judge",
     "When an attempt is stopped. Evidence is weighed in decibans (ten times the base-10 logarithm of a "
     "likelihood "
     "ratio); their sum is held against these thresholds. They hold where attacks and log-ins are as many, "
     "and move within "
     "bounds: the rarer attacks are here, the more evidence it takes.",
     "[judge]\nmemory = \"512MiB\"\n", judge_settings, nullptr, check_thresholds},
    {"as", "Autonomous systems.", "[as]\ntable = \"/var/lib/tidegate/ip2asn-combined.tsv.gz\"\n",
     as_settings},
    {"list", "A block list in a local file; up to 32 of them.",
     "[[list]]\nname = \"drop\"\npath = \"/var/lib/tidegate/drop_v4.json\"\nweight = 15\n", list_settings,
     [](Settings& to, std::uint64_t) { to.lists.emplace_back(); }, check_list},
    {"exception", "An operator's word about an address, a network, an autonomous system or an account.",
     "[[exception]]\neffect = \"allow\"\nnetwork = \"198.51.100.0/24\"\nreason = \"our office\"\nauthor = "
     "\"bob\"\n"
     "expires = 2030-01-31\n",
     exception_settings, [](Settings& to, std::uint64_t) { to.exceptions.emplace_back(); }, check_exception},
    {"pattern", "A kind of log line that Tidegate does not know by itself.",
     "[[pattern]]\nname = \"our-gateway\"\nprogram = \"gateway\"\n"
     "regex = 'login failed for (?P<account>\\S+) from (?P<address>[0-9a-f.:]+)'\nservice = \"imap\"\n"
     "reason = \"bad_password\"\n",
     pattern_settings, [](Settings& to, std::uint64_t line) { to.patterns.emplace_back().line = line; }},
};

}  // namespace

std::span<const Section> sections() {
    static const std::vector<Section> all = [] {
        std::vector<Section> both(std::begin(judging_sections), std::end(judging_sections));
        const auto serving = serving_sections();
        both.insert(both.end(), serving.begin(), serving.end());
        for (const auto more :
             {edge_sections(), dns_list_sections(), firewall_sections(), alert_sections(), on_call_sections(),
              console_sections(), case_sections(), status_sections(), queue_sections(), report_sections()})
            both.insert(both.end(), more.begin(), more.end());
        return both;
    }();
    return all;
}

}  // namespace tidegate::config

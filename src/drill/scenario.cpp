#include "drill/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "config/tree.h"
#include "drill/scenario_keys.h"

namespace tidegate::drill {
namespace {

using config::Tree;
using Branch = Tree::Branch;

constexpr std::size_t most_parts = 100;  // tables of one kind

// A scenario while it is read, and where its parts were written last.
struct Draft {
    Scenario scenario;
    std::map<std::string, std::uint64_t, std::less<>> lines;  // "botnet.flood"
};

/// One pass over a document; collects everything that is wrong.
class Reading {
public:
    explicit Reading(std::string file) : file_(std::move(file)) {}

    Scenarios result;

    void document(const Tree& root, std::string name) {
        Draft base;
        base.scenario.name = std::move(name);
        apply(root, "", base);
        const Tree* variants = root.find("variant");
        if (variants == nullptr)
            finish(std::move(base));
        else
            all_variants(*variants, base);
        checks(root);
        std::ranges::sort(result.errors, {},
                          [](const Error& error) { return std::tie(error.line, error.what); });
    }

    void complain(std::uint64_t line, std::string what, std::string mend) {
        result.errors.push_back({file_, line, std::move(what), std::move(mend)});
    }

private:
    // Settings of `table` (the document, or a variant called `where`) over what `draft` has.
    void apply(const Tree& table, const std::string& where, Draft& draft) {
        for (const Branch& branch : table.branches) {
            const std::string& name = branch.name;
            if (name == "list") {
                parts(branch, list_keys(), draft.scenario.lists, draft);
            } else if (name == "customers") {
                parts(branch, customer_keys(), draft.scenario.customers, draft);
            } else if (name == "botnet") {
                parts(branch, botnet_keys(), draft.scenario.botnets, draft);
            } else if (name == "connections") {
                parts(branch, flood_keys(), draft.scenario.floods, draft);
            } else if (name == "mail") {
                parts(branch, mail_keys(), draft.scenario.mail, draft);
            } else if (name == "clients") {
                parts(branch, client_keys(), draft.scenario.clients, draft);
            } else if (name == "servers") {
                settings(branch, "[servers]", server_keys(), draft.scenario.servers);
            } else if (name == "mail_servers") {
                settings(branch, "[mail_servers]", server_keys(), draft.scenario.mail_servers);
            } else if (name == "edge") {
                settings(branch, "[edge]", edge_keys(), draft.scenario.edge);
            } else if (name == "change") {
                changes(branch.tree, draft.scenario);
            } else if (!top_level(branch, where)) {
                setting(branch, where.empty() ? "the scenario" : where, scenario_keys(), draft.scenario);
            }
        }
    }

    // What is read elsewhere, or not at all.
    bool top_level(const Branch& branch, const std::string& where) {
        if (branch.name == "flows") {
            complain(branch.line, "'flows' cannot be simulated yet", "remove the table");
            return true;
        }
        if (where.empty()) return branch.name == "variant" || branch.name == "check";
        if (branch.name == "check")
            complain(branch.line, "a check inside a variant",
                     fmt::format("write [[check]] outside, with variants = [\"...\"]"));
        return branch.name == "check" || branch.name == "based_on";
    }

    template <class Part>
    void parts(const Branch& branch, std::span<const Key<Part>> keys, std::vector<Part>& to, Draft& draft) {
        if (branch.tree.kind != Tree::Kind::table)
            return complain(branch.line, fmt::format("'{}' is no table", branch.name),
                            fmt::format("write [{}.NAME] on a line of its own", branch.name));
        for (const Branch& each : branch.tree.branches) {
            const std::string title = fmt::format("[{}.{}]", branch.name, each.name);
            draft.lines[branch.name + '.' + each.name] = each.line;
            settings(each, title, keys, named(each, branch.name, to));
        }
    }

    // The part of that name, made where there is none yet.
    template <class Part>
    Part& named(const Branch& branch, const std::string& kind, std::vector<Part>& parts) {
        const auto found = std::ranges::find(parts, branch.name, &Part::name);
        if (found != parts.end()) return *found;
        if (parts.size() >= most_parts)
            complain(branch.line, fmt::format("more than {} [{}.NAME]", most_parts, kind), "take fewer");
        if (kind == "botnet" && branch.tree.find("addresses") == nullptr &&
            branch.tree.find("accounts") == nullptr)
            complain(branch.line, fmt::format("[botnet.{}] without 'addresses'", branch.name),
                     "a new botnet says how many addresses it has; is the name right?");
        Part part;
        part.name = branch.name;
        return parts.size() >= most_parts ? parts.back() : parts.emplace_back(std::move(part));
    }

    // In a variant: instead of the file's own.
    void changes(const Tree& list, Scenario& scenario) {
        if (list.kind != Tree::Kind::list)
            return complain(list.line, "'change' may be given several times",
                            "write [[change]] on a line of its own");
        if (list.items.size() > most_parts)
            complain(list.line, fmt::format("more than {} [[change]]", most_parts), "take fewer");
        scenario.changes.clear();
        for (const Tree& tree : list.items)
            settings({"change", tree.line, tree}, "[[change]]", change_keys(),
                     scenario.changes.emplace_back());
        // Insertion keeps those of one moment in the file's order; std::stable_sort warns of a deprecated
        // part.
        for (auto at = scenario.changes.begin(); at != scenario.changes.end(); ++at)
            std::rotate(
                std::ranges::upper_bound(scenario.changes.begin(), at, at->minutes, {}, &Change::minutes), at,
                at + 1);
    }

    template <class T>
    void settings(const Branch& branch, const std::string& title, std::span<const Key<T>> keys, T& to) {
        if (branch.tree.kind != Tree::Kind::table)
            return complain(branch.line, fmt::format("'{}' is no table", branch.name),
                            fmt::format("write {} on a line of its own", title));
        for (const Branch& each : branch.tree.branches) setting(each, title, keys, to);
    }

    template <class T>
    void setting(const Branch& branch, const std::string& title, std::span<const Key<T>> keys, T& to) {
        const auto found = std::ranges::find(keys, branch.name, &Key<T>::name);
        if (found == keys.end()) return unknown(branch, title, keys);
        if (const auto complaint = take(branch.tree, *found, to))
            complain(branch.line, fmt::format("{}: {} = {}", title, branch.name, shown(branch.tree)),
                     *complaint);
    }

    static std::string shown(const Tree& tree) {
        if (tree.kind == Tree::Kind::list) return "a list";
        return tree.kind == Tree::Kind::table ? "a table" : config::shown(tree.value);
    }

    template <class T>
    void unknown(const Branch& branch, const std::string& title, std::span<const Key<T>> keys) {
        std::vector<std::string_view> names;
        for (const auto& key : keys) names.push_back(key.name);
        if constexpr (std::is_same_v<T, Scenario>)
            names.insert(names.end(), {"list", "customers", "botnet", "connections", "mail", "clients",
                                       "servers", "mail_servers", "edge", "change", "check", "variant"});
        const auto meant = config::nearest(branch.name, names);
        complain(branch.line, fmt::format("unknown setting '{}' in {}", branch.name.substr(0, 60), title),
                 meant ? fmt::format("did you mean '{}'?", *meant) : "docs/drills.md lists them all");
    }

    // Variants. ------------------------------------------------------------------------------------------
    void all_variants(const Tree& variants, const Draft& base) {
        if (variants.kind != Tree::Kind::table || variants.branches.empty())
            return complain(variants.line, "'variant' is no table",
                            "write [variant.NAME] on a line of its own");
        if (variants.branches.size() > most_parts)
            return complain(variants.line, fmt::format("more than {} variants", most_parts), "take fewer");
        for (const Branch& branch : variants.branches)
            if (auto draft = variant(variants, branch, base, 0)) finish(std::move(*draft));
    }

    // The variant whole: its own settings over those of the variant that it is based on.
    std::optional<Draft> variant(const Tree& variants, const Branch& branch, const Draft& base,
                                 std::size_t depth) {
        if (branch.tree.kind != Tree::Kind::table) {
            complain(branch.line, fmt::format("'{}' is no table", branch.name),
                     "write [variant.NAME] on a line of its own");
            return std::nullopt;
        }
        std::optional<Draft> draft = below(variants, branch, base, depth);
        if (!draft) return std::nullopt;
        draft->scenario.variant = branch.name;
        const std::size_t before = result.errors.size();
        apply(branch.tree, fmt::format("[variant.{}]", branch.name), *draft);
        // Said once, when the variant itself is read.
        if (depth > 0) result.errors.resize(before);
        return draft;
    }

    std::optional<Draft> below(const Tree& variants, const Branch& branch, const Draft& base,
                               std::size_t depth) {
        const Tree* based = branch.tree.find("based_on");
        if (based == nullptr) return base;
        const auto* name = std::get_if<std::string>(&based->value);
        const auto found = name == nullptr ? variants.branches.end()
                                           : std::ranges::find(variants.branches, *name, &Branch::name);
        if (found == variants.branches.end() || depth >= variants.branches.size()) {
            complain(based->line, fmt::format("[variant.{}]: based_on = {}", branch.name, shown(*based)),
                     found == variants.branches.end() ? "expected the name of another variant"
                                                      : "variants are based on each other in a circle");
            return std::nullopt;
        }
        return variant(variants, *found, base, depth + 1);
    }

    // The whole. -----------------------------------------------------------------------------------------
    void finish(Draft draft) {
        Scenario& scenario = draft.scenario;
        if (scenario.customers.empty() && !scenario.is_crowd())
            complain(1, in(scenario) + "no customers", "write [customers.NAME]");
        for (const CrowdMistake& each : crowd_mistakes(scenario)) {
            const auto line = draft.lines.find(each.part);
            complain(line == draft.lines.end() ? 1 : line->second, in(scenario) + each.what, each.mend);
        }
        for (const Customers& each : scenario.customers) check(each, draft);
        for (const Botnet& each : scenario.botnets) check(each, draft);
        check_size(scenario);
        result.variants.push_back(std::move(scenario));
    }

    static std::string in(const Scenario& scenario) {
        return scenario.variant.empty() ? "" : fmt::format("variant {}: ", scenario.variant);
    }

    void check(const Customers& customers, const Draft& draft) {
        const auto wrong = [&](std::string what, std::string mend) {
            complain(draft.lines.at("customers." + customers.name),
                     fmt::format("{}[customers.{}]: {}", in(draft.scenario), customers.name, what),
                     std::move(mend));
        };
        if (sum(customers.hours) <= 0) wrong("'hours' are all 0", "one must be more");
        if (sum(customers.days) <= 0) wrong("'days' are all 0", "one must be more");
        if (!customers.listed_on.empty() && !knows_list(draft.scenario, customers.listed_on))
            wrong(fmt::format("listed_on = '{}'", customers.listed_on), "expected the name of a [list.NAME]");
    }

    void check(const Botnet& botnet, const Draft& draft) {
        const auto wrong = [&](std::string what, std::string mend) {
            complain(draft.lines.at("botnet." + botnet.name),
                     fmt::format("{}[botnet.{}]: {}", in(draft.scenario), botnet.name, what),
                     std::move(mend));
        };
        if (sum(botnet.attempts) <= 0) wrong("'attempts' are all 0", "one must be more");
        for (const ListShares* shares : {&botnet.listed, &botnet.listed_later})
            for (const auto& [list, share] : shares->of)
                if (!knows_list(draft.scenario, list))
                    wrong(fmt::format("no list '{}'", list.substr(0, 60)),
                          fmt::format("write [list.{}]", list.substr(0, 60)));
        if (botnet.own_networks + botnet.mobile + botnet.homes + botnet.webmail > 1)
            wrong("own_networks, mobile, homes and webmail are more than 1 together",
                  "they are shares of one whole");
        if (botnet.imap + botnet.pop3 > 1)
            wrong("imap and pop3 are more than 1 together", "they are shares of one whole");
        if (botnet.task != Task::guess && (botnet.accounts == 0 || botnet.guesses <= 0))
            wrong(fmt::format("task '{}' without 'accounts' and 'guesses'", drill::name(botnet.task)),
                  "say how many");
        const auto of = std::ranges::find(draft.scenario.botnets, botnet.networks_of, &Botnet::name);
        if (!botnet.networks_of.empty() && (of == draft.scenario.botnets.end() || of->name == botnet.name))
            wrong(fmt::format("networks_of = '{}'", botnet.networks_of),
                  "expected the name of another botnet");
    }

    // What no machine would bear.
    void check_size(const Scenario& scenario) {
        double accounts = 0, addresses = 0;
        for (const Customers& each : scenario.customers)
            accounts += each.accounts + each.list_hosts + each.monitors;
        for (const Botnet& each : scenario.botnets)
            addresses += each.addresses * (each.throughout ? scenario.total_days() : 1);
        if (accounts > 2e6) complain(1, in(scenario) + "more than 2 million accounts", "take fewer");
        if (addresses > 100e6) complain(1, in(scenario) + "more than 100 million addresses", "take fewer");
        if (scenario.domain.empty() || scenario.domain.size() > 100)
            complain(1, in(scenario) + "'domain' is empty or longer than 100 characters",
                     "such as example.org");
        if (scenario.lists.size() > 32) complain(1, in(scenario) + "more than 32 lists", "take fewer");
    }

    static bool knows_list(const Scenario& scenario, std::string_view name) {
        return std::ranges::find(scenario.lists, name, &List::name) != scenario.lists.end();
    }
    static double sum(std::span<const double> numbers) {
        double all = 0;
        for (const double each : numbers) all += each;
        return all;
    }

    // Checks. --------------------------------------------------------------------------------------------
    void checks(const Tree& root) {
        const Tree* list = root.find("check");
        if (list == nullptr) return;
        if (list->kind != Tree::Kind::list)
            return complain(list->line, "'check' may be given several times",
                            "write [[check]] on a line of its own");
        for (const Tree& tree : list->items) one_check(tree);
    }

    void one_check(const Tree& tree) {
        const std::size_t before = result.errors.size();
        Check check;
        check.line = tree.line;
        settings({"check", tree.line, tree}, "[[check]]", check_keys(), check);
        if (result.errors.size() > before) return;
        if (check.measure.empty()) complain(tree.line, "[[check]] without 'measure'", "say which figure");
        if (!check.at_least && !check.at_most && check.needs.empty())
            complain(tree.line, "[[check]] without 'at_least' and 'at_most'", "say one of them");
        for (const std::string& variant : check.variants)
            if (result.find(variant) == nullptr || variant.empty())
                complain(tree.line, fmt::format("[[check]]: no variant '{}'", variant.substr(0, 60)),
                         "expected the name of a [variant.NAME]");
        for (Scenario& scenario : result.variants)
            if (check.variants.empty() ||
                std::ranges::find(check.variants, scenario.variant) != check.variants.end())
                scenario.checks.push_back(check);
    }

    std::string file_;
};

std::string name_in(const std::string& file) {
    const auto slash = file.rfind('/');
    std::string name = slash == std::string::npos ? file : file.substr(slash + 1);
    if (name.ends_with(".toml")) name.resize(name.size() - 5);
    return name;
}

}  // namespace

Time Scenario::end() const {
    return attack_begin() + std::chrono::seconds(std::llround(attack_hours * 3600));
}

const Scenario* Scenarios::find(std::string_view variant) const {
    if (variant.empty() && variants.size() == 1) return &variants.front();
    const auto found = std::ranges::find(variants, variant, &Scenario::variant);
    return found == variants.end() ? nullptr : &*found;
}

Scenarios read_scenarios(std::string_view text, const std::string& file) {
    Reading reading(file);
    if (const auto tree = config::read_tree(text, file))
        reading.document(*tree, name_in(file));
    else
        reading.result.errors.push_back(tree.error());
    return std::move(reading.result);
}

Scenarios load_scenarios(const std::string& path) {
    const auto text = config::read_file(path);
    return text ? read_scenarios(*text, path) : Scenarios{{}, {text.error()}};
}

}  // namespace tidegate::drill

// TOML to Settings by way of the table.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <tuple>

#include "config/table.h"
#include "config/toml_library.h"
#include "config/tree.h"

namespace tidegate::config {
namespace {

template <class T>
std::string toml_text(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

Value map_of(const toml::table& table) {
    TextMap map;
    for (const auto& [key, node] : table) {
        const auto* text = node.as_string();
        if (text == nullptr) return std::monostate{};
        map.emplace(key.str(), text->get());
    }
    return map;
}

Value list_of(const toml::array& array) {
    TextList list;
    for (const toml::node& node : array) {
        if (const auto* text = node.as_string())
            list.push_back(text->get());
        else if (const auto* whole = node.as_integer())
            list.push_back(std::to_string(whole->get()));
        else
            return std::monostate{};
    }
    return list;
}

Value value_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* whole = node.as_integer()) return whole->get();
    if (const auto* real = node.as_floating_point()) return real->get();
    if (const auto* boolean = node.as_boolean()) return boolean->get();
    if (const auto* date = node.as_date()) return Moment{toml_text(date->get())};
    if (const auto* moment = node.as_date_time()) return Moment{toml_text(moment->get())};
    if (const auto* table = node.as_table()) return map_of(*table);
    if (const auto* array = node.as_array()) return list_of(*array);
    return std::monostate{};
}

std::vector<std::string_view> names_in(const Section& section) {
    std::vector<std::string_view> names;
    for (const Setting& setting : section.settings) names.push_back(setting.name);
    return names;
}

std::string title(const Section& section) {
    return section.repeats() ? fmt::format("[[{}]]", section.name) : fmt::format("[{}]", section.name);
}

/// One pass over a document; collects everything that is wrong.
class Reading {
public:
    explicit Reading(std::string file) : file_(std::move(file)) {}

    Loaded loaded;

    void document(const toml::table& root) {
        for (const auto& [key, node] : root) {
            const auto found = std::ranges::find(sections(), key.str(), &Section::name);
            if (found == sections().end())
                unknown_section(key.str(), line_of(key));
            else
                section(*found, node, line_of(key));
        }
        if (loaded.errors.empty())
            for (auto check : {check_edge, check_alerts, check_queues, check_report})
                for (Error& error : check(loaded.settings))
                    complain(error.line, std::move(error.what), std::move(error.mend));
        in_order();
    }

    void complain(std::uint64_t line, std::string what, std::string mend) {
        loaded.errors.push_back({file_, line, std::move(what), std::move(mend)});
    }

private:
    static std::uint64_t line_of(const toml::key& key) { return key.source().begin.line; }

    void in_order() {
        std::ranges::sort(loaded.errors, {},
                          [](const Error& error) { return std::tie(error.line, error.what); });
    }

    void unknown_section(std::string_view name, std::uint64_t line) {
        std::vector<std::string_view> names;
        for (const Section& each : sections()) names.push_back(each.name);
        if (const auto meant = nearest(name, names))
            return complain(line, fmt::format("unknown section '{}'", name),
                            fmt::format("did you mean '{}'?", *meant));
        if (const Section* home = home_of(name))
            return complain(line, fmt::format("setting '{}' outside a section", name),
                            fmt::format("it belongs under {}", title(*home)));
        complain(line, fmt::format("unknown section '{}'", name), "docs/configuration.md lists all sections");
    }

    static const Section* home_of(std::string_view setting) {
        for (const Section& each : sections())
            if (std::ranges::find(each.settings, setting, &Setting::name) != each.settings.end())
                return &each;
        return nullptr;
    }

    void section(const Section& section, const toml::node& node, std::uint64_t line) {
        if (section.repeats()) return repeated(section, node, line);
        const auto* table = node.as_table();
        if (table == nullptr)
            return complain(line, fmt::format("'{}' is no section", section.name),
                            fmt::format("write {} on a line of its own", title(section)));
        settings(section, *table, line);
    }

    void repeated(const Section& section, const toml::node& node, std::uint64_t line) {
        const auto* tables = node.as_array();
        if (tables == nullptr || !tables->is_homogeneous(toml::node_type::table))
            return complain(line, fmt::format("'{}' may be given several times", section.name),
                            fmt::format("write {} on a line of its own", title(section)));
        for (const toml::node& each : *tables) {
            const std::uint64_t at = each.source().begin.line;
            section.begin(loaded.settings, at);
            settings(section, *each.as_table(), at);
        }
    }

    void settings(const Section& section, const toml::table& table, std::uint64_t line) {
        const std::size_t before = loaded.errors.size();
        for (const auto& [key, node] : table) setting(section, key, node);
        for (const Setting& each : section.settings)
            if (each.required && !table.contains(each.name))
                complain(line, fmt::format("{} without '{}'", title(section), each.name),
                         std::string(each.meaning));
        // What is wrong with the parts makes the whole look wrong too; one message is enough.
        if (section.check == nullptr || loaded.errors.size() > before) return;
        if (auto wrong = section.check(loaded.settings)) complain(line, wrong->first, wrong->second);
    }

    void setting(const Section& section, const toml::key& key, const toml::node& node) {
        const auto found = std::ranges::find(section.settings, key.str(), &Setting::name);
        if (found == section.settings.end()) return unknown_setting(section, key.str(), line_of(key));
        const Value value = value_of(node);
        if (auto complaint = found->set(value, loaded.settings))
            complain(line_of(key), fmt::format("{} {} = {}", title(section), key.str(), shown(value)),
                     *complaint);
    }

    void unknown_setting(const Section& section, std::string_view name, std::uint64_t line) {
        const std::string what = fmt::format("unknown setting '{}' in {}", name, title(section));
        if (const auto meant = nearest(name, names_in(section)))
            return complain(line, what, fmt::format("did you mean '{}'?", *meant));
        if (const Section* home = home_of(name))
            return complain(line, what, fmt::format("it belongs under {}", title(*home)));
        std::string known;
        for (const std::string_view each : names_in(section))
            known += (known.empty() ? "" : ", ") + std::string(each);
        complain(line, what, "known are " + known);
    }

    std::string file_;
};

void start_at_folder_of(const std::string& file, std::string& path) {
    if (path.empty()) return;
    const auto folder = std::filesystem::path(file).parent_path();
    path = (folder / path).lexically_normal().string();
}

// Customers know one name and one clock: where cases and report do not say them, the page does.
void take_from_page(Settings& settings) {
    const auto take = [](std::string& to, const std::string& from) {
        if (to.empty()) to = from;
    };
    take(settings.case_book.cases.provider, settings.status.provider);
    take(settings.case_book.cases.zone, settings.status.zone);
    take(settings.report.provider, settings.status.provider);
}

void resolve_paths(const std::string& file, Settings& settings) {
    start_at_folder_of(file, settings.as_table);
    for (List& list : settings.lists) start_at_folder_of(file, list.path);
    for (DnsList& list : settings.dns_lists) start_at_folder_of(file, list.key_file);
    for (Follow& follow : settings.follows) start_at_folder_of(file, follow.file);
    start_at_folder_of(file, settings.serve.state);
    for (Certificate& certificate : settings.certificates)
        for (std::string* path : {&certificate.chain, &certificate.key}) start_at_folder_of(file, *path);
    for (std::string* path : {&settings.console.certificate, &settings.console.key})
        start_at_folder_of(file, *path);
    for (Server& server : settings.servers) start_at_folder_of(file, server.ca_file);
    for (AlertRoute& route : settings.alert_routes)
        for (std::string* path :
             {&route.password_file, &route.token_file, &route.signing_key_file, &route.ca_file})
            start_at_folder_of(file, *path);
    for (std::string* path : {&settings.report.mail.password_file, &settings.report.mail.ca_file})
        start_at_folder_of(file, *path);
}

}  // namespace

Loaded parse(std::string_view text, const std::string& file) {
    constexpr const char* rules = "TOML's rules: https://toml.io";
    Reading reading(file);
    try {
        reading.document(toml::parse(text, file));
    } catch (const toml::parse_error& error) {
        reading.complain(error.source().begin.line, std::string(error.description()), rules);
    } catch (const BrokenAssertion&) {
        reading.complain(0, "is no TOML: a section or a setting has a name that is none", rules);
    }
    resolve_paths(file, reading.loaded.settings);
    take_from_page(reading.loaded.settings);
    return std::move(reading.loaded);
}

Loaded load(const std::string& path) {
    const auto text = read_file(path);
    return text ? parse(*text, path) : Loaded{{}, {text.error()}};
}

}  // namespace tidegate::config

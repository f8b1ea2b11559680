#include "config/changed.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <filesystem>
#include <utility>

#include "config/shown.h"
#include "config/table.h"

namespace tidegate::config {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 2> tried{"accounts", "judge"};

std::unexpected<Error> wrong(std::string what, std::string mend) {
    return std::unexpected(Error{"", 0, std::move(what), std::move(mend)});
}

const Section* section_named(std::string_view name) {
    const auto found = std::ranges::find(sections(), name, &Section::name);
    return found == sections().end() ? nullptr : &*found;
}

/// False: no setting takes such a thing.
bool take_scalar(const json::value& from, Tree& to) {
    if (from.is_string())
        to.value = std::string(std::string_view(from.get_string()));
    else if (from.is_int64())
        to.value = from.get_int64();
    else if (from.is_double())
        to.value = from.get_double();
    else if (from.is_bool())
        to.value = from.get_bool();
    else
        return false;
    return true;
}

bool take_value(const json::value& from, Change& to) {
    to.is_taken_out = from.is_null();
    if (!from.is_array()) return to.is_taken_out || take_scalar(from, to.value);
    to.value.kind = Tree::Kind::list;
    return std::ranges::all_of(from.get_array(), [&](const json::value& each) {
        return take_scalar(each, to.value.items.emplace_back());
    });
}

std::string text_in(const json::object& from, std::string_view name) {
    const json::value* found = from.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(std::string_view(found->get_string())) : "";
}

Result<Change> read_change(const json::value& from) {
    if (!from.is_object()) return wrong("a change is no object", "send section, setting and value");
    const json::object& object = from.get_object();
    Change out{.section = text_in(object, "section"), .setting = text_in(object, "setting"), .value = {}};
    const Section* section = section_named(out.section);
    if (section == nullptr || !may_be_tried(out.section))
        return wrong("a trial does not look at this section", "change settings of [accounts] and [judge]");
    if (std::ranges::find(section->settings, out.setting, &Setting::name) == section->settings.end())
        return wrong("this section has no such setting", "docs/configuration.md has all of them");
    const json::value* value = object.if_contains("value");
    if (value == nullptr || !take_value(*value, out))
        return wrong("this is no value of a setting",
                     "a text, a number, true or false, a list of these, null");
    return out;
}

std::string absolute(const std::string& path, const std::string& file) {
    const auto folder = std::filesystem::absolute(file).parent_path();
    return path.empty() ? path : (folder / path).lexically_normal().string();
}

/// Those that name files: they start at the folder of the file, which another copy does not lie in.
void fix_paths(const Section& section, Tree& table, const std::string& file) {
    for (Tree::Branch& each : table.branches) {
        const auto setting = std::ranges::find(section.settings, each.name, &Setting::name);
        auto* path = std::get_if<std::string>(&each.tree.value);
        if (setting != section.settings.end() && setting->type == "path" && path != nullptr)
            *path = absolute(*path, file);
    }
}

void apply(const Change& change, Tree& root) {
    auto at = std::ranges::find(root.branches, change.section, &Tree::Branch::name);
    if (at == root.branches.end()) {
        Tree table;
        table.kind = Tree::Kind::table;
        root.branches.push_back({.name = change.section, .line = 0, .tree = std::move(table)});
        at = root.branches.end() - 1;
    }
    std::erase_if(at->tree.branches, [&](const Tree::Branch& each) { return each.name == change.setting; });
    if (!change.is_taken_out) at->tree.branches.push_back({.name = change.setting, .tree = change.value});
}

std::string lines_of(const Tree& table) {
    std::string out;
    for (const Tree::Branch& each : table.branches)
        out += fmt::format("{} = {}\n", toml_text(each.name), toml_text(each.tree));
    return out;
}

std::string text_of(const Tree& root) {
    std::string out;
    for (const Tree::Branch& each : root.branches) {
        if (each.tree.kind == Tree::Kind::table)
            out += fmt::format("[{}]\n{}\n", each.name, lines_of(each.tree));
        for (const Tree& one : each.tree.items) out += fmt::format("[[{}]]\n{}\n", each.name, lines_of(one));
    }
    return out;
}

}  // namespace

bool may_be_tried(std::string_view section) {
    return std::ranges::find(tried, section) != tried.end();
}

Result<std::vector<Change>> read_changes(std::string_view text) {
    boost::system::error_code error;
    const json::value body = json::parse(text, error);
    const json::value* list = error || !body.is_object() ? nullptr : body.get_object().if_contains("changes");
    if (list == nullptr || !list->is_array() || list->get_array().size() > most_changes)
        return wrong("there is no list of changes, or it is too long", "send {\"changes\": [...]}");
    std::vector<Change> out;
    for (const json::value& each : list->get_array()) {
        auto change = read_change(each);
        if (!change) return std::unexpected(std::move(change.error()));
        out.push_back(std::move(*change));
    }
    return out;
}

std::string changes_json(const std::vector<Change>& changes) {
    json::array out;
    for (const Change& each : changes)
        out.push_back({{"section", each.section},
                       {"setting", each.setting},
                       {"value", each.is_taken_out ? json::value() : json::value(toml_text(each.value))}});
    return json::serialize(out);
}

Result<std::string> changed_text(std::string_view text, const std::string& file,
                                 const std::vector<Change>& changes) {
    auto root = read_tree(text, file);
    if (!root) return std::unexpected(std::move(root.error()));
    for (Tree::Branch& each : root->branches) {
        const Section* section = section_named(each.name);
        if (section == nullptr) continue;
        fix_paths(*section, each.tree, file);
        for (Tree& one : each.tree.items) fix_paths(*section, one, file);
    }
    for (const Change& each : changes) apply(each, *root);
    std::string out = text_of(*root);
    auto loaded = parse(out, file);
    if (loaded.errors.empty()) return out;
    loaded.errors.front().line = 0;  // of a text that nobody has seen
    return std::unexpected(std::move(loaded.errors.front()));
}

}  // namespace tidegate::config

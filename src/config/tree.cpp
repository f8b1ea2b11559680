#include "config/tree.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <tuple>

#include "config/toml_library.h"

namespace tidegate::config {
namespace {

template <class T>
std::string toml_text(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

Value scalar_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* whole = node.as_integer()) return whole->get();
    if (const auto* real = node.as_floating_point()) return real->get();
    if (const auto* boolean = node.as_boolean()) return boolean->get();
    if (const auto* date = node.as_date()) return Moment{toml_text(date->get())};
    if (const auto* moment = node.as_date_time()) return Moment{toml_text(moment->get())};
    return std::monostate{};
}

Tree tree_of(const toml::node& node);

void take_branches(const toml::table& table, Tree& tree) {
    for (const auto& [key, node] : table)
        tree.branches.push_back({std::string(key.str()), key.source().begin.line, tree_of(node)});
    std::ranges::sort(tree.branches, {},
                      [](const Tree::Branch& each) { return std::tie(each.line, each.name); });
}

Tree tree_of(const toml::node& node) {
    Tree tree;
    tree.line = node.source().begin.line;
    if (const auto* table = node.as_table()) {
        tree.kind = Tree::Kind::table;
        take_branches(*table, tree);
    } else if (const auto* list = node.as_array()) {
        tree.kind = Tree::Kind::list;
        for (const toml::node& each : *list) tree.items.push_back(tree_of(each));
    } else {
        tree.value = scalar_of(node);
    }
    return tree;
}

}  // namespace

const Tree* Tree::find(std::string_view name) const {
    const auto found = std::ranges::find(branches, name, &Branch::name);
    return found == branches.end() ? nullptr : &found->tree;
}

Result<Tree> read_tree(std::string_view text, const std::string& file) {
    constexpr const char* rules = "TOML's rules: https://toml.io";
    try {
        return tree_of(toml::parse(text, file));
    } catch (const toml::parse_error& error) {
        return std::unexpected(
            Error{file, error.source().begin.line, std::string(error.description()), rules});
    } catch (const BrokenAssertion&) {
        return std::unexpected(
            Error{file, 0, "is no TOML: a section or a setting has a name that is none", rules});
    }
}

Result<std::string> read_file(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return std::unexpected(Error{path, 0, "cannot be read", "it is a folder; name the file in it"});
    std::ifstream in(path, std::ios::binary);
    std::string text;
    for (std::array<char, 65536> block; in.read(block.data(), block.size()) || in.gcount() > 0;)
        text.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (!in.is_open() || in.bad())
        return std::unexpected(Error{path, 0, "cannot be read", "is it there, and may you read it?"});
    return text;
}

}  // namespace tidegate::config

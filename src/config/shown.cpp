#include "config/shown.h"

#include <fmt/format.h>

#include "config/table.h"

namespace tidegate::config {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

std::string text_of(const Value& value) {
    return std::visit(Overloaded{[](std::monostate) { return std::string("\"\""); },
                                 [](const std::string& text) { return toml_text(text); },
                                 [](std::int64_t whole) { return std::to_string(whole); },
                                 [](double real) { return fmt::format("{}", real); },
                                 [](bool truth) { return std::string(truth ? "true" : "false"); },
                                 [](const Moment& moment) { return moment.text; },
                                 [](const TextMap&) { return std::string("{}"); },
                                 [](const TextList&) { return std::string("[]"); }},
                      value);
}

ShownSetting shown_setting(const Setting& setting, const Tree* table) {
    ShownSetting out{.name = setting.name,
                     .type = setting.type,
                     .meaning = setting.meaning,
                     .standard = setting.required ? std::string_view("required") : setting.standard,
                     .is_secret = setting.is_secret,
                     .value = std::nullopt};
    const Tree* value = table == nullptr ? nullptr : table->find(setting.name);
    if (value == nullptr) return out;
    out.is_set = true;
    out.line = value->line;
    if (!setting.is_secret) out.value = toml_text(*value);
    return out;
}

ShownSection shown_section(const Section& section, const Tree* table, std::size_t index) {
    ShownSection out{.name = section.name,
                     .meaning = section.meaning,
                     .repeats = section.repeats(),
                     .index = index,
                     .settings = {}};
    for (const Setting& each : section.settings) out.settings.push_back(shown_setting(each, table));
    return out;
}

}  // namespace

std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (byte < 0x20 || byte == 0x7f)
            out += fmt::format("\\u{:04x}", byte);
        else
            out += c;
    }
    return out + '"';
}

std::string toml_text(const Tree& tree) {
    if (tree.kind == Tree::Kind::value) return text_of(tree.value);
    std::string out;
    if (tree.kind == Tree::Kind::list) {
        for (const Tree& each : tree.items) out += (out.empty() ? "" : ", ") + toml_text(each);
        return '[' + out + ']';
    }
    for (const Tree::Branch& each : tree.branches)
        out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", toml_text(each.name), toml_text(each.tree));
    return "{ " + out + " }";
}

Result<std::vector<ShownSection>> shown_settings(std::string_view text, const std::string& file) {
    const auto root = read_tree(text, file);
    if (!root) return std::unexpected(root.error());
    std::vector<ShownSection> out;
    for (const Section& section : sections()) {
        const Tree* found = root->find(section.name);
        if (!section.repeats()) {
            out.push_back(shown_section(section, found, 0));
            continue;
        }
        for (std::size_t i = 0; found != nullptr && i < found->items.size(); ++i)
            out.push_back(shown_section(section, &found->items[i], i));
    }
    return out;
}

}  // namespace tidegate::config

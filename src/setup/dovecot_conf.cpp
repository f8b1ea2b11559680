#include "setup/dovecot_conf.h"

#include <algorithm>
#include <ranges>

#include "setup/words.h"

namespace tidegate::setup {
namespace {

// No path of Dovecot's comes near it; without a bound a long section name would be copied for each setting in
// it.
constexpr std::size_t max_path_bytes = 1024;

// Dovecot quotes values that begin or end with a blank, with backslashes before quotes and backslashes.
std::string unquoted(std::string_view value) {
    if (value.size() < 2 || !value.starts_with('"') || !value.ends_with('"')) return std::string(value);
    std::string out;
    for (std::size_t at = 1; at + 1 < value.size(); ++at) {
        if (value[at] == '\\' && at + 2 < value.size()) ++at;
        out += value[at];
    }
    return out;
}

}  // namespace

DovecotConf DovecotConf::parse(std::string_view text) {
    DovecotConf conf;
    text = text.substr(0, max_output_bytes);
    std::vector<std::string> sections{""};
    std::size_t too_deep = 0;
    while (!text.empty()) {
        const std::string_view line = trim(take_line(text));
        if (line.starts_with('#')) {
            conf.take_head(line);
        } else if (line == "}") {
            if (too_deep != 0)
                --too_deep;
            else if (sections.size() > 1)
                sections.pop_back();
        } else if (line.ends_with('{') && cut(line, '=').value_or(std::pair{line, line}).first == line) {
            const std::string name(trim(line.substr(0, line.size() - 1)));
            if (too_deep != 0 || sections.size() > max_depth ||
                sections.back().size() + name.size() > max_path_bytes)
                ++too_deep;
            else
                conf.begin_section(sections.emplace_back(sections.back() + name + "/"));
        } else if (too_deep == 0) {
            conf.take_setting(sections.back(), line);
        }
    }
    return conf;
}

void DovecotConf::begin_section(const std::string& path) {
    constexpr std::string_view head = "passdb";
    const std::string_view title = std::string_view(path).substr(0, path.size() - 1);
    if (title == head)
        passdbs_.emplace_back();
    else if (title.starts_with("passdb ") && !title.contains('/'))
        passdbs_.push_back({.name = std::string(trim(title.substr(head.size()))),
                            .driver = {},
                            .fields = {},
                            .only_denies = false,
                            .is_marked = false});
}

void DovecotConf::take_passdb(std::string_view name, std::string_view value) {
    if (passdbs_.empty()) return;
    DovecotPassdb& last = passdbs_.back();
    if (name == "driver") last.driver = value;
    if (name == "deny") last.only_denies = value == "yes";
    if (name == "override_fields") last.fields = value;
    if (name == "fields/tidegate") last.is_marked = !value.empty();
    if (name != "override_fields" && name != "default_fields") return;
    for (const std::string_view word : words(value))
        last.is_marked |= word.starts_with("tidegate=") && !word.ends_with('=');
}

std::string DovecotPassdb::title() const {
    return name.empty() ? "passdb with driver = " + driver : "passdb " + name;
}

std::vector<DovecotPassdb> DovecotConf::passdbs() const {
    std::vector<DovecotPassdb> out = passdbs_;
    std::erase_if(out, &DovecotPassdb::only_denies);
    return out;
}

// "# 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf"
void DovecotConf::take_head(std::string_view comment) {
    const std::string_view head = trim(comment.substr(1));
    const Version version = Version::parse(head);
    if (version_.is_known() || !version.is_known()) return;
    version_ = version;
    const auto colon = head.find(": ");
    if (colon != std::string_view::npos) file_ = trim(head.substr(colon + 2));
}

void DovecotConf::take_setting(const std::string& section, std::string_view line) {
    const auto parts = cut(line, '=');
    if (!parts || parts->first.empty() || parts->first.size() > max_path_bytes) return;
    const bool hidden = parts->second.starts_with("# hidden");
    if (section.starts_with("passdb/") || section.starts_with("passdb "))
        take_passdb((section + std::string(parts->first)).substr(section.find('/') + 1),
                    unquoted(parts->second));
    settings_.push_back({.path = section + std::string(parts->first),
                         .value = hidden ? std::string() : unquoted(parts->second),
                         .is_hidden = hidden});
}

const DovecotSetting* DovecotConf::find(std::string_view path) const {
    for (const DovecotSetting& setting : std::views::reverse(settings_))
        if (setting.path == path) return &setting;
    return nullptr;
}

std::string_view DovecotConf::text(std::string_view path) const {
    const DovecotSetting* setting = find(path);
    return setting == nullptr ? std::string_view{} : setting->value;
}

bool DovecotConf::says_yes(std::string_view path, bool standard) const {
    const DovecotSetting* setting = find(path);
    return setting == nullptr ? standard : setting->value == "yes";
}

const DovecotSetting* DovecotConf::policy(std::string_view name) const {
    if (const auto* inside = find("auth_policy/" + std::string(name))) return inside;
    return find("auth_policy_" + std::string(name));
}

std::string_view DovecotConf::policy_text(std::string_view name) const {
    const DovecotSetting* setting = policy(name);
    return setting == nullptr ? std::string_view{} : setting->value;
}

std::map<std::string, std::string, std::less<>> DovecotConf::request_attributes() const {
    std::map<std::string, std::string, std::less<>> fields;
    for (const std::string_view list : {"auth_policy_request_attributes/", "auth_policy/request_attributes/"})
        for (const DovecotSetting& setting : settings_)
            if (setting.path.starts_with(list)) fields[setting.path.substr(list.size())] = setting.value;
    if (!fields.empty()) return fields;
    for (const std::string_view word : words(policy_text("request_attributes")))
        if (const auto parts = cut(word, '=')) fields[std::string(parts->first)] = parts->second;
    return fields;
}

}  // namespace tidegate::setup

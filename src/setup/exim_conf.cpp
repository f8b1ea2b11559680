#include "setup/exim_conf.h"

#include <algorithm>

#include "setup/words.h"

namespace tidegate::setup {
namespace {

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

// "name:" begins an ACL or an authenticator.
std::string_view heading(std::string_view line) {
    return line.ends_with(':') && is_name(line.substr(0, line.size() - 1)) ? line.substr(0, line.size() - 1)
                                                                           : std::string_view{};
}

// One logical line: those that end in a backslash go on in the next.
std::string take_logical_line(std::string_view& text) {
    std::string line;
    while (!text.empty()) {
        std::string_view part = trim(take_line(text));
        const bool continues = part.ends_with('\\');
        if (continues) part.remove_suffix(1);
        line += part;
        if (!continues) break;
    }
    return line;
}

}  // namespace

EximConf EximConf::parse(std::string_view options, std::string_view config) {
    EximConf conf;
    for (options = options.substr(0, max_output_bytes); !options.empty();) {
        const std::string_view line = trim(take_line(options));
        if (const auto parts = cut(line, '='); parts && is_name(parts->first))
            conf.options_[std::string(parts->first)] = parts->second;
        else if (line.starts_with("no_") && is_name(line))
            conf.options_[std::string(line.substr(3))] = "no";
        else if (is_name(line))
            conf.options_[std::string(line)] = "yes";
    }
    std::string section, acl;
    for (config = config.substr(0, max_output_bytes); !config.empty();) {
        const std::string line = take_logical_line(config);
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with("begin ")) {
            section = trim(std::string_view(line).substr(6));
            acl.clear();
        } else if (const auto name = heading(line); !name.empty()) {
            if (section == "acl") acl = name;
            conf.authenticates_ |= section == "authenticators";
        } else if (section == "acl" && !acl.empty()) {
            conf.acls_[acl].push_back(line);
        }
    }
    return conf;
}

std::string_view EximConf::option(std::string_view name) const {
    const auto found = options_.find(name);
    return found == options_.end() ? std::string_view{} : std::string_view(found->second);
}

std::vector<std::string> EximConf::acl(std::string_view name) const {
    const auto found = acls_.find(name);
    return found == acls_.end() ? std::vector<std::string>{} : found->second;
}

}  // namespace tidegate::setup

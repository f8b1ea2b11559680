#include <fmt/format.h>

#include "config/table.h"

namespace tidegate::config {
namespace {

std::string row(const Setting& setting) {
    const std::string_view standard = setting.required ? "**required**" : setting.standard;
    return fmt::format("| `{}` | {} | {} | {} |\n", setting.name, setting.type, standard, setting.meaning);
}

std::string chapter(const Section& section) {
    const std::string title =
        section.repeats() ? fmt::format("[[{}]]", section.name) : fmt::format("[{}]", section.name);
    std::string out = fmt::format("## {}\n\n{}", title, section.meaning);
    if (section.repeats()) out += " May be given several times.";
    out += "\n\n| setting | type | default | meaning |\n|---|---|---|---|\n";
    for (const Setting& setting : section.settings) out += row(setting);
    return out + fmt::format("\n```toml\n{}```\n", section.example);
}

}  // namespace

std::string reference() {
    std::string out =
        "# Configuration\n\n"
        "<!-- Written by `tidegate check-config --reference`; a test compares. -->\n\n"
        "Tidegate needs no configuration to replay a log. The daemon (`tidegate serve`) does. A "
        "configuration is a TOML "
        "file\n"
        "with the sections below, all of them optional. Relative paths start at the folder of the "
        "configuration file.\n"
        "`tidegate check-config FILE` names everything that is wrong with one, with line and mend.\n";
    for (const Section& section : sections()) out += '\n' + chapter(section);
    return out;
}

}  // namespace tidegate::config

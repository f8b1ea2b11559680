#include "setup/finding.h"

#include <algorithm>

namespace tidegate::setup {

std::string_view name(Severity severity) {
    switch (severity) {
        case Severity::note:
            return "note";
        case Severity::warning:
            return "warning";
        case Severity::error:
            return "error";
    }
    return "error";
}

std::string Finding::text() const {
    std::string out(name(severity));
    for (const std::string* part : {&file, &setting, &what})
        if (!part->empty()) out += ": " + *part;
    if (!mend.empty()) out += " (" + mend + ")";
    return printable(out);
}

std::string printable(std::string_view text) {
    std::string out(text);
    std::ranges::replace_if(
        out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return out;
}

}  // namespace tidegate::setup

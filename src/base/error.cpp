#include "base/error.h"

namespace tidegate {

std::string Error::text() const {
    std::string out;
    if (!file.empty()) {
        out = file + ':';
        if (line != 0) out += std::to_string(line) + ':';
        out += ' ';
    }
    out += what;
    if (!mend.empty()) out += " (" + mend + ')';
    return out;
}

}  // namespace tidegate

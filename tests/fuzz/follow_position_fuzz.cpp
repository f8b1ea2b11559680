// Whatever the text: no crash, and a position that was read is written and read again as the same one. The
// same bytes as two file names: nothing is a rotation of itself.
#include <cstdint>

#include "base/check.h"
#include "observe/follow/position.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate::observe;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto position = FilePosition::parse(text)) {
        const auto again = FilePosition::parse(position->text());
        CHECK(again && *again == *position);
    }
    const std::string_view log = text.substr(0, text.find(' '));
    const std::string_view name = text.substr(std::min(log.size() + 1, text.size()));
    CHECK(!is_rotation_of(log, log));
    if (is_rotation_of(name, log)) CHECK(name.size() > log.size());
    CHECK(!(rotated_before(name, log) && rotated_before(log, name)));
    return 0;
}

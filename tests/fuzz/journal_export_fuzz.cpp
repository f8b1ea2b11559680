// Any bytes for the journal's export format: no crash, only whole lines, nothing left at the end, and a piece
// that was taken early gives what it gives with the rest behind it.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/log/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using tidegate::wire::journal_export_to_lines;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::string early;
    const auto used = journal_export_to_lines(bytes, false, early);
    CHECK(used <= size);
    std::string all;
    CHECK(journal_export_to_lines(bytes, true, all) == size);
    CHECK(all.starts_with(early));
    CHECK(all.empty() || all.ends_with('\n'));
    std::string late;
    CHECK(journal_export_to_lines(bytes.substr(used), true, late) == size - used);
    CHECK(early + late == all);
    return 0;
}

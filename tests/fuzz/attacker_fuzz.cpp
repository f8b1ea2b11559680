// The lines that daemons write around any text of a client's: the address is the client's or none.
#include <cstdint>
#include <string>
#include <string_view>

#include "../unit/wire/attacker_lines.h"
#include "base/check.h"
#include "wire/log/scan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate::wire;
    Scan scan({reinterpret_cast<const char*>(data), size});
    const auto a = scan.until_or_rest('\n');
    const auto b = scan.until_or_rest('\n');
    for (const Template& form : templates) CHECK(framed_by(form, a, b).empty());
    return 0;
}

// Any bytes for an entry of `journalctl -o json`: no crash, and texts that end where they should.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "wire/log/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate;
    EventBatch batch;
    wire::LogLine line;
    if (!wire::journal_json_to_line({reinterpret_cast<const char*>(data), size}, batch, line)) return 0;
    CHECK(line.message.size() <= 2 * size);
    const std::string copy =
        std::string(line.host).append(line.program).append(line.message);  // all can be read
    CHECK(copy.size() <= 6 * size);
    return 0;
}

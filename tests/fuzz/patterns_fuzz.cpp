// Any expression (the first line) on any message (the rest): an error in words, or a pattern that matches or
// not.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "wire/log/patterns.h"
#include "wire/log/scan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate;
    using namespace tidegate::wire;
    Scan scan({reinterpret_cast<const char*>(data), size});
    CustomPattern pattern;
    pattern.name = "fuzzed";
    pattern.regex = std::string(scan.until_or_rest('\n'));
    const auto set = PatternSet::create({pattern});
    if (!set) {
        CHECK(set.error().what.starts_with("pattern 'fuzzed': "));
        return 0;
    }
    LogLine line;
    line.message = scan.rest();
    EventBatch batch;
    const bool event = set->match(line, batch) == Recognised::event;
    CHECK(event == (batch.events.size() == 1));
    if (event) CHECK(!batch.events.front().address.is_none());
    return 0;
}

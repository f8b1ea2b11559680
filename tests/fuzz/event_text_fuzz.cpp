// Whatever the bytes: no crash, and an event that was read is written and read again as the same text.
#include <cstdint>

#include "base/check.h"
#include "event/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate;
    EventBatch batch;
    const auto event = parse_text({reinterpret_cast<const char*>(data), size}, batch);
    if (!event) {
        CHECK(!event.error().what.empty());
        return 0;
    }
    std::string once;
    append_text(*event, once);
    CHECK(once.find('\n') == std::string::npos);
    const auto again = parse_text(once, batch);
    CHECK(again.has_value());
    std::string twice;
    append_text(*again, twice);
    CHECK(once == twice);
    return 0;
}

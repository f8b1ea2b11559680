// Whatever the bytes: no crash, and an event that was read is written and read again as the same event.
#include <cstdint>

#include "base/check.h"
#include "event/binary.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate;
    EventBatch batch;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    while (!rest.empty()) {
        const std::size_t before = rest.size();
        const auto event = parse_binary(rest, batch);
        if (!event) {
            CHECK(rest.size() == before);
            break;
        }
        CHECK(rest.size() < before);
        std::string bytes;
        append_binary(*event, bytes);
        std::string_view view = bytes;
        const auto again = parse_binary(view, batch);
        CHECK(again && *again == *event && view.empty());
    }
    return 0;
}

// Whatever the bytes: no crash, every error says something, and what is read without errors can be played.
#include <cstdint>

#include "base/check.h"
#include "drill/scenario.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto all =
        tidegate::drill::read_scenarios({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
    for (const auto& error : all.errors) CHECK(!error.what.empty() && !error.text().empty());
    CHECK(!all.errors.empty() || !all.variants.empty());
    if (!all.errors.empty()) return 0;
    for (const auto& scenario : all.variants) {
        CHECK(!scenario.customers.empty() && scenario.end() > scenario.attack_begin());
        CHECK(scenario.attack_begin() >= scenario.start);
        CHECK(all.find(scenario.variant) == &scenario);
    }
    return 0;
}

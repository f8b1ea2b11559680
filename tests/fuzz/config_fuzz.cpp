// Whatever the bytes: no crash, and every error says something.
#include <cstdint>

#include "base/check.h"
#include "config/settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto loaded = tidegate::config::parse({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
    for (const auto& error : loaded.errors) CHECK(!error.what.empty() && !error.text().empty());
    if (loaded.errors.empty())
        for (const auto& exception : loaded.settings.exceptions) CHECK(exception.allow.has_value());
    return 0;
}

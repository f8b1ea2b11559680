// Any handshake message: no crash, and a fingerprint is 36 printable characters whatever the client said.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/tls/client_hello.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate;
    const auto hello = wire::read_client_hello({reinterpret_cast<const char*>(data), size});
    if (!hello) return 0;
    const std::string print = wire::ja4(*hello);
    CHECK(print.size() == 36 && print[10] == '_' && print[23] == '_');
    for (const char c : print) CHECK(c > ' ' && c <= '~');
    CHECK(hello->ciphers.size() + hello->extensions.size() <= size);
    return 0;
}

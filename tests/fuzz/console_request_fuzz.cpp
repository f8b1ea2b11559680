// Fields and bodies that a client writes: what is found lies within them, an address behind a proxy is one of
// those that were written, or the proxy's own, and no text makes a right out of none.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "console/book.h"
#include "console/caller.h"
#include "console/assets.h"
#include "console/rights.h"
#include "console/totp.h"

using namespace tidegate;
using namespace tidegate::console;

namespace {

void expect(bool holds) {
    if (!holds) std::abort();
}

bool lies_in(std::string_view part, std::string_view whole) {
    return part.empty() ||
           (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const std::string_view value = cookie_in(text, "tidegate");
    expect(lies_in(value, text) && !value.contains(';'));
    static const std::vector<Prefix> proxies{*Prefix::parse("192.0.2.0/24")};
    static const Address peer = *Address::parse("192.0.2.1");
    const Address from = forwarded_address(text, proxies, peer);
    expect(from == peer || !text.empty());
    const std::vector<std::string> calls{std::string(text)};
    if (is_call_scope(text)) expect(!is_in_scope(calls, "PUT", "/v1/mode") || text.starts_with('*'));
    expect(!matching_step("12345678901234567890", text, time_of_unix(59), 1'000'000));
    static_cast<void>(is_json(text));
    static_cast<void>(has_digest(text));
    static_cast<void>(content_type_of(text));
    const Right* right = right_to("GET", text);
    expect(right == nullptr || text.starts_with("/v1/"));
    return 0;
}

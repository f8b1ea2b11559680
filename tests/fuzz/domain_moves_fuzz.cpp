// Any bytes as what was kept of domains that are moved, and as a domain's name: what is read is written as it
// is written again.

#include <cstdlib>
#include <string_view>

#include "app/serve/domain_moves.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace tidegate;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::string domain = app::domain_named(bytes);
    if (!domain.empty() && app::domain_named(domain) != domain) std::abort();
    const auto moves = app::read_domain_moves(bytes);
    if (!moves) return 0;
    const std::string text = app::domain_moves_text(*moves);
    const auto again = app::read_domain_moves(text);
    if (!again || app::domain_moves_text(*again) != text) std::abort();
    return 0;
}

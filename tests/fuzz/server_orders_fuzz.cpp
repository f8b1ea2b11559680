// Any bytes as what was kept of orders about servers: what is read is written as it is written again.

#include <cstdlib>
#include <string_view>

#include "app/serve/server_orders.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace tidegate;
    const auto orders = app::read_server_orders({reinterpret_cast<const char*>(data), size});
    if (!orders) return 0;
    const std::string text = app::server_orders_text(*orders);
    const auto again = app::read_server_orders(text);
    if (!again || app::server_orders_text(*again) != text) std::abort();
    return 0;
}

// Any file of users: it is refused, or what was read is written and read again as the same.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "console/book.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace tidegate::console;
    const auto book = read_book({reinterpret_cast<const char*>(bytes), size});
    if (!book) return 0;
    for (const User& each : book->users)
        if (!is_user_name(each.name) || each.totp.size() != 20 || each.password.empty()) std::abort();
    const auto again = read_book(book_text(*book));
    if (!again || *again != *book) std::abort();
    return 0;
}

// Any bytes as an AS table, of lines and in MaxMind's format: an error that names the file, or a table.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "observe/as_table.h"

namespace {

void use(const tidegate::Result<tidegate::observe::AsTable>& table) {
    using tidegate::Address;
    if (!table && table.error().file.empty()) std::abort();
    if (!table) return;
    for (const Address address : {Address::v4(0), Address::v4(0xc0000201), Address::v4(0xffffffff), Address{},
                                  Address::v6(0x2001'0db8ULL << 32, 1), Address::v6(~0ULL, ~0ULL)})
        (void)table->name(table->number(address));
}

}  // namespace

// Old libmaxminddb, 1.7.1 of Debian 12 too, loses 4.6 KB in MMDB_open where a file's description is damaged
// (its pull request 356, 2024). Ours closes what it opened in ~Database, which nothing can skip.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT: the sanitizer's name
    return "leak:libmaxminddb.so";
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using tidegate::observe::AsTable;
    use(AsTable::parse({reinterpret_cast<const char*>(bytes), size}, "table"));
    static const int file = ::memfd_create("table", 0);
    if (::ftruncate(file, 0) != 0 || ::pwrite(file, bytes, size, 0) != static_cast<ssize_t>(size)) return 0;
    use(AsTable::load("/proc/self/fd/" + std::to_string(file)));
    return 0;
}

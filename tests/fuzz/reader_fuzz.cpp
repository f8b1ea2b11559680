// Any bytes as a file: whole lines come out with the right numbers, packed or not.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "observe/byte_source.h"
#include "observe/line_reader.h"
#include "wire/log/parser.h"

using namespace tidegate;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    static const int file = ::memfd_create("log", 0);
    if (::ftruncate(file, 0) != 0 || ::pwrite(file, bytes, size, 0) != static_cast<ssize_t>(size)) return 0;
    auto source = observe::open_bytes("/proc/self/fd/" + std::to_string(file));
    if (!source) std::abort();  // the file is there
    const std::string_view given(reinterpret_cast<const char*>(bytes), size);
    const bool plain = !given.starts_with("\x1f\x8b") && !given.starts_with("\x28\xb5\x2f\xfd") &&
                       !wire::looks_like_journal_export(given.substr(0, 512));
    observe::LineReader reader(std::move(*source));
    std::vector<char> buffer(wire::max_line_bytes + 100);
    std::string text;
    std::uint64_t next = 1;
    for (auto lines = reader.next(buffer); lines.bytes != 0; lines = reader.next(buffer)) {
        if (lines.first_line != next || lines.count == 0) std::abort();
        next += lines.count;
        text.append(buffer.data(), lines.bytes);
        if (text.size() > (std::size_t{1} << 26)) return 0;  // a packed bomb
    }
    if (plain && (reader.error() || (size <= wire::max_line_bytes && text != given))) std::abort();
    return 0;
}

// Any split of the bytes gives the same requests and the same end. The first byte is the size of the pieces.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "event/text.h"
#include "wire/door/postfix_policy.h"

namespace {

using namespace tidegate;

std::string read(std::string_view bytes, std::size_t piece) {
    wire::PolicyReader reader;
    std::string out;
    while (!bytes.empty()) {
        std::string_view part = bytes.substr(0, piece);
        bytes.remove_prefix(part.size());
        while (!part.empty()) {
            const std::size_t before = part.size();
            const auto request = reader.next(part);
            if (!request) return out + "error: " + request.error().what;
            CHECK(part.size() < before);
            if (!*request) continue;
            append_text((*request)->question.event, out);
            out += static_cast<char>('a' + static_cast<int>((*request)->question.ask));
            const std::size_t at = out.size();
            wire::write_policy({.step = wire::Answer::Step::refuse,
                                .text = (*request)->sender,
                                .code = (*request)->recipient,
                                .help = {}},
                               **request, out);
            // One line and one empty line.
            CHECK(out.find('\n', at) == out.size() - 2);
        }
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string whole = read(bytes, bytes.size());
    CHECK(read(bytes, std::size_t{1} + data[0]) == whole);
    CHECK(read(bytes, 1) == whole);
    return 0;
}

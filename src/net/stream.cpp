#include "net/stream.h"

#include <charconv>
#include <utility>

namespace tidegate::net {
namespace {

// RFC 9112 7.1.
void append_chunk(std::string_view text, std::string& out) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, text.size(), 16).ptr;
    out.append(digits, end).append("\r\n").append(text).append("\r\n");
}

}  // namespace

bool StreamPipe::write(std::string_view text) {
    if (!open || ended) return false;
    if (text.empty()) return true;  // an empty chunk would be the end
    if (waiting.size() + text.size() > most_bytes) {
        overflown = true;
        open = false;
    } else if (chunked) {
        append_chunk(text, waiting);
    } else {
        waiting += text;
    }
    if (wake) wake();
    return open;
}

void StreamPipe::end() {
    if (ended) return;
    ended = true;
    if (chunked && open) waiting += "0\r\n\r\n";
    if (wake) wake();
}

void StreamPipe::detach() {
    open = false;
    wake = nullptr;
    if (auto task = std::exchange(on_close, nullptr)) task();
}

}  // namespace tidegate::net

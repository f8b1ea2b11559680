#include "wire/mail/secret.h"

#include <algorithm>
#include <cstring>  // explicit_bzero is GNU's
#include <utility>

#include "base/check.h"

namespace tidegate::wire {
namespace {

// More than any std::string keeps within itself, so that a move passes a pointer on and leaves no copy.
constexpr std::size_t least_bytes = 64;

}  // namespace

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe();
    text_.swap(other.text_);
    return *this;
}

void Secret::append(std::string_view text) {
    if (text.empty()) return;
    const std::size_t needed = text_.size() + text.size();
    if (needed > text_.capacity() || text_.empty()) reserve(std::max(needed, 2 * text_.size()));
    text_ += text;
}

void Secret::reserve(std::size_t bytes) {
    if (bytes <= text_.capacity() && text_.capacity() >= least_bytes) return;
    std::string larger;
    larger.reserve(std::max(bytes, least_bytes));
    larger += text_;
    wire::wipe(text_);
    text_.swap(larger);
}

void Secret::drop_front(std::size_t bytes) {
    CHECK(bytes <= text_.size());
    const std::size_t left = text_.size() - bytes;
    std::memmove(text_.data(), text_.data() + bytes, left);
    ::explicit_bzero(text_.data() + left, bytes);
    text_.resize(left);
}

void Secret::wipe() {
    wire::wipe(text_);
}

void wipe(std::string& text) {
    text.resize(text.capacity());
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

}  // namespace tidegate::wire

#include "wire/mail/secret.h"

#include <strings.h>

#include <algorithm>

namespace tidegate::wire {

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe();
    // Not std::string's own move: what is short lies in the object itself and would be copied.
    append(other.text_);
    other.wipe();
    return *this;
}

void Secret::append(std::string_view text) {
    if (text_.size() + text.size() > text_.capacity()) {
        std::string larger;
        larger.reserve(std::max<std::size_t>(64, 2 * (text_.size() + text.size())));
        larger = text_;
        wire::wipe(text_);
        text_.swap(larger);
    }
    text_ += text;
}

void Secret::wipe() {
    wire::wipe(text_);
}

void wipe(std::string& text) {
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

}  // namespace tidegate::wire

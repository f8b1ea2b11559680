#pragma once
// A text that nobody finds in memory afterwards.

#include <cstddef>
#include <string>
#include <string_view>

namespace tidegate::wire {

/// A password, or what one can be made of. Overwritten when it is destroyed, assigned to, wiped or outgrown;
/// moving hands its memory on; shown by nothing.  Thread: a value.  Cost: appending is linear in all.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view text) { append(text); }
    ~Secret() { wipe(); }
    Secret(Secret&& other) noexcept = default;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    void append(std::string_view text);
    /// Takes so many bytes off the front. Cost: linear in the others.
    void drop_front(std::size_t bytes);
    /// Room for so many bytes in all: until then nothing moves.
    void reserve(std::size_t bytes);
    void wipe();
    [[nodiscard]] std::string_view view() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

private:
    std::string text_;  // never within the object itself unless empty, see reserve()
};

/// Empties a text and overwrites all the memory it has, in a way that no compiler leaves out.
void wipe(std::string& text);

}  // namespace tidegate::wire

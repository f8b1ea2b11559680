#pragma once
// A text that nobody finds in memory afterwards.

#include <string>
#include <string_view>
#include <utility>

namespace tidegate::wire {

/// A password, or what one can be made of. Overwritten when it is destroyed, moved from or outgrown; shown by
/// nothing.  Thread: a value.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view text) { append(text); }
    ~Secret() { wipe(); }
    Secret(Secret&& other) noexcept { *this = std::move(other); }
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    void append(std::string_view text);
    void wipe();
    [[nodiscard]] std::string_view view() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

private:
    std::string text_;
};

/// Overwrites bytes in a way that no compiler leaves out.
void wipe(std::string& text);

}  // namespace tidegate::wire

#pragma once
// The figures of a drill: flat, with dotted names.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidegate::drill {

/// Figures by name, in the order in which they were set. One without a value could not be measured in this
/// run (no alarm came; the sensor shows no such thing). A value.
class Measures {
public:
    using Item = std::pair<std::string, std::optional<double>>;

    /// Replaces a figure of the same name.
    void set(std::string_view name, std::optional<double> value);
    /// part / whole; nothing where there is no whole.
    void set_ratio(std::string_view name, double part, double whole);
    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    /// Nothing where there is no such figure, or no value.
    [[nodiscard]] std::optional<double> get(std::string_view name) const;
    [[nodiscard]] std::span<const Item> items() const { return items_; }

private:
    [[nodiscard]] const Item* find(std::string_view name) const;

    std::vector<Item> items_;
};

}  // namespace tidegate::drill

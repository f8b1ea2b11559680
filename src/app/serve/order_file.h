#pragma once
// How what operators ordered lies in the state folder: a JSON array, an order a line.

#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace tidegate::app {

/// One order's words, as they were kept. Outlived by what was read.
class KeptOrder {
public:
    explicit KeptOrder(const boost::json::object& object) : object_(object) {}
    /// Nothing: it says no such text, or time.
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    [[nodiscard]] std::optional<Time> time(std::string_view name) const;
    /// Nothing: it says neither a time nor null, which is no end.
    [[nodiscard]] std::optional<std::optional<Time>> end(std::string_view name) const;

private:
    const boost::json::object& object_;
};

/// What one file's orders are about, for errors.
struct OrderFile {
    std::string_view one, all;  // "a server", "servers"
    std::string_view mend;
};

[[nodiscard]] std::string order_file_text(std::span<const std::string> lines);
/// `take`: one order; false: it is none.  Fails: at the first that is none, and what is no such file; nothing
/// of it is to be taken then, since half of what was ordered may be the wrong half.  Cost: linear, of at most
/// a few megabytes.
[[nodiscard]] Result<void> read_order_file(std::string_view text, const OrderFile& file,
                                           const std::function<bool(const KeptOrder&)>& take);
/// Of an end that may be missing.
[[nodiscard]] std::string end_json(const std::optional<Time>& end);

}  // namespace tidegate::app

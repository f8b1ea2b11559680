#include "app/serve/order_file.h"

#include <fmt/format.h>

#include <utility>

#include "event/json.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

// More than orders about all servers and domains that anybody has; a file beyond is not ours.
constexpr std::size_t most_bytes = std::size_t{4} << 20U;

std::unexpected<Error> unreadable(std::string what, const OrderFile& file) {
    return std::unexpected(Error{"", 0, std::move(what), std::string(file.mend)});
}

}  // namespace

std::optional<std::string> KeptOrder::text(std::string_view name) const {
    const auto* found = object_.if_contains(name);
    const auto* text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? std::nullopt : std::optional(std::string(std::string_view(*text)));
}

std::optional<Time> KeptOrder::time(std::string_view name) const {
    const auto said = text(name);
    return said ? parse_rfc3339(*said) : std::nullopt;
}

std::optional<std::optional<Time>> KeptOrder::end(std::string_view name) const {
    const auto* found = object_.if_contains(name);
    if (found == nullptr) return std::nullopt;
    if (found->is_null()) return std::optional<Time>();
    const auto said = time(name);
    if (!said) return std::nullopt;
    return std::optional<std::optional<Time>>(std::in_place, said);
}

std::string order_file_text(std::span<const std::string> lines) {
    std::string out = "[";
    for (const std::string& each : lines) out += (out.size() > 1 ? ",\n" : "\n") + each;
    return out + "\n]\n";
}

Result<void> read_order_file(std::string_view text, const OrderFile& file,
                             const std::function<bool(const KeptOrder&)>& take) {
    if (text.size() > most_bytes)
        return unreadable(fmt::format("the orders about {} are too long", file.all), file);
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    const auto* all = error ? nullptr : value.if_array();
    if (all == nullptr)
        return unreadable(fmt::format("the orders about {} are no JSON array", file.all), file);
    std::size_t number = 0;
    for (const json::value& each : *all) {
        ++number;
        const auto* object = each.if_object();
        if (object == nullptr || !take(KeptOrder(*object)))
            return unreadable(fmt::format("the {}. order about {} can't be read", number, file.one), file);
    }
    return {};
}

std::string end_json(const std::optional<Time>& end) {
    return end ? json_string(rfc3339(*end)) : "null";
}

}  // namespace tidegate::app

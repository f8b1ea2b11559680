#include "app/serve/server_orders.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <utility>

#include "event/json.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

// More than orders of all servers that anybody has; a file beyond is not ours.
constexpr std::size_t most_bytes = std::size_t{4} << 20U;

std::unexpected<Error> unreadable(std::string what) {
    return std::unexpected(
        Error{"", 0, std::move(what), "order it again: tidegate servers drain or quarantine NAME"});
}

std::string line_of(const ServerOrder& order) {
    return fmt::format(R"({{"server":{},"order":"{}","author":{},"reason":{},"since":"{}","until":{}}})",
                       json_string(order.server), name(order.kind), json_string(order.author),
                       json_string(order.reason), rfc3339(order.since),
                       order.until ? json_string(rfc3339(*order.until)) : std::string("null"));
}

std::optional<std::string> text_of(const json::object& object, std::string_view name) {
    const auto* found = object.if_contains(name);
    const auto* text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? std::nullopt : std::optional(std::string(std::string_view(*text)));
}

std::optional<Time> time_of(const json::object& object, std::string_view name) {
    const auto text = text_of(object, name);
    return text ? parse_rfc3339(*text) : std::nullopt;
}

std::optional<ServerOrder::Kind> kind_of(const json::object& object) {
    const std::string word = text_of(object, "order").value_or("");
    for (const auto kind : {ServerOrder::Kind::drain, ServerOrder::Kind::quarantine})
        if (word == name(kind)) return kind;
    return std::nullopt;
}

std::optional<ServerOrder> order_of(const json::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr) return std::nullopt;
    auto server = text_of(*object, "server");
    const auto kind = kind_of(*object);
    const auto since = time_of(*object, "since");
    const auto* until = object->if_contains("until");
    if (!server || server->empty() || !kind || !since || until == nullptr) return std::nullopt;
    ServerOrder order{.server = std::move(*server),
                      .kind = *kind,
                      .author = text_of(*object, "author").value_or(""),
                      .reason = text_of(*object, "reason").value_or(""),
                      .since = *since};
    if (until->is_null()) return order;
    order.until = time_of(*object, "until");
    return order.until ? std::optional(std::move(order)) : std::nullopt;
}

}  // namespace

std::string_view name(ServerOrder::Kind kind) {
    return kind == ServerOrder::Kind::drain ? "drain" : "quarantine";
}

std::string server_orders_text(std::span<const ServerOrder> orders) {
    std::string out = "[";
    for (const ServerOrder& each : orders) out += (out.size() > 1 ? ",\n" : "\n") + line_of(each);
    return out + "\n]\n";
}

Result<std::vector<ServerOrder>> read_server_orders(std::string_view text) {
    if (text.size() > most_bytes) return unreadable("the orders about servers are too long");
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    const auto* all = error ? nullptr : value.if_array();
    if (all == nullptr) return unreadable("the orders about servers are no JSON array");
    std::vector<ServerOrder> out;
    for (const json::value& each : *all) {
        auto order = order_of(each);
        if (!order)
            return unreadable(fmt::format("the {}. order about a server can't be read", out.size() + 1));
        out.push_back(std::move(*order));
    }
    return out;
}

}  // namespace tidegate::app

#include "app/serve/server_orders.h"

#include <fmt/format.h>

#include <utility>

#include "app/serve/order_file.h"
#include "event/json.h"

namespace tidegate::app {
namespace {

constexpr OrderFile file{
    .one = "a server", .all = "servers", .mend = "order it again: tidegate servers drain or quarantine NAME"};

std::string line_of(const ServerOrder& order) {
    return fmt::format(R"({{"server":{},"order":"{}","author":{},"reason":{},"since":"{}","until":{}}})",
                       json_string(order.server), name(order.kind), json_string(order.author),
                       json_string(order.reason), rfc3339(order.since), end_json(order.until));
}

std::optional<ServerOrder::Kind> kind_of(const KeptOrder& kept) {
    const std::string word = kept.text("order").value_or("");
    for (const auto kind : {ServerOrder::Kind::drain, ServerOrder::Kind::quarantine})
        if (word == name(kind)) return kind;
    return std::nullopt;
}

std::optional<ServerOrder> order_of(const KeptOrder& kept) {
    auto server = kept.text("server");
    const auto kind = kind_of(kept);
    const auto since = kept.time("since");
    const auto until = kept.end("until");
    if (!server || server->empty() || !kind || !since || !until) return std::nullopt;
    return ServerOrder{.server = std::move(*server),
                       .kind = *kind,
                       .author = kept.text("author").value_or(""),
                       .reason = kept.text("reason").value_or(""),
                       .since = *since,
                       .until = *until};
}

}  // namespace

std::string_view name(ServerOrder::Kind kind) {
    return kind == ServerOrder::Kind::drain ? "drain" : "quarantine";
}

std::string server_orders_text(std::span<const ServerOrder> orders) {
    std::vector<std::string> lines;
    for (const ServerOrder& each : orders) lines.push_back(line_of(each));
    return order_file_text(lines);
}

Result<std::vector<ServerOrder>> read_server_orders(std::string_view text) {
    std::vector<ServerOrder> out;
    const auto read = read_order_file(text, file, [&](const KeptOrder& kept) {
        auto order = order_of(kept);
        if (order) out.push_back(std::move(*order));
        return order.has_value();
    });
    if (!read) return std::unexpected(read.error());
    return out;
}

}  // namespace tidegate::app

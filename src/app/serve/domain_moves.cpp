#include "app/serve/domain_moves.h"

#include <fmt/format.h>

#include <utility>

#include "app/serve/order_file.h"
#include "event/json.h"
#include "wire/mail/recipient.h"

namespace tidegate::app {
namespace {

constexpr OrderFile file{
    .one = "a domain", .all = "domains", .mend = "order it again: tidegate listeners move DOMAIN NAME"};

std::string line_of(const DomainMove& move) {
    return fmt::format(R"({{"domain":{},"listener":{},"author":{},"reason":{},"since":"{}","until":{}}})",
                       json_string(move.domain), json_string(move.listener), json_string(move.author),
                       json_string(move.reason), rfc3339(move.since), end_json(move.until));
}

std::optional<DomainMove> move_of(const KeptOrder& kept) {
    auto domain = kept.text("domain");
    auto listener = kept.text("listener");
    const auto since = kept.time("since");
    const auto until = kept.end("until");
    if (!domain || domain->empty() || domain_named(*domain) != *domain) return std::nullopt;
    if (!listener || listener->empty() || !since || !until) return std::nullopt;
    return DomainMove{.domain = std::move(*domain),
                      .listener = std::move(*listener),
                      .author = kept.text("author").value_or(""),
                      .reason = kept.text("reason").value_or(""),
                      .since = *since,
                      .until = *until};
}

}  // namespace

// Read as a client's words are, so that what is ordered is what will be looked up.
std::string domain_named(std::string_view written) {
    if (written.ends_with('.')) written.remove_suffix(1);
    std::string domain = wire::recipient_domain(fmt::format("RCPT TO:<x@{}>", written));
    return domain.size() == written.size() ? domain : std::string();
}

std::string domain_moves_text(std::span<const DomainMove> moves) {
    std::vector<std::string> lines;
    for (const DomainMove& each : moves) lines.push_back(line_of(each));
    return order_file_text(lines);
}

Result<std::vector<DomainMove>> read_domain_moves(std::string_view text) {
    std::vector<DomainMove> out;
    const auto read = read_order_file(text, file, [&](const KeptOrder& kept) {
        auto move = move_of(kept);
        if (move) out.push_back(std::move(*move));
        return move && out.size() <= most_domain_moves;
    });
    if (!read) return std::unexpected(read.error());
    return out;
}

}  // namespace tidegate::app

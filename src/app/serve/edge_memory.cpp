#include "app/serve/edge_memory.h"

#include <string>
#include <utility>

namespace tidegate::app {

using tell::Thing;

std::vector<ServerOrder> recalled_server_orders(const StateFolder& state, tell::Telling& telling) {
    const auto kept = state.kept_servers();
    if (kept && kept->empty()) return {};
    auto orders = kept ? read_server_orders(*kept) : std::unexpected(kept.error());
    if (orders) return std::move(*orders);
    telling.tell(Thing::server_orders_lost, {{"error", orders.error().text()}});
    return {};
}

std::vector<DomainMove> recalled_moves(const StateFolder& state, tell::Telling& telling) {
    const auto kept = state.kept_moves();
    if (kept && kept->empty()) return {};
    auto moves = kept ? read_domain_moves(*kept) : std::unexpected(kept.error());
    if (moves) return std::move(*moves);
    telling.tell(Thing::domain_moves_lost, {{"error", moves.error().text()}});
    return {};
}

void recall_mail(const StateFolder& state, guard::MailDesk& mail, tell::Telling& telling) {
    const auto kept = state.kept_mail();
    if (kept && kept->empty()) return;
    const auto recalled = kept ? mail.restore(*kept) : std::unexpected(kept.error());
    if (!recalled) telling.tell(Thing::mail_memory_lost, {{"error", recalled.error().text()}});
}

void keep_mail(const StateFolder& state, const guard::MailDesk& mail, tell::Telling& telling) {
    if (mail.memory().networks == 0) return;
    std::string memory;
    mail.save(memory);
    if (auto kept = state.keep_mail(memory); !kept)
        telling.tell(Thing::mail_memory_lost, {{"error", kept.error().text()}});
}

}  // namespace tidegate::app

#pragma once
// Says what would be done, in nft's language, and does nothing.

#include <functional>
#include <string_view>

#include "act/enforcer.h"

namespace tidegate::act {

/// What it says can be given to `nft -f` as it is: `print` gets whole lines.
/// Thread: one.  Fails: never. Needs no privileges.
class DryRun final : public Enforcer {
public:
    explicit DryRun(std::function<void(std::string_view)> print) : print_(std::move(print)) {}

    [[nodiscard]] std::expected<Established, Refusal> establish(const TableSpec& spec) override;
    [[nodiscard]] Outcome add(std::span<const Ban> bans, Time now) override;
    [[nodiscard]] Outcome renew(std::span<const Ban> bans, Time now) override;
    [[nodiscard]] Outcome remove(std::span<const Address> addresses) override;
    [[nodiscard]] Outcome remove_hosts() override;
    [[nodiscard]] Outcome replace_nets(const Ranges& banned, const Ranges& spared) override;
    [[nodiscard]] std::expected<Seen, Refusal> look() override;
    [[nodiscard]] std::expected<bool, Refusal> has(std::span<const Address> addresses) override;
    [[nodiscard]] Outcome read_back(Time now, const std::function<bool(std::span<const Ban>)>& take) override;
    /// As a comment: nft can't do that.
    [[nodiscard]] std::expected<std::size_t, Refusal> end_sessions(const IsBanned& is_banned) override;
    [[nodiscard]] Outcome remove_all() override;

private:
    TableSpec spec_;
    std::function<void(std::string_view)> print_;
};

}  // namespace tidegate::act

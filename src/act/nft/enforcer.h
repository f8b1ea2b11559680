#pragma once
// The kernel's firewall, through netlink: no process is started, no set is listed.

#include <memory>
#include <optional>

#include "act/enforcer.h"
#include "act/nft/netlink.h"

namespace tidegate::act {

/// Thread: as its interface says.
/// Cost: a transaction of one ban is a system call or two and some 50 microseconds; one of 1,000 about a
/// millisecond. Memory: the largest transaction.
class NftEnforcer final : public Enforcer {
public:
    /// In the network namespace that the calling thread is in.  Fails: without nf_tables in the kernel.
    [[nodiscard]] static std::expected<std::unique_ptr<NftEnforcer>, Refusal> open();

    [[nodiscard]] std::expected<Established, Refusal> establish(const TableSpec& spec) override;
    [[nodiscard]] Outcome add(std::span<const Ban> bans, Time now) override;
    [[nodiscard]] Outcome renew(std::span<const Ban> bans, Time now) override;
    [[nodiscard]] Outcome remove(std::span<const Address> addresses) override;
    [[nodiscard]] Outcome remove_hosts() override;
    [[nodiscard]] Outcome replace_nets(const Ranges& banned, const Ranges& spared) override;
    [[nodiscard]] std::expected<Seen, Refusal> look() override;
    [[nodiscard]] std::expected<bool, Refusal> has(std::span<const Address> addresses) override;
    [[nodiscard]] Outcome read_back(Time now, const std::function<bool(std::span<const Ban>)>& take) override;
    [[nodiscard]] std::expected<std::size_t, Refusal> end_sessions(const IsBanned& is_banned) override;
    [[nodiscard]] Outcome remove_all() override;

private:
    explicit NftEnforcer(nft::Netlink tables) : tables_(std::move(tables)) {}
    [[nodiscard]] std::expected<std::uint32_t, Refusal> generation();
    [[nodiscard]] Outcome commit(const char* doing);
    [[nodiscard]] Outcome read_set(bool v4, Time now, const std::function<bool(std::span<const Ban>)>& take);
    [[nodiscard]] std::vector<Ban> rescue();
    [[nodiscard]] Outcome make(bool instead);
    [[nodiscard]] std::expected<std::vector<std::string>, Refusal> sets_there(
        std::optional<std::uint64_t>& count);
    [[nodiscard]] std::expected<std::optional<std::string>, Refusal> mark_of_table();
    [[nodiscard]] std::expected<std::string, Refusal> mark_of_chain();
    [[nodiscard]] std::expected<bool, Refusal> rules_whole(Seen& seen);
    [[nodiscard]] Outcome renew_rules(const std::vector<std::string>& sets);
    [[nodiscard]] Outcome has_all(const char* set, bool v4, std::span<const Address> addresses, bool& all);

    TableSpec spec_;
    nft::Netlink tables_;
    std::optional<nft::Netlink> diag_;
    nft::Batch batch_;
    std::uint32_t generation_ = 0;  // of all tables, after what we know of
    bool touched_ = false;          // by others, since the last look
};

}  // namespace tidegate::act

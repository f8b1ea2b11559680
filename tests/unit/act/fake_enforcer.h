#pragma once
// A kernel in memory, that can be full, broken, or changed by others.

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "act/enforcer.h"

namespace tidegate::act {

struct FakeKernel {
    std::mutex mutex;  // the tests look on from another thread
    bool present = false, touched = false, rules_whole = true;
    std::map<Address, Time> hosts;
    Ranges nets, spared;
    std::vector<Address> sessions;  // the reconciler's thread alone
    std::size_t capacity = 1'000'000;
    std::set<Address> bad;
    std::optional<Refusal::Why> broken;  // everything is refused for that
    std::size_t transactions = 0, established = 0;
    std::function<void()> while_reading;
    bool can_end_sessions = true;
};

class FakeEnforcer final : public Enforcer {
public:
    explicit FakeEnforcer(FakeKernel& kernel) : kernel_(kernel) {}

    std::expected<Established, Refusal> establish(const TableSpec&) override {
        const std::unique_lock lock(kernel_.mutex);
        ++kernel_.established;
        if (kernel_.broken) return std::unexpected(refusal(*kernel_.broken));
        if (kernel_.present)
            return std::exchange(kernel_.rules_whole, true) ? Established::kept : Established::renewed;
        kernel_.present = true;
        kernel_.hosts.clear();
        kernel_.nets = kernel_.spared = {};
        return Established::made;
    }
    Outcome add(std::span<const Ban> bans, Time) override {
        return change(
            [&](auto& hosts) {
                for (const Ban& ban : bans) hosts.emplace(ban.address, ban.until);
            },
            addresses(bans));
    }
    Outcome renew(std::span<const Ban> bans, Time) override {
        return change(
            [&](auto& hosts) {
                for (const Ban& ban : bans) hosts[ban.address] = ban.until;
            },
            addresses(bans));
    }
    Outcome remove(std::span<const Address> gone) override {
        return change(
            [&](auto& hosts) {
                for (const Address& address : gone) hosts.erase(address);
            },
            {});
    }
    Outcome remove_hosts() override {
        return change([](auto& hosts) { hosts.clear(); }, {});
    }
    Outcome replace_nets(const Ranges& banned, const Ranges& spared) override {
        return change(
            [&](auto&) {
                kernel_.nets = banned;
                kernel_.spared = spared;
            },
            {});
    }
    std::expected<Seen, Refusal> look() override {
        const std::unique_lock lock(kernel_.mutex);
        if (kernel_.broken) return std::unexpected(refusal(*kernel_.broken));
        Seen seen;
        seen.present = seen.sets_ours = kernel_.present;
        seen.rules_ours = kernel_.present && kernel_.rules_whole;
        seen.touched = std::exchange(kernel_.touched, false);
        return seen;
    }
    std::expected<bool, Refusal> has(std::span<const Address> asked) override {
        const std::unique_lock lock(kernel_.mutex);
        for (const Address& address : asked)
            if (!kernel_.hosts.contains(address)) return false;
        return true;
    }
    Outcome read_back(Time, const std::function<bool(std::span<const Ban>)>& take) override {
        std::vector<Ban> bans;
        {
            const std::unique_lock lock(kernel_.mutex);
            for (const auto& [address, until] : kernel_.hosts) bans.push_back({address, until});
        }
        if (kernel_.while_reading) kernel_.while_reading();
        for (const Ban& ban : bans) take(std::span(&ban, 1));
        return {};
    }
    std::expected<std::size_t, Refusal> end_sessions(const IsBanned& is_banned) override {
        if (!kernel_.can_end_sessions) return std::unexpected(refusal(Refusal::Why::element));
        return std::erase_if(kernel_.sessions, is_banned);
    }
    Outcome remove_all() override {
        const std::unique_lock lock(kernel_.mutex);
        kernel_.present = false;
        return {};
    }

private:
    static Refusal refusal(Refusal::Why why) { return {why, Error{"", 0, "refused", ""}}; }
    static std::vector<Address> addresses(std::span<const Ban> bans) {
        std::vector<Address> out;
        for (const Ban& ban : bans) out.push_back(ban.address);
        return out;
    }
    template <class Change>
    Outcome change(Change change, const std::vector<Address>& added) {
        const std::unique_lock lock(kernel_.mutex);
        ++kernel_.transactions;
        if (kernel_.broken) return std::unexpected(refusal(*kernel_.broken));
        if (!kernel_.present) return std::unexpected(refusal(Refusal::Why::absent));
        for (const Address& address : added)
            if (kernel_.bad.contains(address)) return std::unexpected(refusal(Refusal::Why::element));
        auto hosts = kernel_.hosts;
        change(hosts);
        if (hosts.size() > kernel_.capacity) return std::unexpected(refusal(Refusal::Why::full));
        kernel_.hosts = std::move(hosts);
        return {};
    }

    FakeKernel& kernel_;
};

}  // namespace tidegate::act

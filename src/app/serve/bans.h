#pragma once
// Which verdicts the kernel carries out, and who is never banned.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "act/firewall.h"
#include "app/serve/state_folder.h"
#include "base/error.h"
#include "config/settings.h"
#include "event/event.h"
#include "event/verdict.h"
#include "judge/policy.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// The firewall as the configuration has it, or none. While Tidegate only watches there is no table in the
/// kernel: no ban, no limit, whoever left them. Thread: any.  Cost: a ban is an order, taken in below a
/// microsecond; a change of mode or settings waits for the transaction under way.  Fails: what the kernel
/// refuses is told.
class Bans {
public:
    /// `state` outlives it.
    Bans(tell::Telling& telling, std::function<Time()> clock, StateFolder& state)
        : telling_(telling), clock_(std::move(clock)), state_(state) {}

    /// These settings hold, and this policy: what it allows is spared, what it denies by network is kept out.
    /// Fails: no right to the kernel's tables; then nobody is banned.
    [[nodiscard]] std::optional<Error> adopt(const config::Firewall& settings, const judge::Policy& policy,
                                             bool acts);
    /// Of the policy alone.
    void adopt(const judge::Policy& policy);
    /// False: all that was ever banned is lifted, and nobody is any more.  Fails: as adopt().
    [[nodiscard]] std::optional<Error> set_acting(bool acts);

    void ban(const Event& event, const Verdict& verdict);
    /// Nothing comes from that network until then; a time that is past: it does again.
    void silence(const Prefix& network, Time until);
    /// Once a second: whose silence is over is heard again.
    void tick(Time now);
    [[nodiscard]] bool is_banned(const Address& address) const;
    /// False: it was not banned.
    bool lift(const Address& address);
    [[nodiscard]] std::optional<act::FirewallStanding> standing() const;
    /// Carries out what waits. The kernel goes on keeping out whom it does.
    void close();

private:
    void hear(const act::FirewallNotice& notice) const;
    void apply();
    void apply_nets();
    [[nodiscard]] std::optional<Error> rebuild();
    [[nodiscard]] std::optional<Error> open();
    [[nodiscard]] std::optional<Error> remove_table();
    [[nodiscard]] std::shared_ptr<act::Firewall> firewall() const;

    tell::Telling& telling_;
    std::function<Time()> clock_;
    StateFolder& state_;
    mutable std::mutex mutex_;
    std::shared_ptr<act::Firewall> firewall_;
    config::Firewall settings_;
    std::vector<Prefix> spared_, denied_;
    std::map<Prefix, Time> silenced_;
    bool nets_changed_ = false;
    bool acts_ = false;
    bool adopted_ = false;  // the settings at least once
};

}  // namespace tidegate::app

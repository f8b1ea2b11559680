#pragma once
// The judge: folds attempts into memory and answers for them.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "event/event.h"
#include "event/verdict.h"
#include "judge/knock.h"
#include "judge/policy.h"

namespace tidegate::judge {

/// What the tables hold and cost.
struct MemoryUse {
    std::size_t bytes = 0;      // all tables together
    std::size_t addresses = 0;  // kept in the address table
    std::size_t accounts = 0;
    std::size_t familiar = 0;     // pairs of account and place
    std::uint64_t forgotten = 0;  // addresses dropped to make room
};

struct State;

/// Deterministic: same history, same verdicts, in every process. Takes its time from the events, never from a
/// clock; does no I/O.
/// Thread: one at a time.  Cost: about ten cache lines an event, no allocation but when a table grows. Fails:
/// never.
class Judge {
public:
    explicit Judge(std::shared_ptr<const Policy> policy);  // sealed
    ~Judge();
    Judge(Judge&&) noexcept;
    Judge& operator=(Judge&&) noexcept;

    /// Before: may it pass? Changes nothing.
    [[nodiscard]] Verdict consider(const Knock& knock) const;
    /// Whether anybody logged in from that address lately, whoever it was.
    [[nodiscard]] bool is_home(const Knock& knock) const;
    /// It will be asked about in a moment: what it will look at is fetched. Nothing else happens.
    void expect(const Knock& knock) const;
    /// After: what became of it. `verdict` is what was answered: where it stopped the attempt, the outcome is
    /// not looked at, for nobody knows it when Tidegate acts. Sets `verdict.suspected_takeover`.
    void learn(const Knock& knock, Verdict& verdict);
    /// considers and learns every knock in order, several memory accesses in flight; the same answers as one
    /// by one.
    void fold(std::span<const Knock> knocks, std::span<Verdict> verdicts);

    /// How far a storm may bring the thresholds down, as the posture has it (PostureKeeper::shift(), 0 or
    /// less): until it is told, as far as in a storm. From the next attempt on; no checkpoint has it.
    void set_posture(Decibans lowest_shift);

    /// An operator, or the account's owner from home, says that this attempt is his: its place becomes as
    /// familiar as if he had logged in from there, and nothing else is learned.
    void vouch(const Knock& knock);

    /// Somebody says that nothing is to be held against this address and this account any more: their
    /// failures are forgotten. A key that is 0 is nobody's.
    void pardon(const Knock& knock);

    /// From the next attempt on another policy holds (sealed). What was learned of a block list goes with its
    /// name; `memory_bytes` stays what it was.
    void adopt(std::shared_ptr<const Policy> policy);

    [[nodiscard]] MemoryUse memory() const;

    /// Appends all tables, so that a judge made from it answers the same. docs/formats.md has the layout.
    /// `room`: bytes that the caller will append, so that they need no copy of the tables.
    void save(std::string& out, std::size_t room = 0) const;
    [[nodiscard]] static Result<Judge> load(std::string_view bytes, std::shared_ptr<const Policy> policy);

private:
    std::unique_ptr<State> state_;
};

}  // namespace tidegate::judge

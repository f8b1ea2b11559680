#pragma once
// Counts what a replay saw, attempt by attempt, and makes the report of it.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "event/event.h"
#include "event/verdict.h"
#include "tell/report.h"

namespace tidegate::tell {

struct TallyOptions {
    std::string zone;  // IANA name of the report's clock; empty: the machine's
    /// Name of an AS for the lists; may be empty.
    std::function<std::string(std::uint32_t)> as_name;
};

/// The one place where a replay is counted. Events come in order of time (small steps back are forgiven),
/// each with its verdict; events with `attempts == 0` do not come. Thread: one at a time.  Cost: add() about
/// 100 ns for an attempt, no allocation but for rare finds; memory bounded by about 120 MiB whatever comes;
/// what did not fit is said in Report::notes.  Fails: never.
class Tally {
public:
    explicit Tally(TallyOptions options = {});
    ~Tally();
    Tally(Tally&&) noexcept;
    Tally& operator=(Tally&&) noexcept;

    /// Asks for the memory that add() will touch. Worth it some eight events ahead; `account` as in add().
    void prefetch(const Event& event, std::uint64_t account = 0) const;
    /// `account` is a key of the normalised account name, the same for all its spellings (Knock::account); 0:
    /// made of the name as written.
    void add(const Event& event, const Verdict& verdict, std::uint64_t account = 0);
    /// The tally may go on afterwards.
    [[nodiscard]] Report finish(ReadFacts read) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace tidegate::tell

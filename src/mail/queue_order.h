#pragma once
// A queue that is watched, and what is known of it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "mail/queue_account.h"
#include "mail/queue_reading.h"
#include "wire/queue/queued_mail.h"

namespace tidegate::mail {

[[nodiscard]] constexpr std::string_view name(wire::QueueProgram program) {
    return program == wire::QueueProgram::exim ? "exim" : "postfix";
}

struct QueueOrder {
    std::string name{};
    wire::QueueProgram program = wire::QueueProgram::postfix;
    std::vector<std::string> command{};  // that lists it; not empty
    std::chrono::milliseconds every = std::chrono::seconds(15);
    QueueLens lens{};
    QueueRules rules{};
    std::chrono::milliseconds patience = std::chrono::seconds(60);  // with the command

    friend bool operator==(const QueueOrder&, const QueueOrder&) = default;
};

/// As it was read last. Plain data.
struct QueueStanding {
    std::string name{};
    wire::QueueProgram program = wire::QueueProgram::postfix;
    std::vector<std::string> command{};  // that lists it
    bool is_part = false;                // mail to some domains alone
    std::optional<Time> read{};          // its moment; nothing: not yet
    Duration took{};                     // the last try
    std::string trouble{};               // why it can't be read; empty: it can. One line, not safe to print
    QueueFigures figures{};              // of `read`
    std::optional<double> usual_late{};
    std::optional<Time> since{};          // it is backed up
    std::optional<Duration> oldest{};     // has waited so long: while backed up, of what that holds up
    std::optional<std::uint64_t> lost{};  // QueueAccount::lost()

    [[nodiscard]] bool is_backed_up() const { return since.has_value(); }
    /// What is said of it is so now, and may be told to others.
    [[nodiscard]] bool is_readable() const { return read.has_value() && trouble.empty(); }
};

}  // namespace tidegate::mail

#pragma once
// What one look into a queue comes to.

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "wire/queue/queued_mail.h"

namespace tidegate::mail {

/// What of a queue counts.
struct QueueLens {
    std::vector<std::string> domains{};  // lower case; only mail to one of these; none: all
    Duration late_after = std::chrono::minutes(5);

    friend bool operator==(const QueueLens&, const QueueLens&) = default;
};

/// Messages on hold are counted, and nothing else is said of them: nobody tries to deliver them.
struct QueueFigures {
    struct Domain {
        std::string name;
        std::uint64_t messages = 0;
        friend bool operator==(const Domain&, const Domain&) = default;
    };
    static constexpr std::size_t most_domains = 5;
    /// What is late, and came before that, has been undeliverable for long: that is somebody else's fault.
    static constexpr Duration recent = std::chrono::hours(2);

    std::uint64_t waiting = 0, active = 0, deferred = 0, held = 0;
    std::uint64_t bytes = 0;  // of those that wait
    /// Have waited for `late_after` or longer, and came within the last two hours.
    std::uint64_t late = 0;
    std::optional<Duration> oldest{};            // has waited so long
    std::optional<Duration> oldest_of_recent{};  // of those that came since the reading's `came_from`
    std::vector<Domain> domains{};               // those with most waiting mail, the most first
};

/// Adds up messages. The reading's moment is given: whatever came after it has not waited.
/// Thread: one at a time.  Cost: a look-up for each domain of a message; memory is bounded, however many
/// messages and domains there are: where more than 4096 domains wait, those with least mail are forgotten and
/// begun anew.  Fails: never.
class QueueReading {
public:
    QueueReading(const QueueLens& lens, Time moment, Time came_from)
        : lens_(lens), moment_(moment), came_from_(came_from) {}

    void take(const wire::QueuedMail& mail);
    [[nodiscard]] QueueFigures figures() const;

private:
    [[nodiscard]] bool counts(const wire::QueuedMail& mail) const;
    void count_domains(const wire::QueuedMail& mail);
    void forget_small_ones();

    QueueLens lens_;
    Time moment_, came_from_;
    QueueFigures figures_;
    std::unordered_map<std::string, std::uint64_t> domains_;
};

}  // namespace tidegate::mail

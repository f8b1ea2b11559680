#pragma once
// The lines of `exim -bp`.

#include <optional>

#include "wire/queue/queued_mail.h"

namespace tidegate::wire {

/// A head (" 25m  2.9K 0t5C6f-0000c8-00 <sender>", frozen ones with "*** frozen ***" at its end), then a line
/// for each recipient, ten blanks in ("D" before those who have got it), then an empty one. Exim does not say
/// which message is being tried: all that are not frozen count as deferred.
class EximQueue : public QueueListing {
public:
    explicit EximQueue(Time now) : now_(now) {}

    void hear(std::string_view line, bool is_cut, const Sink& sink) override;
    void finish(const Sink& sink) override;

private:
    [[nodiscard]] bool take_recipient(std::string_view line);

    Time now_;
    std::optional<QueuedMail> mail_;
};

}  // namespace tidegate::wire

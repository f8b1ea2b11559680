#pragma once
// A line of `postqueue -j`.

#include "wire/queue/queued_mail.h"

namespace tidegate::wire {

/// A JSON object for each message, of which it takes what it knows and steps over the rest. Of a line that
/// was cut (a message with thousands of recipients) the beginning is enough: Postfix writes the recipients
/// last.
class PostfixQueue : public QueueListing {
public:
    void hear(std::string_view line, bool is_cut, const Sink& sink) override;
    void finish(const Sink& /*sink*/) override {}
};

}  // namespace tidegate::wire

#pragma once
// Queues made by hand, around a fixed moment.

#include <string>
#include <vector>

#include "mail/queue_account.h"
#include "mail/queue_reading.h"

namespace tidegate::mail {

inline const Time noon = time_of_unix(1'796'040'000);

inline wire::QueuedMail mail_of_age(Duration age, std::vector<std::string> domains = {"example.org"},
                                    wire::QueuePlace place = wire::QueuePlace::deferred) {
    return {.place = place, .arrival = noon - age, .bytes = 100, .domains = std::move(domains)};
}

}  // namespace tidegate::mail

#pragma once
// Queues as a watch would show them.

#include "mail/queue_order.h"

namespace tidegate::app {

inline mail::QueueStanding quiet_queue(std::string name, Time read) {
    mail::QueueStanding out;
    out.name = std::move(name);
    out.read = read;
    out.took = std::chrono::milliseconds(200);
    out.usual_late = 3.5;
    out.figures.waiting = 12;
    return out;
}

inline mail::QueueStanding backed_up_queue(std::string name, Time read) {
    mail::QueueStanding out = quiet_queue(std::move(name), read);
    out.since = read - std::chrono::minutes(6);
    out.oldest = std::chrono::minutes(11);
    out.lost = 0;
    out.figures = {.waiting = 4210, .active = 12, .deferred = 4198, .held = 1, .bytes = 123456, .late = 4000};
    out.figures.domains = {{"example.org", 4000}, {"evil\"\x1b.example.net", 2}};
    return out;
}

}  // namespace tidegate::app

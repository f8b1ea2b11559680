#pragma once
// A way to people.

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "tell/alert/message.h"

namespace tidegate::tell {

/// What became of one try.
struct Sent {
    bool arrived = false;
    bool is_final = false;                       // where it did not: trying again is of no use
    std::string said{};                          // by the other side, or what went wrong; harmless, one line
    std::optional<std::chrono::seconds> wait{};  // the other side asked to be left alone for so long
};

/// Asked while something is waited for: true ends the try.
using GivenUp = std::function<bool()>;

/// Thread: one at a time; send() blocks, for its time-out at most.  Fails: says so in Sent.
class Route {
public:
    Route() = default;
    virtual ~Route() = default;
    Route(const Route&) = delete;
    Route& operator=(const Route&) = delete;

    /// For people: "mail to ops@example.org by smtp.example.org". Holds no secret.
    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual Sent send(const Message& message, const GivenUp& given_up) = 0;
};

}  // namespace tidegate::tell

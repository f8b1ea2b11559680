#pragma once
// A program of the operator's that takes a message.

#include <chrono>
#include <string>
#include <vector>

#include "tell/alert/route.h"

namespace tidegate::tell {

struct CommandTarget {
    std::vector<std::string> command;  // a path from the root, and arguments
    std::chrono::milliseconds time_out = std::chrono::seconds(20);
};

/// Runs it (tell/alert/program.h) with the message's JSON on its standard input and its fields as TIDEGATE_*
/// in its environment.
class CommandRoute final : public Route {
public:
    explicit CommandRoute(CommandTarget target);
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] Sent send(const Message& message, const GivenUp& given_up) override;

private:
    CommandTarget target_;
    std::string name_;
};

}  // namespace tidegate::tell

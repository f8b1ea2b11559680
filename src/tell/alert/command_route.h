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

/// Starts the program without a shell: the message's JSON on its standard input (a file, so that it need not
/// be read), its fields as TIDEGATE_* in an environment that otherwise has PATH and LC_ALL alone, no open
/// files and no capabilities of ours (the calling thread loses its ambient ones). Exit status 0 is success;
/// any other is tried again, but for a program that can't be started. Who exceeds the time-out is killed with
/// his process group.
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

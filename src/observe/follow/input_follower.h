#pragma once
// Standard input, or any pipe, as a live source.

#include <optional>
#include <string>
#include <utility>

#include "observe/follow/follower.h"

namespace tidegate::observe {

/// Lines from a pipe that somebody else writes into. Has no position: what was not read is gone with the
/// pipe. Thread: one at a time.  Does not own the descriptor, and leaves its flags as they are.
class InputFollower final : public Follower {
public:
    InputFollower(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] int descriptor() const override { return ended_ ? -1 : descriptor_; }
    void wake() override {}
    [[nodiscard]] Duration poll_after() const override { return std::chrono::seconds(1); }
    [[nodiscard]] Lines next(std::span<char> buffer) override;
    [[nodiscard]] std::string position() const override { return {}; }
    [[nodiscard]] std::uint64_t bytes_behind() const override { return 0; }
    [[nodiscard]] std::optional<Error> take_error() override { return std::exchange(untold_, std::nullopt); }
    [[nodiscard]] bool is_finished() const override { return ended_; }

private:
    [[nodiscard]] Lines give(std::span<char> buffer, std::size_t have);

    int descriptor_;
    std::string name_;
    std::string part_;  // the beginning of a line
    std::uint64_t lines_ = 0;
    bool in_line_ = false;
    bool ended_ = false;
    std::optional<Error> untold_;
};

}  // namespace tidegate::observe

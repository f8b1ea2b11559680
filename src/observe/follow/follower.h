#pragma once
// What every live source of log lines can do.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "observe/line_reader.h"

namespace tidegate::observe {

/// A log that grows, as whole lines. Nothing here blocks.
/// Thread: one at a time.
class Follower {
public:
    Follower() = default;
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;
    virtual ~Follower() = default;

    /// How messages and events call it.
    [[nodiscard]] virtual const std::string& name() const = 0;
    /// Readable when something may have happened; then wake() and next(). -1: nothing but polling.
    [[nodiscard]] virtual int descriptor() const = 0;
    virtual void wake() = 0;
    /// Ask next() after this time, even if the descriptor says nothing.
    [[nodiscard]] virtual Duration poll_after() const = 0;

    /// Takes its place in the log, if it has none yet: what comes there is given. Otherwise the first next()
    /// does.
    virtual void begin() {}
    /// The next whole lines at the front of `buffer`; `bytes` 0: no more now. `first_line` 0: not known.
    [[nodiscard]] virtual Lines next(std::span<char> buffer) = 0;
    /// Behind the lines given so far, for the next start; empty where there is no such thing.
    [[nodiscard]] virtual std::string position() const = 0;
    /// Bytes that are there and were not given yet, as far as they can be known.
    [[nodiscard]] virtual std::uint64_t bytes_behind() const = 0;
    /// A trouble that was not told yet; each is told once, until it is mended. Following goes on.
    [[nodiscard]] virtual std::optional<Error> take_error() = 0;
    /// Will there never be more (standard input was closed)?
    [[nodiscard]] virtual bool is_finished() const { return false; }
};

}  // namespace tidegate::observe

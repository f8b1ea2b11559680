#pragma once
// Line patterns that an operator adds for daemons that Tidegate doesn't know.

#include <memory>
#include <vector>

#include "base/error.h"
#include "event/batch.h"
#include "wire/log/line.h"
#include "wire/log/parser.h"

namespace tidegate::wire {

/// Compiled patterns, tried in order on what follows a line's head (the message). Bytes, not UTF-8: a pattern
/// matches whatever the line holds. What a pattern takes for an address is one, or the pattern doesn't match.
/// Its events belong to no layer: they are never joined with other lines. Thread: match() from any number at
/// once.  Cost: linear in the line for each pattern (RE2).
class PatternSet {
public:
    /// Fails where a pattern has no name, is no RE2, lacks the group `address` or names an unknown group.
    /// Errors name the pattern and how to mend it.
    [[nodiscard]] static Result<PatternSet> create(const std::vector<CustomPattern>& patterns);
    PatternSet(PatternSet&&) noexcept;
    PatternSet& operator=(PatternSet&&) noexcept;
    ~PatternSet();

    [[nodiscard]] bool empty() const { return patterns_.empty(); }
    /// `event` with one event appended for the first pattern that matches, else `unknown`.
    [[nodiscard]] Recognised match(const LogLine& line, EventBatch& out) const;

private:
    struct Compiled;
    PatternSet();
    std::vector<std::unique_ptr<const Compiled>> patterns_;
};

}  // namespace tidegate::wire

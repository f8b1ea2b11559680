#pragma once
// The judge as commands use it: made or loaded, fed with work, explained.

#include <string>

#include "app/ground.h"
#include "base/error.h"
#include "event/event.h"
#include "event/verdict.h"
#include "judge/judge.h"

namespace tidegate::app {

/// A fresh judge, or the one saved in `checkpoint` where that is not empty.
[[nodiscard]] Result<judge::Judge> make_judge(const Ground& ground, const std::string& checkpoint);

/// Judges and learns, in order.
void fold(judge::Judge& judge, observe::Work& work);

/// Is it an attempt that is told of? (Lines joined into others are not.)
[[nodiscard]] inline bool is_counted(const Event& event) {
    return event.kind == EventKind::attempt && event.attempts != 0;
}

/// detail() with what only the policy knows: a list's name, an exception's reason.
[[nodiscard]] std::string detail_in(const judge::Policy& policy, const Evidence& evidence,
                                    const Event& event);

/// Appends one line of `--verdicts`: the attempt's line, measure, sum and evidence.
void append_verdict(const judge::Policy& policy, const Event& event, const Verdict& verdict,
                    std::string& out);
/// Appends `,"measure":...,"sum":...,"evidence":[...]`.
void append_judgement(const judge::Policy& policy, const Event& event, const Verdict& verdict,
                      std::string& out);

}  // namespace tidegate::app

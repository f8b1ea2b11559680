#pragma once
// What the desk judged, as it is answered: the same at doors and at the edge.

#include <chrono>
#include <string_view>

#include "guard/desk.h"
#include "wire/door/question.h"

namespace tidegate::app {

/// `help` is the beginning of the URL where a code can be shown. Views of `judged` and `help`.
[[nodiscard]] wire::Answer answer_of(const guard::Answer& judged, std::chrono::seconds most_delay,
                                     std::string_view help);

/// An operator's word, if the verdict follows one: more than nothing for denied, less for allowed.
[[nodiscard]] Decibans operators_word(const Verdict& verdict);

}  // namespace tidegate::app

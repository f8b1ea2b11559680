#pragma once
// Whether the mail servers really ask us, and in the right way.

#include <functional>

#include "base/error.h"
#include "setup/finding.h"
#include "setup/machine.h"
#include "setup/ours.h"
#include "setup/survey.h"

namespace tidegate::setup {

/// Whether somebody answers at a door. An error says why not.
using Probe = std::function<Result<void>(const OurDoor&)>;

/// Connects, and hangs up.  Cost: a second at most.
[[nodiscard]] Result<void> connect_to(const OurDoor& door);

/// The effective configuration of what `survey` found held against ours, worst first; survey's own findings
/// too. Fails: never; what could not be found out is a finding.
[[nodiscard]] Findings audit(Machine& machine, const Survey& survey, const Ours& ours,
                             const Probe& probe = connect_to);

/// One finding a line, and a last line that counts them.
[[nodiscard]] std::string text(const Findings& findings);

}  // namespace tidegate::setup

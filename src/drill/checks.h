#pragma once
// Does a figure hold?

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "drill/measures.h"
#include "drill/scenario.h"

namespace tidegate::drill {

/// One check, judged.
struct Judged {
    const Check* check = nullptr;  // the scenario's
    std::string name;
    std::string measure;
    std::string want;             // ">= 0.999"
    std::optional<double> got;    // of all seeds pooled; nothing: not measured, which never holds
    std::optional<double> worst;  // of any one seed
    std::optional<bool> held;     // nothing: not yet, see `needs`
    std::string needs;            // the part that is not yet built
    std::string unseen;           // why it could not be seen in a live drill; such a check never holds
};

/// Those of the scenario's checks that are about `sensor`; `scenario` outlives them. `runs` are the seeds,
/// `pooled` all together.
[[nodiscard]] std::vector<Judged> judged(const Scenario& scenario, Sensor sensor, const Measures& pooled,
                                         std::span<const Measures> runs);
/// Every one that counts held.
[[nodiscard]] bool all_held(std::span<const Judged> checks);
/// Checks of figures that no drill gives: a misspelt measure would never hold.
[[nodiscard]] std::vector<Error> unknown_measures(const Scenario& scenario, const std::string& file);

}  // namespace tidegate::drill

#pragma once
// `tidegate drill --live`: a drill about the edge over real sockets, against servers of the operator's own.

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "drill/report.h"
#include "rehearse/rehearsal.h"

namespace tidegate::app {

/// What the command line says about it.
struct LiveOptions {
    bool live = false, even_public = false;
    std::string servers, accounts_file, folder, sender;
    std::vector<std::string> accounts, recipients;
    rehearse::Size size;
};

/// Adds --live and what goes with it; `excluded` are options of simulated drills.
void add_live(CLI::App& command, LiveOptions& options, const std::vector<std::string>& excluded);

/// What the options mean.  Fails: a server, an account or a recipient that is none, or one that is missing.
[[nodiscard]] Result<rehearse::Given> given(const LiveOptions& options);

/// Plays one variant. `tell` says what is about to be sent and where it is; `scenario` outlives the answer.
/// Fails: nothing was played.
[[nodiscard]] Result<drill::Drilled> drill_live(const drill::Scenario& scenario, std::uint64_t seed,
                                                const rehearse::Given& given,
                                                const std::function<void(const std::string&)>& announce,
                                                const std::function<void(const std::string&)>& progress);

}  // namespace tidegate::app

#pragma once
// Running the pipeline for a command: progress, Ctrl-C, and what is said about the reading afterwards.

#include <functional>

#include "app/ground.h"
#include "observe/pipeline.h"
#include "tell/report.h"

namespace tidegate::app {

/// observe::run with a progress line (unless `quiet`) that ends early on Ctrl-C or once `enough` says so.
[[nodiscard]] Result<observe::ReadReport> read(const observe::Input& input, observe::Steps steps, bool quiet,
                                               const std::function<bool()>& enough);

/// Says on standard error what could not be read; the exit status that follows from it.
[[nodiscard]] int tell_of_errors(const observe::ReadReport& read);

/// What a report says about the reading.
[[nodiscard]] tell::ReadFacts facts_of(const observe::ReadReport& read, const Ground& ground, double seconds);

}  // namespace tidegate::app

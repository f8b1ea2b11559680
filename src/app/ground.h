#pragma once
// What a run stands on: the command line, the configuration and the tables that they name, made ready.

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "config/settings.h"
#include "judge/policy.h"
#include "observe/as_table.h"
#include "observe/live_lists.h"
#include "observe/pipeline.h"

namespace tidegate::app {

/// What the command line says about reading and judging.
struct Choices {
    std::vector<std::string> files;
    std::string config;
    std::optional<int> year;
    std::string zone;
    unsigned threads = 0;  // 0: one for each core
    bool no_progress = false;
    bool events = false;  // the files hold events in their text form
    std::vector<std::string> as_tables;
    std::vector<std::string> lists;
};

/// Options of all commands that read logs, and the files.
void add_reading(CLI::App& command, Choices& choices);
/// Options of those that judge them, too.
void add_judging(CLI::App& command, Choices& choices);

/// Everything loaded. Immutable, but for the lists, which follow their files where somebody polls them.
struct Ground {
    std::string zone;  // IANA name; empty: the machine's
    observe::Input input;
    std::shared_ptr<const judge::Policy> policy;
    observe::AsTable as_table;
    std::shared_ptr<observe::LiveLists> lists;                  // none: no list is configured
    std::vector<std::pair<std::string, std::string>> settings;  // what the judge was told, for the report
    config::Settings configured;

    /// Bits of Event::lists that are of files; those of DNS lists follow.
    [[nodiscard]] std::size_t list_files() const { return lists ? lists->count() : 0; }

    /// Looks up the AS and the lists of an event.  Thread: any number at once.
    void place(Event& event) const;

    /// Looks up the AS and the lists of each event and makes its knock.  Thread: any number at once.
    void prepare(observe::Work& work) const;
};

/// Loads what `choices` name; everything that is wrong, not only the first.
[[nodiscard]] std::expected<Ground, std::vector<Error>> lay_ground(const Choices& choices);

}  // namespace tidegate::app

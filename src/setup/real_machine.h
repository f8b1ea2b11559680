#pragma once
// This machine.

#include "setup/machine.h"
#include "setup/process.h"

namespace tidegate::setup {

/// Programs are looked for in the folders of the system alone, never in the caller's PATH: whoever sets
/// Tidegate up is root. Thread: one at a time.  Cost: a process for each command.
class RealMachine final : public Machine {
public:
    explicit RealMachine(RunLimits limits = {}) : limits_(limits) {}

    [[nodiscard]] Result<Ran> run(const std::vector<std::string>& command) override;
    [[nodiscard]] bool has_program(const std::string& name) override;
    [[nodiscard]] Result<std::string> read(const std::string& path) override;
    [[nodiscard]] std::string tail(const std::string& path, std::size_t bytes) override;
    [[nodiscard]] std::optional<FileFacts> look(const std::string& path) override;
    [[nodiscard]] bool has_journal() override;
    [[nodiscard]] Time now() override;

private:
    RunLimits limits_;
};

}  // namespace tidegate::setup

#pragma once
// What the daemon knows from one run to the next: tables, how far logs were read, orders by hand, the mode.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/serve/orders.h"
#include "base/error.h"
#include "base/time.h"

namespace tidegate::app {

/// All tables at one moment, and the logs' positions then: what the logs say behind them is read again.
struct Checkpoint {
    Time time{};
    std::string judge, detection;                  // as they save themselves
    std::map<std::string, std::string> positions;  // by source
};

/// A folder of the daemon's own. Files are replaced whole or not at all, and read with suspicion.
/// Thread: one at a time.  Cost: a checkpoint is written and flushed, up to some 200 MiB.
class StateFolder {
public:
    /// Makes the folder if it is not there, and keeps others out as long as it lives.
    /// Fails: no permission, no folder, another daemon is in it.
    [[nodiscard]] static Result<StateFolder> open(const std::string& path);
    ~StateFolder();
    StateFolder(StateFolder&& other) noexcept;
    StateFolder& operator=(StateFolder&&) = delete;

    [[nodiscard]] Result<void> save(const Checkpoint& checkpoint);
    /// Nothing: there is none yet. Fails: damaged, or of another version; the file stays for whoever looks.
    [[nodiscard]] Result<std::optional<Checkpoint>> load() const;

    [[nodiscard]] Result<void> save(const std::vector<Order>& orders);
    [[nodiscard]] Result<std::vector<Order>> orders() const;

    /// An operator said `tidegate watch --now`: who and why, in words; nothing takes it back.
    [[nodiscard]] Result<void> hold_watch(const std::optional<std::string>& words);
    [[nodiscard]] std::optional<std::string> held_watch() const;

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    StateFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
    [[nodiscard]] std::string file(std::string_view name) const;

    std::string path_;
    int lock_;
};

}  // namespace tidegate::app

#pragma once
// The journal of systemd as it grows.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "observe/follow/follower.h"

struct sd_journal;

namespace tidegate::observe {

/// Follows this machine's journal, or that in a folder: entries of mail programs, as syslog lines. Rotation
/// and vacuuming are journald's own. The position is journald's cursor.
/// Thread: one at a time.  Cost: some microseconds an entry.
/// Fails: never for good; a journal that cannot be opened is tried again at each next().
class JournaldFollower final : public Follower {
public:
    struct Start {
        bool from_end = true;
        std::string saved;  // a cursor; `from_end` is not asked
    };
    /// `folder` empty: this machine's.
    JournaldFollower(std::string folder, Start start);
    ~JournaldFollower() override;

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] int descriptor() const override;
    void wake() override;
    [[nodiscard]] Duration poll_after() const override;
    void begin() override;
    [[nodiscard]] Lines next(std::span<char> buffer) override;
    [[nodiscard]] std::string position() const override { return cursor_; }
    /// Not known of a journal.
    [[nodiscard]] std::uint64_t bytes_behind() const override { return 0; }
    [[nodiscard]] std::optional<Error> take_error() override;

private:
    [[nodiscard]] int open();
    [[nodiscard]] int seek();
    [[nodiscard]] bool take_entry();
    [[nodiscard]] std::string cursor_now() const;
    void tell(int code, std::string mend);
    void close();

    std::string folder_;
    std::string name_;
    std::string cursor_;  // of the last entry given or passed over; or where to begin
    bool from_end_;
    std::unique_ptr<sd_journal, void (*)(sd_journal*)> journal_;
    std::string line_;  // read and not given: it had no room
    std::string line_cursor_;
    std::uint64_t lines_ = 0;
    std::optional<Error> untold_;
    std::string told_;
};

}  // namespace tidegate::observe

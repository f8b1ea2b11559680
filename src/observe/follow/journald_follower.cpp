#include "observe/follow/journald_follower.h"

#include <systemd/sd-journal.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "observe/journal_entry.h"
#include "wire/log/parser.h"

namespace tidegate::observe {
namespace {

constexpr Duration usual_poll = std::chrono::seconds(1);

}  // namespace

JournaldFollower::JournaldFollower(std::string folder, Start start)
    : folder_(std::move(folder)),
      name_("journal:" + folder_),
      cursor_(std::move(start.saved)),
      from_end_(start.from_end && cursor_.empty()),
      journal_(nullptr, sd_journal_close) {}

JournaldFollower::~JournaldFollower() = default;

int JournaldFollower::open() {
    sd_journal* opened = nullptr;
    const int state = folder_.empty() ? sd_journal_open(&opened, SD_JOURNAL_LOCAL_ONLY)
                                      : sd_journal_open_directory(&opened, folder_.c_str(), 0);
    if (state < 0) return state;
    journal_.reset(opened);
    sd_journal_set_data_threshold(opened, 0);
    // Asking for the descriptor starts inotify; what is written from now on is noticed.
    if (const int descriptor = sd_journal_get_fd(opened); descriptor < 0) return descriptor;
    if (const int failed = ask_for_mail(opened); failed < 0) return failed;
    return seek();
}

/// So that the next entry is the first one wanted.
int JournaldFollower::seek() {
    if (cursor_.empty() && !std::exchange(from_end_, false)) return sd_journal_seek_head(journal_.get());
    if (cursor_.empty()) {
        if (const int state = sd_journal_seek_tail(journal_.get()); state < 0) return state;
        // Onto the last entry: "next" at the tail itself would give it.
        const int state = sd_journal_previous(journal_.get());
        if (state == 0) return sd_journal_seek_head(journal_.get());
        if (state > 0) cursor_ = cursor_now();
        return state;
    }
    if (const int state = sd_journal_seek_cursor(journal_.get(), cursor_.c_str()); state < 0) {
        // What was saved is no cursor: better the lines from now on than none.
        tell(state, "the position saved is none of journald's; reading goes on from the journal's end");
        cursor_.clear();
        from_end_ = true;
        return seek();
    }
    const int state = sd_journal_next(journal_.get());
    if (state <= 0) return state;
    // The entry itself was given before. Another one is the first behind it, if it was vacuumed away.
    if (sd_journal_test_cursor(journal_.get(), cursor_.c_str()) > 0) return 0;
    return sd_journal_previous(journal_.get());
}

int JournaldFollower::descriptor() const {
    return journal_ ? sd_journal_get_fd(journal_.get()) : -1;
}

void JournaldFollower::wake() {
    if (!journal_) return;
    // Files came or went: libsystemd has opened and closed them by now.
    if (const int state = sd_journal_process(journal_.get()); state < 0) tell(state, {});
}

Duration JournaldFollower::poll_after() const {
    std::uint64_t until = 0;
    if (!journal_ || sd_journal_get_timeout(journal_.get(), &until) < 0) return usual_poll;
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto at =
        static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
    if (until == UINT64_MAX || until > at + static_cast<std::uint64_t>(usual_poll.count())) return usual_poll;
    return until <= at ? Duration(1000) : Duration(static_cast<std::int64_t>(until - at));
}

void JournaldFollower::begin() {
    if (journal_) return;
    const int state = open();
    if (state >= 0) return;
    tell(state, "run it as a member of the group systemd-journal");
    close();
}

Lines JournaldFollower::next(std::span<char> buffer) {
    CHECK(buffer.size() > wire::max_line_bytes + 2);
    begin();
    if (!journal_) return {};
    Lines lines{0, lines_ + 1, 0};
    while (!line_.empty() || take_entry()) {
        if (line_.size() > buffer.size() - lines.bytes) break;
        lines.bytes += line_.copy(buffer.data() + lines.bytes, line_.size());
        ++lines.count;
        line_.clear();
        cursor_ = line_cursor_;
    }
    lines_ += lines.count;
    return lines;
}

/// Of the entry that was come to; empty: of none.
std::string JournaldFollower::cursor_now() const {
    char* cursor = nullptr;
    std::string out;
    if (sd_journal_get_cursor(journal_.get(), &cursor) >= 0) out = cursor;
    std::free(cursor);
    return out;
}

/// The next entry into line_; false: there is none now.
bool JournaldFollower::take_entry() {
    const int more = sd_journal_next(journal_.get());
    if (more < 0) {
        // A damaged file, or one vacuumed away under us: from the last entry given, with the files of now.
        tell(more, {});
        close();
    }
    if (more <= 0) return false;
    if (std::string cursor = cursor_now(); !cursor.empty()) line_cursor_ = std::move(cursor);
    line_ = entry_line(journal_.get());
    return true;
}

void JournaldFollower::close() {
    journal_.reset();
}

void JournaldFollower::tell(int code, std::string mend) {
    Error error{name_, 0, std::string("cannot be read: ") + ::strerror(-code), std::move(mend)};
    if (error.text() == told_) return;
    told_ = error.text();
    untold_ = std::move(error);
}

std::optional<Error> JournaldFollower::take_error() {
    return std::exchange(untold_, std::nullopt);
}

}  // namespace tidegate::observe

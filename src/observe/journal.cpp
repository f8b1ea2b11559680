// The systemd journal, read through libsystemd.

#include <systemd/sd-journal.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "observe/unpack.h"

namespace tidegate::observe {
namespace {

// Mail programs log to the facility mail (2); Cyrus to local6 (22), PAM and saslauthd to auth and authpriv
// (4, 10), the webmails and nginx under their own names. sd-journal joins matches of one field by OR and of
// several by AND, so that each field is a term of its own.
constexpr std::array facilities{"SYSLOG_FACILITY=2", "SYSLOG_FACILITY=22", "SYSLOG_FACILITY=4",
                                "SYSLOG_FACILITY=10"};
constexpr std::array identifiers{"SYSLOG_IDENTIFIER=dovecot",   "SYSLOG_IDENTIFIER=exim",
                                 "SYSLOG_IDENTIFIER=exim4",     "SYSLOG_IDENTIFIER=nginx",
                                 "SYSLOG_IDENTIFIER=roundcube", "SYSLOG_IDENTIFIER=sogod",
                                 "SYSLOG_IDENTIFIER=saslauthd"};

class Journal final : public ByteSource {
public:
    explicit Journal(sd_journal* journal) : journal_(journal) {}
    ~Journal() override { sd_journal_close(journal_); }
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    Result<std::size_t> read(std::span<char> out) override {
        while (given_ == line_.size()) {
            const int more = sd_journal_next(journal_);
            if (more < 0) return std::unexpected(Error{"journal", 0, std::strerror(-more), {}});
            if (more == 0) return 0;
            take_entry();
        }
        const std::size_t size = line_.copy(out.data(), out.size(), given_);
        given_ += size;
        used_ += size;
        return size;
    }
    std::uint64_t used() const override { return used_; }

private:
    std::string_view field(const char* name) {
        const void* found = nullptr;
        std::size_t size = 0;
        if (sd_journal_get_data(journal_, name, &found, &size) < 0) return {};
        const std::string_view text(static_cast<const char*>(found), size);
        return text.substr(std::min(std::strlen(name) + 1, text.size()));
    }
    void append_word(std::string_view text) {
        for (const char c : text) line_ += c == '\n' || c == '\0' || c == ' ' ? '_' : c;
    }
    void take_entry() {
        line_.clear();
        given_ = 0;
        std::uint64_t time = 0;
        if (sd_journal_get_realtime_usec(journal_, &time) < 0) return;
        line_ += rfc3339(Time(Duration(static_cast<std::int64_t>(time))));
        line_ += ' ';
        append_word(field("_HOSTNAME"));
        line_ += ' ';
        append_word(field("SYSLOG_IDENTIFIER"));
        line_ += '[';
        append_word(field("_PID"));
        line_ += "]: ";
        // A message of several lines must not pass for several entries.
        for (const char c : field("MESSAGE")) line_ += c == '\n' ? ' ' : c;
        line_ += '\n';
    }

    sd_journal* journal_;
    std::string line_;
    std::size_t given_ = 0;
    std::uint64_t used_ = 0;
};

int add_matches(sd_journal* journal) {
    int state = 0;
    for (const char* match : facilities) state = std::min(state, sd_journal_add_match(journal, match, 0));
    state = std::min(state, sd_journal_add_disjunction(journal));
    for (const char* match : identifiers) state = std::min(state, sd_journal_add_match(journal, match, 0));
    return state;
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_journal(const std::string& directory) {
    sd_journal* journal = nullptr;
    const std::string name = "journal:" + directory;
    const int opened = directory.empty() ? sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY)
                                         : sd_journal_open_directory(&journal, directory.c_str(), 0);
    if (opened < 0)
        return std::unexpected(Error{name, 0, std::string("cannot be opened: ") + std::strerror(-opened),
                                     "run it as root or as a member of the group systemd-journal"});
    auto source = std::make_unique<Journal>(journal);
    if (const int state = add_matches(journal); state < 0)
        return std::unexpected(Error{name, 0, std::strerror(-state), {}});
    sd_journal_set_data_threshold(journal, 0);
    if (const int state = sd_journal_seek_head(journal); state < 0)
        return std::unexpected(Error{name, 0, std::strerror(-state), {}});
    return source;
}

}  // namespace tidegate::observe

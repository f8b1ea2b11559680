// The systemd journal, read through libsystemd.

#include <systemd/sd-journal.h>

#include <cstring>
#include <utility>

#include "observe/journal_entry.h"
#include "observe/unpack.h"

namespace tidegate::observe {
namespace {

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
    void take_entry() {
        line_ = entry_line(journal_);
        given_ = 0;
    }

    sd_journal* journal_;
    std::string line_;
    std::size_t given_ = 0;
    std::uint64_t used_ = 0;
};

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
    if (const int state = ask_for_mail(journal); state < 0)
        return std::unexpected(Error{name, 0, std::strerror(-state), {}});
    sd_journal_set_data_threshold(journal, 0);
    if (const int state = sd_journal_seek_head(journal); state < 0)
        return std::unexpected(Error{name, 0, std::strerror(-state), {}});
    return source;
}

}  // namespace tidegate::observe

#pragma once
// Block lists that follow their files while they are asked.

#include <cstdint>
#include <expected>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/error.h"
#include "observe/block_list.h"
#include "observe/list_watch.h"
#include "observe/published.h"

namespace tidegate::observe {

struct ListFile {
    std::string name;  // how messages call it
    std::string path;
    ListFormat format = ListFormat::detect;
};

/// What became of a list.
struct ListTiding {
    std::string name;
    std::size_t entries = 0;       // of the version that answers now
    std::optional<Error> trouble;  // why it is still the old one; nothing: a new version answers
};

/// Up to 32 block lists, each in a file. When a file changes (ListWatch says when) it is read on a thread of
/// its own and takes the old version's place between two look-ups. A version that is broken leaves the old
/// one, and so does one with fewer than a tenth of its entries, unless the next version has so few again
/// (touching the file is enough). A file that goes away leaves its list. Each of this is told once; standard
/// input and pipes are read once and not watched. Thread: look() any; the rest one at a time.  Cost: a
/// look-up, two atomic additions and one in each list; poll(), a stat() a file.  Fails: load(), with all that
/// is wrong.  Owner: of the lists; the destructor waits for what is read.
class LiveLists {
public:
    static constexpr std::size_t most = 32;  // bits of Event::lists

    /// At most 32.
    [[nodiscard]] static std::expected<std::shared_ptr<LiveLists>, std::vector<Error>> load(
        std::vector<ListFile> files);

    /// Bit i: the i-th list names the address.
    [[nodiscard]] std::uint32_t look(Address address) const;

    /// To be called about once a second. Never waits for reading; what was read since the last time counts
    /// from now on.
    [[nodiscard]] std::vector<ListTiding> poll();
    /// Until what is being read is there for the next poll().
    void wait() const;

    [[nodiscard]] std::size_t count() const { return sources_.size(); }
    /// Entries of the i-th.
    [[nodiscard]] std::size_t size(std::size_t i) const { return lists_.get()[i]->size(); }
    /// All lists in memory.
    [[nodiscard]] std::size_t bytes() const;

private:
    using Lists = std::vector<std::shared_ptr<const BlockList>>;
    struct Source {
        ListFile file;
        ListWatch watch;
        bool is_missing = false;   // and that was told
        bool is_doubtful = false;  // the last version had too few entries
        bool is_watched = true;
    };
    struct Version {
        std::size_t index = 0;
        ListFile file;
        FileStamp stamp;
        Result<BlockList> list;
        bool is_torn = false;  // changed while it was read
    };

    LiveLists(std::vector<Source> sources, Lists lists);
    [[nodiscard]] static std::vector<Version> read(std::vector<Version> wanted);
    void look_at_files(std::vector<ListTiding>& tidings);
    void tell_missing(std::size_t i, std::vector<ListTiding>& tidings);
    void take(Version version, std::vector<ListTiding>& tidings);
    [[nodiscard]] std::optional<Error> doubt(std::size_t i, const BlockList& list);
    [[nodiscard]] bool is_reading() const;

    std::vector<Source> sources_;
    Published<Lists> lists_;
    std::future<std::vector<Version>> reading_;
};

}  // namespace tidegate::observe

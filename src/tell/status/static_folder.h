#pragma once
// The site as files, for a web server somewhere else.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "tell/status/site.h"

namespace tidegate::tell::status {

/// Writes each site into a folder of its own and then turns the link `current` to it: whoever reads there
/// finds one whole site, also if we are killed amid it. Beside each file lies its packed form (`.gz`), as
/// nginx's gzip_static wants it. The site before stays for those who are reading it.
/// Thread: one at a time.  Cost: a file's disk flush for each file that changed.
class StaticFolder {
public:
    explicit StaticFolder(std::string path) : path_(std::move(path)) {}

    /// Returns the folder of this site.  Fails: the disk, permissions, a `current` that is not ours.
    [[nodiscard]] Result<std::string> write(const std::vector<SiteFile>& files);

private:
    [[nodiscard]] Result<void> fill(const std::string& folder, const std::vector<SiteFile>& files);
    [[nodiscard]] Result<void> put(const std::string& folder, const SiteFile& file);
    [[nodiscard]] Result<void> turn(const std::string& name);
    void clear(const std::string& keep, const std::string& also) const;
    [[nodiscard]] std::string next_name() const;

    std::string path_;
    std::string last_;                              // the folder written last; empty: none yet
    std::map<std::string, std::uint64_t> digests_;  // of what lies in it
};

}  // namespace tidegate::tell::status

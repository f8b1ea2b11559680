#include "observe/follow/rotations.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <unordered_set>
#include <utility>

namespace tidegate::observe {
namespace {

namespace fs = std::filesystem;

constexpr int most_names = 4096;
constexpr int most_listings = 64;
/// Shorter beginnings are alike by chance.
constexpr std::uint32_t telling_bytes = 32;

std::string folder_of(const fs::path& path) {
    const std::string folder = path.parent_path().string();
    return folder.empty() ? "." : folder;
}

struct Entry {
    std::string path;
    ino_t inode;
};

/// What `wanted` accepts in a folder, by one reading of it: the kernel lets nobody rename while it copies a
/// batch of entries, and a batch holds some hundreds.
template <class Wanted>
std::vector<Entry> list(const std::string& folder, Wanted wanted) {
    std::vector<Entry> entries;
    const std::unique_ptr<DIR, decltype([](DIR* open) { ::closedir(open); })> open(::opendir(folder.c_str()));
    if (!open) return entries;
    for (int i = 0; i < most_names; ++i) {
        const dirent* const entry = ::readdir(open.get());
        if (entry == nullptr) break;
        const std::string name = entry->d_name;
        if (wanted(name, entry->d_ino)) entries.push_back({(fs::path(folder) / name).string(), entry->d_ino});
    }
    return entries;
}

/// Opens every file that `wanted` accepts, once, though others rename them meanwhile: lists until there is
/// nothing new, so that no file is missed that is older than one that was opened.
template <class Wanted, class Visit>
void open_all(const std::string& folder, Wanted wanted, Visit visit) {
    std::unordered_set<ino_t> seen;
    for (int listing = 0; listing < most_listings; ++listing) {
        const std::vector<Entry> entries = list(folder, wanted);
        const auto missed = [&](const Entry& entry) { return !seen.contains(entry.inode); };
        if (std::ranges::none_of(entries, missed)) return;
        for (const Entry& entry : entries) {
            if (!missed(entry)) continue;
            auto log = OpenLog::open(entry.path);
            if (!log && log.error() != ENOENT) seen.insert(entry.inode);
            if (log && seen.insert(log->facts().st_ino).second) visit(std::move(*log), entry.path);
        }
    }
}

struct Found {
    OpenLog log;
    std::string name;
};

bool is_older(const Found& a, const Found& b) {
    const auto& x = a.log.facts().st_mtim;
    const auto& y = b.log.facts().st_mtim;
    if (x.tv_sec != y.tv_sec) return x.tv_sec < y.tv_sec;
    if (x.tv_nsec != y.tv_nsec) return x.tv_nsec < y.tv_nsec;
    return rotated_before(a.name, b.name);
}

}  // namespace

std::vector<std::string> Rotations::folders() const {
    std::vector<std::string> all{folder_of(path_)};
    std::error_code error;
    const fs::path target = fs::canonical(path_, error);
    if (!error) all.push_back(folder_of(target));
    const fs::path own = fs::canonical(all.front(), error);
    if (all.size() == 2 && !error && own == all.back()) all.pop_back();
    return all;
}

std::vector<OpenLog> Rotations::find(const std::function<bool(const OpenLog&)>& wanted) const {
    std::error_code error;
    const std::string base = fs::path(path_).filename().string();
    const std::string target = fs::canonical(path_, error).filename().string();
    std::vector<Found> found;
    const auto is_rotation = [&](const std::string& name, ino_t) {
        return is_rotation_of(name, base) || (!target.empty() && is_rotation_of(name, target));
    };
    for (const std::string& folder : folders())
        open_all(folder, is_rotation, [&](OpenLog log, const std::string& path) {
            if (wanted(log)) found.push_back({std::move(log), fs::path(path).filename().string()});
        });
    std::ranges::sort(found, is_older);
    std::vector<OpenLog> logs;
    for (Found& each : found) logs.push_back(std::move(each.log));
    return logs;
}

std::optional<OpenLog> Rotations::find_inode(const FilePlace& place) const {
    std::optional<OpenLog> found;
    const auto has_inode = [&](const std::string&, ino_t inode) { return inode == place.inode; };
    for (const std::string& folder : folders())
        open_all(folder, has_inode, [&](OpenLog log, const std::string&) {
            const struct stat& facts = log.facts();
            if (facts.st_dev == place.device && facts.st_ino == place.inode && log.has_head_of(place))
                found = std::move(log);
        });
    return found;
}

std::optional<OpenLog> Rotations::find_again(const FilePlace& place) const {
    if (auto found = find_inode(place)) return found;
    if (place.head_bytes < telling_bytes) return {};
    if (auto log = OpenLog::open(path_); log && log->has_head_of(place)) return std::move(*log);
    auto copies = find([&](const OpenLog& log) { return log.has_head_of(place); });
    if (copies.empty()) return {};
    return std::move(copies.back());
}

}  // namespace tidegate::observe

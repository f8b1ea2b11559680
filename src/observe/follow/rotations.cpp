#include "observe/follow/rotations.h"

#include <algorithm>
#include <filesystem>
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

/// Names in the folder, as far as it can be read.
template <class Visit>
void for_each_name(const std::string& folder, Visit visit) {
    std::error_code error;
    fs::directory_iterator at(folder, error);
    for (int i = 0; !error && at != fs::directory_iterator() && i < most_names; at.increment(error), ++i)
        visit(at->path());
}

/// A listing misses what is renamed meanwhile: the folders are listed until they look the same twice.
/// `visit` gets each name that is `wanted`, with its facts, maybe several times; it returns true when it has
/// seen enough.
template <class Wanted, class Visit>
void list_until_quiet(const std::vector<std::string>& folders, Wanted wanted, Visit visit) {
    std::vector<std::pair<std::string, ino_t>> before;
    for (int listing = 0; listing < most_listings; ++listing) {
        std::vector<std::pair<std::string, ino_t>> now;
        bool enough = false;
        const auto look = [&](const fs::path& each) {
            struct stat facts{};
            if (enough || !wanted(each) || ::stat(each.c_str(), &facts) != 0) return;
            now.emplace_back(each.string(), facts.st_ino);
            enough = visit(each, facts);
        };
        for (const std::string& folder : folders) for_each_name(folder, look);
        std::ranges::sort(now);
        if (enough || (listing != 0 && now == before)) return;
        before = std::move(now);
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
    const auto is_known = [&found](const OpenLog& log) {
        return std::ranges::any_of(found, [&](const Found& f) { return f.log.is_same_inode(log.facts()); });
    };
    const auto is_rotation = [&](const fs::path& each) {
        const std::string name = each.filename().string();
        return is_rotation_of(name, base) || (!target.empty() && is_rotation_of(name, target));
    };
    list_until_quiet(folders(), is_rotation, [&](const fs::path& each, const struct stat&) {
        auto log = OpenLog::open(each.string());
        if (log && !is_known(*log) && wanted(*log))
            found.push_back({std::move(*log), each.filename().string()});
        return false;
    });
    std::ranges::sort(found, is_older);
    std::vector<OpenLog> logs;
    for (Found& each : found) logs.push_back(std::move(each.log));
    return logs;
}

std::optional<OpenLog> Rotations::find_inode(const FilePlace& place) const {
    std::optional<OpenLog> found;
    const auto any = [](const fs::path&) { return true; };
    list_until_quiet(folders(), any, [&](const fs::path& each, const struct stat& facts) {
        if (facts.st_dev != place.device || facts.st_ino != place.inode) return false;
        auto log = OpenLog::open(each.string());
        if (log && log->is_same_inode(facts) && log->has_head_of(place)) found = std::move(*log);
        return found.has_value();
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

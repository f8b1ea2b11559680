#include "tell/status/static_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "base/hash.h"
#include "net/descriptor.h"
#include "tell/status/shelf.h"

namespace tidegate::tell::status {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view half_done = ".new";

std::unexpected<Error> trouble(const std::string& path, int number) {
    return std::unexpected(Error{path, 0, "cannot be written: " + std::generic_category().message(number),
                                 "static_folder must be a folder that the daemon may write"});
}

std::unexpected<Error> trouble(const std::string& path, const std::error_code& error) {
    return trouble(path, error.value());
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// Readable for the web server, whatever our umask is.
Result<void> write_through(const std::string& path, std::string_view bytes) {
    const net::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file || !write_all(file.number(), bytes) || ::fchmod(file.number(), 0644) != 0 ||
        ::fsync(file.number()) != 0)
        return trouble(path, errno);
    return {};
}

Result<void> flush_folder(const std::string& path) {
    const net::Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.number()) != 0) return trouble(path, errno);
    return {};
}

Result<void> make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return trouble(path, errno);
    if (::chmod(path.c_str(), 0755) != 0) return trouble(path, errno);
    return {};
}

bool is_version(std::string_view name) {
    return name.starts_with("v") && name.size() > 1;
}

}  // namespace

std::string StaticFolder::next_name() const {
    std::uint64_t highest = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(path_, error)) {
        const std::string name = entry.path().filename().string();
        std::uint64_t number = 0;
        if (is_version(name) &&
            std::from_chars(name.data() + 1, name.data() + name.size(), number).ec == std::errc())
            highest = std::max(highest, number);
    }
    return fmt::format("v{}", highest + 1);
}

Result<std::string> StaticFolder::write(const std::vector<SiteFile>& files) {
    std::error_code error;
    fs::create_directories(path_, error);
    if (error) return trouble(path_, error);
    const std::string name = next_name();
    std::string folder = path_ + "/" + name;
    const std::string unfinished = folder + std::string(half_done);
    fs::remove_all(unfinished, error);
    if (auto done = fill(unfinished, files); !done) return std::unexpected(done.error());
    if (::rename(unfinished.c_str(), folder.c_str()) != 0) return trouble(folder, errno);
    if (auto done = turn(name); !done) return std::unexpected(done.error());
    clear(name, fs::path(last_).filename().string());
    last_ = folder;
    digests_.clear();
    for (const SiteFile& file : files) digests_[file.path] = hash_bytes(file.bytes, 0);
    return folder;
}

Result<void> StaticFolder::fill(const std::string& folder, const std::vector<SiteFile>& files) {
    for (const std::string& each : {folder, folder + "/incident", folder + "/history"})
        if (auto done = make_folder(each); !done) return done;
    for (const SiteFile& file : files)
        if (auto done = put(folder, file); !done) return done;
    for (const std::string& each : {folder + "/incident", folder + "/history", folder})
        if (auto done = flush_folder(each); !done) return done;
    return {};
}

// What did not change is the same file under two names.
Result<void> StaticFolder::put(const std::string& folder, const SiteFile& file) {
    const auto known = digests_.find(file.path);
    const bool same = known != digests_.end() && known->second == hash_bytes(file.bytes, 0);
    for (const std::string& suffix : {std::string(), std::string(".gz")}) {
        const std::string path = folder + "/" + file.path + suffix;
        const std::string old = last_ + "/" + file.path + suffix;
        if (same && ::link(old.c_str(), path.c_str()) == 0) continue;
        if (auto done = write_through(path, suffix.empty() ? file.bytes : gzipped(file.bytes)); !done)
            return done;
    }
    return {};
}

Result<void> StaticFolder::turn(const std::string& name) {
    const std::string current = path_ + "/current", next = current + std::string(half_done);
    std::error_code error;
    if (fs::exists(fs::symlink_status(current, error)) && !fs::is_symlink(fs::symlink_status(current, error)))
        return std::unexpected(
            Error{current, 0, "is there and no link", "move it away: this is where the site is shown"});
    fs::remove(next, error);
    if (::symlink(name.c_str(), next.c_str()) != 0) return trouble(next, errno);
    if (::rename(next.c_str(), current.c_str()) != 0) return trouble(current, errno);
    return flush_folder(path_);
}

void StaticFolder::clear(const std::string& keep, const std::string& also) const {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(path_, error)) {
        const std::string name = entry.path().filename().string();
        if (is_version(name) && name != keep && name != also) fs::remove_all(entry.path(), error);
    }
}

}  // namespace tidegate::tell::status

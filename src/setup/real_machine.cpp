#include "setup/real_machine.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "base/check.h"

namespace tidegate::setup {
namespace {

constexpr std::array<const char*, 6> folders{"/usr/sbin/", "/usr/bin/",        "/sbin/",
                                             "/bin/",      "/usr/local/sbin/", "/usr/local/bin/"};

std::optional<std::string> find_program(const std::string& name) {
    if (name.contains('/')) return std::nullopt;
    for (const char* folder : folders)
        if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
    return std::nullopt;
}

std::string user_name(uid_t id) {
    std::array<char, 4096> room{};
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(id, &entry, room.data(), room.size(), &found);
    return found == nullptr ? std::to_string(id) : found->pw_name;
}

std::string group_name(gid_t id) {
    std::array<char, 16384> room{};  // groups list their members
    group entry{};
    group* found = nullptr;
    ::getgrgid_r(id, &entry, room.data(), room.size(), &found);
    return found == nullptr ? std::to_string(id) : found->gr_name;
}

FileFacts::Kind kind_of(mode_t mode) {
    if (S_ISREG(mode)) return FileFacts::Kind::file;
    if (S_ISDIR(mode)) return FileFacts::Kind::folder;
    return S_ISSOCK(mode) ? FileFacts::Kind::socket : FileFacts::Kind::other;
}

}  // namespace

Result<Ran> RealMachine::run(const std::vector<std::string>& command) {
    CHECK(!command.empty());
    const auto path = find_program(command.front());
    if (!path)
        return std::unexpected(
            Error{.file = command.front(), .line = 0, .what = "is not installed", .mend = {}});
    return run_program(*path, command, limits_);
}

bool RealMachine::has_program(const std::string& name) {
    return find_program(name).has_value();
}

Result<std::string> RealMachine::read(const std::string& path) {
    const auto facts = look(path);
    if (facts && facts->kind != FileFacts::Kind::file)
        return std::unexpected(Error{.file = path, .line = 0, .what = "is not a file", .mend = {}});
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return std::unexpected(Error{.file = path,
                                     .line = 0,
                                     .what = "cannot be read: " + std::generic_category().message(errno),
                                     .mend = "run it as root"});
    std::string text(max_output_bytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > max_output_bytes)
        return std::unexpected(Error{.file = path, .line = 0, .what = "is larger than 1 MiB", .mend = {}});
    return text;
}

std::string RealMachine::tail(const std::string& path, std::size_t bytes) {
    const auto facts = look(path);
    if (!facts || facts->kind != FileFacts::Kind::file) return {};
    std::ifstream file(path, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(facts->bytes - std::min<std::uint64_t>(facts->bytes, bytes)));
    std::string text(bytes, '\0');
    if (!file) return {};
    file.read(text.data(), static_cast<std::streamsize>(bytes));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

std::optional<FileFacts> RealMachine::look(const std::string& path) {
    struct stat facts{};
    if (::stat(path.c_str(), &facts) != 0) return std::nullopt;
    return FileFacts{.kind = kind_of(facts.st_mode),
                     .mode = facts.st_mode & 07777,
                     .user = user_name(facts.st_uid),
                     .group = group_name(facts.st_gid),
                     .bytes = static_cast<std::uint64_t>(facts.st_size),
                     .modified = time_of_unix(facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec / 1000),
                     .device = facts.st_dev,
                     .inode = facts.st_ino};
}

bool RealMachine::has_journal() {
    return look("/run/systemd/journal/socket").has_value();
}

Time RealMachine::now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

}  // namespace tidegate::setup

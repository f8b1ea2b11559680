#include "setup/write_once.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace tidegate::setup {
namespace {

constexpr mode_t file_mode = 0640;
constexpr mode_t folder_mode = 0755;

std::unexpected<Error> failed(const std::string& path, const std::string& what) {
    const std::string reason = std::generic_category().message(errno);
    return std::unexpected(
        Error{.file = path, .line = 0, .what = what + ": " + reason, .mend = "run it as root"});
}

// A file with a name that nobody knows, until it gets the right one. Taken away again in any case.
class Draft {
public:
    explicit Draft(const std::string& path)
        : name_(path + ".XXXXXX"), number_(::mkostemp(name_.data(), O_CLOEXEC)) {}
    ~Draft() {
        if (number_ < 0) return;
        ::close(number_);
        ::unlink(name_.c_str());
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    bool fill(std::string_view text, std::optional<gid_t> group) {
        while (!text.empty()) {
            const ssize_t put = ::write(number_, text.data(), text.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) return false;
            text.remove_prefix(static_cast<std::size_t>(put));
        }
        if (group && ::fchown(number_, static_cast<uid_t>(-1), *group) != 0) return false;
        return ::fchmod(number_, file_mode) == 0 && ::fsync(number_) == 0;
    }
    // link(2), unlike rename(2), never takes another file's place.
    [[nodiscard]] int publish(const std::string& path) const { return ::link(name_.c_str(), path.c_str()); }

private:
    std::string name_;
    int number_;
};

void sync_folder(const std::string& folder) {
    const int number = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (number < 0) return;
    ::fsync(number);
    ::close(number);
}

}  // namespace

Result<bool> write_once(const std::string& path, std::string_view text, std::optional<gid_t> group) {
    struct stat facts{};
    if (::lstat(path.c_str(), &facts) == 0) return false;
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    if (::mkdir(folder.c_str(), folder_mode) != 0 && errno != EEXIST) return failed(folder, "cannot be made");
    Draft draft(path);
    if (!draft.is_open()) return failed(path, "cannot be written");
    if (!draft.fill(text, group)) return failed(path, "cannot be written");
    if (draft.publish(path) != 0) {
        if (errno == EEXIST) return false;
        return failed(path, "cannot be written");
    }
    sync_folder(folder);
    return true;
}

std::optional<gid_t> group_number(const std::string& name) {
    std::array<char, 16384> room{};  // groups list their members
    group entry{};
    group* found = nullptr;
    ::getgrnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
    if (found == nullptr) return std::nullopt;
    return found->gr_gid;
}

}  // namespace tidegate::setup

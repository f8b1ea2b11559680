#include "rehearse/folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "net/child.h"
#include "net/descriptor.h"

namespace tidegate::rehearse {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failed(const std::string& path, int reason) {
    return std::unexpected(
        Error{path, 0, net::reason_of(reason), "the drill needs a folder that it may write to"});
}

}  // namespace

Result<Folder> Folder::open(const std::string& kept) {
    if (!kept.empty()) {
        std::error_code error;
        fs::create_directories(kept, error);
        const fs::path whole = fs::absolute(kept, error);
        if (!fs::is_directory(whole, error)) return failed(kept, error ? error.value() : ENOTDIR);
        if (!fs::is_empty(whole, error))
            return std::unexpected(
                Error{kept, 0, "it is not empty", "name a new folder: nothing of yours is to be lost"});
        return Folder(whole, true);
    }
    std::error_code error;
    std::string name = fs::temp_directory_path(error) / "tidegate-drill-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) return failed(name, errno);
    return Folder(name, false);
}

Folder::~Folder() {
    std::error_code ignored;
    if (!path_.empty() && !stays_) fs::remove_all(path_, ignored);
}

Result<void> Folder::make(std::string_view name) const {
    const std::string path = *this / name;
    if (::mkdir(path.c_str(), 0700) != 0) return failed(path, errno);
    return {};
}

Result<void> Folder::write(std::string_view name, std::string_view bytes) const {
    const std::string path = *this / name;
    const net::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file) return failed(path, errno);
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed(path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

std::string text_of_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return std::move(text).str();
}

}  // namespace tidegate::rehearse

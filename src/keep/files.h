#pragma once
// Files that only their owner reads, written so that a crash leaves the old one or the new one.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace tidegate::keep {

/// Owns one descriptor, or none (-1).
class OpenFile {
public:
    OpenFile() = default;
    explicit OpenFile(int number) : number_(number) {}
    OpenFile(OpenFile&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    OpenFile& operator=(OpenFile&& other) noexcept {
        OpenFile old(std::exchange(number_, std::exchange(other.number_, -1)));
        return *this;
    }
    ~OpenFile();
    [[nodiscard]] int number() const { return number_; }

private:
    int number_ = -1;
};

/// The bytes of a file, mapped. Thread: any.
class MappedFile {
public:
    /// Fails: it cannot be read.
    [[nodiscard]] static Result<MappedFile> open(const std::string& path);
    [[nodiscard]] std::string_view bytes() const { return {static_cast<const char*>(start_.get()), size_}; }

private:
    struct Unmap {
        std::size_t size;
        void operator()(void* start) const;
    };
    std::unique_ptr<void, Unmap> start_;
    std::size_t size_ = 0;
};

/// Makes the folder with mode 0700 if it is not there.
[[nodiscard]] Result<void> make_folder(const std::string& path);
/// An empty file of mode 0600, or the one that is there, made so.  Fails: it is no regular file, no
/// permission.
[[nodiscard]] Result<void> make_private(const std::string& path);
/// Holds the lock as long as it lives.  Fails: another process has it.
[[nodiscard]] Result<OpenFile> lock_file(const std::string& path);

/// Under a temporary name (PATH.new) first; on the disk once it returns, mode 0600.
[[nodiscard]] Result<void> write_durably(const std::string& path, std::string_view bytes);
/// What a file holds now, and its name in its folder, are on the disk.
[[nodiscard]] Result<void> sync_file(const std::string& path);
/// PATH takes the place of TO; on the disk once it returns. Both lie in one folder.
[[nodiscard]] Result<void> rename_durably(const std::string& path, const std::string& to);

/// 0 for what is not there.
[[nodiscard]] std::uint64_t size_of_file(const std::string& path);
[[nodiscard]] std::string folder_of(const std::string& path);

}  // namespace tidegate::keep

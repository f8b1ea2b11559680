#pragma once
// A folder for as long as something runs.

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace tidegate::rehearse {

/// Ours alone (0700), in $TMPDIR or /tmp, and gone with all that is in it, unless it is the operator's own.
class Folder {
public:
    /// `kept`: one that is to stay, empty, made where it is missing; no name: one for now.  Fails: says why.
    [[nodiscard]] static Result<Folder> open(const std::string& kept);
    ~Folder();
    Folder(Folder&& other) noexcept : path_(std::exchange(other.path_, {})), stays_(other.stays_) {}
    Folder& operator=(Folder&&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string operator/(std::string_view name) const {
        return path_ + '/' + std::string(name);
    }
    /// A folder in it.
    [[nodiscard]] Result<void> make(std::string_view name) const;
    /// A file in it, its owner's alone.
    [[nodiscard]] Result<void> write(std::string_view name, std::string_view bytes) const;

private:
    Folder(std::string path, bool stays) : path_(std::move(path)), stays_(stays) {}

    std::string path_;
    bool stays_;
};

/// All of a file; empty where it can't be read.
[[nodiscard]] std::string text_of_file(const std::string& path);

}  // namespace tidegate::rehearse

#pragma once
// Runs the real program, as a shell would.

#include <boost/json.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::app {

struct Ran {
    int status = -1;  // exit status, or 1000 + the signal that ended it
    std::string out, err;

    /// Standard output, line by line.
    [[nodiscard]] std::vector<std::string> lines() const;
    /// Each line of standard output as JSON.
    [[nodiscard]] std::vector<boost::json::object> objects() const;
};

/// `out_path` instead of a file that is read back: a device or a pipe's end.
[[nodiscard]] Ran run_program(std::vector<std::string> arguments, std::string_view input = "",
                              const std::string& out_path = "");

/// A folder that goes away with its files.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }
    /// Writes a file and returns its path.
    std::string write(const std::string& name, std::string_view bytes) const;

private:
    std::filesystem::path path_;
};

[[nodiscard]] std::string slurp(const std::string& path);

}  // namespace tidegate::app

#pragma once
// Writing: to standard output, where the reader may go away, and to files, where the disk may be full.

#include <string>
#include <string_view>

#include "base/error.h"

namespace tidegate::app {

/// Bytes to a file descriptor that somebody else closes, collected into large writes.
/// Thread: one at a time.  Fails: says so once in error(); then writes nothing any more.
class Output {
public:
    explicit Output(int descriptor, std::string name = "standard output");
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void write(std::string_view text);
    /// Room to append to; flush_if_large() after each record.
    [[nodiscard]] std::string& buffer() { return buffer_; }
    void flush_if_large();
    /// Everything written, as far as the kernel knows.
    [[nodiscard]] bool flush();
    [[nodiscard]] bool failed() const { return !error_.empty(); }
    /// "standard output: No space left on device"; empty while all is well.
    [[nodiscard]] const std::string& error() const { return error_; }

private:
    int descriptor_;
    std::string name_;
    std::string buffer_;
    std::string error_;
};

/// Replaces `path` with `bytes` at once or not at all (a new file is written, flushed and renamed); what is
/// no regular file, as /dev/stdout, is written to. `bytes` may hold secrets: a new file is its owner's alone.
[[nodiscard]] Result<void> write_file(const std::string& path, std::string_view bytes);

/// The whole file.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

/// "tidegate: " and the text on standard error, with a line end.
void say(std::string_view text);
void say(const Error& error);

}  // namespace tidegate::app

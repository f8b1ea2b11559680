#pragma once
// A reply without an end: written to as things happen, for `tidegate top` and server-sent events.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tidegate::net {

/// What a stream's writer and its session share; for this folder alone.
struct StreamPipe {
    explicit StreamPipe(std::size_t most) : most_bytes(most) {}

    const std::size_t most_bytes;
    std::string waiting;             // framed already
    bool chunked = true;             // else the end of the connection ends it (HTTP/1.0)
    bool open = true;                // the reader is there
    bool ended = false;              // the writer is through
    bool overflown = false;          // the reader was too slow
    std::function<void()> wake;      // set by the session once the head is sent
    std::function<void()> on_close;  // set by the writer

    [[nodiscard]] bool write(std::string_view text);
    void end();
    /// The reader has gone.
    void detach();
};

/// The writer's end. Copies write to the same stream.
/// Thread: that of the request; from others by Loop::post().  Cost: a system call for each write to a reader
/// who keeps up.  Fails: a reader who leaves more than HttpLimits::stream_bytes unread is dropped.
class Stream {
public:
    explicit Stream(std::shared_ptr<StreamPipe> pipe) : pipe_(std::move(pipe)) {}

    /// False: nobody reads any more.
    bool write(std::string_view text) { return pipe_->write(text); }
    /// Everything was written.
    void end() { pipe_->end(); }
    [[nodiscard]] bool is_open() const { return pipe_->open && !pipe_->ended; }
    /// Called once when the reader has gone or the server stops; not from within write().
    void on_close(std::function<void()> task) { pipe_->on_close = std::move(task); }

private:
    std::shared_ptr<StreamPipe> pipe_;
};

}  // namespace tidegate::net

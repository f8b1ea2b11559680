#pragma once
// What goes on, to all who look on at once: server-sent events, written once for all of them.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "console/moment.h"
#include "net/http_message.h"
#include "net/loop.h"

namespace tidegate::console {

/// What the onlookers are shown; each gives JSON in one line. Called on one of their threads, once a second
/// while there are any, and when one comes.
struct LiveWorld {
    std::function<std::string()> scene;
    /// The heads of incidents by id, those of the last days.
    std::function<std::vector<std::pair<std::string, std::string>>()> incidents;
    std::function<Moment()> clock;
};

/// Whoever looks on gets the state at once, then what comes. Nobody waits for a reader: one who does not
/// take what is written is cut off by the server (HttpLimits::stream_bytes), and so is one who may look on no
/// more. Thread: any.  Cost: to those who tell nothing but a load while nobody looks on, else a short lock.
/// Owner: outlives the threads of the server whose streams it writes to.
class Live {
public:
    static constexpr std::size_t most_readers = 64;
    static constexpr std::size_t most_told = 100;  // between two ticks; more are counted and left out

    explicit Live(LiveWorld world) : world_(std::move(world)) {}

    /// Answers with the stream. `holds`: whether he may still look on. False: there are enough, and nothing
    /// is answered.
    [[nodiscard]] bool open(const net::Request& request, net::Response& response,
                            std::function<bool()> holds);
    [[nodiscard]] bool has_readers() const { return readers_.load(std::memory_order_relaxed) > 0; }
    [[nodiscard]] std::size_t readers() const { return readers_.load(std::memory_order_relaxed); }

    /// Something was told: `json` in one line. Left out where too much comes.
    void tell(std::string json);
    /// Whether tell() would take more: asked before what is told is written.
    [[nodiscard]] bool wants_told() const {
        return has_readers() && waiting_.load(std::memory_order_relaxed) < most_told;
    }
    void leave_out() { left_out_.fetch_add(1, std::memory_order_relaxed); }
    /// Four times a second: sends what waits. All that takes time is done on the readers' threads.
    void tick();

private:
    struct Reader {
        std::uint64_t number = 0;
        net::Stream stream;
        std::function<bool()> holds;
    };
    /// Those of one thread, which alone touches them.
    struct Room {
        net::Loop* loop = nullptr;
        std::vector<Reader> readers;
    };

    [[nodiscard]] Room& room_of(net::Loop* loop);
    void leave(Room& room, std::uint64_t number);
    void send(Room& room, const std::string& text);
    void gather();
    [[nodiscard]] std::string take_told();
    [[nodiscard]] std::string state_text();
    [[nodiscard]] std::string turned_incidents();

    LiveWorld world_;
    std::atomic<std::size_t> readers_ = 0;
    std::atomic<std::size_t> waiting_ = 0;
    std::atomic<std::uint64_t> left_out_ = 0;
    std::mutex rooms_mutex_;  // guards rooms_ and numbers_; not what is in a room
    std::vector<std::unique_ptr<Room>> rooms_;
    std::uint64_t numbers_ = 0;
    std::mutex told_mutex_;  // guards told_
    std::vector<std::string> told_;
    std::mutex state_mutex_;                                      // guards all below
    std::vector<std::pair<std::string, std::string>> incidents_;  // as they were sent
    bool compared_ = false;
    Moment sent_{}, beaten_{};
};

/// One event; `json` has no line end.
void append_event(std::string_view name, std::string_view json, std::string& out);

}  // namespace tidegate::console

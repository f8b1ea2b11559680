#include "console/live.h"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::console {
namespace {

using namespace std::chrono_literals;

/// A tick comes a little before or after its time.
constexpr auto between_scenes = 900ms;
constexpr auto between_beats = 15s;

}  // namespace

void append_event(std::string_view name, std::string_view json, std::string& out) {
    out.append("event: ").append(name).append("\ndata: ").append(json).append("\n\n");
}

bool Live::open(const net::Request& request, net::Response& response, std::function<bool()> holds) {
    if (readers_.fetch_add(1, std::memory_order_relaxed) >= most_readers) {
        readers_.fetch_sub(1, std::memory_order_relaxed);
        return false;
    }
    Room& room = room_of(request.loop());
    std::uint64_t number = 0;
    {
        const std::scoped_lock lock(rooms_mutex_);
        number = ++numbers_;
    }
    response.header("X-Accel-Buffering", "no");  // nginx would gather it
    net::Stream stream = response.stream("text/event-stream");
    stream.on_close([this, &room, number] { leave(room, number); });
    static_cast<void>(stream.write(state_text()));
    room.readers.push_back({number, stream, std::move(holds)});
    return true;
}

Live::Room& Live::room_of(net::Loop* loop) {
    const std::scoped_lock lock(rooms_mutex_);
    const auto found = std::ranges::find(rooms_, loop, [](const auto& room) { return room->loop; });
    if (found != rooms_.end()) return **found;
    rooms_.push_back(std::make_unique<Room>(Room{.loop = loop, .readers = {}}));
    return *rooms_.back();
}

void Live::leave(Room& room, std::uint64_t number) {
    std::erase_if(room.readers, [&](const Reader& each) { return each.number == number; });
    readers_.fetch_sub(1, std::memory_order_relaxed);
}

void Live::tell(std::string json) {
    const std::scoped_lock lock(told_mutex_);
    if (told_.size() >= most_told) return leave_out();
    told_.push_back(std::move(json));
    waiting_.store(told_.size(), std::memory_order_relaxed);
}

void Live::tick() {
    if (!has_readers()) return;
    const std::scoped_lock lock(rooms_mutex_);
    if (rooms_.empty()) return;
    rooms_.front()->loop->post([this] { gather(); });
}

void Live::gather() {
    auto text = std::make_shared<std::string>(take_told());
    const Moment now = world_.clock();
    {
        const std::scoped_lock lock(state_mutex_);
        if (now >= beaten_ + between_beats) {
            beaten_ = now;
            *text += ":\n\n";
        }
        if (now >= sent_ + between_scenes) {
            sent_ = now;
            *text += turned_incidents();
            append_event("scene", world_.scene(), *text);
        }
    }
    if (text->empty()) return;
    const std::scoped_lock lock(rooms_mutex_);
    for (const auto& room : rooms_) room->loop->post([this, room = room.get(), text] { send(*room, *text); });
}

void Live::send(Room& room, const std::string& text) {
    for (Reader& each : room.readers) {
        if (each.holds())
            static_cast<void>(each.stream.write(text));
        else
            each.stream.end();
    }
}

std::string Live::take_told() {
    std::vector<std::string> told;
    {
        const std::scoped_lock lock(told_mutex_);
        told.swap(told_);
        waiting_.store(0, std::memory_order_relaxed);
    }
    std::string out;
    for (const std::string& each : told) append_event("told", each, out);
    if (const auto lost = left_out_.exchange(0, std::memory_order_relaxed); lost > 0)
        out += fmt::format(": {} more were told\n\n", lost);
    return out;
}

std::string Live::state_text() {
    std::string out = "retry: 2000\n\n";
    for (const auto& [id, head] : world_.incidents())
        if (!head.contains(R"("state":"closed")")) append_event("incident", head, out);
    append_event("scene", world_.scene(), out);
    return out;
}

std::string Live::turned_incidents() {
    auto now = world_.incidents();
    std::string out;
    for (const auto& each : now)
        if (std::ranges::find(incidents_, each) == incidents_.end())
            append_event("incident", each.second, out);
    // At the first comparison nobody knows which are new; who came was told of those that are open.
    if (!std::exchange(compared_, true)) out.clear();
    incidents_ = std::move(now);
    return out;
}

}  // namespace tidegate::console

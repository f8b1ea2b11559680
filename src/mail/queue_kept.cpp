#include "mail/queue_kept.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "event/json.h"

namespace tidegate::mail {
namespace {

namespace json = boost::json;

constexpr std::size_t most_bytes = std::size_t{1} << 20, most_queues = 256;
constexpr double most_messages = 1e12;

std::string time_text(Time time) {
    return json_string(rfc3339(time));
}

std::string text_of(const std::string& name, const QueueMemory& memory) {
    return fmt::format(
        R"({{"name":{},"usual_late":{},"learned_seconds":{},"last":{},"calm":{},"since":{},"came_from":{}}})",
        json_string(name), memory.usual_late ? fmt::format("{:.3f}", *memory.usual_late) : "null",
        std::chrono::floor<std::chrono::seconds>(memory.learned).count(), time_text(memory.last),
        time_text(memory.calm), memory.since ? time_text(*memory.since) : "null",
        time_text(memory.came_from));
}

/// Takes one queue apart; remembers whether all of it fitted.
class Reading {
public:
    explicit Reading(const json::value& value) : object_(value.if_object()) {}

    [[nodiscard]] bool fits() const { return fits_; }
    QueueMemory memory() {
        QueueMemory out;
        out.usual_late = usual();
        out.learned = std::chrono::seconds(whole("learned_seconds", 86'400 * 366));
        out.last = time("last").value_or(Time{});
        out.calm = time("calm").value_or(Time{});
        if (!member("since").is_null()) out.since = time("since");
        out.came_from = time("came_from").value_or(Time{});
        return out;
    }
    std::string text(std::string_view name) {
        const auto* found = member(name).if_string();
        fits_ = fits_ && found != nullptr;
        return found == nullptr ? std::string() : std::string(std::string_view(*found));
    }

private:
    const json::value& member(std::string_view name) {
        static const json::value none;
        const auto* found = object_ == nullptr ? nullptr : object_->if_contains(name);
        fits_ = fits_ && found != nullptr;
        return found == nullptr ? none : *found;
    }
    std::optional<Time> time(std::string_view name) {
        const auto found = parse_rfc3339(text(name));
        fits_ = fits_ && found.has_value();
        return found;
    }
    std::int64_t whole(std::string_view name, std::int64_t most) {
        boost::system::error_code error;
        const auto found = member(name).to_number<std::int64_t>(error);
        fits_ = fits_ && !error && found >= 0 && found <= most;
        return fits_ ? found : 0;
    }
    std::optional<double> usual() {
        const json::value& value = member("usual_late");
        if (value.is_null()) return std::nullopt;
        boost::system::error_code error;
        const auto found = value.to_number<double>(error);
        fits_ = fits_ && !error && std::isfinite(found) && found >= 0 && found <= most_messages;
        return found;
    }

    const json::object* object_;
    bool fits_ = true;
};

std::unexpected<Error> strange() {
    return std::unexpected(
        Error{"", 0, "holds nothing that is known of queues", "what is usual is learned anew"});
}

}  // namespace

std::string queue_memories_text(const QueueMemories& memories) {
    std::string out;
    for (const auto& [name, memory] : memories) out += (out.empty() ? "\n" : ",\n") + text_of(name, memory);
    return "{\"queues\":[" + out + "\n]}\n";
}

Result<QueueMemories> read_queue_memories(std::string_view text) {
    if (text.size() > most_bytes) return strange();
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    const auto* object = error ? nullptr : value.if_object();
    const auto* found = object == nullptr ? nullptr : object->if_contains("queues");
    const auto* queues = found == nullptr ? nullptr : found->if_array();
    if (queues == nullptr || queues->size() > most_queues) return strange();
    QueueMemories out;
    for (const json::value& each : *queues) {
        Reading reading(each);
        std::string name = reading.text("name");
        const QueueMemory memory = reading.memory();
        if (!reading.fits() || !out.emplace(std::move(name), memory).second) return strange();
    }
    return out;
}

}  // namespace tidegate::mail

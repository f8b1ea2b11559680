#include "app/serve/checkpoint.h"

#include <cstring>
#include <optional>
#include <utility>

#include "tell/incident/forms.h"

namespace tidegate::app {
namespace {

constexpr std::string_view magic = "tidegate state 3\n";
constexpr std::string_view magic_before = "tidegate state 2\n";  // without incidents
static_assert(magic.size() == magic_before.size());

constexpr std::size_t number_bytes = sizeof(std::uint64_t);
constexpr std::size_t judge_at = magic.size() + 2 * number_bytes;  // behind the time and its own size

void put_number(std::uint64_t number, char* at) {
    std::memcpy(at, &number, sizeof number);
}
void append_number(std::uint64_t number, std::string& out) {
    out.append(reinterpret_cast<const char*>(&number), sizeof number);
}
void append_text(std::string_view text, std::string& out) {
    append_number(text.size(), out);
    out += text;
}

/// Takes what the functions above wrote from the front; nothing where it is cut short.
class Cut {
public:
    explicit Cut(std::string_view bytes) : bytes_(bytes) {}
    [[nodiscard]] std::optional<std::uint64_t> number() {
        std::uint64_t out = 0;
        if (bytes_.size() < sizeof out) return std::nullopt;
        std::memcpy(&out, bytes_.data(), sizeof out);
        bytes_.remove_prefix(sizeof out);
        return out;
    }
    [[nodiscard]] std::optional<std::string_view> text() {
        const auto size = number();
        if (!size || *size > bytes_.size()) return std::nullopt;
        const std::string_view out = bytes_.substr(0, *size);
        bytes_.remove_prefix(*size);
        return out;
    }
    [[nodiscard]] bool is_done() const { return bytes_.empty(); }

private:
    std::string_view bytes_;
};

std::unexpected<Error> strange() {
    return std::unexpected(Error{"", 0, "the checkpoint is another version's",
                                 "the journal stands in, as far back as it goes; the next one replaces it"});
}

/// False: cut short. What the judge knows must not be lost for a record that can't be read.
bool take_incidents(Cut& cut, Checkpoint& to) {
    const auto count = cut.number();
    if (!count) return false;
    for (std::uint64_t i = 0; i < *count; ++i) {
        const auto text = cut.text();
        if (!text) return false;
        auto incident = tell::parse_incident_json(*text);
        if (incident)
            to.incidents.push_back(std::move(*incident));
        else
            to.unread.push_back(std::move(incident.error()));
    }
    return true;
}

}  // namespace

CheckpointBytes::CheckpointBytes() : bytes_(magic) {
    bytes_.resize(judge_at);
}

std::string CheckpointBytes::finish(Time time, std::string_view detection, const Bookmark& logs,
                                    const std::vector<Incident>& incidents) && {
    put_number(static_cast<std::uint64_t>(time.time_since_epoch().count()), bytes_.data() + magic.size());
    put_number(bytes_.size() - judge_at, bytes_.data() + judge_at - number_bytes);
    append_text(detection, bytes_);
    append_number(logs.sequence, bytes_);
    append_text(logs.text(), bytes_);
    append_number(incidents.size(), bytes_);
    for (const Incident& each : incidents) append_text(tell::incident_json(each), bytes_);
    return std::move(bytes_);
}

Result<Checkpoint> checkpoint_in(std::string_view bytes) {
    const bool has_incidents = bytes.starts_with(magic);
    if (!has_incidents && !bytes.starts_with(magic_before)) return strange();
    Cut cut(bytes.substr(magic.size()));
    const auto time = cut.number();
    auto judge = cut.text(), detection = cut.text();
    const auto sequence = cut.number();
    const auto positions = cut.text();
    if (!time || !judge || !detection || !sequence || !positions) return strange();
    Checkpoint read{.time = Time(Duration(static_cast<std::int64_t>(*time))),
                    .judge = *judge,
                    .detection = *detection,
                    .logs = Bookmark::parse(*positions, *sequence),
                    .incidents = {},
                    .unread = {}};
    if (has_incidents && !take_incidents(cut, read)) return strange();
    if (!cut.is_done()) return strange();
    return read;
}

}  // namespace tidegate::app

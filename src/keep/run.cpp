#include "keep/run.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "event/binary.h"
#include "keep/varint.h"

namespace tidegate::keep {
namespace {

constexpr std::uint8_t takeover_bit = 0x80;

void put_body(const Entry& entry, std::string& out) {
    out += static_cast<char>(entry.kind);
    if (!has_event(entry.kind)) {
        put_zigzag(entry.time.time_since_epoch().count(), out);
        put_zigzag(entry.value, out);
        out += entry.text;
        return;
    }
    CHECK(entry.event != nullptr);
    const auto measure = static_cast<std::uint8_t>(entry.answered);
    out += static_cast<char>(measure | (entry.suspected_takeover ? takeover_bit : 0));
    put_zigzag(entry.sum.in_hundredths(), out);
    append_binary(*entry.event, out);
}

}  // namespace

void append_entry(const Entry& entry, std::string& out) {
    thread_local std::string body;
    body.clear();
    put_body(entry, body);
    put_varint(body.size(), out);
    out += body;
}

void Run::add(const Entry& entry) {
    append_entry(entry, bytes);
    span(time_of(entry), time_of(entry));
    ++count;
}

void Run::add(std::string_view bytes_of_entry, Time time) {
    bytes += bytes_of_entry;
    span(time, time);
    ++count;
}

void Run::join(const Run& next) {
    if (next.count == 0) return;
    if (count == 0) first = next.first;
    CHECK(first + count == next.first);
    bytes += next.bytes;
    span(next.first_time, next.last_time);
    count += next.count;
}

void Run::span(Time from, Time to) {
    first_time = count == 0 ? from : std::min(first_time, from);
    last_time = count == 0 ? to : std::max(last_time, to);
}

bool EntryReader::next() {
    if (rest_.empty() || !wrong_.empty()) return false;
    Cursor in(rest_);
    const std::string_view body = in.bytes(in.varint());
    if (in.cut() || body.empty()) return fail("an entry that is cut short");
    taken_ = rest_.substr(0, rest_.size() - in.rest().size());
    rest_ = in.rest();
    return take(body);
}

bool EntryReader::take(std::string_view body) {
    Cursor in(body);
    const std::uint8_t kind = in.byte();
    if (kind == 0 || kind > static_cast<std::uint8_t>(EntryKind::restart))
        return fail("an entry of an unknown kind");
    entry_ = Entry{};
    entry_.kind = static_cast<EntryKind>(kind);
    if (has_event(entry_.kind)) return take_event(in.rest());
    const std::int64_t micros = in.zigzag();
    entry_.value = in.zigzag();
    entry_.time = Time(Duration(micros));
    entry_.text = in.rest();
    return !in.cut() || fail("an entry that is cut short");
}

bool EntryReader::take_event(std::string_view rest) {
    Cursor in(rest);
    const std::uint8_t answer = in.byte();
    const std::uint8_t measure = answer & ~takeover_bit;
    const std::int64_t sum = in.zigzag();
    if (in.cut()) return fail("an entry that is cut short");
    if (measure >= names_of<Measure>().size() || !std::in_range<std::int32_t>(sum))
        return fail("an answer out of range");
    entry_.answered = static_cast<Measure>(measure);
    entry_.suspected_takeover = (answer & takeover_bit) != 0;
    entry_.sum = Decibans::hundredths(static_cast<std::int32_t>(sum));
    texts_.clear();
    std::string_view record = in.rest();
    auto event = parse_binary(record, texts_);
    if (!event) return fail(event.error().what);
    if (!record.empty()) return fail("bytes behind an event");
    event_ = *event;
    entry_.event = &event_;
    return true;
}

bool EntryReader::fail(std::string why) {
    wrong_ = std::move(why);
    return false;
}

}  // namespace tidegate::keep

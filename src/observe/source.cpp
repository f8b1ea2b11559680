#include "observe/source.h"

#include <date/tz.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

#include "event/text.h"

namespace tidegate::observe {
namespace {

/// So many chunks are looked at for the first event.
constexpr int probe_chunks = 64;

/// The last moment of `year` in the zone.
Result<Time> end_of_year(int year, const std::string& zone) {
    try {
        const date::time_zone* where = zone.empty() ? date::current_zone() : date::locate_zone(zone);
        const date::local_days next{date::year(year + 1) / date::January / 1};
        const auto end = where->to_sys(std::chrono::time_point_cast<Duration>(next), date::choose::earliest);
        return Time(end.time_since_epoch()) - Duration(1);
    } catch (const std::exception&) {  // the library says so that a zone is unknown
        return std::unexpected(
            Error{{}, 0, "unknown time zone '" + zone + "'", "try one such as Europe/Berlin"});
    }
}

Result<wire::LogParser> make_parser(const Input& input, Time modified) {
    wire::TimeRule rule{.anchor = modified, .zone = input.zone};
    if (input.year) {
        const auto end = end_of_year(*input.year, input.zone);
        if (!end) return std::unexpected(end.error());
        rule.anchor = *end;
        rule.slack = Duration(0);
    }
    return wire::LogParser::create(rule, input.patterns);
}

void add_error(Item& item, Error error) {
    ++item.bad_lines;
    if (item.errors.size() < max_line_errors) item.errors.push_back(std::move(error));
}

/// One line of events in their text form.
Result<Event> parse_event(std::string_view line, const std::string& file, std::uint64_t number,
                          EventBatch& out) {
    if (line.size() > wire::max_line_bytes) return std::unexpected(Error{{}, 0, "the line is too long", {}});
    auto event = parse_text(line, out);
    if (!event) return event;
    // Only lines of a log are joined; without a file nobody knows which daemon wrote what.
    if (event->file.empty()) event->layer = Layer::none;
    if (event->file.empty()) event->file = file;
    if (event->line == 0) event->line = number;
    return event;
}

void take_line(Item& item, std::string_view line, const std::string& file, std::uint64_t number) {
    ++item.counts.lines;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) {
        ++item.counts.nothing;
        return;
    }
    auto event = parse_event(line, file, number, item.work.batch);
    if (event) {
        ++item.counts.with_events;
        item.work.batch.events.push_back(*event);
        return;
    }
    ++item.counts.unknown;
    if (item.counts.first_unknown == 0) item.counts.first_unknown = number;
    add_error(item, Error{file, number, event.error().what, event.error().mend});
}

void decode_events(Item& item, const std::string& file) {
    std::string_view rest(item.buffer.get(), item.lines.bytes);
    for (std::uint64_t number = item.lines.first_line; !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        take_line(item, rest.substr(0, end), file, number);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

}  // namespace

Result<std::unique_ptr<Source>> Source::create(const Input& input, std::string name) {
    const auto facts = facts_of(name);
    std::optional<wire::LogParser> parser;
    if (!input.event_text) {
        auto made = make_parser(input, facts ? facts->modified : Time{});
        if (!made) return std::unexpected(made.error());
        parser = std::move(*made);
    }
    std::unique_ptr<Source> source(
        new Source(std::move(name), facts.value_or(FileFacts{}), std::move(parser)));
    if (const auto end = input.ends.find(source->name_); end != input.ends.end()) source->most_ = end->second;
    if (!facts) {
        source->error_ = facts.error();
        source->closed_ = source->closed_at_start_ = true;
    }
    return source;
}

std::optional<Time> Source::probe(Pool& pool) {
    std::optional<Time> found;
    ItemPtr item = pool.take();
    for (int i = 0; i < probe_chunks && !found && read_fresh(*item); ++i) {
        if (!facts_.reopens) {
            head_ = std::move(item);
            return {};
        }
        decode(*item);
        if (!item->work.batch.events.empty()) found = item->work.batch.events.front().time;
        item->clear();
    }
    pool.give(std::move(item));
    // From the start again when the turn comes; until then no descriptor is held.
    if (facts_.reopens) {
        reader_.reset();
        error_.reset();
        closed_ = false;
    }
    return found;
}

bool Source::read(Item& item) {
    if (!head_) return read_fresh(item);
    std::swap(item, *head_);
    head_.reset();
    return true;
}

bool Source::open() {
    auto bytes = open_bytes(name_, most_);
    if (bytes) {
        reader_ = std::make_unique<LineReader>(std::move(*bytes));
        return true;
    }
    error_ = bytes.error();
    closed_ = true;
    return false;
}

bool Source::read_fresh(Item& item) {
    if (closed_ || (!reader_ && !open())) return false;
    item.lines = reader_->next({item.buffer.get(), item.buffer_bytes});
    used_.store(reader_->used(), std::memory_order_relaxed);
    if (item.lines.bytes == 0) {
        error_ = reader_->error();
        reader_.reset();
        closed_ = true;
        return false;
    }
    item.work.batch.bytes = item.buffer;
    return true;
}

void Source::decode(Item& item) const {
    if (!parser_) return decode_events(item, name_);
    const auto cursor = parser_->cursor();
    item.counts = parser_->parse({item.buffer.get(), item.lines.bytes}, item.lines.first_line, name_, *cursor,
                                 item.work.batch);
}

}  // namespace tidegate::observe

#pragma once
// One input file on its way through the line: opened, read in chunks, its chunks made into events.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "observe/byte_source.h"
#include "observe/item.h"
#include "observe/line_reader.h"
#include "observe/pipeline.h"
#include "wire/log/parser.h"

namespace tidegate::observe {

/// Thread: read() and probe() one at a time; decode() from any number at once, also beside read().
class Source {
public:
    /// Fails where a pattern or the zone is wrong, not where the file is.
    [[nodiscard]] static Result<std::unique_ptr<Source>> create(const Input& input, std::string name);

    /// The time of the first event, to know when the file's turn comes. Nothing: not found among the first
    /// lines, so that its turn is now. A pipe can't be read twice: its first chunk is kept for read().
    [[nodiscard]] std::optional<Time> probe(Pool& pool);

    /// Reads the next chunk; false at the end, and when the file can't be opened.
    [[nodiscard]] bool read(Item& item);
    /// Makes a chunk into events.
    void decode(Item& item) const;

    [[nodiscard]] const std::string& name() const { return name_; }
    /// Nothing: not known beforehand.
    [[nodiscard]] std::optional<std::uint64_t> size() const {
        return facts_.reopens || closed_at_start_ ? std::optional(facts_.size) : std::nullopt;
    }
    /// Thread: any.
    [[nodiscard]] std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }
    /// Once read() has said false: what could not be read.
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    Source(std::string name, FileFacts facts, std::optional<wire::LogParser> parser)
        : name_(std::move(name)), facts_(facts), parser_(std::move(parser)) {}

    [[nodiscard]] bool open();
    [[nodiscard]] bool read_fresh(Item& item);

    std::string name_;
    FileFacts facts_;
    std::optional<std::uint64_t> most_;      // bytes of it that are read
    std::optional<wire::LogParser> parser_;  // none where the file holds events
    std::unique_ptr<LineReader> reader_;
    bool closed_at_start_ = false;  // there is no such file
    bool closed_ = false;           // nothing more to read
    ItemPtr head_;                  // read by probe() from a pipe
    std::optional<Error> error_;
    std::atomic<std::uint64_t> used_ = 0;
};

}  // namespace tidegate::observe

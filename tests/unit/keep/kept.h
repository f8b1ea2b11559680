#pragma once
// A folder that goes away, a clock that stands still, and a journal with both.

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "keep/journal.h"

namespace tidegate::keep {

class Folder {
public:
    Folder() {
        std::string name = std::filesystem::temp_directory_path() / "keep-XXXXXX";
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

/// Moves only when told.
class Hand {
public:
    [[nodiscard]] Time now() const { return time_of_unix(1'700'000'000) + Duration(past_); }
    void move(Duration by) { past_ += by.count(); }

private:
    std::atomic<std::int64_t> past_ = 0;
};

inline WriterOptions options_with(Hand& hand) {
    WriterOptions options;
    options.clock = [&hand] { return hand.now(); };
    return options;
}

inline std::unique_ptr<Journal> open_journal(const std::string& folder, WriterOptions options) {
    auto journal = Journal::open(folder, std::move(options));
    EXPECT_TRUE(journal) << journal.error().text();
    return journal ? std::move(*journal) : nullptr;
}
inline std::unique_ptr<Journal> open_journal(const std::string& folder, Hand& hand) {
    return open_journal(folder, options_with(hand));
}

inline void expect_done(const Result<void>& result) {
    EXPECT_TRUE(result) << result.error().text();
}

inline Event failure_of(std::string_view account, std::int64_t seconds) {
    Event event;
    event.time = time_of_unix(seconds);
    event.kind = EventKind::attempt;
    event.service = Service::imap;
    event.outcome = Outcome::failure;
    event.reason = Reason::bad_password;
    event.address = Address::v4(0xc0000200U + static_cast<std::uint32_t>(seconds % 250));
    event.account = account;
    return event;
}

inline std::uint64_t append(Journal& journal, const Event& event) {
    return journal.append({.event = &event});
}

/// What read() gave, as values.
struct Seen {
    std::uint64_t sequence = 0;
    EntryKind kind{};
    std::string account;
    Time time{};
    std::int64_t value = 0;

    friend bool operator==(const Seen&, const Seen&) = default;
};

inline Visit into(std::vector<Seen>& seen) {
    return [&seen](std::uint64_t sequence, const Entry& entry) {
        std::string account(has_event(entry.kind) ? entry.event->account : entry.text);
        seen.push_back({sequence, entry.kind, std::move(account), time_of(entry), entry.value});
        return true;
    };
}

inline Reading read_all(const std::string& folder, std::vector<Seen>& seen, std::uint64_t from = 0) {
    auto reader = Reader::open(folder);
    EXPECT_TRUE(reader) << reader.error().text();
    if (!reader) return {};
    auto reading = reader->read(from, into(seen));
    EXPECT_TRUE(reading) << reading.error().text();
    return reading.value_or(Reading{});
}

/// 1, 2, 3 ... without a hole.
inline void expect_whole(const std::vector<Seen>& seen, std::uint64_t first) {
    for (std::size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i].sequence, first + i);
}

inline std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}
inline void put_bytes(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Runs SQL behind the journal's back; the first column of the first row.
inline std::int64_t sql(const std::string& folder, const std::string& text) {
    auto connection = Connection::open(database_in(folder), Connection::Mode::write);
    EXPECT_TRUE(connection) << connection.error().text();
    if (!connection) return -1;
    const auto number = (*connection)->number(text);
    EXPECT_TRUE(number) << number.error().text();
    return number.value_or(-1);
}

}  // namespace tidegate::keep

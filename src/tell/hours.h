#pragma once
// Counts by hour and by day of the report's clock.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/sketch.h"
#include "tell/heavy_table.h"
#include "tell/report.h"

namespace tidegate::tell {

/// Names of accounts and how often each was tried, for the most tried.
struct AccountTries {
    std::string name;
    std::uint64_t stopped = 0;
    bool unknown = false;
    void clear() {
        name.clear();
        stopped = 0;
        unknown = false;
    }
};

/// Networks with what is worth knowing of them.
struct NetworkTries {
    Address example;
    std::uint32_t as_number = 0;
    std::uint64_t stopped = 0;
    std::array<std::uint64_t, 4> hosts{};  // a bit for each of 256 hosts
    void clear() { *this = {}; }
};

/// One of the most frequent of its hour.
struct HourTop {
    std::uint64_t key = 0;
    std::uint64_t count = 0;  // at least
    std::uint64_t stopped = 0;
    Address example;  // for networks
    std::uint32_t as_number = 0;
};

struct HourCount {
    std::int64_t index = 0;  // local time in hours
    std::int64_t start = 0;  // Unix time
    std::uint64_t logins = 0, hostile = 0, stopped = 0, internal = 0;
    std::vector<HourTop> networks, as_numbers, accounts;  // at most eight each
};

struct DayCount {
    std::int64_t index = 0;  // local time in days
    double addresses = 0, hostile_addresses = 0;
    std::uint64_t logins = 0, hostile = 0, stopped = 0;
};

/// Different addresses day by day; the sketches of days gone by are kept as numbers.
/// Thread: one at a time.  Cost: at() a comparison within a day.
class Days {
public:
    struct Open {
        bool used = false;
        std::int64_t index = 0;
        Sketch all, hostile;
    };
    static constexpr std::size_t most = 4000;

    /// Beyond `most` days a new one counts as the current one.
    DayCount& at(std::int64_t index);
    /// Of the day last asked for.
    [[nodiscard]] Open& open() { return *open_[0]; }
    [[nodiscard]] std::vector<DayCount> finished() const;
    /// Different addresses of all days.
    [[nodiscard]] double addresses() const;

private:
    void turn_to(std::int64_t index);
    static void close(const Open& open, std::vector<DayCount>& days);

    std::vector<DayCount> days_;  // by index
    std::size_t current_ = 0;
    Sketch gone_;  // addresses of days that are closed
    // The current day and the one before it, so that a line with a wrong date does not end the day.
    std::array<std::unique_ptr<Open>, 2> open_{std::make_unique<Open>(), std::make_unique<Open>()};
};

/// Hours, and who was the most frequent in each. A step back of an hour counts as the current hour;
/// so do hours beyond `most`.
/// Thread: one at a time.  Cost: at() a comparison within an hour; see() three table look-ups.
class Hours {
public:
    static constexpr std::size_t most = std::size_t{5} * 366 * 24;

    HourCount& at(std::int64_t index, std::int64_t start);
    /// A hostile attempt of the current hour. 0 in a key: not known.
    struct Who {
        std::uint64_t network = 0, account = 0;
        Address address;
        std::uint32_t as_number = 0;
        std::uint32_t times = 1;
        bool stopped = false;
    };
    void see(const Who& who);
    [[nodiscard]] std::vector<HourCount> finished() const;

private:
    struct Seen {
        Address example;
        std::uint32_t as_number = 0;
        std::uint64_t stopped = 0;
        void clear() { *this = {}; }
    };
    static std::vector<HourTop> take(const HeavyTable<Seen>& table);
    void take_tops(HourCount& hour) const;
    void turn_to(std::int64_t index, std::int64_t start);
    void close();

    std::vector<HourCount> hours_;  // by index
    std::size_t current_ = 0;
    HeavyTable<Seen> networks_{10}, as_numbers_{9}, accounts_{10};
};

}  // namespace tidegate::tell

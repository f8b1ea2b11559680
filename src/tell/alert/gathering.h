#pragma once
// When something is worth a message: one for one thing, few for many.

#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tell/alert/alert.h"

namespace tidegate::tell {

/// A clock that only moves on; what lies between is what counts.
using Moment = std::chrono::steady_clock::time_point;

struct AlertRules {
    Duration remind = std::chrono::hours(6);
    Duration gather = std::chrono::minutes(1);
};

enum class Stage : std::uint8_t { raised, goes_on, over };
inline constexpr std::array<std::string_view, 3> stages{"raised", "goes_on", "over"};
[[nodiscard]] constexpr std::string_view name(Stage stage) {
    return stages[static_cast<std::size_t>(stage)];
}

/// Things of one kind that go into one message.
struct Bulletin {
    static constexpr std::size_t most_listed = 20;
    struct Item {
        Alert alert{};
        Stage stage = Stage::raised;  // where alert.over is set all the same, it ended before it was told
        bool comes_and_goes = false;  // for the third time: no more is said of it until `remind` has passed
    };

    AlertKind kind = AlertKind::test;
    std::vector<Item> items{};  // the first of them, at most `most_listed`
    std::uint64_t count = 0;    // all
};

/// A thing that was told, as it is remembered over a restart.
struct ToldThing {
    Alert alert{};  // of one that lasts; else only kind and `about`
    Moment told{};
    unsigned tellings = 1;
    bool open = true;
};

/// Decides which alerts become messages, and when. The first of a kind goes at once, those that come within
/// `gather` of a kind's last message go together. A thing that was told is told again after `remind`: one
/// that lasts by itself, one that happened if it happens again. What ended before it was told is told with
/// its end; what comes and goes is told three times, then not before `remind` has passed.
/// Deterministic.  Thread: one at a time.  Cost: a look-up; memory is bounded: of things that happened the
/// latest 4096 are known, of things that last 256 a kind.  Fails: never.
class Gathering {
public:
    explicit Gathering(const AlertRules& rules) { set(rules); }

    void set(const AlertRules& rules);
    void take(Alert alert, Moment now);
    /// What is to be told now. With `all`, whatever waits.
    [[nodiscard]] std::vector<Bulletin> due(Moment now, bool all = false);
    /// When due() has something next; Moment::max(): not by itself.
    [[nodiscard]] Moment next() const;
    /// What was told lately, at most 256 things a kind, the latest; and that again, after a restart. What was
    /// recalled and is seen by nobody any more is forgotten where it would be reminded of.
    [[nodiscard]] std::vector<ToldThing> memory() const;
    void recall(std::vector<ToldThing> memory);
    /// Alerts that were no news, since the start.
    [[nodiscard]] std::uint64_t known() const { return known_; }

private:
    struct Thing {
        Alert alert{};  // of one that lasts; else only `about`
        Moment told{};  // or about to be
        unsigned tellings = 0;
        bool open = true;
        bool is_recalled = false;  // from before a restart, and not seen since
    };
    // In the order of `told`: the front is the first to be reminded of or forgotten.
    using Things = std::list<Thing>;
    struct Shelf {
        Things things;
        std::unordered_map<std::string, Things::iterator> places;  // by `about`
        Bulletin waiting;
        Moment closed_until{};
    };

    Shelf& shelf_of(AlertKind kind) { return shelves_[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] Moment reminder(const Thing& thing) const { return thing.told + rules_.remind; }
    void begin(Shelf& shelf, Alert alert, Moment now);
    void go_on(Shelf& shelf, Things::iterator thing, Alert alert, Moment now);
    void end(Shelf& shelf, Things::iterator thing, Alert alert, Moment now);
    void grow_old(Shelf& shelf, Moment now);
    static void tell(Shelf& shelf, Things::iterator thing, Bulletin::Item item, Moment now);
    static void forget(Shelf& shelf, Things::iterator thing);

    AlertRules rules_;
    std::array<Shelf, alert_kinds.size()> shelves_;
    std::uint64_t known_ = 0;
};

}  // namespace tidegate::tell

#pragma once
// What the journal keeps: everything that was folded into memory, in the order it was folded.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "event/event.h"
#include "event/verdict.h"

namespace tidegate::keep {

/// The numbers are part of the layout on disk: never reuse one.
enum class EntryKind : std::uint8_t {
    event = 1,     // an attempt with what was answered, or any other event
    vouch = 2,     // a person said that this attempt is his
    pardon = 3,    // nothing is held against this event's address and account any more
    tick = 4,      // time passed
    posture = 5,   // `value`: the lowest shift of the thresholds, in hundredths of a deciban
    policy = 6,    // another policy holds from here; `text` may say which
    lost = 7,      // written by the journal itself: `value` entries, the first at `time`, were dropped here
    position = 8,  // how far logs were read, in `text`; `value` as who wrote it says. Nothing is folded
    // For the record of incidents; `text` is a Note. Since schema version 2.
    words = 9,     // what a person said
    action = 10,   // what was done; `value`: ActionKind
    closing = 11,  // an incident was ended by hand
    restart = 12,  // a node went away (`value` 0) or came back (1)
};

/// One step of the fold. The texts, and what `event` points to, live as long as who made the entry says.
/// Thread: a value.
struct Entry {
    EntryKind kind = EntryKind::event;
    const Event* event = nullptr;      // of event, vouch, pardon; never null there
    Measure answered = Measure::pass;  // of an event: what was done
    bool suspected_takeover = false;
    Decibans sum{};
    Time time{};              // of all others; an event has its own
    std::int64_t value = 0;   // of posture, lost, position, action, restart
    std::string_view text{};  // of policy, position, and notes
};

/// Who, about which incident or node, and what in his words; each may be empty.
struct Note {
    std::string_view who{}, about{}, text{};

    friend bool operator==(const Note&, const Note&) = default;
};
/// The text of an entry with a note.
[[nodiscard]] std::string text_of(const Note& note);
/// Its parts are views of `text`. Nothing: it is none.
[[nodiscard]] std::optional<Note> note_in(std::string_view text);

[[nodiscard]] constexpr bool has_event(EntryKind kind) {
    return kind <= EntryKind::pardon;
}
[[nodiscard]] constexpr bool has_note(EntryKind kind) {
    return kind >= EntryKind::words;
}
[[nodiscard]] inline Time time_of(const Entry& entry) {
    return has_event(entry.kind) ? entry.event->time : entry.time;
}

}  // namespace tidegate::keep

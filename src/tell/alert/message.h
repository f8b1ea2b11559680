#pragma once
// A message as one route may tell it: names withheld where it must, hostile texts harmless, sizes bounded.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "tell/alert/gathering.h"

namespace tidegate::tell {

/// Plain data; docs/alerts.md has the JSON's fields.
struct Message {
    struct Thing {
        Stage stage = Stage::raised;
        std::string about{}, subject{};
        Time since{};
        AlertKind kind = AlertKind::test;
        Severity severity = Severity::notice;  // of the thing, also where it is over
        bool over = false;                     // has ended, whether its end is news or not
    };

    std::string id{};  // 32 hexadecimal digits, the same by every route and at every try
    AlertKind kind = AlertKind::test;
    Severity severity = Severity::notice;
    Stage stage = Stage::raised;
    Time time{}, since{};  // when it was made; since when what it tells of goes on
    std::string host{};    // who tells
    std::string about{};   // empty where it tells of several things
    std::string subject{}, text{}, todo{};
    std::uint64_t count = 0;
    std::vector<Thing> things{};  // at most Bulletin::most_listed
    std::uint64_t held_back = 0;  // messages before it that did not go by this route
    std::string code{};           // by which it is acknowledged; empty: there is nothing to
    Duration repeats{};           // when it is told again if it goes on
};

/// What a message says beside its bulletin.
struct Composing {
    std::string id{}, host{};
    Time time{};
    bool names = true;
    std::uint64_t salt = 0;  // of the stand-ins for names
    std::uint64_t held_back = 0;
    bool is_last = false;  // the route takes no more for a while
    std::string code{};    // as Message has it
    std::string note{};    // why it comes by this way: a line or none
    Duration repeats{};
};

/// Fails: never. The bulletin has an item.
[[nodiscard]] Message compose(const Bulletin& bulletin, const Composing& with);

/// One JSON object, without a line end.
[[nodiscard]] std::string message_json(const Message& message);
/// For people, in lines that end in '\n'; without the subject.
[[nodiscard]] std::string message_text(const Message& message);

/// A word of a POSIX shell's command line that stands for `text` itself, never for an option or a command.
[[nodiscard]] std::string shell_word(std::string_view text);
/// At most `most` bytes of UTF-8, whole characters, an ellipsis where there was more.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most);

}  // namespace tidegate::tell

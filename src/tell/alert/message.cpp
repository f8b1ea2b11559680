#include "tell/alert/message.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t most_line_bytes = 300, most_text_bytes = 6000;
constexpr std::string_view mark = "{account}";

// One pass: what stands in for the mark is not looked through again.
std::string filled(std::string_view text, std::string_view name) {
    std::string out;
    for (;;) {
        const auto at = text.find(mark);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += name;
        text.remove_prefix(at + mark.size());
    }
}

// Harmless line by line: the line ends are ours.
std::string harmless_lines(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        out += harmless(text.substr(0, end));
        if (end == std::string_view::npos) break;
        out += '\n';
        text.remove_prefix(end + 1);
    }
    while (out.ends_with('\n')) out.pop_back();
    return out;
}

// An alert's texts as one route may have them.
class Wording {
public:
    Wording(const Alert& alert, const Composing& with) : alert_(alert) {
        if (with.names || alert.account.empty())
            name_ = shortened(harmless(alert.account), most_line_bytes);
        else
            name_ = fmt::format("account-{:08x}", hash_bytes(alert.account, with.salt) >> 32);
        withholds_about_ = !with.names && alert.about == alert.account;
    }

    [[nodiscard]] std::string about() const {
        return withholds_about_ ? name_ : shortened(harmless(alert_.about), most_line_bytes);
    }
    [[nodiscard]] std::string subject() const {
        return shortened(filled(harmless(alert_.subject), name_), most_line_bytes);
    }
    [[nodiscard]] std::string text() const {
        return shortened(filled(harmless_lines(alert_.text), name_), most_text_bytes);
    }
    // A command that is copied into a shell must say what it shows.
    [[nodiscard]] std::string todo() const {
        return shortened(filled(harmless_lines(alert_.todo), shell_word(name_)), most_text_bytes);
    }

private:
    const Alert& alert_;
    std::string name_;
    bool withholds_about_ = false;
};

std::string staged(const Bulletin::Item& item, std::string subject) {
    if (item.stage == Stage::over) return "over: " + subject;
    if (item.stage == Stage::goes_on) return "still: " + subject;
    if (item.alert.over) subject += " (over already)";
    if (item.comes_and_goes) subject += " (comes and goes)";
    return subject;
}

Stage stage_of(const Bulletin& bulletin) {
    Stage stage = Stage::over;
    for (const Bulletin::Item& item : bulletin.items) stage = std::min(stage, item.stage);
    return stage;
}

Severity severity_of(const Bulletin& bulletin) {
    Severity severity = Severity::notice;
    for (const Bulletin::Item& item : bulletin.items)
        if (item.stage != Stage::over) severity = std::max(severity, item.alert.severity);
    return severity;
}

void say_one(const Bulletin::Item& item, const Composing& with, Message& message) {
    const Wording wording(item.alert, with);
    message.about = wording.about();
    message.subject = message.things.front().subject;
    message.text = wording.text();
    message.todo = wording.todo();
    if (item.comes_and_goes)
        message.text +=
            "\nIt comes and goes. This was the third time; it is not told of again for a while, whatever it "
            "does.";
}

void say_many(const Bulletin& bulletin, Message& message) {
    const AlertRow& row = row_of(bulletin.kind);
    message.subject = count(bulletin.count, row.one, row.many);
    if (message.stage == Stage::over) message.subject = "over: " + message.subject;
    if (message.stage == Stage::goes_on) message.subject = "still: " + message.subject;
    for (const Message::Thing& thing : message.things) {
        message.text += "- " + thing.subject;
        if (thing.since != Time{})
            message.text += ", since " + rfc3339(std::chrono::floor<std::chrono::seconds>(thing.since));
        message.text += '\n';
    }
    if (bulletin.count > bulletin.items.size())
        message.text += fmt::format("and {} more, which are in the daemon's log.\n",
                                    count(bulletin.count - bulletin.items.size()));
    message.text.pop_back();
    if (message.stage != Stage::over) message.todo = row.todo;
}

void add_notes(const Composing& with, Message& message) {
    if (!with.note.empty()) message.text += '\n' + harmless(with.note);
    if (with.held_back > 0)
        message.text += fmt::format(
            "\n{} before this one did not go by this way, which had its share for an hour; they are in the "
            "daemon's log.",
            count(with.held_back, "message", "messages"));
    if (with.is_last)
        message.text +=
            "\nMore is held back now: this way has had its share for an hour. The daemon's log has all.";
}

}  // namespace

Message compose(const Bulletin& bulletin, const Composing& with) {
    CHECK(!bulletin.items.empty());
    Message message{.id = with.id,
                    .kind = bulletin.kind,
                    .severity = severity_of(bulletin),
                    .stage = stage_of(bulletin),
                    .time = with.time,
                    .host = shortened(harmless(with.host), most_line_bytes),
                    .count = bulletin.count,
                    .held_back = with.held_back,
                    .code = with.code,
                    .repeats = with.repeats};
    for (const Bulletin::Item& item : bulletin.items) {
        const Wording wording(item.alert, with);
        message.things.push_back({.stage = item.stage,
                                  .about = wording.about(),
                                  .subject = staged(item, wording.subject()),
                                  .since = item.alert.since,
                                  .kind = item.alert.kind,
                                  .severity = item.alert.severity,
                                  .over = item.stage == Stage::over || item.alert.over});
        const bool earlier = message.since == Time{} || item.alert.since < message.since;
        if (item.alert.since != Time{} && earlier) message.since = item.alert.since;
    }
    if (bulletin.count == 1)
        say_one(bulletin.items.front(), with, message);
    else
        say_many(bulletin, message);
    add_notes(with, message);
    return message;
}

std::string message_text(const Message& message) {
    std::string out = message.text + '\n';
    if (message.since != Time{} && message.count == 1)
        out += fmt::format("\nSince {}.\n", rfc3339(std::chrono::floor<std::chrono::seconds>(message.since)));
    if (!message.todo.empty()) out += "\nWhat to do:\n" + message.todo + '\n';
    if (!message.code.empty())
        out += fmt::format("\nWho takes it says so: tidegate alert ack {}\n", message.code);
    // RFC 3676 4.3: what follows such a line is a signature.
    out += fmt::format("\n-- \nTidegate on {}; {}, {}; alert {}\n", message.host, name(message.kind),
                       name(message.severity), message.id);
    return out;
}

std::string shell_word(std::string_view text) {
    const bool plain = !text.empty() && !text.starts_with('-') && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("@._+-:/").find(c) != std::string_view::npos;
    });
    if (plain) return std::string(text);
    std::string out = text.starts_with('-') ? "-- '" : "'";
    for (const char c : text) {
        if (c == '\'')
            out += R"('\'')";
        else
            out += c;
    }
    return out + '\'';
}

std::string shortened(std::string_view text, std::size_t most) {
    constexpr std::string_view ellipsis = "\xe2\x80\xa6";
    if (text.size() <= most) return std::string(text);
    std::size_t end = most - ellipsis.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return std::string(text.substr(0, end)).append(ellipsis);
}

}  // namespace tidegate::tell

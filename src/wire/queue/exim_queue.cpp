#include "wire/queue/exim_queue.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "wire/queue/domains.h"
#include "wire/queue/postfix_queue.h"

namespace tidegate::wire {
namespace {

constexpr std::string_view blank = " ", frozen = " *** frozen ***";
// How far in Exim writes recipients, and what it says of a message that it can't read.
constexpr std::size_t recipient_at = 8, complaint_at = 4;

std::string_view without_blanks(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
    return text;
}

// The next word, taken off.
std::string_view word_of(std::string_view& text) {
    text = without_blanks(text);
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    return word;
}

// "25m", "3h", "4d".
std::optional<Duration> age_in(std::string_view word) {
    if (word.size() < 2 || word.size() > 7) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size() - 1, number);
    if (error != std::errc{} || end != word.data() + word.size() - 1 || number < 0) return std::nullopt;
    switch (word.back()) {
        case 'm':
            return std::chrono::minutes(number);
        case 'h':
            return std::chrono::hours(number);
        case 'd':
            return std::chrono::hours(24 * number);
        default:
            return std::nullopt;
    }
}

// "812", "2.9K", "14M".
std::optional<std::uint64_t> size_in(std::string_view word) {
    if (word.empty() || word.size() > 20) return std::nullopt;
    double unit = 1;
    if (word.ends_with('K')) unit = 1024;
    if (word.ends_with('M')) unit = 1024 * 1024;
    if (word.ends_with('G')) unit = 1024.0 * 1024 * 1024;
    if (unit > 1) word.remove_suffix(1);
    double number = 0;
    const auto [end, error] =
        std::from_chars(word.data(), word.data() + word.size(), number, std::chars_format::fixed);
    const bool fits =
        error == std::errc{} && end == word.data() + word.size() && number >= 0 && number < 1e6 * 1e6;
    return fits ? std::optional(static_cast<std::uint64_t>(number * unit)) : std::nullopt;
}

// Base 62, "0t5C6f-0000c8-00"; since Exim 4.97 its middle has eleven letters and its end four.
bool is_id(std::string_view word) {
    const bool is_short = word.size() == 16 && word[6] == '-' && word[13] == '-';
    const bool is_long = word.size() == 23 && word[6] == '-' && word[18] == '-';
    return (is_short || is_long) && std::ranges::all_of(word, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
           });
}

std::optional<QueuedMail> head_in(std::string_view line, Time now) {
    const bool is_frozen = line.ends_with(frozen);
    const auto age = age_in(word_of(line));
    if (!age) return std::nullopt;
    std::string_view word = word_of(line);
    QueuedMail mail{.place = is_frozen ? QueuePlace::held : QueuePlace::deferred, .arrival = now - *age};
    // A message whose size is not known has blanks there.
    if (!is_id(word)) {
        const auto bytes = size_in(word);
        if (!bytes) return std::nullopt;
        mail.bytes = *bytes;
        word = word_of(line);
    }
    return is_id(word) ? std::optional(std::move(mail)) : std::nullopt;
}

}  // namespace

std::unique_ptr<QueueListing> queue_listing(QueueProgram program, Time now) {
    if (program == QueueProgram::exim) return std::make_unique<EximQueue>(now);
    return std::make_unique<PostfixQueue>();
}

bool EximQueue::take_recipient(std::string_view line) {
    const std::size_t indent = std::min(line.find_first_not_of(blank), line.size());
    if (!mail_ || indent < complaint_at) return false;
    if (indent < recipient_at) {  // "*** spool read error: ... ***": it is not tried either
        mail_->place = QueuePlace::held;
        return true;
    }
    line.remove_prefix(recipient_at);
    if (!line.starts_with("D ")) add_domain_of(without_blanks(line), mail_->domains);
    return true;
}

void EximQueue::hear(std::string_view line, bool /*is_cut*/, const Sink& sink) {
    if (line.empty()) return finish(sink);
    if (take_recipient(line)) return;
    finish(sink);
    mail_ = head_in(line, now_);
    if (!mail_) ++strange_;
}

void EximQueue::finish(const Sink& sink) {
    if (const auto mail = std::exchange(mail_, std::nullopt)) sink(*mail);
}

}  // namespace tidegate::wire

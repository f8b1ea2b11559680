#pragma once
// Who wants updates by e-mail, and has confirmed it.

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace tidegate::tell::status {

/// "Bob@Example.ORG" is "Bob@example.org". Nothing: not an address that goes into SMTP and into a header
/// without quoting, or longer than 254 bytes.
[[nodiscard]] std::optional<std::string> mailbox_of(std::string_view text);

/// One address on one page's list.
struct Subscriber {
    std::string page;  // the partner's; empty: our own
    std::string address;
    Time since{};
    Time told{};  // updates until then went to him, or are not for him

    friend bool operator==(const Subscriber&, const Subscriber&) = default;
};

/// The lists of all pages, and their file's text. Every change is written before it is answered, but for
/// `told`, which note() writes.
/// Thread: any.  Cost: a change writes the whole list: some 80 bytes a subscriber.  Fails: `keep`.
class Subscribers {
public:
    enum class Outcome : std::uint8_t { done, nothing_to_do, full, unwritten };

    /// `keep` replaces the file's text at once or not at all.
    Subscribers(std::size_t most, std::function<Result<void>(std::string_view)> keep)
        : most_(most), keep_(std::move(keep)) {}

    /// What text() gave; before anything else. Lines that are none are left out, and counted.
    std::size_t restore(std::string_view text);

    [[nodiscard]] Outcome add(std::string_view page, std::string_view address, Time now);
    [[nodiscard]] Outcome remove(std::string_view page, std::string_view address);
    /// From all lists, whoever is meant. Returns how many.
    [[nodiscard]] Result<std::size_t> forget(const std::function<bool(std::string_view)>& is_meant);

    [[nodiscard]] bool has(std::string_view page, std::string_view address) const;
    [[nodiscard]] std::size_t size() const;
    /// Those of a page who were told nothing since `time`, the longest waiting first, at most `most`.
    [[nodiscard]] std::vector<Subscriber> behind(std::string_view page, Time time, std::size_t most) const;
    /// He was told, or will not be. He may have left meanwhile.
    void told(const Subscriber& subscriber, Time until);
    /// Writes what told() changed, if it did.
    Result<void> note();

private:
    using Key = std::pair<std::string, std::string>;  // page, address in lower case

    [[nodiscard]] static Key key_of(std::string_view page, std::string_view address);
    [[nodiscard]] std::string text() const;

    std::size_t most_;
    std::function<Result<void>(std::string_view)> keep_;
    mutable std::mutex mutex_;
    // Under the lock:
    std::map<Key, Subscriber> all_;
    bool unwritten_ = false;
};

}  // namespace tidegate::tell::status

#pragma once
// Who is signed in. Of what opens a session only a digest is kept, in memory: a restart ends all of them.

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "console/moment.h"
#include "console/secrets.h"

namespace tidegate::console {

struct SessionRules {
    std::chrono::seconds idle = std::chrono::hours(1);      // without a call
    std::chrono::seconds longest = std::chrono::hours(12);  // whatever happens
};

struct Session {
    std::string user;
    /// Of what he signed in with, and his role: another one in the book ends the session.
    Digest stamp{};
    std::string csrf;
    Moment opened{}, seen{};
};

/// At most so many in all, and of one user: the one that was not used longest goes first.
/// Thread: any.  Cost: a lock and a look-up; opening one looks at all.
class Sessions {
public:
    static constexpr std::size_t most = 512, most_of_one = 16;

    explicit Sessions(SessionRules rules) : rules_(rules) {}
    void adopt(SessionRules rules);

    struct Opened {
        std::string word;  // to be shown to us again
        std::string csrf;
        std::chrono::seconds lasts{};
    };
    /// Always a new word, whatever the client has shown.
    [[nodiscard]] Opened open(std::string user, const Digest& stamp, Moment now);
    /// The one that this word opens; it was used just now.
    [[nodiscard]] std::optional<Session> use(std::string_view word, Moment now);
    /// Whether it is still there, which is no use of it.
    [[nodiscard]] bool holds(const Digest& word, Moment now) const;
    void end(std::string_view word);
    /// What is left of it at the longest.
    [[nodiscard]] std::chrono::seconds rest(const Session& session, Moment now) const;
    [[nodiscard]] std::size_t count() const;

private:
    [[nodiscard]] bool is_over(const Session& session, Moment now) const;
    void make_room(const std::string& user, Moment now);

    mutable std::mutex mutex_;  // guards all below
    SessionRules rules_;
    std::map<Digest, Session> sessions_;
};

}  // namespace tidegate::console

#pragma once
// Domains whose mail is taken at one listener only: an operator's order, to part what is attacked from the
// rest.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace tidegate::edge {

/// What is moved where, at one time. Names are as wire::recipient_domain() has them.
/// Thread: any; never changes.  Cost: a look-up or two.  Fails: never.
class MovedDomains {
public:
    enum class Rule : std::uint8_t {
        here,       // its mail is taken at this listener
        elsewhere,  // it is moved, to another one
        reserved,   // it is not moved, and this listener is for those that are
    };
    using Map = std::map<std::string, std::string, std::less<>>;  // domain -> listener

    MovedDomains() = default;
    explicit MovedDomains(Map moved);

    /// A listener that nothing is moved to takes everybody's mail but that of moved domains. Of a recipient
    /// without a domain (RFC 5321 4.1.1.3: <postmaster>) mail is taken anywhere.
    [[nodiscard]] Rule at(std::string_view listener, std::string_view domain) const;
    [[nodiscard]] bool empty() const { return moved_.empty(); }

private:
    Map moved_;
    std::set<std::string, std::less<>> reserved_;  // listeners
};

/// The one that holds, for sessions to look at.
/// Thread: any.  Cost: a pointer is copied under a lock; where nothing is moved, not even that.  Fails:
/// never.
class MovedDomainsNow {
public:
    void adopt(MovedDomains next);
    [[nodiscard]] MovedDomains::Rule at(std::string_view listener, std::string_view domain) const;

private:
    std::atomic<bool> any_ = false;
    mutable std::mutex mutex_;
    std::shared_ptr<const MovedDomains> now_ = std::make_shared<const MovedDomains>();  // guarded by mutex_
};

}  // namespace tidegate::edge

#pragma once
// Log-ins of people: the judge asked, guesses bounded, the password checked apart from everything else.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "console/body.h"
#include "console/caller.h"
#include "console/console_world.h"
#include "console/guess_bound.h"
#include "console/identity.h"
#include "console/sessions.h"
#include "console/user_book.h"
#include "console/worker.h"

namespace tidegate::console {

/// POST /v1/session. A try first passes GuessBound and the judge, who knows it as an attempt to log in to
/// webmail as "console:NAME"; then its password is checked by the worker, while the request is put off, as
/// long and in the same way whether there is such a user or not; then its code. Thread: any.
/// Cost: the thread that asks none of the password's. Owner: all that it is given outlives it.
class SignIn {
public:
    SignIn(UserBook& book, Sessions& sessions, const ConsoleWorld& world);

    void answer(const net::Request& request, const Caller& caller, net::Response& response);
    /// When somebody signed in last, since the start.
    /// No password is checked any more: before the threads end that requests are put off on.
    void stop() { worker_.stop(); }
    [[nodiscard]] std::optional<Time> last_seen(const std::string& user) const;

private:
    /// A try whose password is being checked.
    struct Try;

    void begin(const net::Request& request, const Caller& caller, net::Response& response);
    [[nodiscard]] std::shared_ptr<Try> try_of(const Book& book, const Body& body, const Caller& caller) const;
    [[nodiscard]] bool may_go_on(const Try& attempt, const Caller& caller, net::Response& response);
    void finish(const Try& attempt, const net::Request& request, const Caller& caller,
                net::Response& response);
    /// A code is taken once.
    [[nodiscard]] bool take_step(const Try& attempt, std::uint64_t step);
    void welcome(const Try& attempt, const net::Request& request, const Caller& caller,
                 net::Response& response);
    void turn_away(const Try& attempt, const Caller& caller, net::Response& response);
    /// Its step counts no more, and he came from there; also where the file can't be written.
    void remember(const Try& attempt, const Caller& caller, std::uint64_t step);
    void audit(const Try& attempt, const Caller& caller, unsigned result);
    [[nodiscard]] bool may_audit(unsigned result);

    UserBook& book_;
    Sessions& sessions_;
    const ConsoleWorld& world_;
    GuessBound bound_;
    const std::string nobodys_hash_;
    const std::string nobodys_secret_;
    mutable std::mutex mutex_;  // guards all below
    std::map<std::string, std::uint64_t, std::less<>> used_steps_;
    std::map<std::string, Time, std::less<>> seen_;
    Moment hour_{};
    unsigned audited_wrong_ = 0;  // in this hour
    Worker worker_;               // the last: what it runs uses the others
};

}  // namespace tidegate::console

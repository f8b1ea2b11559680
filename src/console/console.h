#pragma once
// The console's answers, without its sockets: pages for everybody, calls for those who may.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "console/caller.h"
#include "console/console_world.h"
#include "console/identity.h"
#include "console/live.h"
#include "console/assets.h"
#include "console/people.h"
#include "console/rights.h"
#include "console/sessions.h"
#include "console/sign_in.h"
#include "console/user_book.h"

namespace tidegate::console {

/// A call passes, in this order: a way in that is ours (caller_of), our own host, JSON where there is a body,
/// a session or token, the table of rights, for a session that changes something the CSRF word and the
/// origin. Then it is answered, and written down if it could change something.
/// Thread: any, many at once.  Cost: beyond the call a look-up or two.
class Console {
public:
    /// `folder`: where the users are. Owner: `live` outlives it.
    Console(ConsoleWorld world, const std::string& folder, Reach reach, SessionRules rules, Live& live);

    void answer(const net::Request& request, net::Response& response);
    /// Before the threads end that it answers on.
    void stop() { sign_in_.stop(); }
    /// Holds from the next call on.
    void adopt(Reach reach, SessionRules rules);

private:
    void answer_api(const net::Request& request, const Caller& caller, const Reach& reach,
                    net::Response& response);
    void answer_known(const Call& call, std::string_view path, const Reach& reach, net::Response& response);
    /// Nothing: nobody that we know.
    [[nodiscard]] std::optional<Identity> identify(const net::Request& request, const Caller& caller);
    [[nodiscard]] std::optional<Identity> by_token(std::string_view word);
    [[nodiscard]] std::optional<Identity> by_session(std::string_view word);
    [[nodiscard]] bool may(const Call& call, std::string_view path, const Right& right,
                           net::Response& response) const;
    void dispatch(const Call& call, std::string_view path, net::Response& response);
    void tell_session(const Call& call, net::Response& response) const;
    void sign_out(const Call& call, net::Response& response);
    void look_on(const Call& call, net::Response& response);
    [[nodiscard]] bool still_holds(const Identity& who);
    void audit(const Call& call, std::string_view path, unsigned result) const;
    [[nodiscard]] std::shared_ptr<const Reach> reach() const;

    ConsoleWorld world_;
    UserBook book_;
    Sessions sessions_;
    Assets pages_;
    People people_;
    SignIn sign_in_;
    Live& live_;
    mutable std::mutex mutex_;  // guards reach_
    std::shared_ptr<const Reach> reach_;
};

}  // namespace tidegate::console

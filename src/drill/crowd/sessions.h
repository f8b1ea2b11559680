#pragma once
// Customers whose mail programs stay connected, and come back when they are cut.

#include <string_view>
#include <vector>

#include "drill/crowd/door.h"
#include "drill/crowd/shore.h"

namespace tidegate::drill {

/// Every kind of clients of a scenario.  Thread: one at a time.  Cost: some events for each log-in.
class Sessions {
public:
    Sessions(Shore& shore, std::uint64_t seed);

    /// What was there in the week before is told to the judge.
    void remember(Judging& judges);
    /// Everybody is connected already.
    void start(Door& door);
    /// ... or connects, evenly over this time.
    void come(Moment from, Moment until);
    void log_in(Moment at, std::uint32_t session);
    void redial(Moment at, CallId call);
    void speak(Moment at, CallId call);
    void hang_up(Moment at, CallId call);
    void session_end(Moment at, std::uint32_t session, std::uint32_t mark);
    void hear(const Reply& reply);
    /// Sessions that a change cut are looked at until they are back.
    void finish();

    /// By account: the server on which its sessions are, or none.
    static constexpr std::uint32_t nowhere = 0xffff'ffff;
    [[nodiscard]] std::vector<std::uint32_t> where(const Door& door) const;
    [[nodiscard]] std::size_t size() const { return sessions_.size(); }
    /// The account of a session.
    [[nodiscard]] std::uint32_t account_of(std::uint32_t session) const { return sessions_[session].account; }

private:
    struct Account {
        Guest guest;
        std::uint32_t kind = 0;
        bool known = false;
    };
    struct Session {
        std::uint32_t account = 0;
        CallId call = 0;
        std::uint32_t mark = 0;  // grows with each connection
        std::uint8_t failures = 0, syns = 0;
        bool up = false, calling = false;
        bool awaited = false;  // it was cut, and is not back yet
    };

    [[nodiscard]] const Clients& rules_of(const Session& session) const {
        return shore_.scenario.clients[accounts_[session.account].kind];
    }
    [[nodiscard]] Words words_of(const Session& session) const;
    void make(std::uint32_t kind);
    void failed(Moment at, std::uint32_t session);
    void lost(Moment at, std::uint32_t session, bool moved);
    void is_up(Moment at, std::uint32_t session);
    void drop(Session& session);

    Shore& shore_;
    Dice dice_;
    Texts texts_;
    std::vector<Account> accounts_;
    std::vector<Session> sessions_;
    std::vector<Moment> back_;  // when each that was cut was back, in order
    Moment cut_at_ = never;     // the first of them
};

}  // namespace tidegate::drill

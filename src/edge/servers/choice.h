#pragma once
// Which server an account's session goes to, and when: sticky by account, evenly, and never faster than the
// servers can bear.
//
// The choice is consistent hashing with bounded loads (V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent
// Hashing with Bounded Loads", SODA 2018): every account has its own order of the servers, and goes to the
// first of them that holds less than (1 + slack) times its fair share. The orders are weighted rendezvous
// hashing (D. Thaler, C. Ravishankar, "Using name-based mappings to increase hit rates", 1998; weights by
// -w / ln u), so that a change of one server's weight moves only those whom it gains or loses.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "edge/servers/guard.h"
#include "edge/servers/server.h"

namespace tidegate::edge {

/// How servers are chosen. Times are of the clock that the calls carry.
struct ChoiceRules {
    /// Mixed into every account's order. The same at all proxies before the same servers, or they would send
    /// one account to different ones; known to nobody else, or somebody could make accounts that all lie on
    /// one server.
    std::uint64_t seed = 0;
    double slack = 0.05;               // a server takes new accounts up to (1 + slack) times its fair share,
    std::uint32_t loose_sessions = 8;  // and so many sessions more, or few sessions would lie anywhere

    Duration slow_start = std::chrono::seconds(60);  // of a server that was down, away, or is new
    double slow_start_from = 0.1;                    // the part of weight and pace that it begins with
    /// Of the users, so many keep their server while others are added: for `settle` these get less than
    /// their weight, and then grow to it. Evenness comes first where both can't be had (with few servers, or
    /// many new ones): the fullest is kept within `even` of the mean, times (1 + slack). Both a little better
    /// than what is promised (0.9 and 1.15), for chance has its part in it.
    double kept = 0.91;
    double even = 1.085;
    Duration settle = std::chrono::hours(24);

    Duration most_wait = std::chrono::seconds(10);  // log-ins stand in line so long; who would wait longer is
                                                    // told to ask again
    Duration burst = std::chrono::milliseconds(100);  // of a pace, that may come at once after a pause
    double moves_a_second = 20;                       // sessions asked to move, of all servers together,
    double moves_part_a_second = 0.005;               // or this part of all sessions, if it is more
    Duration move_again = std::chrono::minutes(10);   // until one that did not is asked once more

    /// A server is down after so many log-ins in a row that it did not decide, of so many different accounts:
    /// one account alone can break its log-ins in ways that are no server's fault.
    unsigned down_after = 5, down_accounts = 3;
    Duration retry_from = std::chrono::seconds(5);  // then one log-in tries it; doubled each time it fails,
    Duration retry_most = std::chrono::minutes(5);  // up to this; and up to a quarter more, by chance (of the
                                                    // seed), so that not all proxies try at once
    GuardRules guard;
};

using ServerNumber = std::uint32_t;  // of one ServerChoice, never used for another server
using LeaseId = std::uint64_t;       // never 0, not used again

/// An answer to somebody who wants to log in.
struct Choice {
    enum class Step : std::uint8_t {
        go_on,    // `lease` on `server`; not before `when`, which may be now. If it lies ahead: due(), then
        later,    // nothing is held; everything is busy. Asking before `when` does not help
        nowhere,  // no server takes anybody; asking before `when` hardly helps
    };
    Step step = Step::nowhere;
    ServerNumber server = 0;
    LeaseId lease = 0;
    Time when{};
};

/// Whether servers get no more a second than ServerRules says that they bear. The line before that has no
/// classes: it is for log-ins, whose clients come back all together and all have their turn. Mail is left to
/// the admission.
enum class Paced : bool { no, yes };

/// Chooses servers for sessions, and remembers who is where. No I/O, no clock, no chance: the same calls give
/// the same answers, in the live edge as in a drill's simulated time.
///
/// A session's life: choose() -> [wait until `when`, due()] -> it dials -> answered() or failed(); ended().
/// All sessions of one account go to one server while one is open there, whatever the balance says; but never
/// to one that is down or quarantined.
///
/// Moving: to_move() names sessions whose account belongs elsewhere now. It is a request: a session that is
/// amid a command (of a client, or of a server's answer) goes on, and ends itself when it is between two (in
/// IMAP's IDLE, say), with the protocol's goodbye; its client comes back and is chosen for anew. All sessions
/// of an account are asked together, and should go as soon as they can: who comes back while another is still
/// there is sent to it. Those that don't go are asked again after `move_again`.
///
/// Time: any clock; a call whose time lies before an earlier call's counts as of that one's. Live: a steady
/// clock set to the wall's once, or a clock that is put right would stop the pace.
///
/// Thread: one at a time (SharedServers has the lock).  Cost: choose() some 50 ns for each server and no
/// allocation but for a new account; about 150 bytes for each account with a session, 40 for each session.
/// to_move() looks at most at a few thousand sessions.  Fails: a lease that is not one (given back already)
/// is a bug, and aborts.
class ServerChoice {
public:
    explicit ServerChoice(const ChoiceRules& rules);
    ~ServerChoice();
    ServerChoice(const ServerChoice&) = delete;
    ServerChoice& operator=(const ServerChoice&) = delete;

    /// These are the servers now. Of those with a known name weight and limits change, and all else stays;
    /// new ones begin with a slow start (but for the first call, at which all are up); those that are missing
    /// are `removed`: they take nobody, and who is there stays until the session ends.
    void configure(std::span<const ServerRules> servers, Time now);

    // --- sessions

    /// `account`: a hash of the normalised account, the same at all proxies; 0: not known (CRAM-MD5's account
    /// comes later): goes to the emptiest server. `not_at`: where this log-in has just failed; avoided unless
    /// the account has sessions there or nothing else is left.
    [[nodiscard]] Choice choose(std::uint64_t account, Time now,
                                std::optional<ServerNumber> not_at = std::nullopt, Paced paced = Paced::yes);
    /// The time of a lease has come: may it dial? Where its server can't take it any more the lease is gone
    /// and the answer is another choice, which may have to wait again.
    [[nodiscard]] Choice due(LeaseId lease, Time now);
    /// Its server has decided on the log-in, with yes or no: it is alive. Once, after its time has come.
    void answered(LeaseId lease, Time now);
    /// It could not be reached or did not decide, which is not the client's fault. Ends the lease too.
    void failed(LeaseId lease, std::string_view trouble, Time now);
    /// Whatever became of it: the session, or the attempt, is over.
    void ended(LeaseId lease, Time now);
    /// The sessions that should move now, each named once until `move_again` is over. To be asked every
    /// second or so, whatever the pace. Only such as were answered().
    [[nodiscard]] std::vector<LeaseId> to_move(Time now);

    // --- what is known of servers

    /// What the health checks say, as often as they like. Down at once, up with a slow start.
    void checked(std::string_view server, bool up, std::string_view trouble, Time now);
    /// The pace that it bears, as measured by whoever measures: replaces ServerRules::log_ins_a_second until
    /// configure() changes that. 0: not limited.
    void set_pace(std::string_view server, double log_ins_a_second, Time now);

    // --- people's orders. An Error: there is no such server, or the guard is against it, with its numbers
    // and what to do. A text: what it comes to.

    Result<std::string> drain(std::string_view server, const ByWhom& by, Time now);
    /// Until then; 0: until bring_back().
    Result<std::string> quarantine(std::string_view server, const ByWhom& by, Time until, Time now);
    /// Ends draining and quarantine, with a slow start.
    Result<std::string> bring_back(std::string_view server, const ByWhom& by, Time now);
    /// Would the others bear it? Nothing is changed.
    [[nodiscard]] Result<std::string> what_if(std::string_view server, Leave how, Time now);

    // --- how it stands

    [[nodiscard]] std::vector<ServerStanding> standing(Time now);  // in the order of their numbers; removed
                                                                   // ones while they have sessions
    [[nodiscard]] Spread spread(Time now);
    /// Since the last call, oldest first; at most a thousand, then the oldest are lost.
    [[nodiscard]] std::vector<StateChange> take_changes(Time now);
    [[nodiscard]] std::string_view name_of(ServerNumber server) const;
    [[nodiscard]] std::optional<ServerNumber> number_of(std::string_view name) const;
    /// Where it has sessions that count; nothing: nowhere.
    [[nodiscard]] std::optional<ServerNumber> home_of(std::uint64_t account) const;
    /// Of a lease that was given out and is not ended.
    [[nodiscard]] ServerNumber server_of(LeaseId lease) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tidegate::edge

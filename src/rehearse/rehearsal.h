#pragma once
// A drill about the edge, played over real sockets against an edge that runs before real servers.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "drill/crowd/callers.h"
#include "drill/runner.h"
#include "rehearse/live_door.h"
#include "rehearse/onlooker.h"
#include "rehearse/small.h"

namespace tidegate::rehearse {

/// What the operator gives.
struct Given {
    std::string program;  // tidegate's own file
    std::string folder;   // where the edge's configuration, state and log stay; empty: nowhere
    std::vector<Target> targets;
    std::vector<Account> accounts;
    Post post;
    Size size;
};

/// What will be sent, about.
struct Outlook {
    double introduction_seconds = 0, quiet_seconds = 0,
           attack_seconds = 0;  // the last up to the end of it all
    double connections = 0;     // the first ones: who is put off comes again
    double mails = 0;           // that are brought, those of floods with them if all of these get as far
    std::size_t customers = 0, addresses = 0, networks = 0;
};

/// What came of it.
struct Rehearsed {
    drill::Run run;
    Traffic traffic;
    std::map<std::string, std::string> unseen;  // measures that could not be taken, and why
    std::vector<std::string> troubles;          // in words: the figures may mean little
    std::size_t unheard = 0;                    // connections with legitimate mail, closed without a word
    double lag_seconds = 0;  // how late callers acted at worst, since this machine was busy
};

/// One drill with one seed. The edge begins with what it would remember of the week before. First the
/// customers log in; then it is quiet, then the attack comes, then it is over. Thread: one at a time, but it
/// starts another.  Owner: what is given outlives it.
class Rehearsal {
public:
    /// Nothing is sent yet.  Fails: as make_small().
    [[nodiscard]] static Result<std::unique_ptr<Rehearsal>> prepare(const drill::Scenario& scenario,
                                                                    std::uint64_t seed, const Given& given);

    [[nodiscard]] const Small& small() const { return small_; }
    [[nodiscard]] Outlook outlook() const;
    /// Asked once a second what to do next: false ends it early. `text` says where it is.
    using GoOn = std::function<bool(const std::string& text)>;
    /// Blocks until it is over.  Fails: a server that is not there, an edge that does not start.
    [[nodiscard]] Result<Rehearsed> play(const GoOn& go_on);

private:
    /// The shore with a doorway of sockets.
    struct LiveShore : drill::Shore {
        LiveShore(Rehearsal& its, std::uint64_t seed);
        LiveDoor edge;
    };
    enum class State : std::uint8_t { up, quarantined };
    struct Store {
        const Target* target = nullptr;
        State state = State::up;
        drill::Moment since = 0;
    };

    Rehearsal(Small small, std::uint64_t seed, const Given& given);

    [[nodiscard]] drill::Moment now() const;
    [[nodiscard]] std::string remembered();
    void schedule();
    void wake_soon();
    void pump();
    void change(drill::Moment at, const drill::Change& change);
    void note_capacity(drill::Moment at);
    [[nodiscard]] std::vector<Store>& servers(bool mail) { return mail ? mail_servers_ : stores_; }
    [[nodiscard]] std::string where(drill::Moment at) const;
    [[nodiscard]] Rehearsed result(Sights sights, const std::string& log);

    Small small_;
    std::uint64_t seed_;
    const Given& given_;
    net::asio::io_context context_{1};
    net::asio::steady_timer timer_{context_};
    Sources sources_;
    LiveShore shore_;
    drill::Callers callers_;
    drill::Moment introduction_ = 0;  // how long it takes
    std::chrono::steady_clock::time_point began_;
    std::vector<Store> mail_servers_, stores_;
    Onlooker* onlooker_ = nullptr;
    const GoOn* go_on_ = nullptr;
    drill::Moment told_ = 0, lag_ = 0;
    bool waking_ = false, stopped_ = false;
};

}  // namespace tidegate::rehearse

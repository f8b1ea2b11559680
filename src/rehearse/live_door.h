#pragma once
// The edge as callers of a drill find it, over real sockets.

#include <functional>
#include <memory>
#include <vector>

#include "drill/crowd/doorway.h"
#include "drill/crowd/ledger.h"
#include "rehearse/dialogues.h"

namespace tidegate::rehearse {

/// What was really sent, and what our own machine could not do.
struct Traffic {
    std::uint64_t connections = 0, mails = 0, log_ins = 0;  // begun; tried to be brought; tried
    std::uint64_t mails_taken = 0;
    std::uint64_t wrong_passwords = 0;  // log-ins that a server called wrong
    std::uint64_t failed_here = 0;      // connections that this machine could not open
    std::string why_here;               // the first of them
    std::string refused_words;          // the first refusal of a mail that deserved to be taken
};

/// Opens a connection for each call, from the caller's address in 127.0.0.0/8, says what it says, and tells
/// what it is answered when that has come.
/// Thread: the context's.  Fails: never; see Traffic.  Owner: all that it is given outlives it.
class LiveDoor final : public drill::Doorway {
public:
    struct World {
        net::asio::io_context& context;
        const drill::Calls& calls;
        drill::CrowdCounts& counts;  // a flood's connections that are closed without a word are counted here
        const drill::Scenario& scenario;
        const Post& post;
        const std::vector<Account>& accounts;  // each session's, by its number
        std::function<drill::Moment()> now;
        std::function<void()> replied;  // there is something to take
        std::function<bool()> leaving;  // a server was taken out: who is asked to move has to
    };
    explicit LiveDoor(World world) : world_(std::move(world)) {}
    ~LiveDoor() override { end(); }

    void call(drill::Moment at, drill::CallId call, std::uint32_t mark, const drill::Guest& guest) override;
    void speak(drill::Moment at, drill::CallId call, const drill::Words& words) override;
    void trickle(drill::Moment at, drill::CallId call) override;
    void begin_tls(drill::Moment at, drill::CallId call) override;
    void hang_up(drill::Moment at, drill::CallId call) override;
    void take_replies(std::vector<drill::Reply>& out) override;

    /// Where the edge listens; before the first call.
    void lead_to(net::Endpoint smtp, net::Endpoint imap) {
        smtp_ = std::move(smtp);
        imap_ = std::move(imap);
    }
    /// Everybody hangs up.
    void end();
    [[nodiscard]] const Traffic& traffic() const { return traffic_; }
    /// Where those came from, in 127.0.0.0/8, who had legitimate mail and were closed without a word; each
    /// time.
    [[nodiscard]] const std::vector<Address>& unheard_senders() const { return unheard_senders_; }

private:
    struct Session;
    using Shared = std::shared_ptr<Session>;

    [[nodiscard]] net::asio::awaitable<void> run(Shared its);
    [[nodiscard]] net::asio::awaitable<bool> greeted(Shared its);
    [[nodiscard]] net::asio::awaitable<void> talk(Shared its);
    [[nodiscard]] net::asio::awaitable<void> drip(Shared its);
    void ended(Session& its);
    void answer(Session& its, drill::Answer answer);
    void unheard(const Session& its);
    [[nodiscard]] Session* session(drill::CallId call);

    World world_;
    net::Endpoint smtp_, imap_;
    std::vector<Shared> sessions_;  // by call
    std::vector<drill::Reply> replies_;
    std::vector<Address> unheard_senders_;
    Traffic traffic_;
};

}  // namespace tidegate::rehearse

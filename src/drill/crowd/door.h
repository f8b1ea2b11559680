#pragma once
// The edge in simulated time: what its sessions do with the judge, the reception, silence, admission and the
// choice of servers, which are the program's own. Its processor, the kernel's queue and the firewall are
// simulated.

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "drill/crowd/agenda.h"
#include "drill/crowd/behind.h"
#include "drill/crowd/calls.h"
#include "drill/crowd/doorway.h"
#include "drill/crowd/judging.h"
#include "drill/crowd/ledger.h"
#include "drill/crowd/moving.h"
#include "drill/crowd/ways_in.h"
#include "edge/admission/admission.h"
#include "edge/admission/moved_domains.h"
#include "edge/admission/places.h"
#include "edge/admission/silence.h"

namespace tidegate::drill {

/// Thread: one at a time.  Cost: that of the parts.  Fails: never.  Owner: all that it is given outlives it.
class Door final : public Doorway {
public:
    Door(const Scenario& scenario, Agenda& agenda, Behind& log_ins, Behind& mail, std::uint64_t seed);

    // What callers do.
    void call(Moment at, CallId call, std::uint32_t mark, const Guest& guest) override;
    void speak(Moment at, CallId call, const Words& words) override;
    /// A session has one deadline whatever comes: who goes slowly is as who says nothing.
    void trickle(Moment, CallId) override {}
    void begin_tls(Moment at, CallId call) override;
    void hang_up(Moment at, CallId call) override;
    void take_replies(std::vector<Reply>& out) override;

    // What is due.
    void accept(Moment at);
    void deadline(Moment at, CallId call, std::uint32_t mark);
    void entry(Moment at, CallId call, std::uint32_t mark);
    void done(Moment at, Port port, std::span<const Behind::Done> done);
    void tick(Moment at);

    /// What becomes of servers. True where the guard had objected.
    bool quarantine(Moment at, Port port, std::uint32_t server);
    void lift(Moment at, Port port, std::uint32_t server);
    void added(Moment at, Port port);
    /// Their sessions are gone.
    void cut(Moment at, Port port, std::uint32_t server);

    /// All who have been there for long are: from now on servers get no more log-ins than they bear.
    void open(Moment at);
    /// Before that: a session that has been there for long.
    void settle(Moment at, CallId call, std::uint32_t mark, const Guest& guest, const Words& words);

    [[nodiscard]] Judging& judging() { return judging_; }
    [[nodiscard]] const WaysIn& ways(Port port) const { return port == Port::smtp ? mail_ : log_ins_; }
    /// From now on its mail is taken at the second listener alone.
    void move(const std::string& domain);
    [[nodiscard]] bool has_place(CallId call) const {
        return call < sessions_.size() && sessions_[call].received;
    }
    [[nodiscard]] std::uint8_t listener_of(CallId call) const { return sessions_[call].guest.listener; }
    /// Of a session that is there.
    [[nodiscard]] std::uint32_t server_of(CallId call) const { return sessions_[call].server; }
    [[nodiscard]] const DoorCounts& counts() const { return counts_; }
    [[nodiscard]] const std::vector<edge::LimitChange>& limits() const { return limits_; }
    [[nodiscard]] std::string text_of(const edge::LimitChange& change) const;
    [[nodiscard]] double pressure() const { return places_.level(std::string_view()); }
    [[nodiscard]] std::size_t sessions() const { return held_; }

private:
    enum class State : std::uint8_t { none, kernel, talking, choosing, queued, serving, held };
    struct Session {
        Guest guest;
        Words words;
        Verdict verdict;
        std::uint64_t lease = 0, ticket = 0;
        Moment since = 0;      // when it was greeted
        Moment until = never;  // its deadline
        Moment entered = 0;
        std::uint32_t mark = 0;
        std::uint32_t server = 0;
        std::uint32_t place = 0;  // in sessions_at_, while it is held
        State state = State::none;
        edge::Places::Place at;  // among those held
        edge::ClientClass client_class = edge::ClientClass::fresh;
        bool received = false;    // it is counted among those held
        bool excused = false;     // it does not end in vain (edge::SharedAdmission::Seat)
        bool elsewhere = false;   // it was sent there, and heard no more
        bool taken = false;       // its mail was
        bool named = false;       // it came as far as RCPT
        bool second_try = false;  // its first server broke off
    };

    static constexpr std::uint64_t account_salt = 0x6163'636fULL;

    [[nodiscard]] static std::uint64_t account_key(const Words& words);
    [[nodiscard]] Session& session(CallId call);
    [[nodiscard]] WaysIn& ways_in(Port port) { return port == Port::smtp ? mail_ : log_ins_; }
    [[nodiscard]] Behind& behind(Port port) { return port == Port::smtp ? behind_mail_ : behind_log_ins_; }
    [[nodiscard]] auto& held_at(Port port) { return held_at_[static_cast<std::size_t>(port)]; }

    [[nodiscard]] bool is_silenced(Moment at, const Address& address);
    void use_cpu(Moment at, double microseconds);
    [[nodiscard]] bool receive(Moment at, Session& its);
    [[nodiscard]] bool is_taken_here(const Session& its) const;
    void greet(Moment at, CallId call, Session& its);
    void give_time(CallId call, Session& its);
    void reclass(Session& its, edge::ClientClass to);

    void go(Moment at, CallId call, std::optional<edge::ServerNumber> not_at);
    void go_blindly(Moment at, CallId call);
    void chosen(Moment at, CallId call, const edge::Choice& choice);
    void ask(Moment at, CallId call);
    void shed(Moment at, CallId call);
    void serve(Moment at, CallId call);
    void drain(Moment at);

    void leave(Moment at, Session& its, edge::Served served);
    void answered(Moment at, CallId call, Deserves deserves);
    void broken(Moment at, CallId call);
    void hold(Moment at, CallId call);
    void unhold(Moment at, CallId call);
    void end(Moment at, CallId call, Answer answer);
    void forget(Moment at, CallId call);
    void tell_visit(Moment at, const Session& its);

    void observe(Moment at);
    void move_some(Moment at, Port port);
    void write_down(Moment at);

    const Scenario& scenario_;
    Agenda& agenda_;
    Behind& behind_log_ins_;
    Behind& behind_mail_;
    Judging judging_;
    edge::LimitLog log_;
    edge::Places places_;
    edge::MovedDomains moved_;
    edge::Silence silence_;
    edge::Admission admission_;
    WaysIn log_ins_, mail_;
    std::vector<Session> sessions_;
    std::array<std::vector<std::vector<CallId>>, 2> held_at_;  // by port and server
    boost::unordered_flat_map<edge::LeaseId, CallId> held_by_;
    std::array<std::vector<edge::LeaseId>, 2> asked_to_move_;  // by port
    Dice dice_;
    std::deque<std::pair<CallId, std::uint32_t>> backlog_;
    boost::unordered_flat_map<std::uint64_t, Moment> silenced_;  // network_key -> until
    Moment cpu_free_ = 0;
    bool accepting_ = false, open_ = false;
    std::uint32_t next_ = 0;  // of servers, where nobody chooses
    std::size_t held_ = 0;
    std::vector<Reply> replies_;
    std::vector<edge::Called> called_;
    std::vector<edge::SilenceOrder> orders_;
    std::vector<edge::LimitChange> changes_, limits_;
    DoorCounts counts_;
};

}  // namespace tidegate::drill

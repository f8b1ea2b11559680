#pragma once
// Between those who see (doors, logs) and the desk: every attempt once, whoever tells of it.

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>

#include "app/ground.h"
#include "app/serve/questions.h"
#include "guard/desk.h"
#include "net/conversation.h"
#include "observe/dnsbl/lists.h"
#include "observe/follow/live_joiner.h"
#include "observe/follow/log_sensor.h"

namespace tidegate::app {

/// Thread: any.  Cost: a question is a look-up of AS and lists and the desk's own time; a report also the
/// joiner's microsecond.  Owner: `desk` outlives it.
class Intake {
public:
    Intake(guard::Desk& desk, std::shared_ptr<const Ground> ground);

    /// A door asks. What is stopped is remembered, so that the log's line of it is not another attempt.
    /// `stops_from` as Desk::consider() has it. Nothing: a DNS list that has not answered yet decides;
    /// `waker` is called when it has, or when its time is over, and then it is to be asked again, without
    /// one.
    [[nodiscard]] std::optional<guard::Answer> ask(Event event, Measure stops_from = Measure::defer,
                                                   const net::Waker* waker = nullptr);
    /// A client has connected, and nobody knows whose account he wants. What block lists know already counts;
    /// those that are asked over DNS are asked, so that they may have answered once he does.
    [[nodiscard]] guard::Desk::Acquaintance meet(Event& event) const;
    /// It was accepted: for whoever looks on. An event of a connection.
    void came(const Event& event) { desk_.see(event); }
    /// What became of connections to port 25.
    void visited(std::span<const MailVisit> visits) { desk_.see(visits); }
    /// What would be answered, and nothing is counted or remembered.
    [[nodiscard]] guard::Answer look(Event event) const;
    /// A door tells what became of an attempt that it let through.
    void report(Event event, Time now);
    /// A log tells.
    void see(observe::Sighting& sighting, Time now);
    /// Time passes: several times a second.
    void tick(Time now);
    /// Nothing more will come: what waits is counted.
    void finish();

    /// At the start, before anything else. It counted before, and whatever is told of it now joins it.
    void recall(const Event& event, Measure answered);
    /// It counted before, and the log's lines of it are read again: then they don't count.
    void expect(const Event& event);
    void end_recall();
    /// Nothing that was told waits to be counted.
    [[nodiscard]] bool is_idle() const;

    /// Another configuration holds from now on, with other lists to be asked over DNS (null: none), whose
    /// bits in Event::lists follow those of the ground's own.
    void adopt(std::shared_ptr<const Ground> ground, std::shared_ptr<observe::DnsLists> dns);
    [[nodiscard]] std::shared_ptr<const Ground> ground() const;
    /// What the desk judges by: the ground's, and the exceptions by hand.
    [[nodiscard]] std::shared_ptr<const judge::Policy> policy() const { return desk_.policy(); }
    [[nodiscard]] std::shared_ptr<observe::DnsLists> dns() const;

    /// Where it is said how long somebody waited.
    [[nodiscard]] guard::Waits& waits() { return desk_.waits(); }

    /// Lines that told again of an attempt that was counted.
    [[nodiscard]] std::uint64_t joined() const;

private:
    struct Places {
        std::shared_ptr<const Ground> ground;
        std::shared_ptr<observe::DnsLists> dns;
    };
    [[nodiscard]] Places places() const;
    /// What DNS lists know of its address. Who is at home is not asked about.
    [[nodiscard]] bool hear_lists(const Places& places, Event& event, Time now, Measure stops_from,
                                  const net::Waker* waker) const;
    void place(const Places& places, Event& event, Time now) const;
    void see(const Event& event, Time now);
    void take(const observe::LiveAttempt& attempt);
    [[nodiscard]] bool counted_before(const Event& event);

    guard::Desk& desk_;
    mutable std::mutex places_mutex_;
    Places places_;
    mutable std::mutex joiner_mutex_;  // guards all below
    observe::LiveJoiner joiner_;
    Questions questions_;
    bool recalling_ = false;
    std::uint64_t joined_before_ = 0;
    std::unordered_map<std::uint64_t, std::uint32_t> expected_;  // by what a line says of itself
    Time expected_until_{};
};

}  // namespace tidegate::app

#pragma once
// Block lists that are asked over DNS (RFC 5782), answered from memory.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "observe/dnsbl/standing.h"
#include "observe/dnsbl/zone.h"

namespace tidegate::observe {

struct DnsListsState;

/// Up to eight zones. What is known is said at once, what is not is asked, one question a zone however many
/// want to know. A client is what the judge counts as one (Address::host_key()): of IPv6 networks of 64 bits
/// the first address seen is asked about. A zone counts for nothing before it has passed its first test, nor
/// while it is suspended. Thread: any.  Cost: below 200 ns for what is known; a question costs some
/// microseconds, and 33 bytes a client are kept.  Fails: never; look() never waits.
class DnsLists {
public:
    struct Options {
        std::vector<std::string> servers;          // "127.0.0.1:5353"; none: those of /etc/resolv.conf
        std::chrono::milliseconds budget{300};     // nobody waits for longer
        std::uint32_t queries_a_day = 0;           // of zones that are not ours, since the start; 0: no limit
        std::size_t most_in_flight = 4096;         // questions
        std::size_t most_clients = 524'288;        // remembered
        std::chrono::milliseconds patience{3000};  // an answer that comes by then is used next time
    };
    /// At most eight zones, with different names; bit i of `Found::zones` is zone i. `notice` is called in
    /// the resolver's thread. Questions are timed by steady time, all else (TTLs, tests, the day) by `clock`,
    /// UTC.
    DnsLists(const Options& options, std::vector<DnsZone> zones,
             std::function<void(const ZoneNotice&)> notice, std::function<Time()> clock);
    /// Prompt. Whoever waits is woken before it returns.
    ~DnsLists();
    DnsLists(const DnsLists&) = delete;
    DnsLists& operator=(const DnsLists&) = delete;

    struct Found {
        std::uint32_t zones = 0;       // bit i: zone i names it
        std::uint32_t unanswered = 0;  // bit i: zone i was asked and may still answer in time
        bool pending = false;          // some are
    };
    /// known() of it comes in a moment: its memory is fetched meanwhile.
    void expect(const Address& address) const;
    /// What is known now, and nobody is asked. Here `unanswered` are those that would be: none while as many
    /// questions as may be are in flight.
    /// `now` is the clock's, or as good: of what has just happened.
    [[nodiscard]] Found known(const Address& address, Time now) const;
    /// What is known now; what is not known is asked.
    [[nodiscard]] Found look(const Address& address);
    /// The same; where something is pending, `wake` is called once, in the resolver's thread and perhaps
    /// before this returns: when all of it is there, or the time budget is over. Else never. It must neither
    /// wait nor throw.
    [[nodiscard]] Found look(const Address& address, std::function<void()> wake);
    /// In the zones' order.
    [[nodiscard]] std::vector<ZoneStanding> standing() const;
    /// Does now what the clock made due (tests, a new day), where the clock was moved.
    void look_at_clock();

private:
    [[nodiscard]] Found look(const Address& address, std::function<void()>* wake);

    std::unique_ptr<DnsListsState> state_;
};

}  // namespace tidegate::observe

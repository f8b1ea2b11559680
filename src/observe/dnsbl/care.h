#pragma once
// Whether one zone may be believed: its tests, its faults, and when it is tried again. No I/O, no clock.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "observe/dnsbl/standing.h"
#include "wire/dns_list.h"

namespace tidegate::observe {

/// What came back for the four names of a test, in the order of wire::ListTest.
using ZoneTest = std::array<wire::ListReading, 4>;

/// Follows one zone.
/// Thread: one at a time.  Cost: nothing to speak of.  Fails: never.
class ZoneCare {
public:
    static constexpr Duration test_every = std::chrono::hours(1);
    static constexpr Duration first_retry = std::chrono::seconds(10);
    static constexpr Duration last_retry = std::chrono::hours(1);
    /// Questions in a row without an answer before nobody is made to wait any more.
    static constexpr unsigned most_unanswered = 8;
    /// Addresses named in a row before the zone is tested at once: it may name everybody.
    static constexpr unsigned many_named = 64;

    struct Rules {
        bool self_test = true;
        bool ipv6 = true;
        bool has_key = false;
    };
    /// What changed. `forget`: what it said before can't be believed either.
    struct Change {
        ZoneNotice::Kind kind = ZoneNotice::Kind::suspended;
        std::string why;
        bool forget = false;
    };

    /// The first test is due at once.
    ZoneCare(Rules rules, Time now);

    [[nodiscard]] ZoneState state() const { return state_; }
    [[nodiscard]] bool uses_ipv6() const { return ipv6_; }
    [[nodiscard]] Time since() const { return since_; }
    [[nodiscard]] const std::string& why() const { return why_; }

    /// When the next test is due; Time::max(): not by itself. Of a zone that is not to be tested, a test only
    /// shows whether it answers again.
    [[nodiscard]] Time next_test() const { return next_test_; }
    void begin_test();
    /// Its end. Of IPv6 too there may be something to tell, in `ipv6`.
    struct Verdicts {
        std::optional<Change> zone, ipv6;
    };
    [[nodiscard]] Verdicts end_test(const ZoneTest& test, Time now);
    /// An ordinary question's answer.
    [[nodiscard]] std::optional<Change> take(const wire::ListReading& reading, Time now);

private:
    [[nodiscard]] bool is_silence(wire::ListFault fault) const;
    [[nodiscard]] std::optional<Change> suspend(std::string why, bool forget, Time now);
    [[nodiscard]] std::optional<Change> unanswered(wire::ListFault fault, Time now);
    [[nodiscard]] std::optional<Change> judge_test(const ZoneTest& test, Time now);
    [[nodiscard]] std::optional<Change> judge_ipv6(const ZoneTest& test);
    [[nodiscard]] std::optional<Change> pass(Time now);

    Rules rules_;
    ZoneState state_ = ZoneState::testing;
    bool ipv6_ = false;
    bool ipv6_told_ = false;  // that it is off
    Time next_test_;
    Time since_{}, back_{};
    Duration retry_ = first_retry;
    unsigned unanswered_ = 0, named_ = 0;
    std::string why_;
};

}  // namespace tidegate::observe

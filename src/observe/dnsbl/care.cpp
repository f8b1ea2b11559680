#include "observe/dnsbl/care.h"

#include <algorithm>
#include <utility>

namespace tidegate::observe {
namespace {

using wire::ListFault;
using wire::ListTest;

const wire::ListReading& of(const ZoneTest& test, ListTest which) {
    return test.at(static_cast<std::size_t>(which));
}

ListFault first_fault(const wire::ListReading& a, const wire::ListReading& b) {
    return a.fault != ListFault::none ? a.fault : b.fault;
}

// What RFC 5782 5 asks of a list and this one does not do; empty: all is well.
std::string failing(const wire::ListReading& named, const wire::ListReading& not_named, bool v6) {
    if (not_named.any)
        return std::string("it names ") + (v6 ? "::ffff:7f00:1" : "127.0.0.1") +
               ", which no list may name (RFC 5782): it names everybody, or somebody else answers for it";
    if (!named.any)
        return std::string("it does not name ") + (v6 ? "::ffff:7f00:2" : "127.0.0.2") +
               ", as every list must (RFC 5782): it is empty, or not there. If it is a zone of your own, "
               "give it "
               "that entry or set " +
               (v6 ? "ipv6 = false" : "self_test = false");
    return {};
}

}  // namespace

ZoneCare::ZoneCare(Rules rules, Time now) : rules_(rules), next_test_(now) {
    // Nothing is known against a zone that is not to be tested.
    if (rules.self_test) return;
    next_test_ = Time::max();
    state_ = ZoneState::in_use;
    ipv6_ = rules.ipv6;
}

void ZoneCare::begin_test() {
    next_test_ = Time::max();
}

// What may pass by itself. With a key, SERVFAIL means that the service is off for it.
bool ZoneCare::is_silence(ListFault fault) const {
    return fault == ListFault::silent || fault == ListFault::unreadable ||
           (fault == ListFault::server_failed && !rules_.has_key);
}

std::optional<ZoneCare::Change> ZoneCare::suspend(std::string why, bool forget, Time now) {
    if (std::exchange(state_, ZoneState::suspended) == ZoneState::suspended) {
        why_ = std::move(why);
        retry_ = std::min(retry_ * 2, last_retry);
        next_test_ = now + retry_;
        return {};
    }
    // A zone that comes and goes is tried ever more seldom.
    const bool goes_again = back_ != Time{} && now - back_ < last_retry;
    retry_ = goes_again ? std::min(retry_ * 2, last_retry) : first_retry;
    next_test_ = now + retry_;
    since_ = now;
    why_ = why;
    unanswered_ = named_ = 0;
    return Change{ZoneNotice::Kind::suspended, std::move(why), forget};
}

std::optional<ZoneCare::Change> ZoneCare::unanswered(ListFault fault, Time now) {
    if (state_ == ZoneState::in_use && ++unanswered_ < most_unanswered) return {};
    return suspend(std::string(wire::words(fault)), false, now);
}

std::optional<ZoneCare::Change> ZoneCare::pass(Time now) {
    next_test_ = rules_.self_test ? now + test_every : Time::max();
    const ZoneState before = std::exchange(state_, ZoneState::in_use);
    if (before == ZoneState::suspended) back_ = now;
    why_.clear();
    since_ = {};
    unanswered_ = named_ = 0;
    if (before != ZoneState::suspended) return {};
    return Change{ZoneNotice::Kind::back, "it answers as a list should", false};
}

std::optional<ZoneCare::Change> ZoneCare::judge_test(const ZoneTest& test, Time now) {
    const auto& named = of(test, ListTest::v4_named);
    const auto& not_named = of(test, ListTest::v4_not_named);
    if (const ListFault fault = first_fault(named, not_named); fault != ListFault::none) {
        if (!is_silence(fault)) return suspend(std::string(wire::words(fault)), false, now);
        next_test_ = now + first_retry;
        return unanswered(fault, now);
    }
    if (rules_.self_test)
        if (std::string why = failing(named, not_named, false); !why.empty())
            return suspend(std::move(why), true, now);
    return pass(now);
}

std::optional<ZoneCare::Change> ZoneCare::judge_ipv6(const ZoneTest& test) {
    if (!rules_.ipv6 || !rules_.self_test || state_ != ZoneState::in_use) return {};
    const auto& named = of(test, ListTest::v6_named);
    const auto& not_named = of(test, ListTest::v6_not_named);
    if (is_silence(first_fault(named, not_named))) return {};  // the next test may know
    std::string why(first_fault(named, not_named) != ListFault::none
                        ? std::string(wire::words(first_fault(named, not_named)))
                        : failing(named, not_named, true));
    ipv6_ = why.empty();
    if (ipv6_ == !ipv6_told_) return {};
    ipv6_told_ = !ipv6_;
    if (ipv6_) return Change{ZoneNotice::Kind::ipv6_on, "it answers for IPv6 as a list should", false};
    return Change{ZoneNotice::Kind::ipv6_off, std::move(why), false};
}

ZoneCare::Verdicts ZoneCare::end_test(const ZoneTest& test, Time now) {
    Verdicts out;
    out.zone = judge_test(test, now);
    out.ipv6 = judge_ipv6(test);
    return out;
}

std::optional<ZoneCare::Change> ZoneCare::take(const wire::ListReading& reading, Time now) {
    if (state_ != ZoneState::in_use) return {};
    if (reading.fault != ListFault::none)
        return is_silence(reading.fault) ? unanswered(reading.fault, now)
                                         : suspend(std::string(wire::words(reading.fault)), false, now);
    unanswered_ = 0;
    named_ = reading.codes != 0 ? named_ + 1 : 0;
    if (named_ < many_named) return {};
    named_ = 0;
    next_test_ = std::min(next_test_, now);
    return {};
}

}  // namespace tidegate::observe

#pragma once
// Between the edge's sessions on port 25 and whoever looks on: what became of them, by the handful.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "event/mail_visit.h"

namespace tidegate::guard {

/// Sessions put in, once a second somebody takes out, so that a flood of them does not queue for the log-ins'
/// desk. What does not fit until then is left out and counted: shares of so many are as sure as of all.
/// Thread: any.  Cost: add() a lock that few share; up to 8 MiB.  Fails: never.
class MailVisits {
public:
    static constexpr std::size_t stripes = 8;
    static constexpr std::size_t most_in_stripe = 2048;
    static constexpr std::size_t most_bytes_in_stripe = std::size_t{1} << 20;  // of all that is named there
    static constexpr std::size_t most_listeners = 256;

    void add(MailVisit visit);
    /// One was closed at the accept. Before it is taken only their number is kept.
    void turned_away(std::string_view listener, Time now);

    /// All that came since this was called last, those turned away of a listener as one.
    [[nodiscard]] std::vector<MailVisit> take();
    /// Since the start.
    [[nodiscard]] std::uint64_t left_out() const;

private:
    struct alignas(64) Stripe {
        mutable std::mutex mutex;  // guards all below
        std::vector<MailVisit> visits;
        std::size_t bytes = 0;
        std::map<std::string, MailVisit, std::less<>> turned_away;  // by listener
        std::uint64_t left_out = 0;
    };
    [[nodiscard]] Stripe& mine();

    std::array<Stripe, stripes> stripes_;
};

}  // namespace tidegate::guard

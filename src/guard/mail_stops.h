#pragma once
// Which clients of port 25 were stopped lately, and why: for people who ask.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/event.h"
#include "event/verdict.h"

namespace tidegate::guard {

/// A session that was stopped, or in watch mode would have been. Texts are its own.
struct MailStop {
    std::uint64_t number = 0;  // from 1
    Time time{};               // the last time
    Address address;
    std::string session, ehlo, listener;
    bool early = false;
    bool acts = false;        // else it was let pass: watch mode
    std::uint32_t times = 1;  // in that session
    Verdict verdict;          // of the last time

    /// As it would be asked about; its texts are ours.
    [[nodiscard]] Event event() const;
};

/// The last `most` of them.
/// Thread: one at a time.  Cost: some 500 bytes each, a hash look-up; of_address() looks at all.
class MailStops {
public:
    static constexpr std::size_t most = 8192;

    /// A session's later stops count with its first, where it has a name.
    void add(const Event& event, const Verdict& verdict, bool acts);
    /// Those of a client (of IPv6 its /64), since then, latest first, at most 16.
    [[nodiscard]] std::vector<MailStop> of_address(const Address& address, Time since) const;
    /// Null: it was not stopped.
    [[nodiscard]] const MailStop* of_session(std::string_view session) const;
    [[nodiscard]] std::size_t size() const { return stops_.size(); }

private:
    MailStop& begin(const Event& event);
    void drop_oldest();

    std::uint64_t last_ = 0;
    std::deque<MailStop> stops_;  // by number, oldest first
    std::unordered_map<std::string, std::uint64_t> sessions_;
};

}  // namespace tidegate::guard

#pragma once
// Connections as both ends know them. The edge's end sees a Guest and what it says; who that is in truth, and
// what a server will make of its mail, stays with the callers and the servers.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/check.h"
#include "drill/world.h"
#include "event/event.h"

namespace tidegate::drill {

using CallId = std::uint32_t;

/// Where a connection is made to.
enum class Port : std::uint8_t { smtp, imap };

/// What whoever accepts a connection knows of the other end.
struct Guest {
    Address address;
    std::uint32_t as_number = 0;
    std::uint32_t lists = 0;  // that name the address now
    Port port = Port::smtp;
    std::uint8_t listener = 0;  // of smtp: drill/crowd/moving.h
};

/// What a client says once it is greeted.
struct Words {
    std::string_view ehlo{};       // of smtp
    std::string_view recipient{};  // of smtp: to whom its mail is, "user@example.net"
    std::string_view account{};    // of imap
    std::optional<std::uint64_t> guess{};
    std::optional<std::uint8_t> tag{};
    bool early = false;  // before it was its turn
};

/// What a client hears.
enum class Answer : std::uint8_t {
    nothing,  // its SYN was dropped
    closed,   // the connection was accepted and closed, or its time was over
    greeted,
    put_off,   // come again later
    refused,   // by the edge: for good
    taken,     // a server took the mail, or logged it in
    rejected,  // a server said no: no such recipient, spam
    cut,       // the session it had is gone
    moved,     // it is asked to come again, to another server
};
struct Reply {
    CallId call = 0;
    Answer answer = Answer::nothing;
    Moment at = 0;  // when it is heard
};

/// What a server makes of it. Nobody but the server knows before.
enum class Deserves : std::uint8_t { taking, unknown_recipient, spam };

enum class CallerKind : std::uint8_t { flood, sender, client };

/// Who calls, in truth.
struct Caller {
    CallerKind kind = CallerKind::flood;
    std::uint32_t group = 0;  // which of the scenario's
    std::uint32_t who = 0;    // address, message or session
    Deserves deserves = Deserves::taking;
};

/// The connections there are. A number is used again once its call is over; `mark` tells them apart.
/// Thread: one at a time.  Cost: constant.
class Calls {
public:
    CallId begin(const Caller& caller) {
        if (free_.empty()) {
            slots_.push_back({});
            free_.push_back(static_cast<CallId>(slots_.size() - 1));
        }
        const CallId call = free_.back();
        free_.pop_back();
        slots_[call].caller = caller;
        slots_[call].open = true;
        return call;
    }
    void end(CallId call) {
        CHECK(slots_[call].open);
        slots_[call].open = false;
        ++slots_[call].mark;
        free_.push_back(call);
    }
    [[nodiscard]] const Caller& caller(CallId call) const { return slots_[call].caller; }
    [[nodiscard]] std::uint32_t mark(CallId call) const { return slots_[call].mark; }
    [[nodiscard]] bool is(CallId call, std::uint32_t mark) const {
        return slots_[call].open && slots_[call].mark == mark;
    }
    [[nodiscard]] std::size_t size() const { return slots_.size(); }

private:
    struct Slot {
        Caller caller;
        std::uint32_t mark = 0;
        bool open = false;
    };
    std::vector<Slot> slots_;
    std::vector<CallId> free_;
};

}  // namespace tidegate::drill

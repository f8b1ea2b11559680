#pragma once
// The attempts that admission knows, in lists that need no memory of their own; for this folder alone.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "edge/admission/admission.h"

namespace tidegate::edge {

using AttemptIndex = std::uint32_t;
inline constexpr AttemptIndex no_attempt = ~AttemptIndex{0};

struct Links {
    AttemptIndex before = no_attempt, after = no_attempt;
};

struct Attempt {
    enum class State : std::uint8_t {
        free,
        queued,
        held,  // admitted
        over,  // but its Called has not been drained yet
    };
    std::uint64_t owner = 0;
    std::uint64_t network = 0;  // Address::network_key()
    Moment since{};             // in its line, or admitted
    std::uint32_t generation = 1;
    ServerIndex server = 0;
    Links in_line, in_flow;
    std::uint32_t flow = 0;  // its network's place in the waiting room
    float paid = 0;          // for its place, in usual times
    State state = State::free;
    ClientClass client_class = ClientClass::fresh;
    bool announced = false;  // its Called waits to be drained
};

/// A fixed number of attempts, and their tickets.
/// Thread: one at a time.  Cost: O(1); grow() allocates.
class Attempts {
public:
    void grow(std::size_t more);
    /// `no_attempt` where there is none left.
    [[nodiscard]] AttemptIndex take();
    void give_back(AttemptIndex index);

    [[nodiscard]] Attempt& operator[](AttemptIndex index) { return attempts_[index]; }
    [[nodiscard]] const Attempt& operator[](AttemptIndex index) const { return attempts_[index]; }
    [[nodiscard]] Ticket ticket(AttemptIndex index) const {
        return Ticket{attempts_[index].generation} << 32 | index;
    }
    /// `no_attempt` where it is queued or held no longer.
    [[nodiscard]] AttemptIndex find(Ticket ticket) const;
    [[nodiscard]] static AttemptIndex index_of(Ticket ticket) { return static_cast<AttemptIndex>(ticket); }

private:
    std::vector<Attempt> attempts_;
    AttemptIndex free_ = no_attempt;  // the first; further ones by in_line.after
};

/// A list of attempts through one of their links.
template <Links Attempt::* link>
class AttemptList {
public:
    void push_back(Attempts& attempts, AttemptIndex index) {
        attempts[index].*link = {last_, no_attempt};
        (last_ == no_attempt ? first_ : (attempts[last_].*link).after) = index;
        last_ = index;
        ++size_;
    }
    void erase(Attempts& attempts, AttemptIndex index) {
        CHECK(size_ > 0);
        const Links links = attempts[index].*link;
        (links.before == no_attempt ? first_ : (attempts[links.before].*link).after) = links.after;
        (links.after == no_attempt ? last_ : (attempts[links.after].*link).before) = links.before;
        --size_;
    }
    [[nodiscard]] AttemptIndex first() const { return first_; }
    [[nodiscard]] AttemptIndex last() const { return last_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

private:
    AttemptIndex first_ = no_attempt, last_ = no_attempt;
    std::size_t size_ = 0;
};

}  // namespace tidegate::edge

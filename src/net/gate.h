#pragma once
// Shutdown as a type: who is inside holds a pass, and the gate's keeper waits until all have left.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace tidegate::net {

/// Counts who is inside. Closed once and for all, it lets nobody in but those whom somebody inside brings
/// along.
/// Thread: any.  Cost: an uncontended lock for each who enters or leaves: sessions, not requests.
class Gate {
public:
    /// One who is inside, until it is destroyed. The gate must outlive it.
    class Pass {
    public:
        Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Pass& operator=(Pass&& other) noexcept {
            std::swap(gate_, other.gate_);
            return *this;
        }
        ~Pass() {
            if (gate_ != nullptr) gate_->leave();
        }
        /// For somebody brought along: even through a closed gate.
        [[nodiscard]] Pass another() const;

    private:
        friend class Gate;
        explicit Pass(Gate& gate) : gate_(&gate) {}
        Gate* gate_;
    };

    Gate() = default;
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;
    ~Gate();  // nobody may be inside

    /// Nothing once the gate is closed.
    [[nodiscard]] std::optional<Pass> enter();
    void close();
    [[nodiscard]] bool is_closed() const;
    [[nodiscard]] std::uint64_t inside() const;

    /// Until nobody is inside a closed gate; false: `deadline` came first.
    [[nodiscard]] bool wait_until(std::chrono::steady_clock::time_point deadline);
    void wait();

private:
    void leave();

    mutable std::mutex mutex_;
    std::condition_variable empty_;
    std::uint64_t inside_ = 0;
    bool closed_ = false;
};

}  // namespace tidegate::net

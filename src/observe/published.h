#pragma once
// A value that is read all the time and replaced now and then.

#include <array>
#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace tidegate::observe {

/// One value at a time, which any number of threads read while another puts a new one in its place. Nobody
/// waits: an old value stays until everybody who may have begun to read it has ended. Thread: read() any;
/// publish(), reclaim() and get() one at a time.  Cost: reading, two additions in a cache line that few
/// threads share.  Owner: of the values; readers end before it does.
template <class T>
class Published {
public:
    explicit Published(std::unique_ptr<const T> first) : kept_(std::move(first)), current_(kept_.get()) {}
    Published(const Published&) = delete;
    Published& operator=(const Published&) = delete;

    /// What `use` says of the value. It must neither throw nor keep a part of it.
    template <class Use>
    auto read(const Use& use) const {
        std::atomic<std::uint32_t>& readers = stripes_[own_stripe()].readers;
        // In one order with publish() and reclaim(): who is not counted when these look reads the new value.
        readers.fetch_add(1, std::memory_order_seq_cst);
        auto out = use(*current_.load(std::memory_order_seq_cst));
        readers.fetch_sub(1, std::memory_order_release);
        return out;
    }
    void publish(std::unique_ptr<const T> next) {
        current_.store(next.get(), std::memory_order_seq_cst);
        retired_.push_back({std::exchange(kept_, std::move(next)), std::bitset<stripe_count>().set()});
    }
    /// Frees the old values that nobody reads any more; to be called again as long as it returns some that
    /// are left.
    std::size_t reclaim() {
        for (std::size_t i = 0; i < stripe_count; ++i) {
            if (stripes_[i].readers.load(std::memory_order_seq_cst) != 0) continue;
            for (Retired& each : retired_) each.may_read.reset(i);
        }
        std::erase_if(retired_, [](const Retired& each) { return each.may_read.none(); });
        return retired_.size();
    }
    /// For the thread that publishes.
    [[nodiscard]] const T& get() const { return *kept_; }

private:
    static constexpr std::size_t stripe_count = 16;
    struct alignas(64) Stripe {
        std::atomic<std::uint32_t> readers = 0;
    };
    struct Retired {
        std::unique_ptr<const T> value;
        std::bitset<stripe_count> may_read;  // stripes with readers, at every look since it was replaced
    };

    static std::size_t own_stripe() {
        static std::atomic<std::size_t> threads = 0;
        thread_local const std::size_t stripe =
            threads.fetch_add(1, std::memory_order_relaxed) % stripe_count;
        return stripe;
    }

    std::unique_ptr<const T> kept_;
    std::vector<Retired> retired_;
    std::atomic<const T*> current_;
    mutable std::array<Stripe, stripe_count> stripes_;
};

}  // namespace tidegate::observe

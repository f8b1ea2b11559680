#pragma once
// Has this address been here in the last weeks?

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidegate::judge {

/// Two generations of a Bloom filter (B. H. Bloom, CACM 13(7), 1970): what was seen is known for `lifetime`
/// to twice that. A full generation is followed by the next one early, so that a flood makes it forget, never
/// grow.
/// Thread: one at a time.  Cost: four cache lines.
class SeenFilter {
public:
    /// `bits`: of each generation, a power of two.
    explicit SeenFilter(std::size_t bits) : young_(bits / 64), old_(bits / 64) {}

    /// Was `key` (spread over all bits) seen? From now on it is.
    bool see(std::uint64_t key);
    [[nodiscard]] bool knows(std::uint64_t key) const { return has(young_, key) || has(old_, key); }
    /// It will be seen in a moment: fetches what that takes.
    void expect(std::uint64_t key) const;
    /// Turns the generations over when the young one is full or as old as it may become.
    void age(std::int64_t seconds);
    [[nodiscard]] bool is_sane() const { return set_ <= young_.size() * 64; }

    void each_field(this auto& self, auto&& visit) {
        visit(self.young_);
        visit(self.old_);
        visit(self.born_);
        visit(self.set_);
    }

private:
    static constexpr std::int64_t lifetime = 14 * 86400;
    using Bits = std::vector<std::uint64_t>;

    [[nodiscard]] static std::size_t spot(const Bits& bits, std::uint64_t key, unsigned which);
    [[nodiscard]] static bool has(const Bits& bits, std::uint64_t key);

    Bits young_, old_;
    std::int64_t born_ = 0;
    std::uint64_t set_ = 0;  // bits set in young_
};

/// Addresses new here. Those that logged in rightly are kept apart, where a flood of others can't displace
/// them.
/// Thread: one at a time.  Cost: some cache lines.
class Newcomers {
public:
    /// `key`: of the address, spread. Is it new?
    bool see(std::uint64_t key, bool succeeded);
    /// It will be seen in a moment.
    void expect(std::uint64_t key) const {
        customers_.expect(key);
        others_.expect(key);
    }
    void age(std::int64_t seconds);
    [[nodiscard]] bool is_sane() const { return customers_.is_sane() && others_.is_sane(); }

    void each_field(this auto& self, auto&& visit) {
        self.customers_.each_field(visit);
        self.others_.each_field(visit);
    }

private:
    SeenFilter customers_{std::size_t{1} << 21}, others_{std::size_t{1} << 22};
};

}  // namespace tidegate::judge

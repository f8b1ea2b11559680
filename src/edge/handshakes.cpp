#include "edge/handshakes.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <vector>

#include "base/check.h"

namespace tidegate::edge {
namespace {

using Nanoseconds = std::int64_t;  // of the steady clock

constexpr std::size_t rows = 2;
constexpr std::size_t cells_a_row = std::size_t{1} << 15;

Nanoseconds nanoseconds(HandshakeLimits::Moment moment) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(moment.time_since_epoch()).count();
}

/// A bound, and what one handshake takes of it.
struct Gauge {
    explicit Gauge(const HandshakeRules::Bound& bound, double part = 1)
        : cost(static_cast<Nanoseconds>(1e9 / bound.per_second)),
          ahead(static_cast<Nanoseconds>(1e9 / bound.per_second * std::max(bound.burst * part, 1.0))),
          under_way(static_cast<std::uint32_t>(bound.under_way * part)) {
        CHECK(bound.per_second > 0 && bound.under_way > 0);
    }
    Nanoseconds cost, ahead;
    std::uint32_t under_way;
};

struct Cell {
    Nanoseconds paid_until = 0;
    std::uint32_t under_way = 0;

    [[nodiscard]] bool has_room(const Gauge& gauge, Nanoseconds now) const {
        return under_way < gauge.under_way && std::max(paid_until, now) + gauge.cost <= now + gauge.ahead;
    }
    void take(const Gauge& gauge, Nanoseconds now) {
        ++under_way;
        paid_until = std::max(paid_until, now) + gauge.cost;
    }
    void end(const Gauge& gauge, double given_back) {
        --under_way;
        paid_until -= static_cast<Nanoseconds>(given_back * static_cast<double>(gauge.cost));
    }
};

/// The counters of hosts, or of networks.
class Crowd {
    using Key = std::array<unsigned char, crypto_shorthash_siphash24_KEYBYTES>;

public:
    explicit Crowd(const HandshakeRules::Bound& bound) : gauge_(bound) {
        for (Key& key : keys_) randombytes_buf(key.data(), key.size());
    }
    [[nodiscard]] bool has_room(std::uint64_t key, Nanoseconds now) {
        return std::ranges::any_of(cells(key), [&](Cell* cell) { return cell->has_room(gauge_, now); });
    }
    void take(std::uint64_t key, Nanoseconds now) {
        for (Cell* cell : cells(key)) cell->take(gauge_, now);
    }
    void end(std::uint64_t key, double given_back) {
        for (Cell* cell : cells(key)) cell->end(gauge_, given_back);
    }

private:
    std::array<Cell*, rows> cells(std::uint64_t key) {
        std::array<Cell*, rows> out{};
        for (std::size_t row = 0; row < rows; ++row)
            out[row] = &cells_[row * cells_a_row + hash_of(key, keys_[row]) % cells_a_row];
        return out;
    }
    static std::uint64_t hash_of(std::uint64_t value, const Key& key) {
        static_assert(crypto_shorthash_siphash24_BYTES == sizeof(std::uint64_t));
        std::uint64_t out = 0;
        crypto_shorthash_siphash24(reinterpret_cast<unsigned char*>(&out),
                                   reinterpret_cast<const unsigned char*>(&value), sizeof value, key.data());
        return out;
    }

    Gauge gauge_;
    std::array<Key, rows> keys_{};
    std::vector<Cell> cells_ = std::vector<Cell>(rows * cells_a_row);
};

}  // namespace

struct HandshakeLimits::Tables {
    explicit Tables(const HandshakeRules& given)
        : rules(given),
          hosts(given.host),
          networks(given.network),
          familiar(given.all),
          strangers(given.all, 1 - given.reserved) {
        CHECK(given.reserved >= 0 && given.reserved < 1);
        CHECK(given.resumed_cost >= 0 && given.resumed_cost <= 1);
    }

    [[nodiscard]] std::optional<HandshakeRefusal> refusal(const Pass::Whose& whose, Nanoseconds now) {
        if (!all.has_room(whose.is_stranger ? strangers : familiar, now)) return HandshakeRefusal::all;
        if (!hosts.has_room(whose.host, now)) return HandshakeRefusal::host;
        if (whose.is_stranger && !networks.has_room(whose.network, now)) return HandshakeRefusal::network;
        return std::nullopt;
    }
    void count(HandshakeRefusal why) {
        switch (why) {
            case HandshakeRefusal::host:
                ++counts.refused_host;
                break;
            case HandshakeRefusal::network:
                ++counts.refused_network;
                break;
            case HandshakeRefusal::all:
                ++counts.refused_all;
                break;
        }
    }
    void take(const Pass::Whose& whose, Nanoseconds now) {
        all.take(familiar, now);
        hosts.take(whose.host, now);
        if (whose.is_stranger) networks.take(whose.network, now);
    }
    void end(const Pass::Whose& whose, double given_back) {
        all.end(familiar, given_back);
        hosts.end(whose.host, given_back);
        if (whose.is_stranger) networks.end(whose.network, given_back);
    }

    const HandshakeRules rules;
    std::mutex mutex;  // of all that follows
    Crowd hosts, networks;
    Gauge familiar, strangers;
    Cell all;
    HandshakeCounts counts;
};

HandshakeLimits::Pass& HandshakeLimits::Pass::operator=(Pass&& other) noexcept {
    if (this == &other) return *this;
    end(&HandshakeCounts::full, 0);
    tables_ = std::exchange(other.tables_, nullptr);
    whose_ = other.whose_;
    return *this;
}

void HandshakeLimits::Pass::end(std::uint64_t HandshakeCounts::* as, double given_back) {
    if (tables_ == nullptr) return;
    const std::scoped_lock lock(tables_->mutex);
    ++(tables_->counts.*as);
    tables_->end(whose_, given_back);
    tables_ = nullptr;
}

HandshakeLimits::Pass::~Pass() {
    end(&HandshakeCounts::full, 0);
}

void HandshakeLimits::Pass::done(bool resumed) {
    CHECK(tables_ != nullptr);
    if (resumed)
        end(&HandshakeCounts::resumed, 1 - tables_->rules.resumed_cost);
    else
        end(&HandshakeCounts::full, 0);
}

void HandshakeLimits::Pass::left() {
    CHECK(tables_ != nullptr);
    end(&HandshakeCounts::left, 1);
}

HandshakeLimits::HandshakeLimits(const HandshakeRules& rules) {
    CHECK(sodium_init() >= 0);
    tables_ = std::make_unique<Tables>(rules);
}
HandshakeLimits::~HandshakeLimits() {
    CHECK(counts().under_way == 0);  // a pass would point nowhere
}

std::expected<HandshakeLimits::Pass, HandshakeRefusal> HandshakeLimits::begin(const Address& client,
                                                                              bool familiar, Moment now) {
    const Pass::Whose whose{client.host_key(), client.network_key(), !familiar};
    const std::scoped_lock lock(tables_->mutex);
    if (const auto why = tables_->refusal(whose, nanoseconds(now))) {
        tables_->count(*why);
        return std::unexpected(*why);
    }
    tables_->take(whose, nanoseconds(now));
    return Pass(*tables_, whose);
}

HandshakeCounts HandshakeLimits::counts() const {
    const std::scoped_lock lock(tables_->mutex);
    HandshakeCounts out = tables_->counts;
    out.under_way = tables_->all.under_way;
    return out;
}

}  // namespace tidegate::edge

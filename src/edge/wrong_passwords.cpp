#include "edge/wrong_passwords.h"

#include <sodium.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>
#include <mutex>
#include <span>
#include <vector>

#include "base/check.h"
#include "base/pages.h"
#include "net/counter.h"

namespace tidegate::edge {
namespace {

using Seconds = std::uint32_t;  // since 1970, until 2106

constexpr std::size_t ways = 16;
constexpr std::size_t most_of_account = ways / 2;
constexpr std::size_t stripes = 64;
constexpr std::size_t tallies = std::size_t{1} << 16;
constexpr Seconds tolerance = 60;  // of times that come in another order

using Key = std::array<unsigned char, crypto_shorthash_siphash24_KEYBYTES>;

std::uint64_t siphash(const void* bytes, std::size_t size, const Key& key) {
    static_assert(crypto_shorthash_siphash24_BYTES == sizeof(std::uint64_t));
    std::uint64_t out = 0;
    crypto_shorthash_siphash24(reinterpret_cast<unsigned char*>(&out),
                               static_cast<const unsigned char*>(bytes), size, key.data());
    return out;
}

Seconds seconds(Time time) {
    return static_cast<Seconds>(
        std::clamp<std::int64_t>(unix_seconds(time), 0, std::numeric_limits<Seconds>::max()));
}

Seconds seconds(std::chrono::seconds duration) {
    return static_cast<Seconds>(duration.count());
}

/// Four keys, drawn when the process begins.
class Keys {
public:
    Keys() {
        CHECK(sodium_init() >= 0);
        randombytes_buf(keys_.data(), sizeof keys_);
    }
    ~Keys() { sodium_memzero(keys_.data(), sizeof keys_); }
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

    [[nodiscard]] std::uint64_t of_account(std::string_view account) const {
        return siphash(account.data(), account.size(), keys_[0]);
    }
    [[nodiscard]] std::uint64_t of_place(std::uint64_t place) const {
        return siphash(&place, sizeof place, keys_[1]);
    }
    // In two steps, so that nothing has to be put together in memory: a key of whoever tries it, then the
    // password.
    [[nodiscard]] std::uint64_t of_try(std::uint64_t account, const PasswordTry& attempt) const {
        const std::array<std::uint64_t, 3> who{account, attempt.source.host_key(),
                                               static_cast<std::uint64_t>(attempt.service)};
        const std::array<std::uint64_t, 2> halves{siphash(who.data(), sizeof who, keys_[2]),
                                                  siphash(who.data(), sizeof who, keys_[3])};
        Key own = std::bit_cast<Key>(halves);
        const std::uint64_t out = siphash(attempt.password.data(), attempt.password.size(), own);
        sodium_memzero(own.data(), own.size());
        return out;
    }

private:
    std::array<Key, 4> keys_;
};

/// What a server said of one password.
struct Entry {
    std::uint64_t account = 0, attempt = 0;  // hashes
    Seconds first = 0, last = 0;             // it said so
    std::uint16_t source = 0, network = 0;   // whose tallies it is in
    std::uint8_t said = 0;                   // times; 0: nothing here
    std::uint8_t doublings = 0;              // of its life
    std::uint8_t answered = 0;               // since the server was last asked
    bool no_account = false;
};
static_assert(sizeof(Entry) == 32);

struct Bucket {
    std::array<Entry, ways> entries;
};

/// How many entries each source and each network has; those that share a place by chance share the bound.
class Tallies {
public:
    [[nodiscard]] bool take(std::uint16_t place, std::uint16_t most) {
        if (counts_[place].fetch_add(1, std::memory_order_relaxed) < most) return true;
        give_back(place);
        return false;
    }
    void give_back(std::uint16_t place) { counts_[place].fetch_sub(1, std::memory_order_relaxed); }

private:
    std::vector<std::atomic<std::uint32_t>> counts_ = std::vector<std::atomic<std::uint32_t>>(tallies);
};

}  // namespace

struct WrongPasswords::Table {
    explicit Table(const WrongPasswordRules& given)
        : rules(given), buckets(std::bit_ceil(std::max<std::size_t>(given.capacity, ways) / ways)) {
        CHECK(rules.proofs > 0 && rules.proofs < 256 && rules.repeats < 256);
        CHECK(rules.first_life.count() > 0 && rules.kept.count() > 0);
    }

    struct Held {
        std::unique_lock<std::mutex> lock;
        std::span<Entry, ways> entries;
    };
    [[nodiscard]] Held hold(std::uint64_t account) {
        const std::size_t index = account & (buckets.size() - 1);
        return {std::unique_lock(locks[index % stripes].mutex), buckets[index].entries};
    }

    // Since the server said it. Nothing: that was later than now.
    [[nodiscard]] static std::optional<Seconds> age(const Entry& entry, Seconds now) {
        if (now >= entry.last) return now - entry.last;
        return entry.last - now <= tolerance ? std::optional<Seconds>(0) : std::nullopt;
    }
    [[nodiscard]] bool is_over(const Entry& entry, Seconds now) const {
        return age(entry, now).value_or(0) >= seconds(rules.kept);
    }
    [[nodiscard]] bool is_proven(const Entry& entry) const {
        return entry.said >= rules.proofs && entry.last - entry.first >= seconds(rules.proving);
    }
    [[nodiscard]] Seconds life(const Entry& entry) const {
        const std::uint64_t grown = std::uint64_t{seconds(rules.first_life)} << entry.doublings;
        return static_cast<Seconds>(std::min<std::uint64_t>(grown, seconds(rules.most_life)));
    }
    [[nodiscard]] bool is_time_to_ask(const Entry& entry, Seconds now) const {
        const auto since = age(entry, now);
        return !since || *since >= life(entry) || entry.answered >= rules.repeats;
    }
    // What is less useful goes first.
    [[nodiscard]] std::uint64_t use(const Entry& entry, Seconds now) const {
        if (entry.said == 0 || is_over(entry, now)) return 0;
        return std::uint64_t{is_proven(entry)} << 40 | std::uint64_t{entry.said} << 32 | entry.last;
    }

    Entry* place_for(std::span<Entry, ways> entries, std::uint64_t account, Seconds now);
    void say_again(Entry& entry, Seconds now) const;
    void add(std::span<Entry, ways> entries, const Entry& entry);
    void clear(Entry& entry);

    const WrongPasswordRules rules;
    Keys keys;
    PagedVector<Bucket> buckets;
    struct alignas(64) Lock {
        std::mutex mutex;
    };
    std::array<Lock, stripes> locks;  // of the buckets with this index modulo `stripes`
    Tallies sources, networks;
    net::Counter answered, asked_again, said, crowded_out, forgotten, added, removed;
};

namespace {

Entry* find(std::span<Entry, ways> entries, std::uint64_t attempt) {
    const auto is_it = [&](const Entry& entry) { return entry.said != 0 && entry.attempt == attempt; };
    const auto found = std::ranges::find_if(entries, is_it);
    return found == entries.end() ? nullptr : &*found;
}

}  // namespace

// Null: all of them serve somebody already.
Entry* WrongPasswords::Table::place_for(std::span<Entry, ways> entries, std::uint64_t account, Seconds now) {
    const auto is_own = [&](const Entry& entry) { return entry.said != 0 && entry.account == account; };
    const bool own_alone = std::ranges::count_if(entries, is_own) >= std::ptrdiff_t{most_of_account};
    Entry* least = nullptr;
    for (Entry& entry : entries) {
        if (own_alone && !is_own(entry)) continue;
        if (least == nullptr || use(entry, now) < use(*least, now)) least = &entry;
    }
    return use(*least, now) != 0 && is_proven(*least) ? nullptr : least;
}

void WrongPasswords::Table::say_again(Entry& entry, Seconds now) const {
    if (is_over(entry, now) || !age(entry, now)) {
        entry.first = entry.last = now;
        entry.said = 0;
        entry.doublings = 0;
    } else if (is_proven(entry) && life(entry) < seconds(rules.most_life)) {
        ++entry.doublings;
    }
    entry.last = std::max(entry.last, now);
    if (entry.said < std::numeric_limits<std::uint8_t>::max()) ++entry.said;
}

void WrongPasswords::Table::add(std::span<Entry, ways> entries, const Entry& entry) {
    Entry* place = place_for(entries, entry.account, entry.last);
    if (place == nullptr || !sources.take(entry.source, rules.most_of_source)) return crowded_out.add();
    if (!networks.take(entry.network, rules.most_of_network)) {
        sources.give_back(entry.source);
        return crowded_out.add();
    }
    if (place->said != 0) clear(*place);
    *place = entry;
    added.add();
}

void WrongPasswords::Table::clear(Entry& entry) {
    sources.give_back(entry.source);
    networks.give_back(entry.network);
    entry = {};
    removed.add();
}

WrongPasswords::WrongPasswords(const WrongPasswordRules& rules) : table_(std::make_unique<Table>(rules)) {}
WrongPasswords::~WrongPasswords() = default;

PasswordMark WrongPasswords::mark(const PasswordTry& attempt) const {
    PasswordMark out;
    out.account = table_->keys.of_account(attempt.account);
    out.attempt = table_->keys.of_try(out.account, attempt);
    out.source = static_cast<std::uint16_t>(table_->keys.of_place(attempt.source.host_key()));
    out.network = static_cast<std::uint16_t>(table_->keys.of_place(attempt.source.network_key()));
    return out;
}

std::optional<Reason> WrongPasswords::look(const PasswordMark& attempt, Time now) {
    const auto held = table_->hold(attempt.account);
    Entry* entry = find(held.entries, attempt.attempt);
    if (entry == nullptr || table_->is_over(*entry, seconds(now)) || !table_->is_proven(*entry)) return {};
    if (table_->is_time_to_ask(*entry, seconds(now))) {
        entry->answered = 0;
        table_->asked_again.add();
        return {};
    }
    ++entry->answered;
    table_->answered.add();
    return entry->no_account ? Reason::unknown_account : Reason::bad_password;
}

void WrongPasswords::wrong(const PasswordMark& attempt, Reason why, Time now) {
    if (why != Reason::bad_password && why != Reason::unknown_account) return;
    table_->said.add();
    Entry fresh;
    fresh.account = attempt.account;
    fresh.attempt = attempt.attempt;
    fresh.first = fresh.last = seconds(now);
    fresh.source = attempt.source;
    fresh.network = attempt.network;
    fresh.said = 1;
    fresh.no_account = why == Reason::unknown_account;
    const auto held = table_->hold(fresh.account);
    if (Entry* entry = find(held.entries, fresh.attempt)) {
        table_->say_again(*entry, fresh.last);
        entry->no_account = fresh.no_account;
    } else {
        table_->add(held.entries, fresh);
    }
}

void WrongPasswords::right(std::string_view account) {
    const std::uint64_t key = table_->keys.of_account(account);
    const auto held = table_->hold(key);
    for (Entry& entry : held.entries) {
        if (entry.said == 0 || entry.account != key) continue;
        table_->clear(entry);
        table_->forgotten.add();
    }
}

void WrongPasswords::sweep(Time now) {
    for (std::size_t stripe = 0; stripe < stripes; ++stripe) {
        const std::scoped_lock lock(table_->locks[stripe].mutex);
        for (std::size_t i = stripe; i < table_->buckets.size(); i += stripes)
            for (Entry& entry : table_->buckets[i].entries)
                if (entry.said != 0 && table_->is_over(entry, seconds(now))) table_->clear(entry);
    }
}

WrongPasswordCounts WrongPasswords::counts() const {
    const std::uint64_t removed = table_->removed.sum();  // first: never more than were added
    return {.answered = table_->answered.sum(),
            .asked_again = table_->asked_again.sum(),
            .said = table_->said.sum(),
            .crowded_out = table_->crowded_out.sum(),
            .forgotten = table_->forgotten.sum(),
            .kept = table_->added.sum() - removed};
}

}  // namespace tidegate::edge

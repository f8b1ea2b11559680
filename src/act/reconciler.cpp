#include "act/reconciler.h"

#include <algorithm>
#include <utility>

namespace tidegate::act {
namespace {

using Why = Refusal::Why;
using std::chrono::milliseconds;

constexpr milliseconds longest_retry{60'000};
constexpr std::size_t most_spared_told = 100;

std::vector<Ban> bans_of(std::span<const Shadow::Row> rows) {
    std::vector<Ban> out;
    out.reserve(rows.size());
    for (const Shadow::Row& row : rows) out.push_back({address_of_key(row.key), row.until});
    return out;
}

std::vector<Address> addresses_of(std::span<const Shadow::Row> rows) {
    std::vector<Address> out;
    out.reserve(rows.size());
    for (const Shadow::Row& row : rows) out.push_back(address_of_key(row.key));
    return out;
}

}  // namespace

Reconciler::Reconciler(const FirewallOptions& options, Orders& orders, std::unique_ptr<Enforcer> enforcer,
                       std::function<void(const FirewallNotice&)> notice, std::function<Time()> clock)
    : options_(options),
      orders_(orders),
      enforcer_(std::move(enforcer)),
      notice_(std::move(notice)),
      clock_(std::move(clock)),
      retry_after_(options.retry_after) {}

Reconciler::~Reconciler() {
    stop_reading_ = true;
    if (reader_.joinable()) reader_.join();
}

Reconciler::Next Reconciler::step(Moment now) {
    tell_spared();
    if (now < retry_at_) return {retry_at_, retry_at_};
    if (!round(now)) {
        note_trouble();
        retry_at_ = now + retry_after_;
        retry_after_ = std::min(retry_after_ * 2, longest_retry);
        return {retry_at_, retry_at_};
    }
    note_well();
    finish_reading();
    end_sessions(now);
    scrub(now);
    sweep(now);
    Moment next = std::min({look_at_, surroundings_at_, sweep_at_});
    if (sessions_due_) next = std::min(next, sessions_at_);
    if (is_scrubbing()) next = std::min(next, scrub_at_);
    return {full_batch_ ? now : now + options_.pause, next};
}

bool Reconciler::round(Moment now) {
    full_batch_ = false;
    if (!started_ && !start(now)) return false;
    if (now >= surroundings_at_ && !refresh_surroundings(now)) return false;
    if (now >= look_at_ && !look_after(now)) return false;
    if (apply_wishes(false) && carry_out()) return true;
    // Somebody took our table away: that is mended at once.
    return failed_.why == Why::absent && look_after(now) && apply_wishes(false) && carry_out();
}

bool Reconciler::fail(Refusal refusal) {
    failed_ = std::move(refusal);
    return false;
}

// Nobody is banned before it is known who must not be.
bool Reconciler::start(Moment now) {
    if (!refresh_surroundings(now)) return false;
    const auto established = enforcer_->establish(options_.table);
    if (!established) return fail(established.error());
    if (!apply_wishes(true)) return false;
    started_ = true;
    look_at_ = now + options_.look_every;
    {
        const std::unique_lock lock(mutex_);
        standing_.since = clock_();
    }
    if (*established != Established::made) read_back();
    tell(Kind::established);
    return true;
}

bool Reconciler::refresh_surroundings(Moment now) {
    const auto found = options_.surroundings();
    if (!found && !surroundings_known_) return fail(found.error());
    surroundings_at_ = now + options_.surroundings_every;
    if (!found) return true;  // those of before are still the best we know
    surroundings_known_ = true;
    orders_.set_surroundings(Ranges(*found));
    return true;
}

bool Reconciler::apply_wishes(bool all) {
    const Orders::Wishes wishes = orders_.take_wishes(all);
    Outcome done;
    if (wishes.flush) done = enforcer_->remove_hosts();
    if (done && wishes.nets) done = enforcer_->replace_nets(wishes.nets->banned, wishes.nets->spared);
    if (!done) {
        orders_.put_back(wishes);
        return fail(done.error());
    }
    if (!wishes.nets) return true;
    const bool fresh = std::exchange(nets_, wishes.nets->banned) != wishes.nets->banned;
    {
        const std::unique_lock lock(mutex_);
        standing_.nets = nets_.size();
    }
    std::size_t lifted = 0;
    for (std::size_t shard = 0; shard < Shadow::shards; ++shard) lifted += orders_.lift_spared(shard);
    if (lifted != 0) tell(Kind::spared, lifted);
    sessions_due_ = sessions_due_ || (fresh && nets_.size() != 0);
    return true;
}

bool Reconciler::carry_out() {
    const std::vector<Row> rows = orders_.take(options_.batch);
    full_batch_ = rows.size() == options_.batch;
    const Time now = clock_();
    const bool unsure = orders_.is_merging();  // what the kernel has
    std::vector<Row> add;
    std::vector<Row> renew;
    std::vector<Row> remove;
    std::vector<Row> done;
    for (const Row& row : rows) {
        const bool lasts = row.wanted() && row.until > now;
        const bool may_be_there = row.in_kernel || unsure;
        std::vector<Row>& where = lasts ? (may_be_there ? renew : add) : (may_be_there ? remove : done);
        where.push_back(row);
    }
    orders_.forget(done);
    const bool removed = carry_out(Op::remove, remove);
    const bool renewed = carry_out(Op::renew, renew);
    return carry_out(Op::add, add) && renewed && removed;
}

Outcome Reconciler::tell_kernel(Op op, std::span<const Row> rows) {
    switch (op) {
        case Op::add:
            return enforcer_->add(bans_of(rows), clock_());
        case Op::renew:
            return enforcer_->renew(bans_of(rows), clock_());
        case Op::remove:
            return enforcer_->remove(addresses_of(rows));
    }
    return {};
}

// A transaction is all or nothing: halves keep one bad element from keeping the others out.
bool Reconciler::carry_out(Op op, std::span<const Row> rows, bool may_evict) {
    if (rows.empty()) return true;
    Outcome done = tell_kernel(op, rows);
    if (!done && done.error().why == Why::full && op != Op::remove && may_evict) {
        if (!make_room(rows)) return true;
        done = tell_kernel(op, rows);
    }
    if (done) {
        orders_.mark(rows, op != Op::remove);
        sessions_due_ = sessions_due_ || op != Op::remove;
        return true;
    }
    if (done.error().why != Why::element && done.error().why != Why::full) {
        orders_.put_back(rows);
        return fail(done.error());
    }
    if (rows.size() > 1) {
        const std::size_t half = rows.size() / 2;
        const bool first = carry_out(op, rows.first(half), false);
        return carry_out(op, rows.subspan(half), false) && first;
    }
    orders_.forget(rows);
    count_refused();
    tell(Kind::refused, 1, address_of_key(rows[0].key), done.error().error);
    return true;
}

bool Reconciler::make_room(std::span<const Row> rows) {
    const bool v4 = make_room(rows, true);
    return make_room(rows, false) && v4;
}

// Whoever would be free soonest makes room; false: that would be the new ones.
bool Reconciler::make_room(std::span<const Row> rows, bool v4) {
    std::size_t needed = 0;
    Time latest{};
    for (const Row& row : rows) {
        if (is_v4_key(row.key) != v4) continue;
        ++needed;
        latest = std::max(latest, row.until);
    }
    if (needed == 0) return true;
    // Some more, since looking for them takes a walk over all.
    std::vector<Row> out = soonest(v4, needed + options_.table.set_size / 128);
    std::erase_if(out, [&](const Row& row) { return row.until >= latest; });
    const bool helps = !out.empty();
    const Outcome removed = helps ? enforcer_->remove(addresses_of(out)) : Outcome{};
    if (!removed) return true;  // what comes next will fail in the same way
    const std::span<const Row> losers = helps ? std::span<const Row>(out) : rows;
    orders_.forget(losers);
    {
        const std::unique_lock lock(mutex_);
        standing_.evicted += losers.size();
    }
    tell(Kind::full, losers.size());
    return helps;
}

std::vector<Reconciler::Row> Reconciler::soonest(bool v4, std::size_t count) const {
    std::vector<Row> out;
    const auto shorten = [&] {
        if (out.size() <= count) return;
        std::ranges::nth_element(out, out.begin() + static_cast<std::ptrdiff_t>(count), {}, &Row::until);
        out.resize(count);
    };
    for (std::size_t shard = 0; shard < Shadow::shards; ++shard) {
        for (const Row& row : orders_.rows(shard))
            if (row.in_kernel && row.wanted() && is_v4_key(row.key) == v4) out.push_back(row);
        shorten();
    }
    return out;
}

void Reconciler::finish() {
    if (!started_ || retry_at_ != Moment{}) return;
    while (apply_wishes(false) && carry_out() && orders_.counts().waiting != 0) {
    }
}

Outcome Reconciler::dismantle() {
    stop_reading_ = true;
    if (reader_.joinable()) reader_.join();
    constexpr unsigned tries = 5;
    constexpr milliseconds pause{50};
    Outcome gone = enforcer_->remove_all();
    for (unsigned i = 1; i < tries && !gone && gone.error().why == Why::later; ++i) {
        std::this_thread::sleep_for(pause);
        gone = enforcer_->remove_all();
    }
    return gone;
}

void Reconciler::tell(Kind kind, std::size_t count, Address address, std::optional<Error> error) {
    if (notice_) notice_({kind, count, address, std::move(error)});
}

void Reconciler::note_trouble() {
    bool fresh = false;
    {
        const std::unique_lock lock(mutex_);
        fresh = !standing_.error;
        if (fresh) standing_.since = clock_();
        standing_.error = failed_.error;
    }
    if (fresh) tell(Kind::trouble, 0, {}, failed_.error);
}

void Reconciler::note_well() {
    retry_at_ = Moment{};
    retry_after_ = options_.retry_after;
    {
        const std::unique_lock lock(mutex_);
        if (!standing_.error) return;
        standing_.error.reset();
        standing_.since = clock_();
    }
    tell(Kind::well);
}

void Reconciler::count_spared(const Address& address) {
    const std::unique_lock lock(mutex_);
    ++standing_.spared;
    if (spared_to_tell_.size() < most_spared_told) spared_to_tell_.push_back(address);
}

void Reconciler::count_refused() {
    const std::unique_lock lock(mutex_);
    ++standing_.refused;
}

void Reconciler::tell_spared() {
    std::vector<Address> spared;
    {
        const std::unique_lock lock(mutex_);
        spared.swap(spared_to_tell_);
    }
    for (const Address& address : spared) tell(Kind::spared, 1, address);
}

FirewallStanding Reconciler::standing() const {
    const Orders::Counts counts = orders_.counts();
    const std::unique_lock lock(mutex_);
    FirewallStanding out = standing_;
    out.wanted = counts.wanted;
    out.in_force = counts.in_kernel;
    out.waiting = counts.waiting;
    out.shadow_bytes = counts.bytes;
    return out;
}

}  // namespace tidegate::act

// What the reconciler does beside carrying orders out: it looks after what was done.

#include <algorithm>
#include <utility>

#include "act/reconciler.h"

namespace tidegate::act {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds sessions_every{200};
constexpr milliseconds sweep_every{1000};
constexpr milliseconds scrub_every{50};
constexpr std::size_t scrub_at_once = 1000;
constexpr std::chrono::seconds sample_margin{5};  // nearer to their end they may be gone rightly
constexpr std::size_t sample_size = 16;
constexpr std::size_t many_nets = 4096;
constexpr std::chrono::seconds many_nets_every{60};

}  // namespace

bool Reconciler::look_after(Moment now) {
    const auto seen = enforcer_->look();
    if (!seen) return fail(seen.error());
    look_at_ = now + options_.look_every;
    {
        const std::unique_lock lock(mutex_);
        standing_.hosts_dropped = seen->hosts;
        standing_.nets_dropped = seen->nets;
        standing_.syns_dropped = seen->syns;
    }
    return seen->whole() && !seen->touched ? true : mend(*seen, now);
}

// Somebody changed something, of ours or not.
bool Reconciler::mend(const Seen& seen, Moment now) {
    bool empty = false;
    if (!seen.whole()) {
        const auto established = enforcer_->establish(options_.table);
        if (!established) return fail(established.error());
        empty = *established == Established::made;
    }
    const bool misses = empty || misses_some(seen);
    if (misses || !seen.whole()) {
        {
            const std::unique_lock lock(mutex_);
            ++standing_.repaired;
        }
        tell(Kind::repaired, misses ? orders_.counts().wanted : 0);
    }
    if (misses)
        refill();
    else
        scrub_from(0);  // a single one may be missing; nobody says so
    // The networks can't be asked for one by one; they are told again, but not many of them all the time.
    if (seen.whole() && nets_.size() > many_nets && now < nets_at_) return true;
    nets_at_ = now + many_nets_every;
    return apply_wishes(true);
}

bool Reconciler::misses_some(const Seen& seen) {
    const Time lasting = clock_() + sample_margin;
    std::vector<Address> asked;
    std::size_t expected = 0;
    for (std::size_t shard = 0; shard < Shadow::shards && asked.size() < sample_size; ++shard) {
        for (const Row& row : orders_.rows(shard)) {
            if (!row.in_kernel || row.queued || !row.wanted() || row.until < lasting) continue;
            ++expected;
            if (asked.size() < sample_size) asked.push_back(address_of_key(row.key));
        }
    }
    if (seen.count && *seen.count < expected) return true;
    const auto all = enforcer_->has(asked);
    return all && !*all;
}

void Reconciler::refill() {
    scrub_from(Shadow::shards);
    for (std::size_t shard = 0; shard < Shadow::shards; ++shard) orders_.requeue(shard);
}

void Reconciler::scrub_from(std::size_t shard) {
    scrub_shard_ = shard;
    scrub_keys_.clear();
}

bool Reconciler::is_scrubbing() const {
    return scrub_shard_ < Shadow::shards || !scrub_keys_.empty();
}

// Bans that should be in the kernel are told it again, at a pace that leaves room for new ones. Those that
// are there stay as they are.
void Reconciler::scrub(Moment now) {
    if (!is_scrubbing() || now < scrub_at_) return;
    scrub_at_ = now + scrub_every;
    const Time lasting = clock_() + sample_margin;
    std::vector<Ban> bans;
    while (bans.size() < scrub_at_once && is_scrubbing()) {
        if (scrub_keys_.empty())
            for (const Row& row : orders_.rows(scrub_shard_++)) scrub_keys_.push_back(row.key);
        for (; bans.size() < scrub_at_once && !scrub_keys_.empty(); scrub_keys_.pop_back()) {
            const auto row = orders_.find(scrub_keys_.back());
            if (row && row->in_kernel && !row->queued && row->wanted() && row->until >= lasting)
                bans.push_back({address_of_key(row->key), row->until});
        }
    }
    if (!bans.empty() && !enforcer_->add(bans, clock_())) look_at_ = now;
}

void Reconciler::end_sessions(Moment now) {
    if (!sessions_due_ || now < sessions_at_) return;
    sessions_due_ = false;
    sessions_at_ = now + sessions_every;
    if (!options_.end_sessions) return;
    const auto ended = enforcer_->end_sessions([&](const Address& address) {
        const auto row = orders_.find(address.host_key());
        return (row && row->in_kernel && row->wanted()) || nets_.contains(address);
    });
    if (ended) {
        const std::unique_lock lock(mutex_);
        standing_.sessions_ended += *ended;
    } else if (!std::exchange(sessions_told_, true)) {
        tell(Kind::sessions, 0, {}, ended.error().error);
    }
}

void Reconciler::sweep(Moment now) {
    if (now < sweep_at_) return;
    sweep_at_ = now + sweep_every;
    orders_.sweep(sweep_shard_, clock_());
    sweep_shard_ = (sweep_shard_ + 1) % Shadow::shards;
}

// What an earlier process banned. It is in force all the while, so this may take its time.
void Reconciler::read_back() {
    orders_.begin_merging();
    {
        const std::unique_lock lock(mutex_);
        standing_.reading_back = true;
    }
    reader_ = std::thread([this, now = clock_()] {
        const Outcome read = enforcer_->read_back(now, [this](std::span<const Ban> bans) {
            read_count_ += orders_.merge(bans);
            return !stop_reading_;
        });
        if (!read) read_error_ = read.error();
        has_read_ = true;
        orders_.nudge();
    });
}

void Reconciler::finish_reading() {
    if (!has_read_.exchange(false)) return;
    reader_.join();
    orders_.end_merging();
    {
        const std::unique_lock lock(mutex_);
        standing_.reading_back = false;
    }
    std::optional<Error> error;
    if (read_error_) error = read_error_->error;
    tell(Kind::taken_over, read_count_, {}, std::move(error));
}

}  // namespace tidegate::act

#include "edge/servers/shared_servers.h"

#include <atomic>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/hash.h"

namespace tidegate::edge {

struct SharedServers::Lease::Mark {
    std::atomic<bool> wants_to_move = false;
    std::function<void()> call;  // under the lock
};

struct SharedServers::State {
    State(const ChoiceRules& rules, std::function<Time()> given)
        : seed(rules.seed), clock(std::move(given)), choice(rules) {}

    [[nodiscard]] std::uint64_t key(std::string_view account) const {
        if (account.empty()) return 0;
        const std::uint64_t hash = hash_bytes(account, seed);
        return hash == 0 ? 1 : hash;
    }

    const std::uint64_t seed;
    const std::function<Time()> clock;
    std::mutex mutex;
    ServerChoice choice;
    std::unordered_map<LeaseId, std::shared_ptr<Lease::Mark>> marks;
};

SharedServers::Lease::Lease(Lease&& other) noexcept
    : servers_(std::exchange(other.servers_, nullptr)),
      server_(other.server_),
      id_(other.id_),
      mark_(std::move(other.mark_)) {}

SharedServers::Lease& SharedServers::Lease::operator=(Lease&& other) noexcept {
    std::swap(servers_, other.servers_);
    std::swap(server_, other.server_);
    std::swap(id_, other.id_);
    std::swap(mark_, other.mark_);
    return *this;
}

SharedServers::Lease::~Lease() {
    if (servers_ == nullptr) return;
    servers_->with([this](ServerChoice& choice, Time now) {
        choice.ended(id_, now);
        servers_->state_->marks.erase(id_);
    });
}

void SharedServers::Lease::answered() {
    servers_->with([this](ServerChoice& choice, Time now) { choice.answered(id_, now); });
}

void SharedServers::Lease::failed(std::string_view trouble) {
    SharedServers* servers = std::exchange(servers_, nullptr);
    servers->with([&](ServerChoice& choice, Time now) {
        choice.failed(id_, trouble, now);
        servers->state_->marks.erase(id_);
    });
}

bool SharedServers::Lease::wants_to_move() const {
    return mark_ && mark_->wants_to_move.load(std::memory_order_relaxed);
}

void SharedServers::Lease::when_to_move(std::function<void()> call) {
    std::function<void()> at_once;
    servers_->with([&](ServerChoice&, Time) { (wants_to_move() ? at_once : mark_->call) = std::move(call); });
    if (at_once) at_once();
}

SharedServers::SharedServers(const ChoiceRules& rules, std::function<Time()> clock)
    : state_(std::make_unique<State>(rules, std::move(clock))) {}
SharedServers::~SharedServers() = default;

SharedServers::Answer SharedServers::answer(const Choice& choice, Time now) {
    Answer out;
    out.step = choice.step;
    out.wait = std::chrono::ceil<std::chrono::milliseconds>(choice.when - now);
    if (choice.step != Choice::Step::go_on) return out;
    out.server = state_->choice.name_of(choice.server);
    out.lease.servers_ = this;
    out.lease.server_ = choice.server;
    out.lease.id_ = choice.lease;
    auto& mark = state_->marks[choice.lease];
    if (!mark) mark = std::make_shared<Lease::Mark>();
    out.lease.mark_ = mark;
    return out;
}

SharedServers::Answer SharedServers::choose(std::string_view account, std::optional<ServerNumber> not_at,
                                            Paced paced) {
    Answer out;
    const std::uint64_t key = state_->key(account);
    with([&](ServerChoice& choice, Time now) { out = answer(choice.choose(key, now, not_at, paced), now); });
    return out;
}

SharedServers::Answer SharedServers::due(Lease lease) {
    Answer out;
    const LeaseId id = lease.id_;
    lease.servers_ = nullptr;  // it is given back, or goes on in the answer
    with([&](ServerChoice& choice, Time now) {
        const Choice got = choice.due(id, now);
        if (got.lease != id) state_->marks.erase(id);
        out = answer(got, now);
    });
    return out;
}

std::size_t SharedServers::mark_moves() {
    std::size_t marked = 0;
    std::vector<std::function<void()>> calls;
    with([&](ServerChoice& choice, Time now) {
        for (const LeaseId lease : choice.to_move(now)) {
            auto& mark = *state_->marks.at(lease);
            mark.wants_to_move.store(true, std::memory_order_relaxed);
            if (mark.call) calls.push_back(std::exchange(mark.call, nullptr));
            ++marked;
        }
    });
    for (const auto& call : calls) call();
    return marked;
}

void SharedServers::with(const std::function<void(ServerChoice&, Time)>& what) {
    const std::scoped_lock lock(state_->mutex);
    what(state_->choice, state_->clock());
}

}  // namespace tidegate::edge

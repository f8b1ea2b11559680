#include "guard/traffic.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"

namespace tidegate::guard {
namespace {

constexpr unsigned table_bits = 10;

// One network of this ten minutes and of the last ones is one.
void join_same(std::vector<NoisyNetwork>& networks) {
    const auto key = [](const NoisyNetwork& each) { return each.example.network_key(); };
    std::ranges::sort(networks, {},
                      [&](const NoisyNetwork& each) { return std::pair(key(each), each.example); });
    std::size_t kept = 0;
    for (const NoisyNetwork& each : networks) {
        if (kept == 0 || key(networks[kept - 1]) != key(each)) {
            networks[kept++] = each;
            continue;
        }
        NoisyNetwork& same = networks[kept - 1];
        same.attempts += each.attempts;
        same.stopped += each.stopped;
        if (each.last > same.last) same.as_number = each.as_number;
        same.last = std::max(same.last, each.last);
    }
    networks.resize(kept);
}

}  // namespace

TrafficCounts& TrafficCounts::operator+=(const TrafficCounts& other) {
    successes += other.successes;
    failures += other.failures;
    stopped += other.stopped;
    would_stop += other.would_stop;
    would_stop_successes += other.would_stop_successes;
    return *this;
}

Traffic::Traffic() : networks_{Networks(table_bits), Networks(table_bits)} {}

void Traffic::tick(std::int64_t second) {
    if (second_ == 0) second_ = first_ = turned_ = second;
    if (second <= second_) return;
    const auto passed = static_cast<std::size_t>(
        std::min<std::int64_t>(second - second_, static_cast<std::int64_t>(seconds_kept)));
    for (std::size_t i = 0; i < passed; ++i)
        ring_[static_cast<std::size_t>(second - static_cast<std::int64_t>(i)) % seconds_kept] = {};
    second_ = second;
    if (second - turned_ < static_cast<std::int64_t>(seconds_kept)) return;
    turned_ = second;
    current_ ^= 1U;
    networks_[current_].clear();
}

void Traffic::see(const Event& event, const Verdict& judged, bool answered) {
    if (event.kind != EventKind::attempt || event.reason == Reason::internal) return;
    tick(unix_seconds(event.time));
    TrafficCounts& counts = now();
    const bool stopped = is_stopped(judged.measure);
    const bool right = event.outcome == Outcome::success;
    if (stopped && answered) {
        counts.stopped += event.attempts;
    } else {
        (right ? counts.successes : counts.failures) += event.attempts;
        if (stopped) counts.would_stop += event.attempts;
        if (stopped && right) counts.would_stop_successes += event.attempts;
    }
    if (stopped || !right) count_network(event, stopped);
}

void Traffic::count_network(const Event& event, bool stopped) {
    if (event.address.is_none()) return;
    const auto [network, fresh] = networks_[current_].add(mix(event.address.network_key()), event.attempts);
    if (network == nullptr) return;
    if (fresh) network->example = event.address;
    network->as_number = event.as_number;
    network->last = event.time;
    if (stopped) network->stopped += event.attempts;
}

TrafficCounts Traffic::last(std::size_t seconds) const {
    TrafficCounts sum;
    const auto most = std::min(seconds, seconds_kept - 1);
    for (std::size_t i = 1; i <= most; ++i) {
        const std::int64_t at = second_ - static_cast<std::int64_t>(i);
        if (at < first_) break;
        sum += ring_[static_cast<std::size_t>(at) % seconds_kept];
    }
    return sum;
}

std::vector<TrafficCounts> Traffic::by_second() const {
    std::vector<TrafficCounts> out;
    const std::int64_t from = std::max(first_, second_ - static_cast<std::int64_t>(seconds_kept) + 1);
    for (std::int64_t at = from; at < second_; ++at)
        out.push_back(ring_[static_cast<std::size_t>(at) % seconds_kept]);
    return out;
}

std::vector<NoisyNetwork> Traffic::noisiest(std::size_t most) const {
    std::vector<NoisyNetwork> found;
    for (const Networks& table : networks_) {
        for (const std::size_t slot : table.top(most)) {
            const Network& network = table.payload(slot);
            const std::uint64_t attempts = table.count(slot) - table.error(slot);
            found.push_back({network.example, network.as_number, attempts, network.stopped, network.last});
        }
    }
    join_same(found);
    std::ranges::sort(found, [](const NoisyNetwork& a, const NoisyNetwork& b) {
        return a.attempts != b.attempts ? a.attempts > b.attempts : a.example < b.example;
    });
    if (found.size() > most) found.resize(most);
    return found;
}

}  // namespace tidegate::guard

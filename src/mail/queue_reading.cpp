#include "mail/queue_reading.h"

#include <algorithm>
#include <utility>

namespace tidegate::mail {
namespace {

constexpr std::size_t most_known_domains = 4096;

void keep_longest(std::optional<Duration>& longest, Duration age) {
    longest = std::max(longest.value_or(age), age);
}

}  // namespace

bool QueueReading::counts(const wire::QueuedMail& mail) const {
    return lens_.domains.empty() || std::ranges::any_of(mail.domains, [this](const std::string& each) {
               return std::ranges::find(lens_.domains, each) != lens_.domains.end();
           });
}

void QueueReading::take(const wire::QueuedMail& mail) {
    if (!counts(mail)) return;
    if (mail.place == wire::QueuePlace::held) {
        ++figures_.held;
        return;
    }
    ++figures_.waiting;
    figures_.active += mail.place == wire::QueuePlace::active ? 1 : 0;
    figures_.deferred += mail.place == wire::QueuePlace::deferred ? 1 : 0;
    figures_.bytes += mail.bytes;
    const Duration age = std::max(moment_ - mail.arrival, Duration{});
    figures_.late += age >= lens_.late_after && age <= QueueFigures::recent ? 1 : 0;
    keep_longest(figures_.oldest, age);
    if (mail.arrival >= came_from_) keep_longest(figures_.oldest_of_recent, age);
    count_domains(mail);
}

void QueueReading::count_domains(const wire::QueuedMail& mail) {
    for (const std::string& each : mail.domains) {
        if (domains_.size() >= most_known_domains && !domains_.contains(each)) forget_small_ones();
        ++domains_[each];
    }
}

// Half of them, so that it does not happen for each that comes.
void QueueReading::forget_small_ones() {
    std::vector<std::uint64_t> counts;
    counts.reserve(domains_.size());
    for (const auto& [name, messages] : domains_) counts.push_back(messages);
    const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
    std::ranges::nth_element(counts, middle);
    std::erase_if(domains_, [least = *middle](const auto& each) { return each.second <= least; });
}

QueueFigures QueueReading::figures() const {
    QueueFigures out = figures_;
    for (const auto& [name, messages] : domains_) out.domains.push_back({name, messages});
    const auto before = [](const QueueFigures::Domain& one, const QueueFigures::Domain& other) {
        return std::pair(other.messages, std::string_view(one.name)) <
               std::pair(one.messages, std::string_view(other.name));
    };
    const std::size_t shown = std::min(out.domains.size(), QueueFigures::most_domains);
    std::ranges::partial_sort(out.domains, out.domains.begin() + static_cast<std::ptrdiff_t>(shown), before);
    out.domains.resize(shown);
    return out;
}

}  // namespace tidegate::mail

#include "guard/mail_visits.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <thread>
#include <utility>

namespace tidegate::guard {
namespace {

std::size_t bytes_of(const MailVisit& visit) {
    std::size_t bytes = sizeof visit + visit.listener.size();
    for (const auto* names : {&visit.domains, &visit.mailboxes})
        for (const std::string& name : *names) bytes += sizeof name + name.size();
    return bytes;
}

}  // namespace

// A thread keeps to its stripe, which it seldom shares.
MailVisits::Stripe& MailVisits::mine() {
    return stripes_[std::hash<std::thread::id>()(std::this_thread::get_id()) % stripes];
}

void MailVisits::add(MailVisit visit) {
    Stripe& stripe = mine();
    const std::size_t bytes = bytes_of(visit);
    const std::scoped_lock lock(stripe.mutex);
    if (stripe.visits.size() >= most_in_stripe || stripe.bytes + bytes > most_bytes_in_stripe) {
        ++stripe.left_out;
        return;
    }
    stripe.bytes += bytes;
    stripe.visits.push_back(std::move(visit));
}

void MailVisits::turned_away(std::string_view listener, Time now) {
    Stripe& stripe = mine();
    const std::scoped_lock lock(stripe.mutex);
    auto found = stripe.turned_away.find(listener);
    if (found == stripe.turned_away.end()) {
        if (stripe.turned_away.size() >= most_listeners) {
            ++stripe.left_out;
            return;
        }
        MailVisit first{
            .address = {}, .end = VisitEnd::turned_away, .times = 0, .listener = std::string(listener)};
        found = stripe.turned_away.emplace(listener, std::move(first)).first;
    }
    MailVisit& all = found->second;
    all.time = std::max(all.time, now);
    if (all.times < std::numeric_limits<std::uint32_t>::max()) ++all.times;
}

std::vector<MailVisit> MailVisits::take() {
    std::vector<MailVisit> out;
    for (Stripe& stripe : stripes_) {
        std::vector<MailVisit> visits;
        std::map<std::string, MailVisit, std::less<>> away;
        {
            const std::scoped_lock lock(stripe.mutex);
            visits = std::exchange(stripe.visits, {});
            away = std::exchange(stripe.turned_away, {});
            stripe.bytes = 0;
        }
        std::ranges::move(visits, std::back_inserter(out));
        for (auto& [listener, visit] : away) out.push_back(std::move(visit));
    }
    std::ranges::sort(out, {}, &MailVisit::time);
    return out;
}

std::uint64_t MailVisits::left_out() const {
    std::uint64_t sum = 0;
    for (const Stripe& stripe : stripes_) {
        const std::scoped_lock lock(stripe.mutex);
        sum += stripe.left_out;
    }
    return sum;
}

}  // namespace tidegate::guard

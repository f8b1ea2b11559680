#include "tell/incident/usual_mail.h"

#include <utility>

namespace tidegate::tell {

void UsualMail::see(const MailVisit& visit) {
    learn_until(visit.time - waits);
    const std::int64_t minute = unix_seconds(visit.time) / 60;
    if (minute > minute_) {
        minute_ = minute;
        of_minute_ = {};
    }
    const std::size_t named = visit.domains.empty() ? 0 : 1;
    std::size_t& taken = of_minute_[2 * static_cast<std::size_t>(visit.end) + named];
    if (taken == most_a_minute) return;
    ++taken;
    waiting_.push_back(visit);
}

void UsualMail::learn_until(Time time) {
    for (; !waiting_.empty() && waiting_.front().time < time; waiting_.pop_front()) {
        ++learned_[static_cast<std::size_t>(waiting_.front().end)];
        spread_.see(waiting_.front());
    }
}

std::vector<MailVisit> UsualMail::part_at(Time began) {
    learn_until(began);
    std::vector<MailVisit> since(waiting_.begin(), waiting_.end());
    waiting_.clear();
    return since;
}

void UsualMail::forget(const AccountTest& is_meant) {
    for (MailVisit& visit : waiting_) std::erase_if(visit.mailboxes, is_meant);
}

}  // namespace tidegate::tell

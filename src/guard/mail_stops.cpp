#include "guard/mail_stops.h"

#include <algorithm>
#include <utility>

#include "judge/mail/mail_knock.h"

namespace tidegate::guard {

Event MailStop::event() const {
    Event out;
    out.time = time;
    out.address = address;
    out.service = Service::smtp;
    out.session = session;
    out.ehlo = ehlo;
    out.listener = listener;
    out.early = early;
    return out;
}

// Numbers follow each other.
const MailStop* MailStops::of_session(std::string_view session) const {
    const auto found = sessions_.find(std::string(session));
    return found == sessions_.end() ? nullptr : &stops_[found->second - stops_.front().number];
}

MailStop& MailStops::begin(const Event& event) {
    if (stops_.size() >= most) drop_oldest();
    ++last_;
    if (!event.session.empty()) sessions_.emplace(event.session, last_);
    MailStop& stop = stops_.emplace_back();
    stop.number = last_;
    stop.address = event.address;
    stop.session = event.session;
    stop.times = 0;
    return stop;
}

void MailStops::add(const Event& event, const Verdict& verdict, bool acts) {
    constexpr std::size_t most_text = 255;  // RFC 5321 4.5.3.1.2
    const auto text = [](std::string_view of) { return std::string(of.substr(0, most_text)); };
    const MailStop* before = of_session(event.session);
    MailStop& stop = before != nullptr ? stops_[before->number - stops_.front().number] : begin(event);
    stop.time = event.time;
    stop.ehlo = text(event.ehlo);
    stop.listener = text(event.listener);
    stop.early = event.early;
    stop.acts = acts;
    ++stop.times;
    stop.verdict = verdict;
}

void MailStops::drop_oldest() {
    sessions_.erase(stops_.front().session);
    stops_.pop_front();
}

std::vector<MailStop> MailStops::of_address(const Address& address, Time since) const {
    constexpr std::size_t shown = 16;
    const std::uint64_t key = judge::sender_key(address);
    std::vector<MailStop> out;
    for (const MailStop& each : stops_)
        if (each.time >= since && judge::sender_key(each.address) == key) out.push_back(each);
    const auto when = [](const MailStop& each) { return std::pair(each.time, each.number); };
    std::ranges::sort(out, std::ranges::greater{}, when);
    if (out.size() > shown) out.resize(shown);
    return out;
}

}  // namespace tidegate::guard

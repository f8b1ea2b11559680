#include "tell/status/mailing.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace tidegate::tell::status {
namespace {

using namespace std::chrono_literals;

constexpr Duration fresh = 24h, confirmable = 48h, retry_one = 10min, note_every = 5s;
constexpr std::chrono::milliseconds look_every = 1s, longest_pause = 10min;
constexpr std::size_t looked_at = 64;  // of those who wait, for one whose time has come

}  // namespace

std::string host_of_url(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    if (url.starts_with('[')) return std::string(url.substr(0, url.find(']') + 1));
    return std::string(url.substr(0, url.find(':')));
}

Mailing::Mailing(MailingPlan plan, std::vector<MailingPage> pages, MailingWorld world)
    : plan_(std::move(plan)), pages_(std::move(pages)), world_(std::move(world)) {
    CHECK(plan_.most_a_minute > 0);
    thread_ = std::thread([this] { run(); });
}

Mailing::~Mailing() {
    stop();
}

void Mailing::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopped_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

bool Mailing::is_stopped() const {
    const std::scoped_lock lock(mutex_);
    return stopped_;
}

bool Mailing::confirm(std::string_view partner, std::string address) {
    const std::scoped_lock lock(mutex_);
    if (asked_.size() >= most_waiting) return false;
    asked_.push_back({.partner = std::string(partner), .address = std::move(address)});
    has_work_ = true;
    wake_.notify_one();
    return true;
}

void Mailing::show(std::string_view partner, std::vector<News> news) {
    const std::scoped_lock lock(mutex_);
    news_.insert_or_assign(std::string(partner), std::move(news));
    has_work_ = true;
    wake_.notify_one();
}

const MailingPage* Mailing::page_of(std::string_view partner) const {
    const auto found = std::ranges::find(pages_, partner, &MailingPage::partner);
    return found == pages_.end() ? nullptr : &*found;
}

// False: it stops.
bool Mailing::pause(std::chrono::milliseconds length, bool for_work) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, length, [&] { return stopped_ || (for_work && has_work_); });
    if (for_work) has_work_ = false;
    return !stopped_;
}

void Mailing::run() {
    const std::chrono::milliseconds between = 60'000ms / plan_.most_a_minute;
    while (!is_stopped()) {
        const bool sent = send_one();
        note();
        std::chrono::milliseconds length = sent ? between : look_every;
        if (failures_ > 0)
            length = std::min(longest_pause, plan_.first_pause * (1U << std::min(failures_ - 1, 10U)));
        if (!pause(length, !sent && failures_ == 0)) break;
    }
    noted_ = {};
    note();
}

// False: there was nothing to send.
bool Mailing::send_one() {
    if (auto asked = take_asked()) return send_confirmation(std::move(*asked));
    return std::ranges::any_of(pages_, [this](const MailingPage& page) { return send_news(page); });
}

std::optional<Mailing::Asked> Mailing::take_asked() {
    const std::scoped_lock lock(mutex_);
    if (asked_.empty()) return std::nullopt;
    Asked first = std::move(asked_.front());
    asked_.pop_front();
    return first;
}

bool Mailing::send_confirmation(Asked asked) {
    const MailingPage* page = page_of(asked.partner);
    if (page == nullptr || world_.subscribers.has(asked.partner, asked.address)) return false;
    const Wording& words = page->rules.wording;
    const Time now = world_.clock();
    const std::string link = page->rules.forms_url + "confirm?t=" +
                             world_.seal.close({.purpose = Purpose::confirm,
                                                .page = page->partner,
                                                .address = asked.address,
                                                .until = now + confirmable});
    const Sent sent = deliver(
        {.time = now,
         .from = plan_.from,
         .name = page->provider,
         .to = asked.address,
         .subject = words.plain(Phrase::confirm_subject, {{"provider", page->provider}}),
         .text = words.plain(Phrase::confirm_text, {{"provider", page->provider}, {"link", link}}) + "\n",
         .host = host_of_url(page->rules.url)});
    if (sent.arrived || sent.is_final || ++asked.tries >= most_tries) return true;
    const std::scoped_lock lock(mutex_);
    asked_.push_back(std::move(asked));
    return true;
}

std::vector<News> Mailing::news_for(const std::string& partner) const {
    const std::scoped_lock lock(mutex_);
    const auto found = news_.find(partner);
    return found == news_.end() ? std::vector<News>() : found->second;
}

bool Mailing::send_news(const MailingPage& page) {
    const std::vector<News> news = news_for(page.partner);
    const Time now = world_.clock();
    if (news.empty() || news.back().time + fresh < now) return false;
    const Time newest = news.back().time;
    for (const Subscriber& each : world_.subscribers.behind(page.partner, newest, looked_at)) {
        if (const auto trial = trials_.find(each.address); trial != trials_.end() && trial->second.next > now)
            continue;
        std::string text;
        for (const News& one : news)
            if (one.time > each.told && one.time + fresh >= now) text += one.text;
        const std::string leave =
            page.rules.forms_url + "unsubscribe?t=" +
            world_.seal.close({.purpose = Purpose::leave, .page = page.partner, .address = each.address});
        text += "-- \n" +
                page.rules.wording.plain(Phrase::mail_footer, {{"url", page.rules.url}, {"leave", leave}}) +
                "\n";
        settle(each, newest,
               deliver({.time = now,
                        .from = plan_.from,
                        .name = page.provider,
                        .to = each.address,
                        .subject = news.back().subject,
                        .text = std::move(text),
                        .leave = leave,
                        .host = host_of_url(page.rules.url)}));
        return true;
    }
    return false;
}

void Mailing::settle(const Subscriber& subscriber, Time until, const Sent& sent) {
    Trial& trial = trials_[subscriber.address];
    trial.next = world_.clock() + retry_one;
    if (!sent.arrived && !sent.is_final && ++trial.tries < most_tries) return;
    trials_.erase(subscriber.address);
    world_.subscribers.told(subscriber, until);
}

Sent Mailing::deliver(const StatusMail& mail) {
    Sent sent = world_.send(mail.to, status_mail_text(mail), [this] { return is_stopped(); });
    const bool well = sent.arrived || sent.is_final;  // a server that refuses one address is well
    if (is_stopped()) return sent;
    if (well && failures_ > 0) world_.told(true, {});
    if (!well && failures_ == 0) {
        std::string said = sent.said;
        for (std::size_t at = said.find(mail.to); at != std::string::npos; at = said.find(mail.to))
            said.replace(at, mail.to.size(), "(a subscriber)");
        world_.told(false, said);
    }
    failures_ = well ? 0 : failures_ + 1;
    return sent;
}

void Mailing::note() {
    const Time now = world_.clock();
    if (now - noted_ < note_every) return;
    noted_ = now;
    if (const auto done = world_.subscribers.note(); !done) world_.told(false, done.error().text());
}

}  // namespace tidegate::tell::status

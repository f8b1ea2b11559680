#pragma once
// E-mails to subscribers: one after the other, no faster than the server should bear.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/time.h"
#include "tell/alert/route.h"
#include "tell/status/seal.h"
#include "tell/status/site.h"
#include "tell/status/subscribers.h"
#include "tell/status/update_mail.h"

namespace tidegate::tell::status {

/// What Mailing needs of the world. All of it outlives it; functions are called on its thread.
struct MailingWorld {
    std::function<Time()> clock;
    /// Hands a text over for one address.
    std::function<Sent(const std::string& to, std::string text, const GivenUp&)> send;
    /// The server does not take them (the words are harmless, and name no subscriber), or does again.
    std::function<void(bool well, const std::string& said)> told;
    Subscribers& subscribers;
    const Seal& seal;
};

struct MailingPlan {
    std::string from;
    unsigned most_a_minute = 120;
    std::chrono::milliseconds first_pause = std::chrono::seconds(10);  // after a failure; doubles
};

/// What one page's mails say of it.
struct MailingPage {
    std::string partner, provider;
    SiteRules rules;
};

/// Confirmations first, then each subscriber's news: several that came meanwhile go in one mail. News of more
/// than a day ago is not sent any more. Bounces are nobody's business: what the server does not take in five
/// tries, or for good, is dropped. A kill may cost a few of them a second copy, never a mail.
/// Thread: any.  Cost: takes a lock; sending is on a thread of its own.
class Mailing {
public:
    static constexpr std::size_t most_waiting = 256;  // confirmations
    static constexpr unsigned most_tries = 5;

    Mailing(MailingPlan plan, std::vector<MailingPage> pages, MailingWorld world);
    ~Mailing();  // stop()
    Mailing(const Mailing&) = delete;
    Mailing& operator=(const Mailing&) = delete;

    /// False: there are too many already.
    [[nodiscard]] bool confirm(std::string_view partner, std::string address);
    /// All that there is to tell; who was told of it is not told again.
    void show(std::string_view partner, std::vector<News> news);
    void stop();

private:
    struct Asked {
        std::string partner, address;
        unsigned tries = 0;
    };
    struct Trial {
        unsigned tries = 0;
        Time next{};
    };

    void run();
    [[nodiscard]] bool pause(std::chrono::milliseconds length, bool for_work);
    [[nodiscard]] bool send_one();
    [[nodiscard]] std::optional<Asked> take_asked();
    [[nodiscard]] bool send_confirmation(Asked asked);
    [[nodiscard]] bool send_news(const MailingPage& page);
    [[nodiscard]] std::vector<News> news_for(const std::string& partner) const;
    void settle(const Subscriber& subscriber, Time until, const Sent& sent);
    [[nodiscard]] Sent deliver(const StatusMail& mail);
    void note();
    [[nodiscard]] const MailingPage* page_of(std::string_view partner) const;
    [[nodiscard]] bool is_stopped() const;

    MailingPlan plan_;
    std::vector<MailingPage> pages_;
    MailingWorld world_;
    // The thread's own:
    std::map<std::string, Trial> trials_;  // by address
    unsigned failures_ = 0;                // one after the other
    Time noted_{};

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    // Under the lock:
    std::deque<Asked> asked_;
    std::map<std::string, std::vector<News>, std::less<>> news_;
    bool has_work_ = false, stopped_ = false;
    std::thread thread_;
};

/// "status.example.org": of "https://status.example.org:8443/x/".
[[nodiscard]] std::string host_of_url(std::string_view url);

}  // namespace tidegate::tell::status

#pragma once
// Hosts that send us mail, and what they do with what is not taken.

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "drill/crowd/judging.h"
#include "drill/crowd/shore.h"

namespace tidegate::drill {

/// Every kind of mail of a scenario.  Thread: one at a time.  Cost: some events for each message.
class Senders {
public:
    Senders(Shore& shore, std::uint64_t seed);

    /// What was there in the week before is told to the judges.
    void remember(Judging& judges);
    void start();
    void next(Moment at, std::uint32_t kind);
    void resend(Moment at, std::uint32_t message);
    void redial(Moment at, CallId call);
    void speak(Moment at, CallId call);
    void hear(const Reply& reply);
    /// All is over: what is still on its way was not served.
    void finish();

    /// Where one of the legitimate hosts is.
    [[nodiscard]] Place somewhere(Dice& dice) const;

private:
    enum class Style : std::uint8_t { postfix, exim, large };  // of coming again
    struct Host {
        Place place;
        Guest guest;
        std::string ehlo;
        Moment round_trip = 0;
        bool known = false, early = false;
        Style style = Style::postfix;
    };
    struct Kind {
        std::vector<Host> hosts;
        Weighted shares;
        double a_second = 0;
    };
    struct Message {
        Moment born = 0;
        std::uint32_t kind = 0, host = 0;
        std::uint8_t tries = 0, syns = 0;
        Deserves deserves = Deserves::taking;
        std::string_view recipient{};
        bool reached = false;  // a server looked at it
        bool used = false;
    };

    struct Memory {
        Moment at = 0;
        std::uint32_t kind = 0, host = 0;
        std::uint64_t stranger = 0;  // another machine of that network, unless 0
        Deserves deserves = Deserves::taking;
        std::string_view recipient{};
    };

    void make(const MailKind& rules, Kind& kind);
    [[nodiscard]] std::uint32_t new_message(const Message& message);
    void recall_week(std::uint32_t kind, std::vector<Memory>& out);
    void recall_last_day(std::uint32_t kind, std::vector<Memory>& out);
    [[nodiscard]] Deserves fate(const MailKind& rules);
    [[nodiscard]] std::string_view recipient_for(Deserves deserves);
    void dial(Moment at, std::uint32_t message);
    void put_off(Moment at, std::uint32_t message);
    void over(std::uint32_t message, std::optional<Moment> taken);
    void count(const Message& message, std::optional<Moment> taken);
    void count_in(MailCount& count, const Message& message, std::optional<Moment> taken, Moment until);
    void count_spam(const Message& message, bool taken);
    [[nodiscard]] Message& message_of(CallId call) { return messages_[shore_.calls.caller(call).who]; }
    [[nodiscard]] MailCount& phase(Moment born);
    [[nodiscard]] Moment again_after(const Message& message);
    [[nodiscard]] Moment in_life(const Message& message);

    Shore& shore_;
    Dice dice_, to_whom_;  // each for itself, so that neither changes what the other draws
    std::vector<Kind> kinds_;
    std::vector<Message> messages_;
    std::vector<std::uint32_t> free_;
    MailCount uncounted_;
};

}  // namespace tidegate::drill

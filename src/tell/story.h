#pragma once
// The sentences that all forms of the report share.

#include <string>
#include <vector>

#include "tell/report.h"

namespace tidegate::tell {

/// What happened, in one sentence.
[[nodiscard]] std::string what_happened(const Report& report);
/// What Tidegate would have done about it, beside the others. Empty where nobody logged in or tried to.
[[nodiscard]] std::string what_tidegate_does(const Report& report);

/// An hour in which far fewer or far more customers logged in than is normal.
struct UnusualHour {
    Time start{};
    std::uint64_t logins = 0;
    double normal = 0;
};
/// The worst first, at most `most`; silence of hours that are not whole does not count.
[[nodiscard]] std::vector<UnusualHour> unusual_hours(const Report& report, std::size_t most);
/// "log-ins fell to 31 % of normal on Wed 12 Mar 14:00", or why nothing can be said. Never empty.
[[nodiscard]] std::string against_normal(const Report& report);

/// "1.1 addresses a network, 1.5 attempts an address, IMAP 60 %, ..."
[[nodiscard]] std::string how_spread(const Campaign& campaign);
/// "93 % from 203.0.113.0/24, 90 % on info@example.org": where a fifth and more came from one place or went
/// for one account. Empty where nothing stands out. May hold an account's name where `names`.
[[nodiscard]] std::string how_narrow(const Campaign& campaign, bool names);
/// Those that made one in a hundred attempts and more of `all`.
template <class Item>
[[nodiscard]] std::vector<Item> standing_out(const std::vector<Item>& items, std::uint64_t all) {
    std::vector<Item> found;
    for (const Item& item : items) {
        if (item.attempts * 100 >= all) found.push_back(item);
    }
    return found;
}
/// "none stands out: the largest made 8 of 60,659 attempts".
[[nodiscard]] std::string none_stands_out(std::uint64_t largest, std::uint64_t all);
/// "by ..." the two most frequent kinds of heaviest evidence with their shares. Empty where the judge had
/// none.
[[nodiscard]] std::string by_what(const Campaign& campaign);
/// "from about 298,000 addresses in 52,000 networks on 18,000 accounts".
[[nodiscard]] std::string from_where(const Campaign& campaign);

/// "AS64500 Example Net".
[[nodiscard]] std::string as_text(const AutonomousSystem& as);
/// Name or pseudonym, harmless in a terminal.
[[nodiscard]] std::string shown(const AccountLabel& account, bool names);
/// "a place new to the account +12.0, ..."; with names in full detail.
[[nodiscard]] std::string reasons(const Login& login, bool names);
/// What was read: "mail.log and 3 more: 1,000,000 lines (80 MB) in 0.9 s".
[[nodiscard]] std::string what_was_read(const ReadFacts& read);
/// Everything that keeps the report from being the whole truth: unread files, unknown lines, full tables.
[[nodiscard]] std::vector<std::string> reservations(const Report& report);

}  // namespace tidegate::tell

#pragma once
// To whom the mail of a drill goes.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "drill/dice.h"

namespace tidegate::drill {

/// The domains of ours and who has a mailbox there. The n-th domain gets an n-th of the first one's mail.
/// Thread: one at a time.  Cost: a look-up; a string for each mailbox that was ever asked for.
/// Owner: views into it hold as long as it does.
class Recipients {
public:
    explicit Recipients(std::uint32_t domains);

    /// Its number for a draw from 0 to below 1.
    [[nodiscard]] std::uint32_t domain_for(double unit) const { return shares_.at(unit); }
    /// "d1.example.org" is the most popular, whose number is 0.
    [[nodiscard]] static std::string domain(std::uint32_t number);
    /// One of `mailboxes` of a domain, each as likely as the others.
    [[nodiscard]] std::string_view mailbox(std::uint32_t domain, Dice& dice);
    /// A name of `guessed_names` that the domain has not.
    [[nodiscard]] std::string_view nobody(std::uint32_t domain, Dice& dice);

    static constexpr std::uint32_t mailboxes = 200;
    static constexpr std::uint32_t guessed_names = 2'000;

private:
    [[nodiscard]] std::string_view kept(std::uint32_t domain, std::uint32_t name, bool exists);

    Weighted shares_;
    std::unordered_map<std::uint64_t, std::string> names_;
};

}  // namespace tidegate::drill

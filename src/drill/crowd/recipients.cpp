#include "drill/crowd/recipients.h"

#include <fmt/format.h>

namespace tidegate::drill {

Recipients::Recipients(std::uint32_t domains) : shares_(zipf(domains, 1)) {}

std::string Recipients::domain(std::uint32_t number) {
    return fmt::format("d{}.example.org", number + 1);
}

std::string_view Recipients::mailbox(std::uint32_t domain, Dice& dice) {
    return kept(domain, dice.below(mailboxes), true);
}

std::string_view Recipients::nobody(std::uint32_t domain, Dice& dice) {
    return kept(domain, dice.below(guessed_names), false);
}

std::string_view Recipients::kept(std::uint32_t domain, std::uint32_t name, bool exists) {
    std::string& text = names_[std::uint64_t{domain} << 32 | std::uint64_t{name} << 1 | (exists ? 1 : 0)];
    if (text.empty())
        text = fmt::format("{}{}@{}", exists ? "user" : "nobody", name, Recipients::domain(domain));
    return text;
}

}  // namespace tidegate::drill

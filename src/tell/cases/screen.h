#pragma once
// What people wrote, as it may be public.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/incident.h"
#include "tell/incident/public_text.h"

namespace tidegate::tell {

/// Takes out of a text what the public must not read: names of accounts that the incident knows (PublicText),
/// addresses of the Internet, mail addresses that are no contacts of ours, names of partners.
/// Thread: any.  Cost: linear in the text, times the names.
class Screen {
public:
    /// `incident` may be nothing; `contacts` are mail addresses that may stand; `partners` are names that
    /// may not.
    Screen(const Incident* incident, std::span<const std::string> contacts,
           std::vector<std::string> partners);
    [[nodiscard]] std::string text(std::string_view text) const;

private:
    [[nodiscard]] bool is_contact(std::string_view address) const;
    [[nodiscard]] std::string word(std::string_view word) const;

    PublicText names_;
    std::vector<std::string> contacts_, partners_;
};

}  // namespace tidegate::tell

// A RCPT command that says anything: what comes out is a domain's name in lower case, or nothing; a mailbox
// is of that domain; and reading again what was read gives the same.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/mail/recipient.h"
#include "wire/mail/smtp_words.h"

using namespace tidegate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    const std::string domain = wire::recipient_domain(line), mailbox = wire::recipient_mailbox(line);
    CHECK(domain.size() <= wire::most_domain_bytes);
    CHECK(domain.find_first_of(" \t\r\n<>@\"[](),:;\\") == std::string::npos);
    CHECK(std::ranges::none_of(domain, [](char c) { return c >= 'A' && c <= 'Z'; }));
    if (mailbox.empty()) return 0;
    CHECK(mailbox.size() <= wire::most_local_part_bytes + 1 + domain.size());
    CHECK(!domain.empty() && mailbox.ends_with('@' + domain));
    const std::string again = "RCPT TO:<" + mailbox + ">";
    // A local part with a bracket or a route's sign in it means something else where it stands alone.
    if (!mailbox.starts_with('@') && mailbox.find_first_of("<>@\"\\:") == mailbox.find('@')) {
        CHECK(wire::recipient_domain(again) == domain);
        CHECK(wire::recipient_mailbox(again) == mailbox);
    }
    return 0;
}

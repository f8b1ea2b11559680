#include "wire/queue/domains.h"

#include <algorithm>

#include "wire/queue/queued_mail.h"

namespace tidegate::wire {

void add_domain_of(std::string_view address, std::vector<std::string>& to) {
    constexpr std::size_t longest = 255;  // RFC 1035 2.3.4
    const auto at = address.rfind('@');
    if (at == std::string_view::npos || to.size() >= QueuedMail::most_domains) return;
    std::string domain(address.substr(at + 1, longest + 1));
    if (domain.empty() || domain.size() > longest) return;
    std::ranges::transform(domain, domain.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (std::ranges::find(to, domain) == to.end()) to.push_back(std::move(domain));
}

}  // namespace tidegate::wire

#include "edge/recipients_heard.h"

#include <algorithm>
#include <utility>

#include "wire/mail/recipient.h"

namespace tidegate::edge {
namespace {

void add(std::string name, std::vector<std::string>& to) {
    if (name.empty() || to.size() == RecipientsHeard::most) return;
    if (std::ranges::find(to, name) == to.end()) to.push_back(std::move(name));
}

}  // namespace

void RecipientsHeard::hear(std::string_view line) {
    if (domains_.size() == most && mailboxes_.size() == most) return;
    add(wire::recipient_domain(line), domains_);
    add(wire::recipient_mailbox(line), mailboxes_);
}

}  // namespace tidegate::edge

#pragma once
// One connection to port 25, told once it is over: for whoever asks what is attacked.

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"

namespace tidegate {

/// What came of a connection. Those that a server of ours is to blame for are none of these.
enum class VisitEnd : std::uint8_t {
    served,       // mail was taken
    in_vain,      // none was: it said nothing, was stopped, or wrote to nobody that there is
    turned_away,  // it was closed at the accept: nothing is known of it but where it came in
};

/// A client that names a thousand recipients is one visit, and each name is told once. Names are lower case,
/// not yet safe to print; those behind the first few are left out (edge/recipients_heard.h).
struct MailVisit {
    Time time{};      // when it ended
    Address address;  // the client; none where it was turned away
    VisitEnd end = VisitEnd::in_vain;
    std::uint32_t times = 1;  // alike ones, of those turned away
    std::string listener{};
    std::vector<std::string> domains{}, mailboxes{};  // to whom it said its mail was

    friend bool operator==(const MailVisit&, const MailVisit&) = default;
};

}  // namespace tidegate

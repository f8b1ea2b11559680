#pragma once
// What an operator decides about mail on port 25; everything else is learned. Plain data, sealed before use.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "event/verdict.h"
#include "judge/policy.h"

namespace tidegate::judge {

/// Weights and thresholds are set for port 25 and have nothing to do with those of log-ins: a list of dial-up
/// addresses is right here and wrong there.
struct MailPolicy {
    /// Exceptions, forwarders and the names of block lists, as for log-ins. Never null.
    std::shared_ptr<const Policy> common = std::make_shared<const Policy>();
    /// Names that only we have: of our machines and domains, in lower case. Who uses one is no mail server.
    std::vector<std::string> own_names;
    /// Prior weight of being named by a list. Of the sources of spam 80 % were named by a list (Jung and Sit,
    /// "An empirical study of spam traffic and the use of DNS black lists", IMC 2004); of other people's
    /// servers it is taken to be 4 %.
    Decibans list_prior = Decibans::of(13);

    Decibans defer_at = Decibans::of(18);   // from here on it is asked to come again
    Decibans refuse_at = Decibans::of(36);  // ... it is refused, however often it comes

    std::size_t memory_bytes = std::size_t{32} << 20;  // for all tables together
};

}  // namespace tidegate::judge

#pragma once
// What an operator settles beforehand about cases: plain data, made of the settings.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "event/incident.h"
#include "tell/zone.h"

namespace tidegate::tell {

/// What goes out by itself if nobody approves, edits or holds it.
enum class Automatic : std::uint8_t {
    none,
    hurting,  // where a service is measured to be slow, disturbed or down
    all,      // whatever opens an incident
};

struct ServiceRule {
    std::string name, label;
    std::vector<std::string>
        watches;  // "imap", "submission", ...: a service; "server:imap1": a server; "queue:relay"
};

/// A reseller: has a page under his own name.
struct PartnerRule {
    std::string name, label;
};

/// Words for customers in a kind of case. The first that fits is taken.
struct CaseTemplate {
    std::string name{};
    std::optional<Cause> cause{};         // nothing: any
    std::vector<std::string> services{};  // one of them is hurt; empty: any
    std::string title{}, text{};  // "{since}", "{services}" and "{measured}" are filled in; empty: as without
    std::vector<std::string> meanwhile{}, steps{};
};

/// A report that is owed to somebody so long after a case was opened.
struct ReportRule {
    std::string name;
    Duration within;
};

struct CaseRules {
    std::string provider{};
    std::string zone_name{};  // IANA; empty: the machine's
    Zone zone{};
    Automatic automatic = Automatic::all;
    Duration open_when_hurt = std::chrono::minutes(5);  // a service, and no case is about it; 0: never
    Duration publish_after = std::chrono::seconds(30);
    Duration update_every = std::chrono::minutes(30);
    Duration remind_before = std::chrono::minutes(5);
    Duration watch_for = std::chrono::hours(1);
    Duration partner_lead{};  // partners know before our own page says it
    std::vector<std::string> checks{};
    std::vector<std::string> contacts{};  // mail addresses that may stand in public texts
    std::vector<ServiceRule> services{};
    std::vector<PartnerRule> partners{};
    std::vector<CaseTemplate> templates{};
    std::vector<ReportRule> reports{};
    std::vector<std::string> outlets{};  // names; what is published goes to each

    /// How long our own page waits for the partners' to say it first.
    [[nodiscard]] Duration own_lead() const { return partners.empty() ? Duration{} : partner_lead; }
};

}  // namespace tidegate::tell

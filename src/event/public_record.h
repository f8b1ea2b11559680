#pragma once
// What customers may know: plain data, which the case book makes and the public page shows.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace tidegate {

/// How a service is, as customers meet it; the worse the later.
enum class ServiceState : std::uint8_t {
    working,
    unknown,      // nobody watched
    maintenance,  // announced work
    slow,
    disturbed,  // for some, or with errors
    down,
};

/// Where an incident stands.
enum class PublicState : std::uint8_t { investigating, identified, mending, watching, over };

/// One text that went out. All texts of this file are as people wrote them, or were drawn up by Tidegate and
/// approved: not yet safe to print as HTML.
struct PublicUpdate {
    Time time{};
    PublicState state = PublicState::investigating;
    std::string text{};    // plain; an empty line parts paragraphs
    std::string source{};  // a supplier whose notice is relayed, or a link to it; empty: we say it

    friend bool operator==(const PublicUpdate&, const PublicUpdate&) = default;
};

struct PublicIncident {
    std::string id{};  // as Incident::id; of one that no incident opened "case-7"
    std::string title{};
    PublicState state = PublicState::investigating;
    std::vector<std::string> services;  // names of PublicService
    ServiceState worst = ServiceState::disturbed;
    Time began{};
    std::optional<Time> over{};
    std::optional<Time> next_update_by{};  // promised
    std::vector<PublicUpdate> updates;     // in order of time
    std::vector<std::string> meanwhile;    // what works instead ("use webmail: https://...")
    std::vector<std::string> steps;        // what customers can do themselves
    std::string post_mortem{};             // published; Markdown of our own, empty: none
    std::string plot{};                    // of its hours: an SVG document of our own; empty: none
    std::optional<Time> reported{};        // when the post-mortem was published

    friend bool operator==(const PublicIncident&, const PublicIncident&) = default;
};

/// Announced work.
struct PublicWork {
    std::string id{};
    std::string title{}, text{};
    std::vector<std::string> services;
    Time from{}, until{};
    Time changed{};  // when what is said of it was last said
    bool under_way = false, done = false, called_off = false;

    friend bool operator==(const PublicWork&, const PublicWork&) = default;
};

/// A day of a service, in the provider's zone.
struct ServiceDay {
    std::chrono::year_month_day day{};
    ServiceState worst = ServiceState::unknown;
    std::uint32_t minutes_hurt = 0;  // slow, disturbed or down
    std::uint32_t minutes_down = 0;  // of these

    friend bool operator==(const ServiceDay&, const ServiceDay&) = default;
};

struct PublicService {
    std::string name{};   // "imap"
    std::string label{};  // "Reading mail with a mail program (IMAP)"
    ServiceState now = ServiceState::unknown;
    std::vector<ServiceDay> days;  // in order, the last is today; at most 90

    friend bool operator==(const PublicService&, const PublicService&) = default;
};

/// All that the public page says at one moment. Nothing in it names an account, an address of a client, or a
/// partner other than the one whose page it is.
struct PublicRecord {
    Time made{};
    std::string provider{};  // or the partner under whose name it goes out
    std::string partner{};   // whose page; empty: our own
    std::string zone{};      // IANA
    std::vector<PublicService> services;
    std::vector<PublicIncident> incidents;  // newest first; those that are not over before the others
    std::vector<PublicWork> work;           // in order of `from`

    friend bool operator==(const PublicRecord&, const PublicRecord&) = default;
};

}  // namespace tidegate

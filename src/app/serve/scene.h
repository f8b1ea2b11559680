#pragma once
// What the daemon tells those who look at it: one JSON object, and the screen that `tidegate top` makes of
// it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "act/firewall.h"
#include "app/serve/edge_standing.h"
#include "base/time.h"
#include "guard/desk.h"
#include "mail/queue_order.h"
#include "observe/dnsbl/standing.h"
#include "tell/alert/alerts.h"

namespace tidegate::app {

/// What the desk does not know.
struct Surroundings {
    struct Door {
        std::string listen, kind;
        std::uint64_t questions = 0, unjudged = 0, broken = 0, connections = 0;
    };
    struct Source {
        std::string name;
        std::uint64_t lines = 0, unknown = 0, bytes_behind = 0;
        std::string trouble;  // empty: none
    };
    Time now{}, started{};
    std::vector<Door> doors;
    std::vector<Source> sources;
    std::string journal_state = "none";  // ok, full, failed
    std::uint64_t journal_bytes = 0, journal_entries = 0, journal_lost = 0;
    Time checkpoint{};                // the last one; the epoch: none
    std::chrono::microseconds lag{};  // of the slowest thread that answers
    std::optional<act::FirewallStanding> firewall;
    std::vector<observe::ZoneStanding> zones;
    tell::AlertCounts alerts;
    std::optional<EdgeStanding> edge;
    std::vector<mail::QueueStanding> queues;
};

/// The object of GET /v1/scene (docs/control-openapi.yaml), with the latest `most` refusals and networks.
[[nodiscard]] std::string scene_json(const guard::Desk& desk, const Surroundings& around, std::size_t most);

struct ScreenSize {
    unsigned columns = 80, rows = 24;
    bool utf8 = true;
    bool colour = true;
};

/// A screen of text with line ends, no line wider than the terminal, no more of them than it has rows.
/// Fails: `json` that is no scene becomes a screen that says so.
[[nodiscard]] std::string top_screen(std::string_view json, const ScreenSize& size);

}  // namespace tidegate::app

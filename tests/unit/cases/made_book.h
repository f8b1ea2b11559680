#pragma once
// A case book with a clock of its own and incidents that are made up.

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tell/cases/book.h"
#include "tell/cases/kept.h"
#include "tell/cases/public_side.h"

namespace tidegate::tell {

using namespace std::chrono_literals;

inline constexpr Time noon = time_of_unix(1'785'931'200);  // 2026-08-05T12:00:00Z

inline CaseRules made_rules() {
    CaseRules rules;
    rules.provider = "Example Mail";
    rules.zone_name = "UTC";
    rules.zone = Zone("UTC");
    rules.services = {{.name = "imap", .label = "IMAP", .watches = {"imap"}}};
    rules.contacts = {"support@example.org"};
    return rules;
}

inline Measured working() {
    return {
        .services = {{.name = "imap", .label = "IMAP", .state = ServiceState::working, .since = noon - 1h}}};
}

inline Measured slow() {
    return {.services = {{.name = "imap",
                          .label = "IMAP",
                          .state = ServiceState::slow,
                          .since = noon,
                          .wait_s = 4,
                          .usual_wait_s = 0.3}}};
}

struct MadeBook {
    Time now = noon;
    std::vector<IncidentHead> heads;
    Incident incident;  // whichever is asked for
    Measured measured = working();
    CaseBook book;
    std::vector<CaseNews> news;  // all so far

    explicit MadeBook(CaseRules rules = made_rules())
        : book(std::move(rules), [this](std::string_view id) { return found(id); }) {}
    MadeBook(const MadeBook&) = delete;
    MadeBook& operator=(const MadeBook&) = delete;

    [[nodiscard]] std::optional<Incident> found(std::string_view id) const {
        if (std::ranges::find(heads, id, &IncidentHead::id) == heads.end()) return std::nullopt;
        Incident out = incident;
        out.id = id;
        return out;
    }
    /// A second at a time, as the daemon does.
    void pass(Duration span) {
        for (const Time end = now + span; now < end;) {
            now += 1s;
            look();
        }
    }
    void look() {
        book.follow(heads, measured, now);
        book.tick(measured, now);
        for (CaseNews& each : book.take_news()) news.push_back(std::move(each));
    }
    std::string attack(std::string id = "2026-08-05-1") {
        incident.cause.probability = {0.95, 0.03, 0.02};
        heads.push_back({.id = id,
                         .title = "a flood",
                         .state = IncidentState::open,
                         .began = now,
                         .opened = now,
                         .closed = {},
                         .alarms = 1});
        look();
        return id;
    }
    void end_incident(IncidentState state = IncidentState::closed) {
        heads.back().state = state;
        heads.back().closed = now;
        look();
    }
    /// As after kill -9: what was kept is all that there is.
    void restart() {
        const auto read = read_case_state(case_state_text(book.state()));
        book = CaseBook(book.rules(), [this](std::string_view id) { return found(id); }, read.value());
    }
    [[nodiscard]] std::size_t count(CaseNews::Kind kind) const {
        return static_cast<std::size_t>(std::ranges::count(news, kind, &CaseNews::kind));
    }
    [[nodiscard]] PublicRecord page(std::string_view partner = {}) const {
        return public_record(book, {}, partner, now);
    }
    [[nodiscard]] const CaseRecord& one() const { return book.state().cases.at(0); }
};

}  // namespace tidegate::tell

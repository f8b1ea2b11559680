#pragma once
// What the case book keeps of one incident, as people work with it: plain data. The record of what was seen,
// done and said is the Incident's; this has what customers are told, and what was promised.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "event/incident.h"
#include "event/public_record.h"

namespace tidegate::tell {

/// Who a text names that no person wrote, or let out.
inline constexpr std::string_view drawn_up = "Tidegate";

/// "case-7": of those that no incident opened.
inline constexpr std::string_view case_prefix = "case-";

enum class NoteKind : std::uint8_t { note, action, seen };

/// For those who work on it; never public.
struct CaseNote {
    Time time{};
    NoteKind kind = NoteKind::note;
    std::string who{};  // "Tidegate", or the name of a person
    std::string text{};

    friend bool operator==(const CaseNote&, const CaseNote&) = default;
};

enum class UpdateStage : std::uint8_t {
    draft,      // goes out by itself where it has a time for that
    held,       // only by hand
    published,  // went out, and stays
    dropped,    // another one took its place
};

/// A text for customers, from its draft on.
struct CaseUpdate {
    std::uint32_t number = 0;  // within the case, from 1
    UpdateStage stage = UpdateStage::draft;
    Time made{};
    std::string author{};            // of the words
    std::string approver{};          // who let it out
    std::optional<Time> goes_out{};  // by itself, as long as it is a draft
    std::optional<Time> published{};
    std::optional<Duration> next_in{};  // the promise that it makes; nothing: none
    PublicState state = PublicState::investigating;
    ServiceState worst = ServiceState::working;
    std::string title{};                  // the case's from then on; empty: as before
    std::vector<std::string> services{};  // that are hurt
    std::string text{};
    std::string source{};  // as PublicUpdate has it
    std::vector<std::string>
        pending{};  // "mail", "mail@reseller": outlets, and for whose page, that it has not reached

    friend bool operator==(const CaseUpdate&, const CaseUpdate&) = default;
};

/// The next update, or a report that is due.
struct Promise {
    std::string name{};  // of a report; empty: the next update
    Time due{};
    bool reminded = false, broken = false;  // and told
    std::optional<Time> kept{};

    friend bool operator==(const Promise&, const Promise&) = default;
};

/// What is to be looked at before a case counts as over.
struct CaseCheck {
    std::string text{};
    std::string who{};
    std::optional<Time> done{};

    friend bool operator==(const CaseCheck&, const CaseCheck&) = default;
};

/// Calls to support since the count before.
struct SupportCount {
    Time time{};
    std::string who{};
    std::uint32_t calls = 0;
    double mean_seconds = 0, longest_seconds = 0;  // on hold

    friend bool operator==(const SupportCount&, const SupportCount&) = default;
};

struct PostMortem {
    std::string text{};  // Markdown of ours; empty: none yet
    std::string author{};
    Time changed{};
    std::optional<Time> published{};
    std::string plot{};  // SVG of its hours, as it was published; empty: none is known

    friend bool operator==(const PostMortem&, const PostMortem&) = default;
};

struct CaseRecord {
    std::string id{};        // the incident's, or "case-7"
    std::string incident{};  // Incident::id; empty: about none; by hand or, where `opened_by` is drawn_up,
                             // for services
    std::string opened_by{};
    std::string title{};
    bool is_titled_by_hand = false;
    std::optional<Cause> cause{};  // as the record is sure of it, or a person says it
    bool is_cause_by_hand = false;
    PublicState state = PublicState::investigating;  // of the last update that went out
    std::vector<std::string> services{};             // names of PublicService
    ServiceState worst = ServiceState::working;      // so far
    Time began{}, opened{};
    std::optional<Time> ended{};  // customers are no longer hurt, or no alarm is open any more
    std::optional<Time> over{};
    std::optional<Time> watch_until{};
    IncidentState seen = IncidentState::open;  // as the record last had it, or the services
    std::string during{};                      // announced work that it falls into
    std::vector<CaseNote> notes{};             // in order of time
    std::vector<CaseUpdate> updates{};         // in order of number
    std::optional<Promise> next{};
    std::vector<Promise> reports{};
    std::vector<CaseCheck> checks{};
    bool are_checks_told = false;         // that they are open after the time of watching
    std::vector<SupportCount> support{};  // in order of time
    std::vector<std::string> meanwhile{}, steps{};
    PostMortem post_mortem{};

    friend bool operator==(const CaseRecord&, const CaseRecord&) = default;
};

/// Announced work, with what people wrote about it.
struct WorkRecord {
    PublicWork plan{};
    std::string author{};
    Time announced{};
    bool is_late_told = false;  // not begun, or not done, in time
    std::vector<CaseNote> notes{};

    friend bool operator==(const WorkRecord&, const WorkRecord&) = default;
};

/// All that must outlive the program.
struct CaseState {
    std::uint32_t next_number = 1;    // of "case-N" and "work-N"
    std::vector<CaseRecord> cases{};  // in order of opening
    std::vector<WorkRecord> work{};   // in order of announcing

    friend bool operator==(const CaseState&, const CaseState&) = default;
};

}  // namespace tidegate::tell

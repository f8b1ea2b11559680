#pragma once
// The case book: incidents as people work with them. docs/cases.md has its rules for operators.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "event/incident.h"
#include "event/naming.h"
#include "tell/cases/case.h"
#include "tell/cases/rules.h"
#include "tell/cases/sight.h"
#include "tell/cases/wording.h"

namespace tidegate::tell {

/// Something about a case or announced work that people should hear of.
struct CaseNews {
    enum class Kind : std::uint8_t {
        opened,
        drafted,  // goes out by itself at `time`, or waits for somebody where that is the epoch
        published,
        promise_near,
        promise_broken,
        promise_kept,  // one that had been broken
        checks_open,   // the time of watching is over
        over,
        work_changed,
        work_late,
    };
    Kind kind = Kind::opened;
    std::string id{};
    std::string title{};
    std::string who{};
    std::string text{};  // of an update; of a promise its name; of work what became of it
    Time time{};

    friend bool operator==(const CaseNews&, const CaseNews&) = default;
};

/// One text on its way to one outlet, for one page. `key` is the same however often it is tried.
struct Publication {
    std::string key{};  // "case-7/2@reseller"
    std::string outlet{};
    std::string partner{};  // whose page; empty: our own
    std::string id{};
    std::uint32_t number = 0;  // of the update
    std::string title{};
    PublicUpdate update{};
    std::optional<Time> next_update_by{};

    friend bool operator==(const Publication&, const Publication&) = default;
};

/// What a person says for an update. What is not there stays as the draft has it.
struct UpdateWords {
    std::optional<std::string> text{}, title{}, source{};
    std::optional<PublicState> state{};
    std::optional<ServiceState> worst{};
    std::optional<std::vector<std::string>> services{}, meanwhile{}, steps{};
    std::optional<Duration> next_in{};
    std::string who{};
};

/// A case that a person opens, about no incident of the record.
struct Opening {
    std::string title{}, who{};
    std::vector<std::string> services{};
    std::optional<Cause> cause{};
    std::optional<Time> began{};
};

/// Opens a case for each incident of the record, and where services are hurt without one; draws up what
/// customers should read, lets it out by itself where the rules say so, and keeps an eye on what was
/// promised. All texts for customers are screened on their way in. Takes its time from whoever calls.
///
/// It has no disk: whoever owns it writes state() down before he answers anybody, and tells news and delivers
/// publications only after that.
/// Thread: one at a time.  Cost: microseconds; a suggestion asks for the incident, which costs milliseconds.
/// Memory is bounded.  Fails: what people ask for in vain says why; nothing is changed then.
class CaseBook {
public:
    static constexpr std::size_t most_cases = 200, most_notes = 500, most_updates = 200, most_counts = 500;
    static constexpr std::size_t most_small = 50;       // checks, reports, steps
    static constexpr std::size_t most_text = 4000;      // bytes
    static constexpr std::size_t most_report = 60'000;  // bytes of a post-mortem
    using FindIncident = std::function<std::optional<Incident>(std::string_view id)>;

    CaseBook(CaseRules rules, FindIncident find, CaseState state = {});

    [[nodiscard]] const CaseState& state() const { return state_; }
    [[nodiscard]] const CaseRules& rules() const { return rules_; }
    [[nodiscard]] const CaseRecord* find(std::string_view id) const;
    [[nodiscard]] const WorkRecord* find_work(std::string_view id) const;
    /// As state() was before: what could not be written down did not happen.
    void restore(CaseState state);
    void adopt(CaseRules rules) { rules_ = std::move(rules); }
    /// True once after something changed.
    [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }
    [[nodiscard]] std::vector<CaseNews> take_news() { return std::exchange(news_, {}); }

    // ---- by itself
    /// The incidents that there are.
    void follow(std::span<const IncidentHead> heads, const Measured& measured, Time now);
    /// Time passes: every second or so.
    void tick(const Measured& measured, Time now);
    /// What is to be delivered now, and that it was.
    [[nodiscard]] std::vector<Publication> due(Time now) const;
    void delivered(const Publication& publication);
    /// Texts that name the account that is meant.
    void forget(const AccountTest& is_meant);

    // ---- by people
    [[nodiscard]] Result<std::string> open(const Opening& opening, const Measured& measured, Time now);
    [[nodiscard]] Result<void> note(std::string_view id, CaseNote note);
    /// A draft in somebody's words, which waits for him; without a text, one drawn from measurement. Its
    /// number.
    [[nodiscard]] Result<std::uint32_t> draft(std::string_view id, const UpdateWords& words,
                                              const Measured& measured, Time now);
    /// The draft does not go out by itself. Number 0: the latest.
    [[nodiscard]] Result<std::uint32_t> hold(std::string_view id, std::uint32_t number, std::string_view who,
                                             Time now);
    /// Lets a draft out, with what is edited; without a number the latest, or none: a new text.
    [[nodiscard]] Result<std::uint32_t> publish(std::string_view id, std::uint32_t number,
                                                const UpdateWords& words, Time now);
    [[nodiscard]] Result<void> promise(std::string_view id, Time due, std::string_view who, Time now);
    /// A report that is due: of another name, or the same at another time.
    [[nodiscard]] Result<void> owe(std::string_view id, std::string name, Time due);
    /// All that the rules have, from when the case was opened.
    [[nodiscard]] Result<void> owe_all(std::string_view id);
    [[nodiscard]] Result<void> report(std::string_view id, std::string_view name, std::string_view who,
                                      Time now);
    [[nodiscard]] Result<void> add_check(std::string_view id, std::string text);
    /// `number` from 1.
    [[nodiscard]] Result<void> tick_off(std::string_view id, std::size_t number, std::string_view who,
                                        Time now);
    [[nodiscard]] Result<void> count_support(std::string_view id, SupportCount count);
    /// Of one that is public: at once.
    [[nodiscard]] Result<void> write_post_mortem(std::string_view id, std::string_view text,
                                                 std::string_view who, Time now);
    /// `plot`: post_mortem_plot(), which stays as it is then.
    [[nodiscard]] Result<void> publish_post_mortem(std::string_view id, std::string plot,
                                                   std::string_view who, Time now);

    [[nodiscard]] Result<std::string> announce(PublicWork plan, std::string_view who, Time now);
    enum class WorkAct : std::uint8_t { begin, extend, done, call_off };
    /// `until` is of extend alone.
    [[nodiscard]] Result<void> act(std::string_view id, WorkAct act, std::optional<Time> until,
                                   std::string_view text, std::string_view who, Time now);
    /// Services with announced work under way.
    [[nodiscard]] std::vector<std::string> in_work() const;

private:
    [[nodiscard]] CaseRecord* one(std::string_view id);
    [[nodiscard]] Result<CaseRecord*> known(std::string_view id);
    void tell(CaseNews::Kind kind, const CaseRecord& record, std::string who, std::string text, Time time);
    void add_note(CaseRecord& record, CaseNote note);
    [[nodiscard]] std::string screened(const CaseRecord& record, std::string_view text,
                                       std::size_t most = most_text) const;
    void open_for(const IncidentHead& head, const Measured& measured, Time now);
    void follow_services(const Measured& measured, Time now);
    void open_for_services(const Measured& measured, Time now);
    void drop_unsaid(Time now);
    void follow_one(CaseRecord& record, const IncidentHead& head, const Measured& measured, Time now);
    void calm_down(CaseRecord& record, const IncidentHead& head, const Measured& measured, Time now);
    void learn_cause(CaseRecord& record) const;
    CaseUpdate& add_update(CaseRecord& record, Time now);
    void suggest_by_itself(CaseRecord& record, Occasion occasion, const Measured& measured, Time now,
                           std::optional<Time> goes_out = std::nullopt);
    [[nodiscard]] bool may_go_out(const CaseRecord& record, const CaseUpdate& update) const;
    void apply(const UpdateWords& words, CaseRecord& record, CaseUpdate& update) const;
    void let_out(CaseRecord& record, CaseUpdate& update, std::string_view who, Time now);
    void begin_watch(CaseRecord& record, Time now) const;
    void end(CaseRecord& record, Time now);
    void tick_one(CaseRecord& record, const Measured& measured, Time now);
    void mind(CaseRecord& record, Promise& promise, Duration before, Time now);
    void mind_promises(CaseRecord& record, const Measured& measured, Time now);
    void mind_watch(CaseRecord& record, const Measured& measured, Time now);
    void mind_work(WorkRecord& work, Time now);
    void prune();

    CaseRules rules_;
    FindIncident find_;
    CaseState state_;
    std::vector<CaseNews> news_;
    bool changed_ = false;
};

/// The draft that waits (held or not), the latest; nullptr: none.
[[nodiscard]] CaseUpdate* waiting(CaseRecord& record);
[[nodiscard]] const CaseUpdate* last_published(const CaseRecord& record);

}  // namespace tidegate::tell

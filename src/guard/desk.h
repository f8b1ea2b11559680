#pragma once
// The live judge: where doors ask, logs tell, and operators have their say.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.h"
#include "event/incident.h"
#include "event/mail_visit.h"
#include "event/naming.h"
#include "event/notice.h"
#include "event/verdict.h"
#include "guard/lookout.h"
#include "guard/refusals.h"
#include "guard/traffic.h"
#include "guard/waits.h"
#include "judge/judge.h"
#include "judge/policy.h"
#include "judge/posture.h"

namespace tidegate::guard {

/// Watch: judges and tells, stops nothing. Act: doors answer what was judged.
enum class Mode : std::uint8_t { watch, act };
[[nodiscard]] std::string_view name(Mode);

/// What a door is told.
struct Answer {
    Verdict verdict;    // as judged, whatever the mode
    bool acts = false;  // false: go on, whatever the verdict
    std::string code;   // of what was stopped, or would have been; else empty

    [[nodiscard]] bool stops() const { return acts && is_stopped(verdict.measure); }
};

/// What block lists that have not answered yet could still change about a question.
enum class ListNeed : std::uint8_t {
    nothing,  // it comes from where its account is at home: no list counts there
    later,    // not what is done now, but whoever comes from there next may be another
    now,      // whether it is stopped
};

/// Somebody ended an incident by hand.
struct ClosingNotice {
    Time time{};
    std::string who{};
    std::string incident{};  // Incident::id
    std::string reason{};    // goes into its record; may be empty
};

/// What was folded, in order: for the journal, at once behind it. `answered` is what was done (in watch mode:
/// pass). All pointers are valid during the call.
struct Folded {
    enum class Kind : std::uint8_t {
        attempt,
        tick,
        posture,
        vouch,
        pardon,
        policy,
        // Of the record of incidents:
        words,
        action,
        closing,
        restart,
    };
    Kind kind = Kind::attempt;
    const Event* event = nullptr;       // of an attempt, a vouch, a pardon
    const Verdict* answered = nullptr;  // of an attempt
    std::int64_t seconds = 0;           // of a tick, a posture
    Decibans shift;                     // of a posture
    const WordNotice* words = nullptr;
    const ActionNotice* action = nullptr;
    const ClosingNotice* closing = nullptr;
    const RestartNotice* restart = nullptr;
};

/// A thing worth telling; texts are valid during the call.
struct Happening {
    enum class Kind : std::uint8_t {
        refused,
        would_refuse,
        takeover,
        alarm,
        posture,
        vouched,
        mode,
        incident
    };
    Kind kind = Kind::refused;
    Time time{};
    const Event* event = nullptr;
    const Verdict* verdict = nullptr;
    std::string_view code;
    std::string text;                              // of an alarm, a posture, a mode
    std::string series{};                          // of an alarm: which volume
    bool over = false;                             // of an alarm: it is as usual again
    const tell::IncidentNews* incident = nullptr;  // of an incident: the turn that it took
};

inline constexpr std::size_t evidence_kinds = static_cast<std::size_t>(EvidenceKind::came_again) + 1;

/// Counted since the start. "Guesses" are failures whose account is not at home there.
struct DeskCounts {
    std::uint64_t questions = 0;   // of doors
    std::uint64_t stopped = 0;     // attempts that were stopped
    std::uint64_t would_stop = 0;  // attempts that watch mode let pass
    std::uint64_t slowed = 0;
    std::uint64_t successes = 0, failures = 0, faults = 0;  // that reached the password database
    std::uint64_t stopped_successes = 0;  // right passwords that would have been stopped (watch mode)
    std::uint64_t takeovers = 0;
    std::uint64_t vouched = 0;
    // Of `stopped` and of `would_stop`: by the kind of evidence that weighed most (index: EvidenceKind).
    std::array<std::uint64_t, evidence_kinds> stopped_by{}, would_stop_by{};
};

/// A series in the last finished minute: what came, and what was to be expected (with its standard error).
struct Band {
    judge::Series series;
    double observed = 0;
    double expected = 0;
    double standard_error = 0;
};

/// One judge for many threads. All that goes into memory goes through here, in one order, and is told to the
/// recorder in that order: replaying that gives the same memory.
/// Thread: any.  Cost: one lock and the judge's own time (below a microsecond); callbacks run under the lock
/// and must not come back.  Fails: never.
class Desk {
public:
    struct Hooks {
        std::function<void(const Folded&)> record;
        std::function<void(const Happening&)> tell;
    };

    /// `code_key`: for the codes of refusals; random and secret, and after a restart the same.
    Desk(judge::Judge judge, std::shared_ptr<const judge::Policy> policy, Mode mode, Hooks hooks,
         std::uint64_t code_key = random_key());
    [[nodiscard]] static std::uint64_t random_key();

    /// A door asks before the password is looked up. `event.time` is now; it has no outcome. What is stopped
    /// is learned here, for nobody will tell what became of it. `stops_from`: of a door that can't ask to
    /// come again later, `refuse`: what should be deferred is slowed down instead, and reaches the password
    /// database.
    [[nodiscard]] Answer consider(const Event& event, Measure stops_from = Measure::defer);
    /// `unanswered`: their bits in Event::lists; `stops_from` as above. In watch mode nothing waits for a
    /// list.
    [[nodiscard]] ListNeed need_of_lists(const Event& event, std::uint32_t unanswered,
                                         Measure stops_from = Measure::defer) const;
    /// What is known of an address whose client has named no account yet: the verdict on an attempt from
    /// there, and whether it is at home: somebody logged in from there lately. Nothing is counted.
    struct Acquaintance {
        Verdict verdict;
        bool is_home = false;
        bool acts = false;  // or only watches
        judge::Posture posture = judge::Posture::calm;
    };
    [[nodiscard]] Acquaintance acquaintance(const Event& event) const;
    /// What became of an attempt that reached the password database, whoever tells it.
    void learn(const Event& event);
    /// These will be learned in a moment: what that takes is fetched from memory, for all of them at once.
    void expect(std::span<const Event> events) const;
    /// Other events than attempts: connections, early talkers, rejected mail.
    void see(const Event& event);
    /// What became of connections to port 25 (MailVisits): for the record of incidents, and not in the
    /// journal.  Cost: the lock for a few hundred at a time.
    void see(std::span<const MailVisit> visits);
    /// Time passes; at least once a minute.
    void tick(Time now);

    [[nodiscard]] Mode mode() const;
    void set_mode(Mode mode, Time now, std::string_view who);
    /// For the record of incidents: what was done, by whom.
    void note(const ActionNotice& action);
    /// What a person said. What was not taken into the record is not in the journal either.
    [[nodiscard]] tell::Said tell(const WordNotice& words);
    void tell(const RestartNotice& restart);
    /// Where sessions say how long they waited; what comes there is told to the record every ten seconds, and
    /// not kept in the journal.  Thread: any, without the desk's lock.
    [[nodiscard]] Waits& waits() { return waits_; }
    [[nodiscard]] const Waits& waits() const { return waits_; }
    /// False: it is over, or there is none of that id.
    [[nodiscard]] bool close(const ClosingNotice& closing);
    /// Another policy holds from now on (sealed; make_knock and the judge use it).
    void adopt(std::shared_ptr<const judge::Policy> policy);
    [[nodiscard]] std::shared_ptr<const judge::Policy> policy() const;

    /// Lets in who was refused with this code: his place becomes familiar to his account. Nothing: no such
    /// code.
    [[nodiscard]] std::optional<Refusal> vouch(std::string_view code, Time now);
    /// Nothing is held against the event's address and account any more.
    void pardon(const Event& event);
    [[nodiscard]] std::optional<Refusal> refusal(std::string_view code) const;
    [[nodiscard]] std::vector<Refusal> refusals_of(std::uint64_t account, Time since) const;
    [[nodiscard]] std::vector<Refusal> refusals_from(const Address& address, Time since) const;
    /// Its refusals, and what the record of incidents has of its names. Not what the judge knows of it.
    /// Cost: holds the lock for a few milliseconds at a time.
    void forget(std::uint64_t account, const AccountTest& is_meant);

    /// What the judge would say now, without asking for anybody: for `why`.
    [[nodiscard]] Verdict look(const Event& event) const;

    [[nodiscard]] DeskCounts counts() const;
    [[nodiscard]] judge::MemoryUse memory() const;
    [[nodiscard]] judge::Posture posture() const;
    /// Those of the record in short, oldest first.  Cost: microseconds.
    [[nodiscard]] std::vector<IncidentHead> incident_heads() const;
    /// One of them, whole.  Cost: milliseconds for the one that goes on.
    [[nodiscard]] std::optional<Incident> incident(std::string_view id) const;
    /// The series in which anything is, or is to be expected.
    [[nodiscard]] std::vector<Band> bands() const;
    /// A copy of what goes on, for `top`.  Cost: some 20 us.
    struct Scene {
        TrafficCounts minute, ten_minutes;
        std::vector<TrafficCounts> by_second;
        std::vector<NoisyNetwork> noisiest;
        std::vector<Refusal> refused;  // the latest first
    };
    [[nodiscard]] Scene scene(std::size_t most) const;
    /// The networks that fail or are stopped most, of the last ten to twenty minutes.
    [[nodiscard]] std::vector<NoisyNetwork> noisiest(std::size_t most) const;
    /// The judge's and detection's tables are appended, the record is copied. `meanwhile` runs under the same
    /// lock: nothing is folded or recorded between them.
    struct Saving {
        std::string& judge;
        std::string& detection;
        std::vector<Incident>& incidents;
    };
    void save(const Saving& to, const std::function<void()>& meanwhile = {}) const;

    /// What detection and the record of incidents knew at the checkpoint, of `until`, and the posture that
    /// follows from it: before anything else.
    void recall(judge::Detection detection, std::vector<Incident> incidents = {}, Time until = {});
    /// Folds what the journal kept since the checkpoint: before anything else.
    void restore(const Event& event, Measure answered);
    void restore_tick(std::int64_t seconds);
    void restore_posture(Decibans shift);
    void restore_vouch(const Event& event);
    void restore_pardon(const Event& event);
    void restore_words(const WordNotice& words);
    void restore_action(const ActionNotice& action);
    void restore_closing(const ClosingNotice& closing);
    void restore_restart(const RestartNotice& restart);
    /// Of what the checkpoint knows already: whoever was refused may still ask why. The evidence is weighed
    /// as if it were now.
    void restore_refusal(const Event& event, Measure answered, Decibans sum);

private:
    void remember(const Event& event, const judge::Knock& knock, Verdict& verdict);
    void hear_news(Time now);
    void hear_incidents(const std::vector<tell::IncidentNews>& news) const;
    void hear_waits(Time now);
    void act(const ActionNotice& action);
    void say(const Happening& happening) const;
    void record(const Folded& folded) const;
    void record_tick(std::int64_t seconds) const;
    void follow_posture();
    void add_refusal(const Event& event, const judge::Knock& knock, const Verdict& judged, Measure answered);
    void vouch_for(const Refusal& refusal, Time now);

    mutable std::mutex mutex_;
    judge::Judge judge_;
    std::shared_ptr<const judge::Policy> policy_;
    Lookout lookout_;
    Refusals refusals_;
    Traffic traffic_;
    Waits waits_;
    Time waits_due_{};
    Mode mode_;
    Hooks hooks_;
    DeskCounts counts_;
};

}  // namespace tidegate::guard

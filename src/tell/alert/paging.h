#pragma once
// What somebody is to acknowledge, and who is called until he does.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "tell/alert/gathering.h"
#include "tell/alert/on_call.h"

namespace tidegate::tell {

/// Who took it.
struct Acknowledgement {
    std::string who;
    Time time{};
    std::optional<Time> until{};  // then it counts no longer; nothing: as long as it goes on
};

/// Things of one kind that one code acknowledges. Plain data: lies in the state folder.
struct Page {
    std::string id, code;  // 32 hexadecimal digits; six characters for people
    AlertKind kind = AlertKind::test;
    Severity severity = Severity::notice;
    std::string escalation;  // empty: nobody is called beside the ordinary ways
    Time opened{};
    std::vector<Bulletin::Item> items;  // at most Bulletin::most_listed; what is over is so in `stage`
    std::uint64_t count = 0;
    std::optional<Acknowledgement> acknowledged{};
    std::optional<Time> over{};  // since when nothing of it goes on

    Time round_began{};                  // from which the steps count
    std::uint32_t step = 0, rounds = 0;  // the next one; rounds that are over
    std::vector<std::string> called;     // ways by which it went, beside the ordinary ones
    std::string last_id{};               // of the last message about it
    bool arrived = false;                // that one, by any way

    [[nodiscard]] bool is_open() const { return !acknowledged && !over; }
};

/// Something to send.
struct Call {
    Bulletin bulletin{};
    std::string id{}, code{}, note{};
    std::vector<std::string> ways{};  // by which it goes in any case
    bool ordinary = true;             // and by whichever ways want such bulletins
};

struct Acknowledged {
    enum class Answer : std::uint8_t { taken, unknown, over };
    Answer answer = Answer::unknown;
    Page page{};  // where it is known
};

/// Every bulletin but tests belongs to a page. While nobody has acknowledged it, what else comes of its kind
/// joins it and goes to whom it has reached, and the steps of its escalation are taken one after the other,
/// at once where a message about it reached nobody. Whoever was called is told of its end.
/// Deterministic but for what `draw` gives.  Thread: one at a time.  Cost: linear in the pages, of which 64
/// are kept: the longest over goes first, then what was acknowledged.  Fails: never.
class Paging {
public:
    explicit Paging(std::function<std::uint64_t()> draw) : draw_(std::move(draw)) {}

    void set(OnCall on_call) { on_call_ = std::move(on_call); }
    [[nodiscard]] const OnCall& on_call() const { return on_call_; }

    /// `is_wanted`: some way is for it. What neither a way nor an escalation is for waits for nobody: it
    /// makes no page.
    [[nodiscard]] Call take(Bulletin bulletin, Time now, bool is_wanted = true);
    /// Steps that are due.
    [[nodiscard]] std::vector<Call> due(Time now);
    /// When due() has something next; Time::max(): not by itself.
    [[nodiscard]] Time next() const;
    /// By id or code, which may be written in small letters.
    [[nodiscard]] Acknowledged acknowledge(std::string_view which, const Acknowledgement& by);
    /// A message arrived by some way, or by none.
    void heard(std::string_view message_id);
    void unheard(std::string_view message_id, Time now);

    /// The latest first.
    [[nodiscard]] const std::vector<Page>& all() const { return pages_; }
    /// After a restart; what nobody is known to have got is sent again.
    [[nodiscard]] std::vector<Call> recall(std::vector<Page> pages, Time now);

private:
    [[nodiscard]] Page* covering(AlertKind kind, std::string_view about);
    [[nodiscard]] Page& page_for(const Bulletin& bulletin, Time now);
    void end(Page& page, std::string_view about, Time now);
    void make_room();
    void escalate(Page& page, Time now, std::vector<Call>& calls);
    void grow_old(Page& page, Time now) const;
    void lapse(Page& page, Time now);
    void heed_clock(Time now);
    [[nodiscard]] const Escalation* escalation_of(const Page& page) const;
    [[nodiscard]] std::optional<Time> next_of(const Page& page) const;
    [[nodiscard]] std::string draw_id();
    [[nodiscard]] std::string draw_code();

    std::function<std::uint64_t()> draw_;
    OnCall on_call_;
    std::vector<Page> pages_;
    Time last_now_{};
};

/// 32 hexadecimal digits.
[[nodiscard]] std::string id_of(std::uint64_t high, std::uint64_t low);
/// The page as one bulletin: what of it goes on.
[[nodiscard]] Bulletin bulletin_of(const Page& page);

}  // namespace tidegate::tell

// The weekly report as JSON.
#include <fmt/format.h>

#include "event/json.h"
#include "tell/weekly/letter.h"
#include "tell/weekly/phrases.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

template <class Items, class Write>
std::string list(const Items& items, const Write& write) {
    std::string out = "[";
    for (const auto& each : items) out.append(out.size() > 1 ? "," : "").append(write(each));
    return out + ']';
}

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

/// Writes the parts of one week.
class Writer {
public:
    Writer(const Week& week, LetterOptions options) : week_(week), options_(options) {}

    [[nodiscard]] std::string all() const {
        return fmt::format(
            R"({{"report":1,"version":{},"host":{},"provider":{},"week":{},"from":{},"to":{},"zone":{},"made":{},)"
            R"("summary":{},"total":{},"days":{},"before":{},"sources":{},"incidents":{},"evidence":{},)"
            R"("takeovers":{},"servers":{},"deeds":{},"open_exceptions":{},"standing":{},"coverage":{},)"
            R"("advice":{}}})",
            json_string(week_.version), json_string(week_.host), json_string(week_.provider),
            week_.called.empty() ? "null" : json_string(week_.called), time(week_.period.from),
            time(week_.period.to), json_string(week_.zone.label(week_.period.from)), time(week_.made),
            json_string(week_summary(week_)), counts(week_.total),
            list(week_.days, [this](const WeekDay& each) { return day(each); }),
            list(week_.before,
                 [](const std::optional<WeekCounts>& each) { return each ? counts(*each) : "null"; }),
            sources(), list(week_.incidents, [this](const Incident& each) { return incident(each); }),
            list(week_.evidence, evidence), takeovers(), servers(),
            list(week_.deeds, [this](const WeekDeed& each) { return deed(each); }), week_.open_exceptions,
            standing(), coverage(),
            list(week_advice(week_, options_), [](const std::string& each) { return json_string(each); }));
    }

private:
    [[nodiscard]] std::string time(Time moment) const {
        return moment == Time{} ? "null" : json_string(exact_time(week_.zone, moment));
    }
    static std::string counts(const WeekCounts& from) {
        return fmt::format(
            R"({{"attempts":{},"logins":{},"hostile":{},"stopped":{},"slips":{},"faults":{},"refused":{},)"
            R"("let_in_later":{},"longest_wait_seconds":{}}})",
            from.attempts, from.logins, from.hostile, from.stopped, from.slips, from.faults, from.refused,
            from.let_in_later, seconds(from.longest_wait));
    }
    [[nodiscard]] std::string day(const WeekDay& from) const {
        return fmt::format(R"({{"start":{},"counts":{}}})", time(from.start), counts(from.counts));
    }
    [[nodiscard]] std::string sources() const {
        return fmt::format(R"({{"addresses":{:.0f},"networks":{:.0f},"accounts":{:.0f},"error":{:.4f}}})",
                           week_.addresses, week_.networks, week_.accounts, week_.error);
    }
    [[nodiscard]] std::string incident(const Incident& from) const {
        const auto cause = from.cause.likeliest();
        return fmt::format(
            R"({{"id":{},"title":{},"state":"{}","began":{},"opened":{},"closed":{},"hostile":{},"stopped":{},)"
            R"("refused":{},"faults":{},"cause":"{}","probability":{:.3f}}})",
            json_string(from.id), json_string(from.title), name(from.state), time(from.began),
            time(from.opened), time(from.closed), from.counts.hostile, from.counts.stopped,
            from.counts.refused, from.counts.faults, name(cause),
            from.cause.probability.at(static_cast<std::size_t>(cause)));
    }
    static std::string evidence(const WeekEvidence& from) {
        return fmt::format(R"({{"kind":{},"stopped":{},"would_stop":{}}})", json_string(from.kind),
                           from.stopped, from.would_stop);
    }
    [[nodiscard]] std::string takeover(const WeekTakeover& from) const {
        return fmt::format(
            R"({{"account":{},"address":{},"service":"{}","first":{},"times":{},"changed":{}}})",
            json_string(from.account), json_string(from.address), name(from.service), time(from.first),
            from.times, from.changed);
    }
    [[nodiscard]] std::string takeovers() const {
        return fmt::format(
            R"({{"count":{},"unchanged":{},"accounts":{}}})", week_.takeover_count, unchanged(week_),
            options_.names
                ? list(week_.takeovers, [this](const WeekTakeover& each) { return takeover(each); })
                : "null");
    }
    [[nodiscard]] std::string down(const WeekDown& from) const {
        return fmt::format(
            R"({{"server":{},"out":{},"back":{},"why":{},"by_hand":{},"faults":{},"customers":{:.0f}}})",
            json_string(from.server), time(from.out), from.back ? time(*from.back) : "null",
            json_string(from.why), from.by_hand, from.faults, from.customers);
    }
    static std::string queue(const WeekQueue& from) {
        const bool was_backed_up = from.backed_up > Duration{};
        return fmt::format(
            R"({{"name":{},"most_waiting":{},"longest_wait_seconds":{},"backed_up_seconds":{:.0f}}})",
            json_string(from.name), from.most_waiting,
            was_backed_up ? fmt::format("{:.0f}", seconds(from.longest_wait)) : "null",
            seconds(from.backed_up));
    }
    [[nodiscard]] std::string servers() const {
        return fmt::format(R"({{"watched":{},"away":{},"queue":{}}})", week_.watches_servers,
                           list(week_.downs, [this](const WeekDown& each) { return down(each); }),
                           week_.queues.empty() ? "null" : list(week_.queues, queue));
    }
    [[nodiscard]] std::string deed(const WeekDeed& from) const {
        const std::string_view subject = options_.names ? std::string_view(from.subject) : "";
        const std::string_view reason = options_.names ? std::string_view(from.reason) : "";
        return fmt::format(R"({{"time":{},"author":{},"action":{},"subject":{},"reason":{}}})",
                           time(from.time), json_string(from.author), json_string(from.action),
                           json_string(subject), json_string(reason));
    }
    static std::string server(const WeekStanding::Server& from) {
        return fmt::format(R"({{"server":{},"state":{},"sessions":{},"most_sessions":{}}})",
                           json_string(from.name), json_string(from.state), from.sessions,
                           from.most_sessions);
    }
    [[nodiscard]] std::string standing() const {
        if (!week_.standing) return "null";
        const WeekStanding& now = *week_.standing;
        const auto backed_up = [](const WeekStanding::Queue& each) {
            return fmt::format(R"({{"name":{},"waiting":{}}})", json_string(each.name), each.waiting);
        };
        return fmt::format(
            R"({{"watches_only":{},"servers":{},"queues_backed_up":{},"suspended_lists":{}}})",
            now.watches_only, list(now.servers, server), list(now.backed_up, backed_up),
            list(now.suspended_lists, [](const std::string& each) { return json_string(each); }));
    }
    [[nodiscard]] std::string coverage() const {
        const WeekCoverage& from = week_.coverage;
        return fmt::format(
            R"({{"journal_begins":{},"unwatched_seconds":{:.0f},"gaps":{},"lost":{},"damaged":{},"notes":{}}})",
            from.journal_begins ? time(*from.journal_begins) : "null", seconds(from.unwatched),
            list(from.gaps,
                 [this](const Period& each) {
                     return fmt::format(R"({{"from":{},"to":{}}})", time(each.from), time(each.to));
                 }),
            from.lost, from.damaged,
            list(from.notes, [](const std::string& each) { return json_string(each); }));
    }

    const Week& week_;
    LetterOptions options_;
};

}  // namespace

std::string week_json(const Week& week, LetterOptions options) {
    return Writer(week, options).all();
}

}  // namespace tidegate::tell

#include "app/serve/alerting.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "app/alert_on_call.h"
#include "app/alert_routes.h"
#include "tell/cases/case.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

using tell::Alert;
using tell::AlertKind;
using tell::Field;
using tell::Thing;

/// The facts of a thing, made harmless: a client may have written them.
class Facts {
public:
    explicit Facts(std::span<const Field> fields) : fields_(fields) {}

    [[nodiscard]] std::string operator[](std::string_view name) const {
        for (const Field& field : fields_)
            if (field.name == name) return text_of(field);
        return {};
    }

private:
    static std::string text_of(const Field& field) {
        if (const auto* text = std::get_if<std::string_view>(&field.value)) return tell::harmless(*text);
        if (const auto* whole = std::get_if<std::int64_t>(&field.value)) return fmt::format("{}", *whole);
        return fmt::format("{:+.1f}", std::get<double>(field.value));
    }

    std::span<const Field> fields_;
};

Alert anomaly(const Facts& facts) {
    return {.kind = AlertKind::anomaly,
            .about = facts["series"],
            .subject = facts["text"],
            .text = facts["text"],
            .todo = "tidegate top",
            .over = facts["state"] == "over"};
}

Alert takeover(const Facts& facts) {
    return {.kind = AlertKind::takeover,
            .about = facts["account"],
            .account = facts["account"],
            .subject = "suspected takeover of {account}",
            .text = fmt::format(
                "The right password of {{account}} came from {} over {}, with {} decibans against "
                "whoever brought it ({}).",
                facts["address"], facts["service"], facts["sum"], facts["evidence"]),
            .todo =
                "tidegate why {account}\nAsk the account's owner; if it was not he, change the password and "
                "look at what was sent."};
}

Alert list_state(const Facts& facts, bool over) {
    return {.kind = AlertKind::list_suspended,
            .about = facts["list"],
            .subject = fmt::format("the DNS list {} {}", facts["list"],
                                   over ? "is asked again" : "is not asked any more"),
            .text = facts["why"],
            .todo =
                "Nobody is judged by it meanwhile. Does its resolver answer, and do its terms allow so many "
                "questions (docs/lists.md)?",
            .over = over};
}

Alert ban_state(const Facts& facts, bool over) {
    return {.kind = AlertKind::ban_failed,
            .about = "firewall",
            .subject = over ? "the firewall takes bans again" : "the firewall does not take what is ordered",
            .text = facts["error"],
            .todo = "nft list table inet tidegate | head\nAttempts are refused at the doors all the same.",
            .over = over};
}

Alert journal_state(const Facts& facts, bool over) {
    return {
        .kind = AlertKind::disk_full,
        .about = "journal",
        .subject = over ? "the journal is written again" : "the journal can't be written",
        .text = over ? fmt::format("{} entries were lost", facts["lost"]) : facts["error"],
        .todo =
            "df -h /var/lib/tidegate\nDoors answer as before; what happens now is forgotten at a restart.",
        .over = over};
}

Alert log_state(const Facts& facts, bool over) {
    return {
        .kind = AlertKind::log_trouble,
        .about = facts["source"],
        .subject = fmt::format("the log {} {}", facts["source"], over ? "is read again" : "can't be read"),
        .text = over ? fmt::format("from {} on", facts["position"]) : facts["error"],
        .todo = "What only this log tells is not seen. May the daemon's user read it (group adm)?",
        .over = over};
}

Alert server_out(const Facts& facts) {
    const bool by_hand = facts["state"] == "quarantined";
    const std::string server = facts["server"], author = facts["author"];
    return {
        .kind = AlertKind::server_down,
        .about = server,
        .subject = by_hand ? fmt::format("the server {} is quarantined", server)
                           : fmt::format("the server {} is down", server),
        .text = author.empty() ? facts["why"] : fmt::format("{}: {}", author, facts["why"]),
        .todo = fmt::format("tidegate servers\nIts users go to the others; can they bear it? {}",
                            by_hand ? "`tidegate servers back` with its name takes it in again."
                                    : "It is tried again and again, and taken in slowly once it answers.")};
}

Alert server_back(const Facts& facts) {
    const std::string server = facts["server"];
    return {.kind = AlertKind::server_down,
            .about = server,
            .subject = fmt::format("the server {} is out no longer", server),
            .text = fmt::format("It is {} now.", facts["state"]),
            .todo = "tidegate servers",
            .over = true};
}

Alert incident(const Facts& facts, bool over) {
    const std::string id = facts["id"], title = facts["title"], author = facts["author"];
    return {.kind = AlertKind::incident,
            .about = id,
            .subject = fmt::format("incident {}{}: {}", id, over ? " is over" : "", title),
            .text = over ? fmt::format("Closed{}.", author.empty() ? "" : " by " + author)
                         : fmt::format("It began {}.", facts["since"]),
            .todo = over ? fmt::format("tidegate incident export {} FILE\nwrites the draft of a report.", id)
                         : fmt::format("tidegate top\ntidegate incident show {}\ntidegate incident say {} "
                                       "\"WHAT YOU KNOW AND DO\"",
                                       id, id),
            .over = over};
}

Alert target(const Facts& facts) {
    const std::string id = facts["id"], name = facts["target"];
    return {.kind = AlertKind::incident,
            .about = fmt::format("{} {}", id, name),
            .subject = fmt::format("incident {} is aimed at {}", id, name),
            .text = facts["text"],
            .todo = fmt::format("tidegate incident show {}", id),
            .lasts = false};
}

Alert way_state(const Facts& facts, bool over) {
    const std::string way = facts["way"];
    return {.kind = AlertKind::way_down,
            .about = way,
            .subject = fmt::format("alerts {} by {}", over ? "get through again" : "do not get through", way),
            .text = facts["error"],
            .todo = "tidegate alert list\ntidegate alert test\nsay what the other side says.",
            .over = over};
}

Alert status_page(const Facts& facts, bool over) {
    const std::string part = facts["part"], partner = facts["partner"];
    const std::string whose = partner.empty() ? "the status page" : "the status page of " + partner;
    return {.kind = AlertKind::status_page,
            .about = partner.empty() ? part : part + " of " + partner,
            .subject = fmt::format("{}: {} {}", whose, part, over ? "go out again" : "do not go out"),
            .text = over ? std::string() : facts["error"],
            .todo = "It is tried again and again. docs/status-page.md",
            .over = over};
}

Alert queue_state(const Facts& facts, bool over) {
    const std::string queue = facts["queue"], why = facts["why"], oldest = facts["oldest"];
    const std::string domains = facts["domains"];
    const std::string figures =
        fmt::format("{} messages are late, where {} usually are; {} wait in all{}{}.", facts["late"],
                    facts["usual"], facts["waiting"], oldest.empty() ? "" : ", the oldest for " + oldest,
                    domains.empty() ? "" : ". Most of them for " + domains);
    const std::string well = why.empty() ? fmt::format("{} messages are late now.", facts["late"]) : why;
    return {
        .kind = AlertKind::queue,
        .about = queue,
        .subject = fmt::format("the queue {} is {}", queue, over ? "as usual again" : "backed up"),
        .text = over ? well : figures,
        .todo =
            "tidegate queues\nsays for whom most of it waits. Does the next hop take mail, and why not? The "
            "server's log has its answers. Mail is kept meanwhile: do not empty the queue.",
        .over = over};
}

Alert queue_readable(const Facts& facts, bool over) {
    const std::string queue = facts["queue"], why = facts["why"];
    return {
        .kind = AlertKind::queue_unread,
        .about = queue,
        .subject = fmt::format("the queue {} {}", queue, over ? "is read again" : "can't be read"),
        .text = over ? why : facts["error"],
        .todo =
            "Run its command as the daemon's user; docs/queues.md says which group that needs. Nobody sees "
            "meanwhile whether mail is late.",
        .over = over};
}

std::string promise_of(const Facts& facts) {
    const std::string report = facts["text"];
    return report.empty() ? "the next update" : "the report '" + report + "'";
}

Alert promise(const Facts& facts, std::string_view how, bool over, bool lasts = true) {
    const std::string id = facts["id"];
    return {
        .kind = AlertKind::incident,
        .about = fmt::format("{} {} {}", id, lasts ? "late" : "due", facts["text"]),
        .subject = fmt::format("case {}: {} {}", id, promise_of(facts), how),
        .text = fmt::format("{}: promised by {}.", facts["title"], facts["time"]),
        .todo = fmt::format("tidegate incident case {}\ntidegate incident update {} \"WHAT CUSTOMERS SHOULD "
                            "KNOW\" --publish",
                            id, id),
        .over = over,
        .lasts = lasts};
}

// Of an incident's case the incident has its own, and whoever opens one by hand knows.
std::optional<Alert> case_opened(const Facts& facts) {
    const std::string id = facts["id"];
    if (facts["author"] != tell::drawn_up || !id.starts_with(tell::case_prefix)) return std::nullopt;
    return Alert{.kind = AlertKind::incident,
                 .about = id,
                 .subject = fmt::format("case {}: {}", id, facts["title"]),
                 .text = "Customers are hurt, and no alarm says why.",
                 .todo = fmt::format("tidegate incident case {}\nshows what customers will read, and when.\n"
                                     "tidegate top\ntidegate servers\ntidegate queues",
                                     id),
                 .lasts = false};
}

Alert checks_open(const Facts& facts) {
    const std::string id = facts["id"];
    return {.kind = AlertKind::incident,
            .about = id + " checks",
            .subject = fmt::format("case {}: checks are open", id),
            .text = facts["title"],
            .todo = fmt::format("tidegate incident case {}\ntidegate incident check {} NUMBER", id, id),
            .lasts = false};
}

Alert work_late(const Facts& facts) {
    return {.kind = AlertKind::incident,
            .about = facts["id"],
            .subject = fmt::format("announced work {} {}: {}", facts["id"], facts["text"], facts["title"]),
            .text = facts["time"],
            .todo = fmt::format("tidegate work list\ntidegate work extend {} --until 2h", facts["id"]),
            .lasts = false};
}

Alert no_room(const Facts& facts) {
    return {.kind = AlertKind::ban_failed,
            .about = "room",
            .subject = "the firewall has no room for more bans",
            .text = fmt::format("{} of those that would have ended soonest were lifted, or not banned.",
                                facts["count"]),
            .todo = "Raise `most` under [firewall] and reload, if the kernel has the memory.",
            .lasts = false};
}

// Those that are not written are no trouble of the disk's.
bool is_of_disk(const Facts& facts) {
    const std::string state = facts["state"];
    return state == "full" || state == "failed" || state == "closed" || state == "checkpoint";
}

std::optional<Alert> queue_alert(Thing thing, const Facts& facts) {
    if (thing == Thing::queue_backed_up || thing == Thing::queue_well)
        return queue_state(facts, thing == Thing::queue_well);
    if (thing == Thing::queue_unread || thing == Thing::queue_read)
        return queue_readable(facts, thing == Thing::queue_read);
    return std::nullopt;
}

std::optional<Alert> plain_alert(Thing thing, const Facts& facts) {
    switch (thing) {
        case Thing::alarm:
            return anomaly(facts);
        case Thing::takeover_suspected:
            return takeover(facts);
        case Thing::list_suspended:
        case Thing::list_unasked:
            return list_state(facts, false);
        case Thing::list_back:
            return list_state(facts, true);
        case Thing::firewall_trouble:
            return facts["state"] == "full" ? no_room(facts) : ban_state(facts, false);
        case Thing::firewall_well:
            return ban_state(facts, true);
        case Thing::journal_trouble:
            return is_of_disk(facts) ? std::optional(journal_state(facts, false)) : std::nullopt;
        case Thing::journal_well:
            return journal_state(facts, true);
        case Thing::log_trouble:
            return log_state(facts, false);
        case Thing::log_followed:
            return log_state(facts, true);
        case Thing::server_out:
            return server_out(facts);
        case Thing::server_changed:
            return server_back(facts);
        case Thing::alert_way_down:
            return way_state(facts, false);
        case Thing::alert_way_well:
            return way_state(facts, true);
        case Thing::incident_opened:
            return incident(facts, false);
        case Thing::incident_closed:
            return incident(facts, true);
        case Thing::incident_target:
            return target(facts);
        case Thing::status_trouble:
            return status_page(facts, false);
        case Thing::status_well:
            return status_page(facts, true);
        case Thing::case_opened:
            return case_opened(facts);
        case Thing::case_promise_near:
            return promise(facts, "is due soon", false, false);
        case Thing::case_promise_broken:
            return promise(facts, "is late", false);
        case Thing::case_promise_kept:
            return promise(facts, "is there", true);
        case Thing::case_checks_open:
            return checks_open(facts);
        case Thing::work_late:
            return work_late(facts);
        default:
            return queue_alert(thing, facts);
    }
}

}  // namespace

std::optional<Alert> alert_of(Thing thing, std::span<const Field> fields, Time now) {
    auto alert = plain_alert(thing, Facts(fields));
    if (!alert) return alert;
    alert->severity = tell::row_of(alert->kind).severity;
    alert->since = now;
    return alert;
}

namespace {

void tell_of_call(const tell::Call& call, tell::Telling& telling) {
    std::string ways;
    for (const std::string& way : call.ways) ways.append(ways.empty() ? "" : ", ").append(way);
    telling.tell(
        Thing::alert_called,
        {{"code", call.code}, {"kind", tell::name(call.bulletin.kind)}, {"ways", ways}, {"text", call.note}});
}

tell::AlertMemory recalled(const StateFolder& state, tell::Telling& telling) {
    const auto kept = state.kept_alerts();
    if (kept && kept->empty()) return {};
    auto memory = kept ? tell::read_memory(*kept) : std::unexpected(kept.error());
    if (memory) return std::move(*memory);
    telling.tell(Thing::alert_memory_lost, {{"error", memory.error().text()}});
    return {};
}

tell::AlertOptions options_of(const config::Settings& settings, tell::Telling& telling,
                              std::function<Time()> clock, const StateFolder& state) {
    tell::AlertOptions options;
    options.rules = alert_rules(settings);
    options.clock = std::move(clock);
    options.undelivered = [&telling](const tell::Undelivered& each) {
        telling.tell(Thing::alert_undelivered,
                     {{"route", each.route}, {"subject", each.subject}, {"error", each.said}});
    };
    options.way_changed = [&telling](const tell::WayChange& each) {
        if (each.is_down)
            telling.tell(Thing::alert_way_down, {{"way", each.way}, {"error", each.said}});
        else
            telling.tell(Thing::alert_way_well, {{"way", each.way}});
    };
    options.called = [&telling](const tell::Call& call) { tell_of_call(call, telling); };
    options.on_call = alert_on_call(settings);
    options.memory = recalled(state, telling);
    options.keep = [&telling, &state](std::string_view memory) {
        if (const auto kept = state.keep_alerts(memory); !kept)
            telling.tell(Thing::alert_memory_lost, {{"error", kept.error().text()}});
    };
    return options;
}

}  // namespace

Alerting::Alerting(const config::Settings& settings, tell::Telling& telling, std::function<Time()> clock,
                   const StateFolder& state)
    : clock_(std::move(clock)),
      alerts_(options_of(settings, telling, clock_, state), alert_routes(settings)) {}

void Alerting::hear(Thing thing, std::span<const Field> fields) {
    if (auto alert = alert_of(thing, fields, clock_())) alerts_.raise(std::move(*alert));
}

void Alerting::adopt(const config::Settings& settings) {
    alerts_.adopt(alert_rules(settings), alert_routes(settings), alert_on_call(settings));
}

}  // namespace tidegate::app

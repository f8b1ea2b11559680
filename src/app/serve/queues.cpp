#include "app/serve/queues.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "event/json.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

using mail::QueueNews;
using mail::QueueStanding;
using tell::Thing;

constexpr unsigned keep_every = 300;  // ticks
constexpr std::string_view not_watched = "It is not watched any more.",
                           tried_anew = "Its settings have changed; it is tried anew.";

mail::QueueOrder order_of(const config::Queue& from) {
    return {.name = from.name,
            .program = from.program == 1 ? wire::QueueProgram::exim : wire::QueueProgram::postfix,
            .command = from.lister(),
            .every = std::chrono::duration_cast<std::chrono::milliseconds>(from.every),
            .lens = {.domains = from.domains, .late_after = from.late_after},
            .rules = {.least = from.least, .lifetime = from.lifetime}};
}

std::int64_t whole(std::uint64_t number) {
    return static_cast<std::int64_t>(number);
}

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

std::string domains_json(const std::vector<mail::QueueFigures::Domain>& domains) {
    std::string out;
    for (const auto& each : domains)
        out += fmt::format(R"({}{{"domain":{},"messages":{}}})", out.empty() ? "" : ",",
                           json_string(each.name), each.messages);
    return '[' + out + ']';
}

std::string time_json(const std::optional<Time>& time) {
    return time ? json_string(rfc3339(std::chrono::floor<std::chrono::seconds>(*time))) : "null";
}

std::string queue_json(const QueueStanding& queue) {
    const mail::QueueFigures& figures = queue.figures;
    return fmt::format(
        R"({{"name":{},"program":"{}","read":{},"took_seconds":{:.3f},"trouble":{},"waiting":{},"held":{},)"
        R"("active":{},"deferred":{},"bytes":{},"late":{},"usual_late":{},"backed_up":{},"since":{},)"
        R"("oldest_seconds":{},"domains":{}}})",
        json_string(queue.name), mail::name(queue.program), time_json(queue.read), seconds(queue.took),
        json_string(queue.trouble), figures.waiting, figures.held, figures.active, figures.deferred,
        figures.bytes, figures.late, queue.usual_late ? fmt::format("{:.1f}", *queue.usual_late) : "null",
        queue.is_backed_up(), time_json(queue.since),
        queue.oldest ? fmt::format("{:.0f}", seconds(*queue.oldest)) : "null", domains_json(figures.domains));
}

}  // namespace

std::string queues_json(const std::vector<QueueStanding>& queues) {
    std::string out;
    for (const QueueStanding& each : queues) out += (out.empty() ? "" : ",") + queue_json(each);
    return '[' + out + ']';
}

Queues::Queues(tell::Telling& telling, std::function<Time()> clock, const StateFolder& state)
    : telling_(telling), clock_(std::move(clock)), state_(state) {
    recall();
}

void Queues::recall() {
    const auto text = state_.kept_queues();
    if (text && text->empty()) return;
    auto kept = text ? mail::read_queue_memories(*text) : std::unexpected(text.error());
    if (kept) {
        memories_ = std::move(*kept);
        return;
    }
    telling_.tell(Thing::queue_memory_lost, {{"error", kept.error().text()}});
    // Nothing of it is lost: the next text does not replace it.
    if (text) static_cast<void>(state_.put_queues_aside(*text));
}

std::shared_ptr<mail::QueueWatch> Queues::begin(mail::QueueOrder order) {
    const auto known = memories_.find(order.name);
    const mail::QueueMemory memory = known == memories_.end() ? mail::QueueMemory{} : known->second;
    return std::make_shared<mail::QueueWatch>(
        std::move(order), memory,
        mail::QueueWatch::World{
            .clock = clock_,
            .tell = [this](QueueNews news, const QueueStanding& standing) { tell(news, standing); }});
}

// Those that end are stopped without the lock: they may be telling just now, and whoever hears may ask.
void Queues::adopt(const config::Settings& settings) {
    Watches before = watches(), after;
    for (const config::Queue& each : settings.queues) {
        mail::QueueOrder order = order_of(each);
        const auto known =
            std::ranges::find(before, order.name, [](const auto& watch) { return watch->order().name; });
        if (known == before.end()) {
            after.push_back(begin(std::move(order)));
        } else if ((*known)->order() == order) {
            after.push_back(*known);
        } else {
            (*known)->stop();
            remember(**known);
            if (!(*known)->standing().trouble.empty())
                telling_.tell(Thing::queue_read, {{"queue", order.name}, {"why", tried_anew}});
            after.push_back(begin(std::move(order)));
        }
    }
    {
        const std::scoped_lock lock(mutex_);
        watches_ = after;
    }
    for (const auto& each : before) {
        if (std::ranges::find(settings.queues, each->order().name, &config::Queue::name) !=
            settings.queues.end())
            continue;
        each->stop();
        tell_of_end(each->standing());
        memories_.erase(each->order().name);
        is_news_ = true;
    }
}

void Queues::tell_of_end(const QueueStanding& standing) {
    if (standing.is_backed_up())
        telling_.tell(Thing::queue_well, {{"queue", standing.name}, {"why", not_watched}});
    if (!standing.trouble.empty())
        telling_.tell(Thing::queue_read, {{"queue", standing.name}, {"why", not_watched}});
}

void Queues::remember(const mail::QueueWatch& watch) {
    memories_.insert_or_assign(watch.order().name, watch.memory());
}

void Queues::tick() {
    if (!is_news_.exchange(false) && ++ticks_ % keep_every != 0) return;
    keep();
}

void Queues::stop() {
    const Watches all = watches();
    for (const auto& each : all) each->stop();
    if (!all.empty()) keep();
}

void Queues::keep() {
    for (const auto& each : watches()) remember(*each);
    if (memories_.empty()) return;
    const auto done = state_.keep_queues(mail::queue_memories_text(memories_));
    if (!done && !std::exchange(in_trouble_, true))
        telling_.tell(Thing::queue_memory_lost, {{"error", done.error().text()}});
    if (done) in_trouble_ = false;
}

Queues::Watches Queues::watches() const {
    const std::scoped_lock lock(mutex_);
    return watches_;
}

std::vector<QueueStanding> Queues::standing() const {
    std::vector<QueueStanding> out;
    for (const auto& each : watches()) out.push_back(each->standing());
    return out;
}

void Queues::tell(QueueNews news, const QueueStanding& standing) {
    is_news_ = true;
    switch (news) {
        case QueueNews::backed_up:
            return tell_backed_up(standing);
        case QueueNews::well:
            return telling_.tell(Thing::queue_well,
                                 {{"queue", standing.name}, {"late", whole(standing.figures.late)}});
        case QueueNews::unread:
            return telling_.tell(Thing::queue_unread,
                                 {{"queue", standing.name}, {"error", standing.trouble}});
        case QueueNews::read:
            return telling_.tell(Thing::queue_read,
                                 {{"queue", standing.name}, {"waiting", whole(standing.figures.waiting)}});
    }
}

void Queues::tell_backed_up(const QueueStanding& standing) {
    const mail::QueueFigures& figures = standing.figures;
    const std::string usual = fmt::format("{:.1f}", standing.usual_late.value_or(0));
    const std::string oldest = standing.oldest ? tell::length(*standing.oldest) : std::string();
    std::string domains;
    for (const auto& each : figures.domains)
        domains += fmt::format("{}{} ({})", domains.empty() ? "" : ", ", each.name, each.messages);
    telling_.tell(Thing::queue_backed_up, {{"queue", standing.name},
                                           {"late", whole(figures.late)},
                                           {"usual", usual},
                                           {"waiting", whole(figures.waiting)},
                                           {"oldest", oldest},
                                           {"domains", domains}});
}

}  // namespace tidegate::app

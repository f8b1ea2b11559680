#include "app/serve/recorder.h"

#include <utility>

#include "app/serve/kept_orders.h"

namespace tidegate::app {
namespace {

using tell::Thing;

keep::Bounds bounds_of(const config::Journal& settings) {
    return {.most_bytes = settings.most_bytes, .most_age = std::chrono::days(settings.most_days)};
}

keep::Entry entry_of(const guard::Folded& folded, const std::function<Time()>& clock) {
    using Kind = guard::Folded::Kind;
    switch (folded.kind) {
        case Kind::attempt:
            return {.kind = keep::EntryKind::event,
                    .event = folded.event,
                    .answered = folded.answered->measure,
                    .suspected_takeover = folded.answered->suspected_takeover,
                    .sum = folded.answered->sum};
        case Kind::vouch:
            return {.kind = keep::EntryKind::vouch, .event = folded.event};
        case Kind::pardon:
            return {.kind = keep::EntryKind::pardon, .event = folded.event};
        case Kind::tick:
            return {.kind = keep::EntryKind::tick, .time = time_of_unix(folded.seconds)};
        case Kind::posture:
            return {.kind = keep::EntryKind::posture,
                    .time = time_of_unix(folded.seconds),
                    .value = folded.shift.in_hundredths()};
        case Kind::policy:
        case Kind::words:
        case Kind::action:
        case Kind::closing:
        case Kind::restart:
            break;
    }
    return {.kind = keep::EntryKind::policy, .time = clock()};
}

struct NotedEntry {
    keep::Entry entry;  // its text is to come
    keep::Note note;
};

// Of the record of incidents; nothing: it is something else.
std::optional<NotedEntry> noted_of(const guard::Folded& folded) {
    using enum keep::EntryKind;
    if (const WordNotice* said = folded.words)
        return NotedEntry{{.kind = words, .time = said->time}, {said->who, said->incident, said->text}};
    if (const ActionNotice* done = folded.action)
        return NotedEntry{
            {.kind = action, .time = done->time, .value = static_cast<std::int64_t>(done->kind)},
            {done->who, {}, done->text}};
    if (const guard::ClosingNotice* end = folded.closing)
        return NotedEntry{{.kind = closing, .time = end->time}, {end->who, end->incident, end->reason}};
    if (const RestartNotice* turn = folded.restart)
        return NotedEntry{{.kind = restart, .time = turn->time, .value = turn->up ? 1 : 0},
                          {turn->who, turn->node, {}}};
    return std::nullopt;
}

}  // namespace

Recorder::Recorder(std::string folder, std::function<Time()> clock, tell::Telling& telling)
    : folder_(std::move(folder)), clock_(std::move(clock)), telling_(telling) {}

Recorder::~Recorder() {
    close();
}

std::optional<std::uint64_t> Recorder::open(const config::Journal& bounds) {
    if (is_open()) return std::nullopt;
    keep::WriterOptions options{.bounds = bounds_of(bounds), .clock = clock_, .notice = {}};
    options.notice = [this](const keep::Standing& standing) { notice(standing); };
    auto opened = keep::Journal::open(folder_, std::move(options));
    if (!opened) {
        std::string trouble = opened.error().text();
        if (trouble != told_)
            telling_.tell(Thing::journal_trouble, {{"state", "closed"}, {"error", trouble}});
        told_ = std::move(trouble);
        return std::nullopt;
    }
    if (!std::exchange(told_, {}).empty()) telling_.tell(Thing::journal_well, {{"lost", std::int64_t{0}}});
    journal_ = std::move(*opened);
    const std::uint64_t last = journal_->standing().last;
    open_.store(journal_.get(), std::memory_order_release);
    return last;
}

void Recorder::set_bounds(const config::Journal& bounds) const {
    if (auto* journal = this->journal()) journal->set_bounds(bounds_of(bounds));
}

void Recorder::notice(const keep::Standing& standing) {
    if (standing.condition != keep::Condition::ok)
        return telling_.tell(Thing::journal_trouble,
                             {{"state", name(standing.condition)}, {"error", standing.error->text()}});
    telling_.tell(Thing::journal_well, {{"lost", static_cast<std::int64_t>(standing.lost)}});
    recovered_ = true;
}

void Recorder::record(const guard::Folded& folded) const {
    auto* journal = this->journal();
    if (journal == nullptr) return;
    auto noted = noted_of(folded);
    if (!noted) return static_cast<void>(journal->append(entry_of(folded, clock_)));
    const std::string text = text_of(noted->note);
    noted->entry.text = text;
    journal->append(noted->entry);
}

void Recorder::record(const Bookmark& logs) const {
    auto* journal = this->journal();
    if (journal == nullptr) return;
    const std::string text = logs.text();
    journal->append({.kind = keep::EntryKind::position,
                     .time = clock_(),
                     .value = static_cast<std::int64_t>(logs.sequence),
                     .text = text});
}

std::uint64_t Recorder::last() const {
    auto* journal = this->journal();
    return journal == nullptr ? 0 : journal->standing().last;
}

std::optional<keep::Standing> Recorder::standing() const {
    auto* journal = this->journal();
    return journal == nullptr ? std::nullopt : std::optional(journal->standing());
}

Result<keep::Journal*> Recorder::wanted() const {
    if (auto* journal = this->journal()) return journal;
    return std::unexpected(
        Error{folder_, 0, "the journal is not open", "the log says why (journal_trouble)"});
}

Result<void> Recorder::flush() const {
    const auto journal = wanted();
    if (!journal) return std::unexpected(journal.error());
    return (*journal)->flush();
}

Result<void> Recorder::save(std::uint64_t sequence, std::string_view checkpoint) const {
    const auto journal = wanted();
    if (!journal) return std::unexpected(journal.error());
    return (*journal)->save_checkpoint(sequence, checkpoint);
}

void Recorder::record(keep::Deed deed) const {
    const auto journal = wanted();
    const auto written = journal ? (*journal)->record(std::move(deed)) : std::unexpected(journal.error());
    if (!written)
        telling_.tell(Thing::journal_trouble, {{"state", "deed"}, {"error", written.error().text()}});
}

Result<std::vector<keep::Deed>> Recorder::deeds(const keep::DeedQuery& query) const {
    auto reader = keep::Reader::open(folder_);
    if (!reader) return std::unexpected(reader.error());
    return reader->deeds(query);
}

Result<std::vector<Order>> Recorder::orders() const {
    auto reader = keep::Reader::open(folder_);
    if (!reader) return std::unexpected(reader.error());
    const auto exemptions = reader->exemptions();
    if (!exemptions) return std::unexpected(exemptions.error());
    std::vector<Order> orders;
    for (const keep::Exemption& each : *exemptions) {
        if (!each.holds(clock_())) continue;
        auto order = order_of(each);
        if (!order) return std::unexpected(order.error());
        orders.push_back(std::move(*order));
    }
    return orders;
}

OrderBook Recorder::order_book() const {
    return {.add = [this](const Order& order) -> Result<std::uint64_t> {
                const auto journal = wanted();
                if (!journal) return std::unexpected(journal.error());
                return (*journal)->add_exemption(exemption_of(order));
            },
            .lift = [this](const Order& order, const std::string& author) -> Result<void> {
                const auto journal = wanted();
                if (!journal) return std::unexpected(journal.error());
                const auto lifted = (*journal)->lift_exemption(order.id, author, "");
                if (!lifted) return std::unexpected(lifted.error());
                return {};
            }};
}

Result<keep::Forgotten> Recorder::forget(const std::function<bool(std::string_view)>& is_meant,
                                         const std::string& author) const {
    const auto journal = wanted();
    if (!journal) return std::unexpected(journal.error());
    return (*journal)->forget(is_meant, author);
}

Result<void> Recorder::backup(const std::string& folder) const {
    const auto journal = wanted();
    if (!journal) return std::unexpected(journal.error());
    return (*journal)->backup(folder);
}

void Recorder::close() {
    open_.store(nullptr, std::memory_order_release);
    if (!journal_) return;
    if (const auto closed = journal_->close(); !closed)
        telling_.tell(Thing::journal_trouble, {{"state", "closed"}, {"error", closed.error().text()}});
    journal_.reset();
}

}  // namespace tidegate::app

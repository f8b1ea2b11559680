#include "app/serve/saving.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "app/serve/checkpoint.h"
#include "event/json.h"
#include "judge/normalise.h"

namespace tidegate::app {
namespace {

using tell::Thing;

// A start folds what came since the last checkpoint: so many entries take about two seconds
// (bench/run_restart).
constexpr std::uint64_t most_tail = 500'000;

}  // namespace

Result<void> Saving::save() {
    const std::scoped_lock lock(mutex_);
    world_.keep_mail();
    if (!world_.recorder.is_open() || !knows_past_) return {};
    const Time time = world_.clock();
    const Bookmark logs = world_.logs.good();
    CheckpointBytes gathered;
    std::string detection;
    std::vector<Incident> incidents;
    std::uint64_t sequence = 0;
    world_.desk.save({gathered.judge(), detection, incidents}, [&] { sequence = world_.recorder.last(); });
    const std::string bytes = std::move(gathered).finish(time, detection, logs, incidents);
    auto saved = world_.recorder.save(sequence, bytes);
    if (!saved) {
        world_.telling.tell(Thing::journal_trouble,
                            {{"state", "checkpoint"}, {"error", saved.error().text()}});
        return saved;
    }
    last_ = time;
    sequence_ = sequence;
    world_.telling.tell(Thing::checkpoint_saved, {{"sequence", static_cast<std::int64_t>(sequence)},
                                                  {"bytes", static_cast<std::int64_t>(bytes.size())}});
    return {};
}

bool Saving::due() {
    const bool wanted = wanted_.exchange(false), recovered = world_.recorder.take_recovered();
    return wanted || recovered || world_.recorder.last() > sequence_ + most_tail;
}

Result<std::string> Saving::forget(const std::string& account, const std::string& author) {
    const auto policy = world_.desk.policy();
    std::string name;
    const std::uint64_t key = judge::account_key(judge::normalise(account, *policy, name));
    const AccountTest is_meant = [&](std::string_view each) {
        std::string other;
        return judge::account_key(judge::normalise(each, *policy, other)) == key;
    };
    world_.desk.forget(key, is_meant);
    // The entries that lose the name are folded once more only if no checkpoint has them.
    if (auto saved = save(); !saved) return std::unexpected(saved.error());
    const auto done = world_.recorder.forget(is_meant, author);
    if (!done) return std::unexpected(done.error());
    world_.orders.forget(account);
    // Two are kept, and the one before the last may have it in the record of an incident.
    if (auto saved = save(); !saved) return std::unexpected(saved.error());
    world_.telling.tell(Thing::forgotten,
                        {{"author", author}, {"entries", static_cast<std::int64_t>(done->entries)}});
    return fmt::format(R"({{"entries":{},"records":{},"damaged":{}}})", done->entries, done->records,
                       done->damaged);
}

Result<std::string> Saving::backup(const std::string& folder, const std::string& author) {
    if (auto saved = save(); !saved) return std::unexpected(saved.error());
    if (auto done = world_.recorder.backup(folder); !done) return std::unexpected(done.error());
    world_.telling.tell(Thing::backed_up, {{"path", folder}, {"author", author}});
    world_.recorder.record(keep::Deed{
        .time = world_.clock(), .author = author, .action = "backup", .subject = folder, .reason = {}});
    return fmt::format(R"({{"folder":{}}})", json_string(folder));
}

}  // namespace tidegate::app

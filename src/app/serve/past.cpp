#include "app/serve/past.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "app/serve/checkpoint.h"
#include "keep/reader.h"
#include "observe/follow/position.h"
#include "observe/pipeline.h"

namespace tidegate::app {
namespace {

namespace fs = std::filesystem;
using tell::Thing;

Memories nothing(const Ground& ground) {
    return {.judge = judge::Judge(ground.policy),
            .detection = judge::Detection(),
            .incidents = {},
            .until = {},
            .logs = {},
            .sequence = 0,
            .is_first = false,
            .is_whole = true};
}

void tell_of(const std::vector<Error>& errors, Thing thing, tell::Telling& telling) {
    for (const Error& error : errors) telling.tell(thing, {{"error", error.text()}});
}

Result<Memories> memories_in(const keep::Checkpoint& kept, const Ground& ground, tell::Telling& telling) {
    auto checkpoint = checkpoint_in(kept.file.bytes());
    if (!checkpoint) return std::unexpected(checkpoint.error());
    auto judge = judge::Judge::load(checkpoint->judge, ground.policy);
    if (!judge) return std::unexpected(judge.error());
    auto detection = judge::Detection::load(checkpoint->detection, {});
    if (!detection) return std::unexpected(detection.error());
    tell_of(checkpoint->unread, Thing::checkpoint_damaged, telling);
    telling.tell(Thing::checkpoint_read, {{"sequence", static_cast<std::int64_t>(kept.sequence)},
                                          {"time", rfc3339(checkpoint->time)}});
    return Memories{.judge = std::move(*judge),
                    .detection = std::move(*detection),
                    .incidents = std::move(checkpoint->incidents),
                    .until = checkpoint->time,
                    .logs = std::move(checkpoint->logs),
                    .sequence = kept.sequence,
                    .is_first = false,
                    .is_whole = true};
}

Result<Memories> memories_of(keep::Reader& reader, const Ground& ground, tell::Telling& telling) {
    const auto checkpoint = reader.latest_checkpoint();
    if (!checkpoint) return std::unexpected(checkpoint.error());
    tell_of(checkpoint->damaged, Thing::checkpoint_damaged, telling);
    if (checkpoint->path.empty()) return nothing(ground);
    auto memories = memories_in(*checkpoint, ground, telling);
    if (memories) return memories;
    if (memories.error().file.empty()) memories.error().file = checkpoint->path;
    tell_of({memories.error()}, Thing::checkpoint_damaged, telling);
    return nothing(ground);
}

// What people said and did, for the record of incidents.
void fold_note(const keep::Entry& entry, guard::Desk& desk) {
    using enum keep::EntryKind;
    const auto note = keep::note_in(entry.text);
    if (!note) return;
    const std::string who(note->who), about(note->about), text(note->text);
    if (entry.kind == words)
        desk.restore_words({.time = entry.time, .who = who, .text = text, .incident = about});
    const bool known = entry.value >= 0 && std::cmp_less(entry.value, names_of<ActionKind>().size());
    if (entry.kind == action)
        desk.restore_action({.time = entry.time,
                             .kind = known ? static_cast<ActionKind>(entry.value) : ActionKind::other,
                             .who = who,
                             .text = text});
    if (entry.kind == closing)
        desk.restore_closing({.time = entry.time, .who = who, .incident = about, .reason = text});
    if (entry.kind == restart)
        desk.restore_restart({.time = entry.time, .node = about, .up = entry.value != 0, .who = who});
}

void fold(const keep::Entry& entry, Bookmark& logs, guard::Desk& desk) {
    using enum keep::EntryKind;
    switch (entry.kind) {
        case words:
        case action:
        case closing:
        case restart:
            return fold_note(entry, desk);
        case event:
            return desk.restore(*entry.event, entry.answered);
        case vouch:
            return desk.restore_vouch(*entry.event);
        case pardon:
            return desk.restore_pardon(*entry.event);
        case tick:
            return desk.restore_tick(unix_seconds(entry.time));
        case posture:
            return desk.restore_posture(Decibans::hundredths(static_cast<std::int32_t>(entry.value)));
        case position:
            logs = Bookmark::parse(entry.text, static_cast<std::uint64_t>(entry.value));
            return;
        case policy:
        case lost:
            return;
    }
}

// As many attempts as the joiner keeps of doors; it forgets by itself what is too old.
constexpr std::uint64_t joined_again = 65'536;

// What a log tells again of an attempt that counted joins it; a line that is read again counts no more.
Result<void> recall_lately(keep::Reader& reader, const Bookmark& logs, std::uint64_t last, Intake& intake) {
    const std::uint64_t of_doors = last > joined_again ? last - joined_again : 0;
    const auto read = reader.read(std::min(of_doors, logs.sequence) + 1,
                                  [&](std::uint64_t sequence, const keep::Entry& entry) {
                                      if (entry.kind != keep::EntryKind::event) return true;
                                      const bool by_door = entry.event->file.empty();
                                      if (!by_door && sequence > logs.sequence)
                                          intake.expect(*entry.event);
                                      else
                                          intake.recall(*entry.event, entry.answered);
                                      return true;
                                  });
    intake.end_recall();
    if (!read) return std::unexpected(read.error());
    return {};
}

// A code that a customer was told is good for longer than a checkpoint is young.
Result<void> recall_refusals(keep::Reader& reader, std::uint64_t last, guard::Desk& desk) {
    const std::uint64_t from = last > joined_again ? last - joined_again : 0;
    const auto read = reader.read(from + 1, [&](std::uint64_t sequence, const keep::Entry& entry) {
        if (sequence > last) return false;
        if (entry.kind == keep::EntryKind::event)
            desk.restore_refusal(*entry.event, entry.answered, entry.sum);
        return true;
    });
    if (!read) return std::unexpected(read.error());
    return {};
}

Result<keep::Reading> fold_all(keep::Reader& reader, Memories& memories, guard::Desk& desk, Intake& intake) {
    if (auto done = recall_refusals(reader, memories.sequence, desk); !done)
        return std::unexpected(done.error());
    auto read = reader.read(memories.sequence + 1, [&](std::uint64_t, const keep::Entry& entry) {
        fold(entry, memories.logs, desk);
        memories.until = std::max(memories.until, time_of(entry));
        return true;
    });
    if (!read) return read;
    memories.is_first = memories.sequence == 0 && read->entries == 0;
    memories.sequence = std::max(memories.sequence, read->last);
    if (const auto done = recall_lately(reader, memories.logs, memories.sequence, intake); !done)
        return std::unexpected(done.error());
    return read;
}

// Rotated logs may be packed.
std::string unpacked_name(std::string name) {
    for (const std::string_view ending : {".gz", ".zst"})
        if (name.ends_with(ending)) name.resize(name.size() - ending.size());
    return name;
}

std::vector<std::string> files_of(const std::string& log) {
    std::vector<std::string> files;
    const fs::path path(log);
    const std::string own = path.filename().string();
    std::error_code error;
    for (const auto& each : fs::directory_iterator(path.parent_path(), error)) {
        const std::string name = each.path().filename().string();
        if (name == own || observe::is_rotation_of(unpacked_name(name), own))
            files.push_back(each.path().string());
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace

Memories recall(const std::string& folder, const Ground& ground, tell::Telling& telling) {
    Memories none = nothing(ground);
    std::error_code ignored;
    none.is_first = true;
    if (!fs::exists(keep::database_in(folder), ignored)) return none;
    auto reader = keep::Reader::open(folder);
    auto memories = reader ? memories_of(*reader, ground, telling) : std::unexpected(reader.error());
    if (memories) return std::move(*memories);
    telling.tell(Thing::journal_trouble, {{"state", "unread"}, {"error", memories.error().text()}});
    none.is_whole = false;
    return none;
}

void refold(const std::string& folder, Memories& memories, guard::Desk& desk, Intake& intake,
            tell::Telling& telling) {
    if (memories.is_first) return;
    const auto began = std::chrono::steady_clock::now();
    auto reader = keep::Reader::open(folder);
    const auto read = reader ? fold_all(*reader, memories, desk, intake) : std::unexpected(reader.error());
    if (!read) {
        memories.is_whole = false;
        return telling.tell(Thing::journal_trouble, {{"state", "unread"}, {"error", read.error().text()}});
    }
    for (const Error& error : read->damaged)
        telling.tell(Thing::journal_trouble, {{"state", "damaged"}, {"error", error.text()}});
    if (memories.is_first) return;
    const auto took = std::chrono::steady_clock::now() - began;
    telling.tell(Thing::restored,
                 {{"sequence", static_cast<std::int64_t>(memories.sequence)},
                  {"entries", static_cast<std::int64_t>(read->entries)},
                  {"missing", static_cast<std::int64_t>(read->missing)},
                  {"milliseconds", static_cast<std::int64_t>(took / std::chrono::milliseconds(1))}});
}

void tell_of_cut(const Memories& memories, guard::Desk& desk, tell::Telling& telling, Time now) {
    if (memories.is_first || memories.until == Time{}) return;
    const Time last = std::min(memories.until, now);
    desk.tell(RestartNotice{.time = last, .node = "Tidegate"});
    desk.tell(RestartNotice{.time = now, .node = "Tidegate", .up = true});
    telling.tell(Thing::cut_off, {{"last", rfc3339(last)}});
}

void import_past(const Ground& ground, const std::map<std::string, std::uint64_t>& ends, guard::Desk& desk,
                 tell::Telling& telling) {
    std::set<std::string> files;
    for (const config::Follow& each : ground.configured.follows)
        if (!each.journald)
            for (std::string& file : files_of(each.file)) files.insert(std::move(file));
    for (const auto& [file, end] : ends)
        if (end == 0) files.erase(file);
    if (files.empty()) return;
    observe::Input input = ground.input;
    input.ends = ends;
    input.files.assign(files.begin(), files.end());
    std::uint64_t events = 0;
    observe::Steps steps;
    steps.prepare = [&](observe::Work& work) { ground.prepare(work); };
    steps.fold = [](observe::Work&) {};
    steps.tally = [&](observe::Work& work) {
        for (const Event& event : work.batch.events) {
            if (event.attempts == 0 || event.time == Time{}) continue;
            desk.restore(event, Measure::pass);
            ++events;
        }
    };
    const auto done = observe::run(input, steps);
    if (!done) return telling.tell(Thing::log_trouble, {{"error", done.error().text()}});
    for (const Error& error : done->errors) telling.tell(Thing::log_trouble, {{"error", error.text()}});
    telling.tell(Thing::imported, {{"files", static_cast<std::int64_t>(files.size())},
                                   {"events", static_cast<std::int64_t>(events)},
                                   {"accounts", static_cast<std::int64_t>(desk.memory().accounts)}});
}

}  // namespace tidegate::app

#include "app/serve/past.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "app/judging.h"
#include "observe/follow/position.h"
#include "observe/pipeline.h"

namespace tidegate::app {
namespace {

namespace fs = std::filesystem;
using tell::Thing;

Memories nothing(const Ground& ground) {
    return {.judge = judge::Judge(ground.policy),
            .detection = judge::Detection(),
            .positions = {},
            .is_first = true};
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

Memories recall(const StateFolder& state, const Ground& ground, tell::Telling& telling) {
    auto checkpoint = state.load();
    if (checkpoint && !*checkpoint) return nothing(ground);
    Error error;
    if (!checkpoint) {
        error = checkpoint.error();
    } else {
        auto judge = judge::Judge::load((*checkpoint)->judge, ground.policy);
        auto detection = judge::Detection::load((*checkpoint)->detection, {});
        if (judge && detection) {
            telling.tell(Thing::restored, {{"time", rfc3339((*checkpoint)->time)}});
            return {.judge = std::move(*judge),
                    .detection = std::move(*detection),
                    .positions = std::move((*checkpoint)->positions),
                    .is_first = false};
        }
        error = judge ? detection.error() : judge.error();
    }
    telling.tell(Thing::checkpoint_damaged, {{"error", error.text()}});
    return nothing(ground);
}

void import_past(const Ground& ground, guard::Desk& desk, tell::Telling& telling) {
    std::set<std::string> files;
    for (const config::Follow& each : ground.configured.follows)
        if (!each.journald)
            for (std::string& file : files_of(each.file)) files.insert(std::move(file));
    if (files.empty()) return;
    observe::Input input = ground.input;
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

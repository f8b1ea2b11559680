#include "app/serve/logs.h"

#include <utility>

#include "app/output.h"
#include "observe/follow/file_follower.h"
#include "observe/follow/journald_follower.h"
#include "observe/follow/live_joiner.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;
using tell::Thing;

std::string name_of(const config::Follow& follow) {
    return follow.journald ? "journal" : follow.file;
}

}  // namespace

Logs::Logs(Intake& intake, const Recorder& recorder, tell::Telling& telling, std::function<Time()> clock,
           Bookmark from)
    : intake_(intake),
      recorder_(recorder),
      telling_(telling),
      clock_(std::move(clock)),
      bookmarks_(std::move(from), observe::LiveWaits{}.nameless + 1s),
      sensor_({.take = [this](observe::Sighting&& sighting) { take(sighting); },
               .tell = [this](std::size_t source, const Error& error) { trouble(source, error); },
               .clock = clock_}) {}

std::map<std::string, std::uint64_t> Logs::follow(const Ground& ground) {
    const auto positions = bookmarks_.good().positions;
    std::map<std::string, std::uint64_t> passed_over;
    for (const config::Follow& each : ground.configured.follows) {
        const auto saved = positions.find(name_of(each));
        const std::string position = saved == positions.end() ? "" : saved->second;
        observe::LogSource source;
        source.follower = follower_of(each, position);
        source.follower->begin();
        const std::string place = source.follower->position();
        source.zone = ground.zone;
        source.patterns = ground.input.patterns;
        if (const auto added = sensor_.add(std::move(source)); !added) {
            say(added.error());
            continue;
        }
        names_.push_back(name_of(each));
        telling_.tell(Thing::log_followed, {{"source", name_of(each)},
                                            {"position", position.empty() ? "its end" : "where it was"}});
        if (!position.empty()) continue;
        const auto files = observe::FilePosition::parse(place);
        const bool has_files = files && !files->files.empty();
        if (!each.journald) passed_over[each.file] = has_files ? files->files.back().offset : 0;
        // One that can't be opened has no place yet: once it can, a later start goes on at its end.
        if (each.journald ? !place.empty() : has_files)
            bookmarks_.read(name_of(each), place, clock_(), recorder_.last());
    }
    bookmarks_.tick(clock_(), [] { return true; });  // nothing was read yet that could wait
    return passed_over;
}

std::unique_ptr<observe::Follower> Logs::follower_of(const config::Follow& follow,
                                                     const std::string& position) const {
    if (follow.journald)
        return std::make_unique<observe::JournaldFollower>(
            "", observe::JournaldFollower::Start{.from_end = true, .saved = position});
    observe::FileStart start;
    start.saved = observe::FilePosition::parse(position);
    return std::make_unique<observe::FileFollower>(follow.file, start, clock_);
}

void Logs::take(observe::Sighting& sighting) {
    const std::string& name = names_[sighting.source];
    intake_.see(sighting, clock_());
    bookmarks_.read(name, sighting.position, clock_(), recorder_.last());
    const std::scoped_lock lock(troubles_mutex_);
    troubles_.erase(name);
}

void Logs::trouble(std::size_t source, const Error& error) {
    telling_.tell(Thing::log_trouble, {{"source", names_[source]}, {"error", error.text()}});
    const std::scoped_lock lock(troubles_mutex_);
    troubles_[names_[source]] = error.text();
}

void Logs::tick() {
    bookmarks_.tick(clock_(), [this] { return intake_.is_idle(); });
}

void Logs::note() {
    if (const auto news = bookmarks_.news()) recorder_.record(*news);
}

std::vector<Surroundings::Source> Logs::sources() const {
    std::vector<Surroundings::Source> out;
    const std::scoped_lock lock(troubles_mutex_);
    for (const auto& source : sensor_.counts()) {
        const auto trouble = troubles_.find(source.name);
        out.push_back({source.name, source.lines.lines, source.lines.unknown, source.bytes_behind,
                       trouble == troubles_.end() ? "" : trouble->second});
    }
    return out;
}

}  // namespace tidegate::app

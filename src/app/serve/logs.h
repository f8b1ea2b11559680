#pragma once
// The logs that the daemon follows, and how far each was read.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/ground.h"
#include "app/serve/bookmarks.h"
#include "app/serve/intake.h"
#include "app/serve/recorder.h"
#include "app/serve/scene.h"
#include "base/time.h"
#include "observe/follow/log_sensor.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// Hands what the logs tell to the intake, and to the recorder how far that was.
/// Thread: follow(), start(), stop(), tick(), note() on one; the rest any.  Owner: what it is given outlives
/// it.
class Logs {
public:
    /// They go on where `from` says.
    Logs(Intake& intake, const Recorder& recorder, tell::Telling& telling, std::function<Time()> clock,
         Bookmark from);

    /// Before start(): each log's place is taken. What can't be followed is said.
    /// Returns: of files that begin at their end, how many bytes they have before it.
    std::map<std::string, std::uint64_t> follow(const Ground& ground);
    void start() { sensor_.start(); }
    void stop() { sensor_.stop(); }
    /// Several times a second, behind Intake::tick().
    void tick();
    /// Once a second: has how far they were read written down.
    void note();

    /// Where they go on, if the daemon ends now.
    [[nodiscard]] Bookmark good() const { return bookmarks_.good(); }
    [[nodiscard]] std::vector<Surroundings::Source> sources() const;

private:
    void take(observe::Sighting& sighting);
    void trouble(std::size_t source, const Error& error);
    [[nodiscard]] std::unique_ptr<observe::Follower> follower_of(const config::Follow& follow,
                                                                 const std::string& position) const;

    Intake& intake_;
    const Recorder& recorder_;
    tell::Telling& telling_;
    std::function<Time()> clock_;
    Bookmarks bookmarks_;
    std::vector<std::string> names_;  // by the sensor's number
    mutable std::mutex troubles_mutex_;
    std::map<std::string, std::string> troubles_;  // by name
    observe::LogSensor sensor_;                    // its thread uses all above
};

}  // namespace tidegate::app

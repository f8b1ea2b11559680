#pragma once
// Posture: how sure we must be before we act. Detection drives it; it falls back by itself.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "event/verdict.h"
#include "judge/detect/detection.h"

namespace tidegate::judge {

enum class Posture : std::uint8_t {
    calm,   // only the certain is stopped
    watch,  // something is changing: the less certain too
    storm,  // the familiar first; the unknown is asked to wait, the doubtful refused
};
[[nodiscard]] std::string_view name(Posture);

/// One change of posture, told in words.
struct PostureChange {
    std::int64_t seconds = 0;  // Unix time
    Posture from = Posture::calm, to = Posture::calm;
    std::string reason;  // "failures since 12:00:10 UTC: 812 instead of 41"
};

/// What drives the posture.
struct PostureInputs {
    std::vector<Alarm> alarms;  // open ones
    double attack_share = 0;    // of the last minutes' attempts
};

/// Goes up at once and comes down slowly: from storm to watch once the attack has been small for two minutes,
/// to calm once nothing was out of the ordinary for three: within ten minutes after an attack's end. A
/// posture that an operator set holds until it is released. Thread: one at a time.  Cost: nothing to speak
/// of.  Deterministic.
class PostureKeeper {
public:
    /// Call after every closed bin (10 s), or whenever time has passed.
    void see(std::int64_t seconds, const PostureInputs& inputs);
    /// The same, asking `detection`.
    void see(const Detection& detection);

    /// An operator's word.
    void hold(Posture posture, std::int64_t seconds, std::string reason);
    void release(std::int64_t seconds);

    [[nodiscard]] Posture posture() const { return posture_; }
    /// How far a storm may bring the judge's thresholds down (Judge::set_posture): 0, -2 or -4 dB.
    [[nodiscard]] Decibans shift() const;
    /// Changes since the last call of this.
    [[nodiscard]] std::vector<PostureChange> take_changes();

private:
    void go(Posture to, std::int64_t seconds, std::string reason);
    void rise(Posture to, std::int64_t seconds, const PostureInputs& inputs);
    [[nodiscard]] Posture wanted(const PostureInputs& inputs) const;

    Posture posture_ = Posture::calm;
    bool held_ = false;
    std::int64_t last_storm_ = 0;  // when it was last as bad as storm, as bad as watch
    std::int64_t last_watch_ = 0;
    std::vector<PostureChange> changes_;
};

}  // namespace tidegate::judge

#include "judge/thresholds.h"

#include <algorithm>

namespace tidegate::judge {

Thresholds thresholds(const Policy& policy, float prior, bool sees_guesses, Decibans lowest_shift) {
    const Decibans calm = std::max(lowest_shift, Decibans::of(-std::clamp(prior, -12.0F, 4.0F)));
    // Above zero, where a customer at home is put (weigh.cpp): no posture refuses him.
    const Decibans defer =
        std::max(Decibans::of(1), policy.defer_at.value_or(Decibans::of(sees_guesses ? 33 : 30)) + calm);
    return {policy.slow_at ? *policy.slow_at + calm : defer + Decibans::of(-8), defer,
            policy.refuse_at ? *policy.refuse_at + calm : defer + Decibans::of(15)};
}

}  // namespace tidegate::judge

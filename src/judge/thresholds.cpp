#include "judge/thresholds.h"

#include <algorithm>
#include <array>

namespace tidegate::judge {

Thresholds thresholds(const Policy& policy, float prior, Sight sight, Decibans lowest_shift) {
    const Decibans calm = std::max(lowest_shift, Decibans::of(-std::clamp(prior, -12.0F, 4.0F)));
    constexpr std::array defer_at{30, 34, 33};  // by Sight
    // Above zero, where a customer at home is put (weigh.cpp): no posture refuses him.
    const Decibans defer =
        std::max(Decibans::of(1),
                 policy.defer_at.value_or(Decibans::of(defer_at[static_cast<std::size_t>(sight)])) + calm);
    return {policy.slow_at ? *policy.slow_at + calm : defer + Decibans::of(-8), defer,
            policy.refuse_at ? *policy.refuse_at + calm : defer + Decibans::of(15)};
}

}  // namespace tidegate::judge

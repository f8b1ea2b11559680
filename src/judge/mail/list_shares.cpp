#include "judge/mail/list_shares.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "judge/decay.h"

namespace tidegate::judge {
namespace {

constexpr float prior_of_refused = 0.8F;  // MailPolicy::list_prior says whence
constexpr float heaviest_list = 22, heaviest_lists = 25, one_more = 2;

float share_of_taken(float prior) {
    return prior_of_refused * std::pow(10.0F, -prior / 10);
}

float share(double named, double all, float prior) {
    constexpr double strength = 200;
    return static_cast<float>((named + strength * prior) / (all + strength));
}

}  // namespace

void ListShares::Side::scale(double by) {
    all *= by;
    for (double& each : named) each *= by;
}

void ListShares::add(std::uint32_t lists, bool refused, float weight, std::uint32_t quarter) {
    static const Fading fading(7 * 24);
    if (quarter > quarter_) {
        const float left = fading.left(quarter - quarter_);
        refused_.scale(left);
        taken_.scale(left);
        quarter_ = quarter;
    }
    Side& side = refused ? refused_ : taken_;
    side.all += weight;
    for (std::uint32_t bits = lists; bits != 0; bits &= bits - 1)
        side.named[static_cast<std::size_t>(std::countr_zero(bits))] += weight;
}

float ListShares::weight(std::size_t index, float prior) const {
    const float ratio = decibans(share(refused_.named[index], refused_.all, prior_of_refused)) -
                        decibans(share(taken_.named[index], taken_.all, share_of_taken(prior)));
    return std::clamp(ratio, 0.0F, heaviest_list);
}

float ListShares::together(std::uint32_t lists, float prior) const {
    if (lists == 0) return 0;
    float heaviest = 0;
    for (std::uint32_t bits = lists; bits != 0; bits &= bits - 1)
        heaviest = std::max(heaviest, weight(static_cast<std::size_t>(std::countr_zero(bits)), prior));
    return std::min(heaviest + one_more * static_cast<float>(std::popcount(lists) - 1), heaviest_lists);
}

void ListShares::move_lists(std::span<const std::optional<std::size_t>, most_lists> from, float prior) {
    const auto move = [from](Side& side, float believed) {
        const auto before = side.named;
        for (std::size_t i = 0; i < most_lists; ++i)
            side.named[i] = from[i] ? before[*from[i]] : side.all * believed;
    };
    move(refused_, prior_of_refused);
    move(taken_, share_of_taken(prior));
}

}  // namespace tidegate::judge

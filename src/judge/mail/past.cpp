#include "judge/mail/past.h"

#include <algorithm>

namespace tidegate::judge {
namespace {

struct Fadings {
    Fading taken{14 * 24}, refused{48}, rest{24};
};

const Fadings& fadings() {
    static const Fadings each;
    return each;
}

// Who delivers goes before all who don't; among equals the latest.
std::uint64_t usefulness(const PastSlot& slot) {
    constexpr float most = 60'000;
    const auto good = static_cast<std::uint64_t>(std::min(slot.taken, most) * 16);
    const auto bad = static_cast<std::uint64_t>(std::min(slot.refused + slot.unknown, 255.0F));
    return good << 40U | std::uint64_t{slot.last} << 8U | bad;
}
std::uint64_t usefulness(const AskedSlot& slot) {
    return std::uint64_t{slot.passed} << 32U | slot.asked;
}

constexpr auto by_use = [](const auto& slot) { return usefulness(slot); };

}  // namespace

Past faded(const PastSlot& slot, std::uint32_t quarter) {
    const unsigned passed = quarter > slot.last ? quarter - slot.last : 0;
    const Fadings& fading = fadings();
    const float refused = fading.refused.left(passed), rest = fading.rest.left(passed);
    return {.taken = slot.taken * fading.taken.left(passed),
            .refused = slot.refused * refused,
            .unknown = slot.unknown * rest,
            .early = slot.early * rest,
            .spread = slot.spread * refused};
}

Past faded(const PastSlot* slot, std::uint32_t quarter) {
    return slot == nullptr ? Past{} : faded(*slot, quarter);
}

void fade(PastSlot& slot, std::uint32_t quarter) {
    const Past now = faded(slot, quarter);
    slot.taken = now.taken;
    slot.refused = now.refused;
    slot.unknown = now.unknown;
    slot.early = now.early;
    slot.spread = now.spread;
    slot.last = std::max(slot.last, quarter);
}

MailMemory::MailMemory(std::size_t most_bytes)
    : addresses(most_bytes / 2), networks(most_bytes / 4), names(most_bytes / 8), asked(most_bytes / 8) {}

PastSlot& MailMemory::address(std::uint64_t key) {
    return addresses.insert(key, by_use);
}
PastSlot& MailMemory::network(std::uint64_t key) {
    return networks.insert(key, by_use);
}
PastSlot& MailMemory::name(std::uint64_t key) {
    return names.insert(key, by_use);
}
AskedSlot& MailMemory::pair(std::uint64_t key) {
    return asked.insert(key, by_use);
}

std::size_t MailMemory::bytes() const {
    return addresses.bytes() + networks.bytes() + names.bytes() + asked.bytes();
}

}  // namespace tidegate::judge

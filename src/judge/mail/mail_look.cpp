#include <algorithm>

#include "judge/mail/mail_state.h"

namespace tidegate::judge {
namespace {

// Two mails that were taken, or one of this week and one of the last.
constexpr float few_deliveries = 1.5F;
constexpr float many_deliveries = 20;

// Mail servers try again after five minutes and later (RFC 5321 4.5.4.1 asks for half an hour; Postfix's
// minimal_backoff_time is five minutes), and go on for days.
constexpr std::int64_t shortest_wait = 240, longest_wait = 2 * 86'400, remembered = 30 * 86'400;
constexpr unsigned most_doublings = 6;

// A mailing list has members who moved; so an unknown recipient counts little.
bool is_sound(const Past& past, float deliveries, float taken_for_each_refused) {
    constexpr float unknown_for_each_taken = 4;
    return past.taken >= deliveries &&
           past.taken > taken_for_each_refused * past.refused + past.unknown / unknown_for_each_taken;
}

bool is_known(const MailLook& seen) {
    constexpr float few_bad_ones = 2;
    if (seen.has_delivered) return true;
    return seen.is_good_network &&
           seen.address.refused + seen.address.unknown / 4 <= seen.address.taken + few_bad_ones;
}

std::int64_t wait_of(const AskedSlot& slot) {
    return shortest_wait << std::min<unsigned>(slot.level, most_doublings);
}

// Of mail servers nearly all come again, of bots one in twenty (Harris, 2003); who goes on for an hour, or
// for four, and often, is rarer still among them.
float patience_of(const AskedSlot& slot, std::int64_t now) {
    constexpr float four_hours = 26;
    constexpr unsigned times_an_hour = 3, times_four_hours = 5;
    const bool has_passed = slot.passed != 0 && now - slot.passed <= remembered;
    const std::int64_t waited = now - slot.asked;
    if (!has_passed && (!is_awaited(slot, now) || waited < wait_of(slot))) return 0;
    if (waited >= 4 * 3600 && slot.times >= times_four_hours) return four_hours;
    return waited >= 3600 && slot.times >= times_an_hour ? patience_of_an_hour : patience_once;
}

}  // namespace

bool is_awaited(const AskedSlot& slot, std::int64_t now) {
    return slot.asked != 0 && now - slot.asked <= wait_of(slot) + longest_wait;
}

MailLook look(const MailState& state, const MailKnock& knock) {
    MailLook seen;
    if (knock.address == 0) return seen;
    const std::uint32_t now = knock.quarter();
    seen.address = faded(state.memory.addresses.find(knock.address), now);
    seen.network = faded(state.memory.networks.find(knock.network), now);
    if (knock.name != 0) seen.name = faded(state.memory.names.find(knock.name), now);
    constexpr float taken_for_each_refused = 4;
    seen.is_good_network = is_sound(seen.network, many_deliveries, taken_for_each_refused);
    seen.has_delivered = is_sound(seen.address, few_deliveries, 2);
    seen.is_known = is_known(seen);
    const AskedSlot* slot = state.memory.asked.find(knock.pair);
    if (slot == nullptr) return seen;
    seen.patience = patience_of(*slot, knock.seconds);
    seen.was_let_down = slot->level > 0;
    return seen;
}

}  // namespace tidegate::judge

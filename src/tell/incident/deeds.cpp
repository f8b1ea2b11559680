#include "tell/incident/deeds.h"

#include <algorithm>

namespace tidegate::tell {
namespace {

using std::chrono::minutes;

constexpr auto one_action = minutes(10);   // bans so near are one
constexpr auto same_restart = minutes(1);  // told of twice: by the node and by who did it
constexpr std::size_t text_bytes = 2000, who_bytes = 128;

}  // namespace

std::string clipped_text(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return std::string(text);
    std::size_t end = bytes;
    while (end > 0 && end + 4 > bytes && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return std::string(text.substr(0, end));
}

IncidentAction* Deeds::same_as(const ActionNotice& action) {
    for (auto known = actions_.rbegin(); known != actions_.rend(); ++known) {
        if (known->kind != action.kind || known->who != action.who) continue;
        const Duration apart = action.time - known->time;
        if (action.kind == ActionKind::ban) return apart < one_action ? &*known : nullptr;
        const bool told_twice = action.kind == ActionKind::restart && apart < same_restart;
        return told_twice ? &*known : nullptr;
    }
    return nullptr;
}

void Deeds::tell(const ActionNotice& action, const Pulse& pulse) {
    if (IncidentAction* known = same_as(action)) {
        if (action.kind == ActionKind::ban) ++known->times;
        if (action.kind == ActionKind::restart && action.text.size() > known->text.size())
            known->text = clipped_text(action.text, text_bytes);
        return;
    }
    if (actions_.size() == most) {
        ++dropped_;
        return;
    }
    IncidentAction deed{.time = action.time,
                        .kind = action.kind,
                        .who = clipped_text(action.who, who_bytes),
                        .text = clipped_text(action.text, text_bytes),
                        .before = pulse.window(action.time - minutes(5), action.time)};
    const auto place = std::ranges::upper_bound(actions_, deed.time, {}, &IncidentAction::time);
    actions_.insert(place, std::move(deed));
}

void Deeds::tick(Time now, const Pulse& pulse) {
    const auto due = [&](std::optional<EffectWindow>& effect, Time from, Time until) {
        if (!effect && now >= until) effect = pulse.window(from, until);
    };
    for (IncidentAction& deed : actions_) {
        due(deed.after_5, deed.time, deed.time + minutes(5));
        due(deed.after_15, deed.time + minutes(10), deed.time + minutes(15));
    }
}

void Deeds::forget_before(Time time) {
    std::erase_if(actions_, [time](const IncidentAction& deed) { return deed.time < time; });
    if (actions_.empty()) dropped_ = 0;
}

void Deeds::forget(const AccountTest& is_meant) {
    for (IncidentAction& deed : actions_) forget_in(deed, is_meant);
}

void forget_in(IncidentAction& action, const AccountTest& is_meant) {
    if (names_account(action.text, is_meant)) action.text = forgotten_text;
}

std::vector<IncidentAction> Deeds::since(Time time) const {
    std::vector<IncidentAction> found;
    for (const IncidentAction& deed : actions_) {
        if (deed.time < time) continue;
        IncidentAction& copy = found.emplace_back(deed);
        const auto near = std::ranges::count_if(actions_, [&](const IncidentAction& other) {
            return other.time > deed.time - minutes(5) && other.time < deed.time + minutes(15);
        });
        copy.others = static_cast<std::uint32_t>(near - 1);
    }
    return found;
}

}  // namespace tidegate::tell

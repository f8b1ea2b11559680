#include "observe/follow/door_notes.h"

#include <algorithm>

namespace tidegate::observe {
namespace {

constexpr std::size_t most_notes = std::size_t{1} << 16;
constexpr std::size_t most_of_address = 256;
constexpr Duration session_age = std::chrono::minutes(15);
/// Where each attempt has its own line: Dovecot's failure delay and anvil's penalty, with room.
constexpr Duration line_age = std::chrono::seconds(30);

constexpr std::uint64_t of(Tie tie, const TieHashes& hashes) {
    return hashes[static_cast<std::size_t>(tie)];
}

bool is_mail_entry(Service service) {
    return service == Service::smtp || service == Service::submission;
}

/// Postfix writes a line for each message of a session that logged in once.
bool is_told_often(const Event& event) {
    return event.outcome == Outcome::success && is_mail_entry(event.service);
}

}  // namespace

std::uint64_t DoorNotes::add(const Event& event, const TieHashes& hashes, std::uint64_t attempt, Time now) {
    forget(now);
    const DoorNote note{attempt,
                        of(Tie::address, hashes),
                        of(Tie::account, hashes),
                        of(Tie::session, hashes),
                        now,
                        event.service,
                        event.outcome,
                        false};
    notes_.push_back(note);
    const std::uint64_t number = first_ + notes_.size() - 1;
    auto& list = by_address_[note.address];
    if (list.size() >= most_of_address) list.erase(list.begin(), list.begin() + most_of_address / 2);
    list.push_back(number);
    return number;
}

bool DoorNotes::can_be_of(const DoorNote& note, const Event& event, std::uint64_t session, Time now) {
    const bool often = is_told_often(event);
    const Duration limit = often || !event.session.empty() ? session_age : line_age;
    if ((note.claimed && !often) || note.outcome != event.outcome || now - note.seen > limit) return false;
    // Where both know the session it was counted by session.
    if (note.session != 0 && !event.session.empty() && event.outcome == Outcome::failure) return false;
    if (note.session != 0 && session != 0 && note.session != session) return false;
    return do_services_fit(note.service, event.service);
}

std::vector<std::uint64_t> DoorNotes::claim(const Event& event, const TieHashes& hashes, std::uint32_t wanted,
                                            Time now) {
    forget(now);
    std::vector<std::uint64_t> attempts;
    if (notes_.empty()) return attempts;
    const auto list = by_address_.find(of(Tie::address, hashes));
    if (list == by_address_.end() || list->first == 0) return attempts;
    std::vector<DoorNote*> fitting;  // oldest first
    for (const std::uint64_t number : list->second) {
        if (number < first_) continue;
        DoorNote& note = notes_[number - first_];
        if (can_be_of(note, event, of(Tie::session, hashes), now)) fitting.push_back(&note);
    }
    const std::uint64_t account = of(Tie::account, hashes);
    const auto is_account = [&](const DoorNote* note) {
        return account == 0 || note->account == 0 || note->account == account;
    };
    // A session's line names its last account, and is its last word; lines for each try come in order.
    if (!event.session.empty()) std::ranges::reverse(fitting);
    const auto own = std::ranges::find_if(fitting, is_account);
    if (own == fitting.end()) return attempts;
    std::rotate(fitting.begin(), own, own + 1);
    for (DoorNote* note : fitting) {
        if (attempts.size() == wanted) break;
        note->claimed = true;
        attempts.push_back(note->number);
    }
    return attempts;
}

void DoorNotes::settle(std::uint64_t note) {
    if (note >= first_ && note - first_ < notes_.size()) notes_[note - first_].claimed = true;
}

void DoorNotes::forget(Time now) {
    while (!notes_.empty() && (notes_.size() >= most_notes || now - notes_.front().seen > session_age)) {
        const auto list = by_address_.find(notes_.front().address);
        if (list != by_address_.end()) {
            std::erase_if(list->second, [&](std::uint64_t number) { return number <= first_; });
            if (list->second.empty()) by_address_.erase(list);
        }
        notes_.pop_front();
        ++first_;
    }
}

}  // namespace tidegate::observe

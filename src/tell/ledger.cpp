#include "tell/ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t name_bytes = 128;
constexpr std::size_t reasons_kept = 3;

// A note's bits; the entry's number lies above them.
constexpr Finds::Note refused_bit = 1, takeover_bit = 2, suspected_bit = 4;
constexpr unsigned entry_shift = 3;

std::vector<ReasonAgainst> reasons_against(const Event& event, const Verdict& verdict) {
    std::vector<ReasonAgainst> reasons;
    for (const Evidence& piece : verdict.evidence.items()) {
        if (piece.weight > Decibans()) reasons.push_back({piece.kind, piece.weight, detail(piece, event)});
    }
    std::ranges::sort(reasons, std::ranges::greater{},
                      [](const ReasonAgainst& r) { return std::pair(r.weight, r.kind); });
    if (reasons.size() > reasons_kept) reasons.resize(reasons_kept);
    return reasons;
}

std::uint64_t host_bit(const Event& event) {
    return event.address.is_v4() ? event.address.v4_bits() & 0xff : mix(event.address.host_key()) >> 56;
}

}  // namespace

std::string_view clipped_name(std::string_view name) {
    if (name.size() <= name_bytes) return name;
    std::size_t end = name_bytes;
    while (end > name_bytes - 4 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
    return name.substr(0, end);
}

Finds::Note Finds::keep(const Event& event, const Verdict& verdict, std::uint64_t account) {
    if (kept_.size() == most) return 0;
    Find& find = kept_.emplace_back();
    find.account = account;
    find.login = {.time = event.time,
                  .address = event.address.is_none() ? std::string() : event.address.text(),
                  .account = {std::string(clipped_name(event.account)), {}},
                  .service = event.service,
                  .measure = verdict.measure,
                  .familiar = verdict.familiar,
                  .sum = verdict.sum,
                  .threshold = verdict.threshold,
                  .reasons = reasons_against(event, verdict)};
    return static_cast<Note>(kept_.size()) << entry_shift;
}

Finds::Note Finds::note(Note note, const Event& event, const Verdict& verdict, std::uint64_t account,
                        bool refused) {
    if (note >> entry_shift == 0) note |= keep(event, verdict, account);
    Find* find = note >> entry_shift == 0 ? nullptr : &kept_[(note >> entry_shift) - 1];
    if (refused && (note & refused_bit) == 0) {
        note |= refused_bit;
        ++refused_;
        if (find != nullptr) find->refused = true;
    }
    if ((note & takeover_bit) == 0) {
        note |= takeover_bit;
        ++takeovers_;
        if (find != nullptr) find->takeover = true;
    }
    return verdict.suspected_takeover ? note | suspected_bit : note;
}

Finds::Note Finds::let_in(Note note) {
    Find* find = note >> entry_shift == 0 ? nullptr : &kept_[(note >> entry_shift) - 1];
    if ((note & refused_bit) != 0) {
        --refused_;
        if (find != nullptr) find->refused = false;
    }
    const bool only_refused = (note & takeover_bit) != 0 && (note & suspected_bit) == 0;
    if (only_refused) {
        --takeovers_;
        if (find != nullptr) find->takeover = false;
    }
    return note & ~(refused_bit | (only_refused ? takeover_bit : 0));
}

void Ledger::count_network(std::uint64_t key, const Event& event, bool stopped) {
    const auto [tries, fresh] = networks.add(key, event.attempts);
    if (tries == nullptr) return;
    if (fresh) tries->example = event.address;
    tries->as_number = event.as_number;
    if (stopped) tries->stopped += event.attempts;
    const std::uint64_t bit = host_bit(event);
    tries->hosts[bit / 64] |= std::uint64_t{1} << bit % 64;
}

void Ledger::count_account(std::uint64_t key, const Event& event, bool stopped) {
    const auto [tries, fresh] = accounts.add(key, event.attempts);
    if (tries == nullptr) return;
    if (fresh) tries->name.assign(clipped_name(event.account));
    if (stopped) tries->stopped += event.attempts;
    tries->unknown |= event.reason == Reason::unknown_account;
}

void Ledger::count_as(const Event& event, bool stopped) {
    if (event.as_number == 0) return;
    const auto [tries, fresh] = as_numbers.add(mix(event.as_number), event.attempts);
    if (tries == nullptr) return;
    if (fresh) tries->number = event.as_number;
    if (stopped) tries->stopped += event.attempts;
}

std::string Ledger::pseudonym(std::uint64_t account) const {
    return fmt::format("account {:06x}", mix(mix(account ^ mix(secret)) + secret) >> 40);
}

}  // namespace tidegate::tell

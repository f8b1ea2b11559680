#include "guard/refusals.h"

#include <algorithm>
#include <array>

#include "base/hash.h"

namespace tidegate::guard {
namespace {

// Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O, U.
constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t code_length = 7;
constexpr std::size_t most_told = 16;

char as_meant(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') return '0';
    return c == 'I' || c == 'L' ? '1' : c;
}

std::string as_meant(std::string_view code) {
    std::string meant;
    for (const char c : code)
        if (c != ' ' && c != '-') meant += as_meant(c);
    return meant;
}

}  // namespace

std::string Refusals::code_for(const Event& event) const {
    const auto when = static_cast<std::uint64_t>(event.time.time_since_epoch().count());
    const std::uint64_t where = mix(event.address.high() ^ mix(event.address.low()));
    std::uint64_t seed = hash_bytes(event.account, mix(when ^ where ^ key_) + key_);
    std::string code;
    do {
        code.clear();
        std::uint64_t bits = seed;
        for (std::size_t i = 0; i < code_length; ++i, bits >>= 5U) code += letters[bits & 31U];
        seed = mix(seed + last_ + key_);  // for another of the same moment
    } while (codes_.contains(code));
    return code;
}

const Refusal& Refusals::add(const Event& event, const judge::Knock& knock, const Verdict& verdict) {
    if (refusals_.size() >= most) drop_oldest();
    Refusal refusal{.number = ++last_,
                    .code = code_for(event),
                    .time = event.time,
                    .address = event.address,
                    .service = event.service,
                    .as_number = event.as_number,
                    .account = std::string(event.account.substr(0, 256)),
                    .session = std::string(event.session.substr(0, 64)),
                    .knock = knock,
                    .verdict = verdict};
    codes_.emplace(refusal.code, last_);
    if (knock.account != 0) accounts_.emplace(knock.account, last_);
    return refusals_.emplace_back(std::move(refusal));
}

void Refusals::drop_oldest() {
    const Refusal& oldest = refusals_.front();
    codes_.erase(oldest.code);
    const auto [first, last] = accounts_.equal_range(oldest.knock.account);
    const auto found =
        std::find_if(first, last, [&](const auto& each) { return each.second == oldest.number; });
    if (found != last) accounts_.erase(found);
    refusals_.pop_front();
}

const Refusal* Refusals::numbered(std::uint64_t number) const {
    const auto found = std::ranges::lower_bound(refusals_, number, {}, &Refusal::number);
    return found != refusals_.end() && found->number == number ? &*found : nullptr;
}

const Refusal* Refusals::find(std::string_view code) const {
    const auto found = codes_.find(as_meant(code));
    return found == codes_.end() ? nullptr : numbered(found->second);
}

std::vector<const Refusal*> Refusals::of_account(std::uint64_t account, Time since) const {
    std::vector<const Refusal*> found;
    const auto [first, last] = accounts_.equal_range(account);
    for (auto each = first; each != last; ++each)
        if (const Refusal* refusal = numbered(each->second); refusal != nullptr && refusal->time >= since)
            found.push_back(refusal);
    std::ranges::sort(found, std::ranges::greater{}, &Refusal::number);
    if (found.size() > most_told) found.resize(most_told);
    return found;
}

std::vector<const Refusal*> Refusals::from_address(const Address& address, Time since) const {
    std::vector<const Refusal*> found;
    for (auto each = refusals_.rbegin(); each != refusals_.rend() && found.size() < most_told; ++each)
        if (each->address == address && each->time >= since) found.push_back(&*each);
    return found;
}

std::vector<Refusal> Refusals::latest(std::size_t most) const {
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, refusals_.size()));
    return {refusals_.rbegin(), refusals_.rbegin() + count};
}

std::size_t Refusals::forget(std::uint64_t account) {
    const auto is_his = [&](const Refusal& each) { return each.knock.account == account; };
    for (const Refusal& each : refusals_)
        if (is_his(each)) codes_.erase(each.code);
    accounts_.erase(account);
    return std::erase_if(refusals_, is_his);
}

}  // namespace tidegate::guard

// All tables as bytes, and back. The layout stands in docs/formats.md; its version changes with any table's
// slot.
//
// What is read was perhaps written by somebody else: every number is checked, so that whatever passes leaves
// a judge that judges (if not well).

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <string>
#include <type_traits>

#include "base/hash.h"
#include "judge/judge.h"
#include "judge/state.h"

namespace tidegate::judge {
namespace {

static_assert(std::endian::native == std::endian::little, "checkpoints are little endian");
static_assert(sizeof(Shares) == 7832, "list a new member in each_field(), then write its size here");

constexpr std::string_view magic = "tidegate judge 4\n";
constexpr std::uint64_t checksum_seed = 0x6368'6563'6b70'7431ULL;

class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    template <class T>
        requires std::is_arithmetic_v<T>
    void operator()(const T& value) const {
        out_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    template <class T, std::size_t size>
    void operator()(const std::array<T, size>& values) const {
        for (const T& value : values) (*this)(value);
    }
    void count(float value) const { (*this)(value); }
    template <class Slot>
    void operator()(const Table<Slot>& table) const {
        (*this)(std::uint64_t{sizeof(Slot)});
        (*this)(table.forgotten());
        (*this)(std::uint64_t{table.bytes() / Table<Slot>::line_bytes});
        (*this)(std::uint64_t{table.packed_bytes()});
        table.pack(out_);
    }

private:
    std::string& out_;
};

// Counts and what they are counted in: never negative, and far from where a sum or a quotient overflows.
bool is_sane(double count) {
    return count >= 0 && count <= 1e30;
}
// Weights and shares in decibans.
bool is_sane(float weight) {
    return std::abs(weight) <= 500;
}
bool is_sane(std::unsigned_integral auto) {
    return true;
}
// Moments of the years 0000 to 9999.
bool is_sane(std::int64_t seconds) {
    return seconds >= -62'167'219'200 && seconds <= 253'402'300'799;
}

bool is_count(float count) {
    return count >= 0 && count <= 1e12F;
}
bool is_sane(const AddressSlot&) {
    return true;
}
bool is_sane(const PairSlot&) {
    return true;
}
bool is_sane(const GroupSlot& slot) {
    return is_count(slot.failures) && is_count(slot.log_ins);
}
bool is_sane(const RegionSlot& slot) {
    return is_count(slot.failures) && is_count(slot.log_ins) && is_count(slot.clean) &&
           is_count(slot.visited);
}
bool is_sane(const AccountSlot& slot) {
    return is_count(slot.failures) && is_count(slot.log_ins);
}

/// Takes values off the front of `bytes`; once something did not fit, everything fails.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    template <class T>
        requires std::is_arithmetic_v<T>
    void operator()(T& value) {
        const std::string_view raw = take(sizeof value);
        if (!fine_) return;
        std::ranges::copy(raw, reinterpret_cast<char*>(&value));
        expect(is_sane(value));
    }
    template <class T, std::size_t size>
    void operator()(std::array<T, size>& values) {
        for (T& value : values) (*this)(value);
    }
    /// A float that is no weight.
    void count(float& value) {
        const std::string_view raw = take(sizeof value);
        if (fine_) std::memcpy(&value, raw.data(), sizeof value);
        expect(is_count(value));
    }
    template <class Slot>
    void operator()(Table<Slot>& table) {
        const auto slot_bytes = number(), forgotten = number(), lines = number();
        const std::string_view packed = take(number());
        expect(fine_ && slot_bytes == sizeof(Slot) && table.unpack(packed, lines, forgotten));
        if (fine_) table.each([this](const Slot& slot) { expect(is_sane(slot)); });
    }
    /// Numbers of any size are sane.
    std::uint64_t number() {
        std::uint64_t out = 0;
        (*this)(out);
        return out;
    }
    void expect(bool condition) { fine_ = fine_ && condition; }
    [[nodiscard]] bool finished() const { return fine_ && bytes_.empty(); }

private:
    std::string_view take(std::uint64_t size) {
        expect(size <= bytes_.size());
        if (!fine_) return {};
        const std::string_view out = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return out;
    }

    std::string_view bytes_;
    bool fine_ = true;
};

/// Everything but the tables.
void each_field(auto& state, auto& visit) {
    visit(state.latest);
    visit(state.aged);
    state.shares.each_field(visit);
    for (auto* totals : {&state.totals, &state.clients, &state.guesses}) {
        visit(totals->last);
        visit.count(totals->failures);
        visit.count(totals->log_ins);
    }
}

void each_table(auto& memory, auto& visit) {
    visit(memory.addresses);
    visit(memory.networks);
    visit(memory.regions);
    visit(memory.clients);
    visit(memory.guesses);
    visit(memory.accounts);
    visit(memory.familiar);
    visit(memory.guessed);
    visit(memory.refused);
}

std::unexpected<Error> refusal(std::string what,
                               std::string mend = "start without it, or take an older checkpoint") {
    return std::unexpected(Error{.file = {}, .line = 0, .what = std::move(what), .mend = std::move(mend)});
}

/// What lies between the first line and the checksum; or what is wrong.
Result<std::string_view> contents(std::string_view bytes) {
    if (!bytes.starts_with(magic)) return refusal("this is no checkpoint of this version");
    std::uint64_t checksum = 0;
    if (bytes.size() < magic.size() + sizeof checksum) return refusal("the checkpoint is cut short");
    std::memcpy(&checksum, bytes.data() + bytes.size() - sizeof checksum, sizeof checksum);
    bytes.remove_suffix(sizeof checksum);
    if (hash_bytes(bytes, checksum_seed) != checksum) return refusal("the checkpoint is damaged");
    return bytes.substr(magic.size());
}

}  // namespace

void Judge::save(std::string& out, std::size_t room) const {
    // Once: to grow would copy the tables.
    constexpr std::size_t around_tables = std::size_t{1} << 16;
    const std::size_t from = out.size();
    std::size_t tables = 0;
    auto measure = [&tables](const auto& table) { tables += table.packed_bytes(); };
    each_table(state_->memory, measure);
    out.reserve(from + tables + around_tables + room);
    out += magic;
    Writer write(out);
    write(std::uint64_t{state_->policy->memory_bytes});
    each_field(*state_, write);
    each_table(state_->memory, write);
    write(hash_bytes(std::string_view(out).substr(from), checksum_seed));
}

Result<Judge> Judge::load(std::string_view bytes, std::shared_ptr<const Policy> policy) {
    const Result<std::string_view> inside = contents(bytes);
    if (!inside) return std::unexpected(inside.error());
    Reader reader(*inside);
    if (reader.number() != policy->memory_bytes)
        return refusal("the checkpoint was made with another memory limit",
                       "set judge.memory as it was, or start without the checkpoint");
    Judge judge(std::move(policy));
    each_field(*judge.state_, reader);
    reader.expect(judge.state_->shares.is_sane());
    each_table(judge.state_->memory, reader);
    if (!reader.finished()) return refusal("the checkpoint's tables do not fit");
    return judge;
}

}  // namespace tidegate::judge

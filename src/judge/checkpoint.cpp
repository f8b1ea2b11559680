// All tables as bytes, and back. The layout stands in docs/formats.md; its version changes with any table's
// slot.

#include <bit>
#include <cstring>
#include <string>
#include <type_traits>

#include "base/hash.h"
#include "judge/judge.h"
#include "judge/state.h"

namespace tidegate::judge {
namespace {

static_assert(std::endian::native == std::endian::little, "checkpoints are little endian");
static_assert(std::is_trivially_copyable_v<Shares> && std::is_trivially_copyable_v<Totals>);

constexpr std::string_view magic = "tidegate judge 1\n";
constexpr std::uint64_t checksum_seed = 0x6368'6563'6b70'7431ULL;

template <class T>
void put(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class Slot>
void put_table(std::string& out, const Table<Slot>& table) {
    put(out, static_cast<std::uint64_t>(sizeof(Slot)));
    put(out, table.forgotten());
    put(out, static_cast<std::uint64_t>(table.raw().size()));
    out.append(table.raw());
}

/// Takes values off the front of `bytes`; once something did not fit, everything fails.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    template <class T>
    T take() {
        T value{};
        const std::string_view raw = take_bytes(sizeof value);
        if (raw.size() == sizeof value) std::memcpy(&value, raw.data(), sizeof value);
        return value;
    }
    std::string_view take_bytes(std::size_t size) {
        if (size > bytes_.size()) fine_ = false;
        if (!fine_) return {};
        const std::string_view out = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return out;
    }
    template <class Slot>
    void take_table(Table<Slot>& table) {
        const auto slot = take<std::uint64_t>();
        const auto forgotten = take<std::uint64_t>();
        const std::string_view raw = take_bytes(take<std::uint64_t>());
        if (fine_) fine_ = slot == sizeof(Slot) && table.restore(raw, forgotten);
    }
    void expect(bool condition) { fine_ = fine_ && condition; }
    [[nodiscard]] bool finished() const { return fine_ && bytes_.empty(); }

private:
    std::string_view bytes_;
    bool fine_ = true;
};

template <class Visit>
void each_table(Memory& memory, const Visit& visit) {
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

Error damaged(std::string what) {
    return {.what = std::move(what), .mend = "start without it, or take an older checkpoint"};
}

}  // namespace

void Judge::save(std::string& out) const {
    const std::size_t from = out.size();
    out += magic;
    put(out, static_cast<std::uint64_t>(state_->policy->memory_bytes));
    put(out, state_->latest);
    put(out, static_cast<std::uint64_t>(sizeof(Shares)));
    put(out, state_->shares);
    put(out, state_->totals);
    put(out, state_->clients);
    put(out, state_->guesses);
    each_table(state_->memory, [&out](const auto& table) { put_table(out, table); });
    put(out, hash_bytes(std::string_view(out).substr(from), checksum_seed));
}

Result<Judge> Judge::load(std::string_view bytes, std::shared_ptr<const Policy> policy) {
    if (!bytes.starts_with(magic)) return std::unexpected(damaged("this is no checkpoint of this version"));
    if (bytes.size() < magic.size() + sizeof(std::uint64_t))
        return std::unexpected(damaged("the checkpoint is cut short"));
    std::uint64_t checksum = 0;
    std::memcpy(&checksum, bytes.data() + bytes.size() - sizeof checksum, sizeof checksum);
    bytes.remove_suffix(sizeof checksum);
    if (hash_bytes(bytes, checksum_seed) != checksum)
        return std::unexpected(damaged("the checkpoint is damaged"));
    bytes.remove_prefix(magic.size());

    Reader reader(bytes);
    Judge judge(std::move(policy));
    State& state = *judge.state_;
    if (reader.take<std::uint64_t>() != state.policy->memory_bytes)
        return std::unexpected(Error{.what = "the checkpoint was made with another memory limit",
                                     .mend = "set judge.memory as it was, or start without the checkpoint"});
    state.latest = reader.take<std::int64_t>();
    reader.expect(reader.take<std::uint64_t>() == sizeof(Shares));
    state.shares = reader.take<Shares>();
    state.totals = reader.take<Totals>();
    state.clients = reader.take<Totals>();
    state.guesses = reader.take<Totals>();
    each_table(state.memory, [&reader](auto& table) { reader.take_table(table); });
    if (!reader.finished()) return std::unexpected(damaged("the checkpoint's tables do not fit"));
    return judge;
}

}  // namespace tidegate::judge

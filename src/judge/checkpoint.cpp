// All tables as bytes, and back. The layout stands in docs/formats.md; its version changes with any table's
// slot.

#include <string>
#include <utility>

#include "judge/judge.h"
#include "judge/packing.h"
#include "judge/state.h"

namespace tidegate::judge {

// Found by the type of their argument (judge/packing.h).
static bool is_sane(const AddressSlot&) {
    return true;
}
static bool is_sane(const PairSlot&) {
    return true;
}
static bool is_sane(const GroupSlot& slot) {
    return is_count(slot.failures) && is_count(slot.log_ins);
}
static bool is_sane(const RegionSlot& slot) {
    return is_count(slot.failures) && is_count(slot.log_ins) && is_count(slot.clean) &&
           is_count(slot.visited);
}
static bool is_sane(const AccountSlot& slot) {
    return is_count(slot.failures) && is_count(slot.log_ins);
}

namespace {

static_assert(sizeof(Shares) == 7832, "list a new member in each_field(), then write its size here");

constexpr std::string_view magic = "tidegate judge 4\n";
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
    sign_checkpoint(out, from);
}

Result<Judge> Judge::load(std::string_view bytes, std::shared_ptr<const Policy> policy) {
    const Result<std::string_view> inside = signed_contents(bytes, magic);
    if (!inside) return std::unexpected(inside.error());
    Reader reader(*inside);
    if (reader.number() != policy->memory_bytes)
        return no_checkpoint("the checkpoint was made with another memory limit",
                             "set judge.memory as it was, or start without the checkpoint");
    Judge judge(std::move(policy));
    each_field(*judge.state_, reader);
    reader.expect(judge.state_->shares.is_sane());
    each_table(judge.state_->memory, reader);
    if (!reader.finished()) return no_checkpoint("the checkpoint's tables do not fit");
    return judge;
}

}  // namespace tidegate::judge

// All that a mail judge remembers as bytes, and back. The layout stands in docs/formats.md; its version
// changes with any table's slot.

#include <string>
#include <utility>

#include "judge/mail/mail_judge.h"
#include "judge/mail/mail_state.h"
#include "judge/packing.h"

namespace tidegate::judge {

// Found by the type of their argument (judge/packing.h).
static bool is_sane(const PastSlot& slot) {
    return is_count(slot.taken) && is_count(slot.refused) && is_count(slot.unknown) && is_count(slot.early) &&
           is_count(slot.spread);
}
static bool is_sane(const AskedSlot&) {
    return true;
}

namespace {

constexpr std::string_view magic = "tidegate mail judge 1\n";

void each_field(auto& state, auto& visit) {
    visit(state.latest);
    state.surge.each_field(visit);
    state.lists.each_field(visit);
    visit(state.memory.addresses);
    visit(state.memory.networks);
    visit(state.memory.names);
    visit(state.memory.asked);
}

}  // namespace

void MailJudge::save(std::string& out) const {
    const std::size_t from = out.size();
    out += magic;
    Writer write(out);
    write(std::uint64_t{state_->policy->memory_bytes});
    each_field(*state_, write);
    sign_checkpoint(out, from);
}

Result<MailJudge> MailJudge::load(std::string_view bytes, std::shared_ptr<const MailPolicy> policy) {
    const Result<std::string_view> inside = signed_contents(bytes, magic);
    if (!inside) return std::unexpected(inside.error());
    Reader reader(*inside);
    if (reader.number() != policy->memory_bytes)
        return no_checkpoint("the checkpoint was made with another memory limit");
    MailJudge judge(std::move(policy));
    each_field(*judge.state_, reader);
    if (!reader.finished()) return no_checkpoint("the checkpoint's tables do not fit");
    return judge;
}

}  // namespace tidegate::judge

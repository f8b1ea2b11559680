// What lies in the state folder: whatever it holds, it is refused, or it is read, written and read the same,
// and people are called about it in an end that comes.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "tell/alert/alert_memory.h"
#include "tell/alert/message.h"

namespace {

using namespace tidegate;
using namespace tidegate::tell;

OnCall one_step() {
    Escalation escalation{.name = "night", .steps = {}, .repeat = std::chrono::minutes(30)};
    escalation.wants.fill(true);
    for (const int minutes : {0, 10})
        escalation.steps.push_back({.after = std::chrono::minutes(minutes),
                                    .target = {.kind = CallTarget::Kind::way, .name = "eve"}});
    return {{}, {}, {escalation}};
}

void check_calls(const std::vector<Call>& calls) {
    CHECK(calls.size() <= 64);
    for (const Call& call : calls) {
        CHECK(!call.bulletin.items.empty() && call.bulletin.count >= call.bulletin.items.size());
        CHECK(!compose(call.bulletin, {}).subject.starts_with('\n'));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto memory = read_memory({reinterpret_cast<const char*>(data), size});
    if (!memory) return 0;
    const std::string text = memory_text(*memory);
    const auto again = read_memory(text);
    CHECK(again && memory_text(*again) == text);
    std::uint64_t drawn = 0;
    Paging pages([&] { return ++drawn * 0x9e3779b97f4a7c15U; });
    pages.set(one_step());
    const Time noon = time_of_unix(1'733'918'400);
    check_calls(pages.recall(memory->pages, noon));
    for (int step = 0; step < 4; ++step) check_calls(pages.due(noon + step * std::chrono::minutes(20)));
    for (const Page& page : std::vector<Page>(pages.all()))
        static_cast<void>(pages.acknowledge(page.code, {.who = "eve", .time = noon}));
    return 0;
}

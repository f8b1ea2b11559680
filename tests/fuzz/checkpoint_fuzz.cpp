// Any bytes as a checkpoint: as they are, with a right checksum, or as changes to a checkpoint that was
// right. What loads must judge on without harm, within its memory.

#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/hash.h"
#include "judge/judge.h"

using namespace tidegate;
using namespace tidegate::judge;

namespace {

constexpr std::int64_t begin = 1'790'000'000;
constexpr std::string_view magic = "tidegate judge 4\n";

const std::shared_ptr<const Policy>& policy() {
    static const std::shared_ptr<const Policy> one = [] {
        Policy out;
        out.memory_bytes = std::size_t{8} << 20;
        out.lists.resize(3);
        out.seal();
        return std::make_shared<const Policy>(std::move(out));
    }();
    return one;
}

/// Attempts of a few customers and bots, spread over a day.
std::vector<Knock> day_of(std::int64_t from) {
    std::vector<Knock> out;
    for (std::uint32_t i = 0; i < 300; ++i) {
        const std::string account = "c" + std::to_string(i % 23), client = "f" + std::to_string(i % 5);
        Event event;
        event.time = time_of_unix(from + i * 288);
        event.address = Address::v4(0x0a00'0000U + (i % 3 != 0 ? i % 23 * 256 : i * 997));
        event.outcome = i % 3 != 0 ? Outcome::success : Outcome::failure;
        event.reason = i % 3 != 0   ? Reason::none
                       : i % 2 != 0 ? Reason::bad_password
                                    : Reason::unknown_account;
        event.account = account;
        event.client = client;
        event.lists = i % 8;
        event.guess = i % 7;
        out.push_back(make_knock(event, *policy()));
    }
    return out;
}

const std::string& right_one() {
    static const std::string one = [] {
        Judge judge(policy());
        const auto knocks = day_of(begin);
        std::vector<Verdict> verdicts(knocks.size());
        judge.fold(knocks, verdicts);
        std::string out;
        judge.save(out);
        return out;
    }();
    return one;
}

void sign(std::string& bytes) {
    const std::uint64_t checksum = hash_bytes(bytes, 0x6368'6563'6b70'7431ULL);
    bytes.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
}

/// Numbers of eight bytes written over the right one, most of them over what stands before the tables.
std::string changed(FuzzedDataProvider& input) {
    std::string out = right_one();
    out.resize(out.size() - sizeof(std::uint64_t));
    while (input.remaining_bytes() > 8) {
        const std::size_t most = input.ConsumeBool() ? 8000 : out.size() - 8;
        const auto at = input.ConsumeIntegralInRange<std::size_t>(magic.size() + 8, most);
        const auto value = input.ConsumeIntegral<std::uint64_t>();
        std::memcpy(out.data() + at, &value, sizeof value);
    }
    sign(out);
    return out;
}

std::string made(FuzzedDataProvider& input) {
    const auto how = input.ConsumeIntegralInRange(0, 3);
    if (how >= 2) return changed(input);
    if (how == 1) {
        std::string out(magic);
        out += input.ConsumeRemainingBytesAsString();
        sign(out);
        return out;
    }
    return input.ConsumeRemainingBytesAsString();
}

void live_on(Judge& judge) {
    for (const std::int64_t later : {std::int64_t{0}, std::int64_t{2} * 86'400, std::int64_t{500} * 86'400}) {
        const auto knocks = day_of(begin + 86'400 + later);
        std::vector<Verdict> verdicts(knocks.size());
        judge.fold(knocks, verdicts);
        for (const Verdict& verdict : verdicts)
            if (std::abs(verdict.sum.value()) > 3000) std::abort();
    }
    if (judge.memory().bytes > policy()->memory_bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    FuzzedDataProvider input(bytes, size);
    Result<Judge> judge = Judge::load(made(input), policy());
    if (!judge) return judge.error().what.empty() ? (std::abort(), 1) : 0;
    live_on(*judge);
    std::string again;
    judge->save(again);
    return 0;
}

// Any sequence of events: made into knocks, folded and answered. Batches give what one by one gives, an
// operator's word holds, sums are numbers, memory is bounded, and a checkpoint in the midst changes nothing.

#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "judge/judge.h"

using namespace tidegate;
using namespace tidegate::judge;

namespace {

Exception made(FuzzedDataProvider& input) {
    Exception out;
    out.effect = input.ConsumeBool() ? Exception::Effect::allow : Exception::Effect::deny;
    switch (input.ConsumeIntegralInRange(0, 2)) {
        case 0:
            out.prefix = Prefix(Address::v4(0xc000'0200U), input.ConsumeIntegralInRange(0U, 32U));
            break;
        case 1:
            out.as_number = input.ConsumeIntegralInRange(0U, 3U);
            break;
        default:
            out.account = input.ConsumeRandomLengthString(8);
    }
    if (input.ConsumeBool()) out.expires = time_of_unix(input.ConsumeIntegral<std::uint32_t>());
    return out;
}

std::shared_ptr<const Policy> policy_of(FuzzedDataProvider& input) {
    Policy out;
    out.memory_bytes = std::size_t{8} << 20;
    out.lists.resize(input.ConsumeIntegralInRange(0U, 33U));
    if (input.ConsumeBool()) out.default_realm = "Example.org";
    out.strip_plus_tag = input.ConsumeBool();
    if (input.ConsumeBool())
        out.aliases.emplace(input.ConsumeRandomLengthString(8), input.ConsumeRandomLengthString(8));
    for (auto i = input.ConsumeIntegralInRange(0, 3); i > 0; --i) out.exceptions.push_back(made(input));
    out.seal();
    return std::make_shared<const Policy>(std::move(out));
}

// Years 0000 to 9999, as readers of events give them; mostly soon after the last.
std::int64_t next_time(FuzzedDataProvider& input, std::int64_t now) {
    switch (input.ConsumeIntegralInRange(0, 15)) {
        case 0:
            return input.ConsumeIntegralInRange<std::int64_t>(-62'167'219'200, 253'402'300'799);
        case 1:
            return now - input.ConsumeIntegral<std::uint16_t>();
        case 2:
            return now + input.ConsumeIntegralInRange<std::int64_t>(0, 400 * 86'400);
        default:
            return now + input.ConsumeIntegral<std::uint8_t>();
    }
}

Address address_of(FuzzedDataProvider& input) {
    switch (input.ConsumeIntegralInRange(0, 3)) {
        case 0:
            return {};
        case 1:
            return Address::v6(input.ConsumeIntegral<std::uint64_t>(),
                               input.ConsumeIntegral<std::uint64_t>());
        default:
            return Address::v4(0xc000'0200U + input.ConsumeIntegral<std::uint8_t>());
    }
}

Knock knock_of(FuzzedDataProvider& input, const Policy& policy, std::int64_t now) {
    const std::string account = input.ConsumeRandomLengthString(12),
                      client = input.ConsumeRandomLengthString(3), ehlo = input.ConsumeRandomLengthString(3),
                      method = input.ConsumeRandomLengthString(3);
    Event event;
    event.time = time_of_unix(now);
    event.address = address_of(input);
    event.kind = input.ConsumeIntegralInRange(0, 9) == 0 ? EventKind::connect : EventKind::attempt;
    event.service = static_cast<Service>(input.ConsumeIntegralInRange(0, 6));
    event.outcome = static_cast<Outcome>(input.ConsumeIntegralInRange(0, 3));
    event.reason = static_cast<Reason>(input.ConsumeIntegralInRange(0, 11));
    if (input.ConsumeBool()) event.tls = input.ConsumeBool();
    event.attempts = input.ConsumeBool() ? 1 : input.ConsumeIntegral<std::uint32_t>();
    event.as_number = input.ConsumeBool() ? 0 : input.ConsumeIntegral<std::uint32_t>();
    event.lists = input.ConsumeIntegral<std::uint32_t>();
    if (input.ConsumeBool()) event.guess = input.ConsumeIntegral<std::uint64_t>();
    event.account = account, event.client = client, event.ehlo = ehlo, event.method = method;
    return make_knock(event, policy);
}

std::string saved(const Judge& judge) {
    std::string out;
    judge.save(out);
    return out;
}

void expect(bool condition) {
    if (!condition) std::abort();
}

void check(const Policy& policy, const Knock& knock, const Verdict& verdict) {
    expect(std::abs(verdict.sum.value()) < 1000 && std::abs(verdict.threshold.value()) < 1000);
    if (!knock.is_attempt) return expect(verdict == Verdict{});
    if (knock.exception < 0) return;
    const bool allow =
        policy.exceptions[static_cast<std::size_t>(knock.exception)].effect == Exception::Effect::allow;
    expect(verdict.measure == (allow ? Measure::pass : Measure::refuse));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    FuzzedDataProvider input(bytes, size);
    const auto policy = policy_of(input);
    std::vector<Knock> knocks;
    std::int64_t now = 1'790'000'000;
    while (input.remaining_bytes() > 0 && knocks.size() < 2000) {
        now = next_time(input, now);
        knocks.push_back(knock_of(input, *policy, now));
    }
    const std::size_t half = knocks.size() / 2;
    Judge one(policy), batch(policy);
    std::vector<Verdict> wanted, got(knocks.size());
    for (const Knock& knock : knocks) {
        wanted.push_back(one.consider(knock));
        one.learn(knock, wanted.back());
        check(*policy, knock, wanted.back());
    }
    batch.fold(std::span(knocks).first(half), std::span(got).first(half));
    Result<Judge> loaded = Judge::load(saved(batch), policy);
    expect(loaded.has_value());
    loaded->fold(std::span(knocks).subspan(half), std::span(got).subspan(half));
    expect(got == wanted && saved(*loaded) == saved(one));
    expect(one.memory().bytes <= policy->memory_bytes);
    return 0;
}

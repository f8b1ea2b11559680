// Any names and events of port 25, and any bytes as what a mail judge remembered: the first byte says which.
// The judge must go on judging within its memory, and what it saves must be read again.

#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/hash.h"
#include "judge/mail/mail_judge.h"

using namespace tidegate;
using namespace tidegate::judge;

namespace {

std::shared_ptr<const MailPolicy> policy() {
    static const auto one = [] {
        MailPolicy out;
        out.own_names = {"mx.example.com"};
        out.memory_bytes = std::size_t{1} << 18;
        return std::make_shared<const MailPolicy>(std::move(out));
    }();
    return one;
}

void live(MailJudge& judge, FuzzedDataProvider& input) {
    std::string name;
    for (int i = 0; i < 200 && input.remaining_bytes() > 0; ++i) {
        name = input.ConsumeRandomLengthString(300);
        Event event;
        event.time = time_of_unix(std::int64_t{1'790'000'000} + input.ConsumeIntegral<std::int32_t>());
        event.address = Address::v4(0xc000'0200U | input.ConsumeIntegral<std::uint8_t>());
        event.service = Service::smtp;
        event.kind = static_cast<EventKind>(input.ConsumeIntegralInRange(0, 6));
        event.outcome = static_cast<Outcome>(input.ConsumeIntegralInRange(0, 3));
        event.reason = static_cast<Reason>(input.ConsumeIntegralInRange(0, 11));
        event.ehlo = name;
        event.early = input.ConsumeBool();
        event.lists = input.ConsumeIntegral<std::uint8_t>();
        const Verdict verdict = judge.consider(event);
        CHECK(std::abs(verdict.sum.value()) < 300);
        CHECK(verdict == judge.consider(event));
        event.measure = verdict.measure;
        judge.learn(event);
    }
    CHECK(judge.memory().bytes <= 4 * policy()->memory_bytes);
}

std::string checkpoint(FuzzedDataProvider& input) {
    std::string bytes = "tidegate mail judge 1\n" + input.ConsumeRandomLengthString();
    const std::uint64_t checksum = hash_bytes(bytes, 0x6368'6563'6b70'7431ULL);
    bytes.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    FuzzedDataProvider input(bytes, size);
    MailJudge judge(policy());
    if (input.ConsumeBool()) {
        auto loaded = MailJudge::load(checkpoint(input), policy());
        if (loaded) judge = std::move(*loaded);
    }
    live(judge, input);
    std::string saved;
    judge.save(saved);
    CHECK(MailJudge::load(saved, policy()));
    return 0;
}

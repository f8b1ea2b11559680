// Any order of lines, door's words and pauses: no attempt is made or counted twice, none waits for ever.
#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include "base/check.h"
#include "observe/follow/live_joiner.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate;
    using namespace tidegate::observe;
    constexpr std::array<std::string_view, 4> sessions{"", "", "s", "t"};
    constexpr std::array<std::string_view, 4> accounts{"", "a", "a@example.org", "b?"};
    const std::array addresses{Address{}, Address::v4(0xc0000201), Address::v4(0x7f000001),
                               Address::v4(0xc0000202)};
    std::set<std::uint64_t> counted;
    std::uint64_t told = 0;
    std::uint64_t pushed = 0;
    LiveJoiner joiner([&](const LiveAttempt& attempt) {
        CHECK(attempt.number != 0 && attempt.event.attempts != 0);
        if (attempt.part == Part::counts) {
            CHECK(counted.insert(attempt.number).second);
            told += attempt.event.attempts;
        } else {
            CHECK(counted.contains(attempt.number));
        }
        if (attempt.part == Part::withdraws) counted.erase(attempt.number);
    });
    Time now = time_of_unix(1'700'000'000);
    for (std::size_t i = 0; i + 4 <= size; i += 4) {
        now += std::chrono::milliseconds(data[i] < 128 ? data[i] : (data[i] - 127) * 100);
        Event event;
        event.time = now - std::chrono::seconds(data[i + 1] >> 6);
        event.layer = static_cast<Layer>(1 + data[i + 1] % 6);
        event.outcome = static_cast<Outcome>(1 + data[i + 2] % 3);
        event.reason = static_cast<Reason>(data[i + 2] / 3 % 12);
        event.session = sessions[data[i + 3] & 3];
        event.account = accounts[data[i + 3] >> 2 & 3];
        event.address = addresses[data[i + 3] >> 4 & 3];
        event.service = data[i + 2] > 200 ? Service::smtp : Service::imap;
        event.attempts = 1U + (data[i + 3] >> 6);
        pushed += event.attempts;
        joiner.push(event, data[i + 2] % 5 == 0 ? Origin::door : Origin::log, now);
    }
    while (const auto due = joiner.next_tick()) {
        CHECK(*due <= now + std::chrono::seconds(3));
        joiner.tick(*due);
        CHECK(!joiner.next_tick() || *joiner.next_tick() > *due);
    }
    CHECK(told <= pushed);
    return 0;
}

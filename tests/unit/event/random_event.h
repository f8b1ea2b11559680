#pragma once
// Events of every shape for the round-trip properties.

#include <random>

#include "event/batch.h"
#include "event/event.h"

namespace tidegate {

/// `any_bytes`: texts may hold anything; otherwise only valid UTF-8, hostile all the same.
inline std::string_view random_text(std::mt19937_64& random, EventBatch& batch, bool any_bytes) {
    static constexpr std::string_view pieces[] = {"user",
                                                  "@example.org",
                                                  "\"",
                                                  "\\",
                                                  "\n",
                                                  "\r",
                                                  "\t",
                                                  std::string_view("\0", 1),
                                                  "\x1b[2J",
                                                  "\x7f",
                                                  "{",
                                                  "}",
                                                  ",",
                                                  ":",
                                                  "rip=192.0.2.1",
                                                  "\xc3\xa9",
                                                  "\xe2\x82\xac",
                                                  "\xf0\x9f\x90\x9f",
                                                  "\xc2\x9b",
                                                  "\\u0000",
                                                  "</script>",
                                                  "null"};
    std::string text;
    for (std::uint64_t count = random() % 6; count > 0; --count) {
        if (any_bytes && random() % 3 == 0)
            text += static_cast<char>(random());
        else
            text += pieces[random() % std::size(pieces)];
    }
    return batch.keep(text);
}

template <class Enum>
Enum random_name(std::mt19937_64& random) {
    return static_cast<Enum>(random() % names_of<Enum>().size());
}

inline Time random_time(std::mt19937_64& random) {
    return time_of_unix(static_cast<std::int64_t>(random() % 4'000'000'000),
                        random() % 2 == 0 ? 0 : static_cast<std::int64_t>(random() % 1'000'000));
}

inline Event random_event(std::mt19937_64& random, EventBatch& batch, bool any_bytes) {
    const auto often = [&] { return random() % 2 == 0; };
    Event event;
    event.time = random_time(random);
    event.kind = random_name<EventKind>(random);
    event.service = random_name<Service>(random);
    event.outcome = static_cast<Outcome>(1 + random() % 3);
    event.reason = random_name<Reason>(random);
    event.layer = random_name<Layer>(random);
    if (often()) event.received = random_time(random);
    if (often())
        event.address = often() ? Address::v4(static_cast<std::uint32_t>(random()))
                                : Address::v6(0x2001'0db8'0000'0000 | random() % 65536, random());
    if (often()) event.measure = random_name<Measure>(random);
    if (often()) event.tls = often();
    event.early = often();
    event.port = static_cast<std::uint16_t>(random());
    event.attempts = often() ? 1 : 1 + static_cast<std::uint32_t>(random() % 1000);
    event.as_number = often() ? 0 : static_cast<std::uint32_t>(random());
    event.rank = often() ? 0 : static_cast<std::uint32_t>(random() % 30);
    if (often()) event.guess = random() >> random() % 64;
    event.line = often() ? 0 : random() >> random() % 64;
    if (often()) event.id_boot = random();
    if (often()) event.id_sequence = random();
    for (const auto member :
         {&Event::file, &Event::account, &Event::method, &Event::session, &Event::host, &Event::client,
          &Event::ehlo, &Event::listener, &Event::tenant, &Event::node, &Event::program})
        if (often()) event.*member = random_text(random, batch, any_bytes);
    return event;
}

}  // namespace tidegate

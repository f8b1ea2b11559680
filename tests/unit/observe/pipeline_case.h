#pragma once
// What the pipeline's tests share: events to write, and a run whose every step is watched.

#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "event/text.h"
#include "observe/pipeline.h"

namespace tidegate::observe {

/// `count` failures, one a second from `start` (seconds after an arbitrary moment), of layer `front`.
inline std::string failures(std::int64_t start, int count) {
    std::string text;
    Event event;
    event.service = Service::imap;
    event.outcome = Outcome::failure;
    event.reason = Reason::bad_password;
    for (int i = 0; i < count; ++i) {
        event.time = time_of_unix(1'700'000'000 + start + i);
        event.address = Address::v4(0x0a000000 + static_cast<std::uint32_t>(start + i) * 7);
        const std::string account = "user" + std::to_string(i % 977) + "@example.com";
        event.account = account;
        append_text(event, text);
        text += '\n';
    }
    return text;
}

/// An event as the steps saw it, with texts of its own.
struct Seen {
    std::string file;
    std::uint64_t line = 0;
    std::int64_t seconds = 0;
    std::int64_t knock_seconds = 0;
    std::uint32_t attempts = 0;
    std::string account;
    std::string text;

    friend bool operator==(const Seen&, const Seen&) = default;
};

struct Outcomes {
    std::vector<Seen> events;  // in the order of the tally
    std::vector<std::string> folded;
    ReadReport report;
};

inline void prepare_knocks(Work& work) {
    work.knocks.resize(work.batch.events.size());
    for (std::size_t i = 0; i < work.knocks.size(); ++i) {
        work.knocks[i].seconds = unix_seconds(work.batch.events[i].time);
        work.knocks[i].attempts = work.batch.events[i].attempts;
    }
}

inline Outcomes run_steps(const Input& input) {
    Outcomes got;
    Steps steps;
    steps.prepare = prepare_knocks;
    steps.fold = [&](Work& work) {
        for (const Event& event : work.batch.events) append_text(event, got.folded.emplace_back());
    };
    steps.tally = [&](Work& work) {
        for (std::size_t i = 0; i < work.batch.events.size(); ++i) {
            const Event& event = work.batch.events[i];
            Seen& seen = got.events.emplace_back(Seen{std::string(event.file),
                                                      event.line,
                                                      unix_seconds(event.time),
                                                      work.knocks[i].seconds,
                                                      event.attempts,
                                                      std::string(event.account),
                                                      {}});
            append_text(event, seen.text);
        }
    };
    auto report = run(input, steps);
    if (report) got.report = std::move(*report);
    return got;
}

inline Outcomes run_events(std::vector<std::string> files, unsigned threads = 1) {
    Input input;
    input.files = std::move(files);
    input.event_text = true;
    input.threads = threads;
    return run_steps(input);
}

}  // namespace tidegate::observe

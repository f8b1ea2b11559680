// Any sequence of lines of any layers: the same is joined however the stream is cut, and no attempt comes
// from nowhere.

#include <array>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "event/text.h"
#include "observe/joiner.h"

using namespace tidegate;

namespace {

constexpr std::size_t bytes_of_line = 4;

Event event_of(std::span<const unsigned char> bytes, Time& time, EventBatch& batch) {
    constexpr std::array<std::string_view, 4> sessions{"", "s", "t", "u"};
    constexpr std::array<std::string_view, 4> accounts{"", "a", "A@example.com", "b"};
    constexpr std::array<std::uint32_t, 4> addresses{0, 0x7f000001, 0xc0000201, 0xc0000202};
    time += std::chrono::milliseconds(bytes[0] * (bytes[0] > 250 ? -5000 : 10));
    Event event;
    event.time = time;
    event.layer = static_cast<Layer>(bytes[1] % 7);
    event.outcome = static_cast<Outcome>(bytes[1] / 7 % 4);
    event.reason = static_cast<Reason>(bytes[1] / 28 % 4);
    event.session = batch.keep(sessions[bytes[2] % 4]);
    event.account = batch.keep(accounts[bytes[2] / 4 % 4]);
    if (const auto address = addresses[bytes[2] / 16 % 4]; address != 0) event.address = Address::v4(address);
    event.service = static_cast<Service>(bytes[2] / 64);
    event.attempts = bytes[3] % 4;
    if (bytes[3] > 128) event.guess = bytes[3];
    return event;
}

std::string joined(std::span<const unsigned char> bytes, std::size_t item_size) {
    std::string result;
    observe::Joiner joiner([](observe::Work& work) { work.knocks.resize(work.batch.events.size()); }, false);
    std::vector<observe::ItemPtr> out;
    Time time = time_of_unix(1'700'000'000);
    while (bytes.size() >= bytes_of_line) {
        auto item = std::make_unique<observe::Item>();
        for (std::size_t i = 0; i < item_size && bytes.size() >= bytes_of_line; ++i) {
            item->work.batch.events.push_back(event_of(bytes.first(bytes_of_line), time, item->work.batch));
            bytes = bytes.subspan(bytes_of_line);
        }
        item->work.knocks.resize(item->work.batch.events.size());
        item->survey();
        joiner.push(std::move(item), out);
    }
    joiner.finish(out);
    for (const auto& item : out)
        for (const Event& event : item->work.batch.events) {
            if (event.attempts > 3) std::abort();
            append_text(event, result);
            result += std::to_string(event.attempts) + '\n';
        }
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const std::span all(bytes, std::min<std::size_t>(size, 800));
    const std::string whole = joined(all, all.size() + 1);
    for (const std::size_t item_size : {1U, 3U})
        if (joined(all, item_size) != whole) std::abort();
    return 0;
}

// Any bytes as a log: every line is counted once, every text of an event can be read, and cutting the log
// between two lines changes nothing.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "event/text.h"
#include "wire/log/parser.h"

namespace {

using namespace tidegate;
using namespace tidegate::wire;

const LogParser& parser() {
    static const LogParser made = [] {
        TimeRule rule;
        rule.anchor = time_of_unix(1'751'414'400);
        rule.zone = "Europe/Rome";
        auto result = LogParser::create(rule);
        CHECK(result.has_value());
        return std::move(*result);
    }();
    return made;
}

void check_counts(const LineCounts& counts) {
    CHECK(counts.lines == counts.with_events + counts.nothing + counts.unknown + counts.oversize);
    CHECK(counts.without_time <= counts.unknown);
    CHECK((counts.first_unknown == 0) == (counts.unknown == 0));
}

std::string texts_of(const EventBatch& batch) {
    std::string texts;
    for (const Event& event : batch.events) append_text(event, texts);
    return texts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view log(reinterpret_cast<const char*>(data), size);
    const auto cursor = parser().cursor();
    EventBatch whole;
    const LineCounts counts = parser().parse(log, 1, "f", *cursor, whole);
    check_counts(counts);

    const std::size_t cut = log.find('\n', size / 2);
    if (cut == std::string_view::npos) return 0;
    const auto fresh = parser().cursor();
    EventBatch halves;
    LineCounts sum = parser().parse(log.substr(0, cut + 1), 1, "f", *fresh, halves);
    sum += parser().parse(log.substr(cut + 1), 1 + sum.lines, "f", *fresh, halves);
    check_counts(sum);
    CHECK(sum.lines == counts.lines && sum.first_unknown == counts.first_unknown);
    CHECK(texts_of(whole) == texts_of(halves));
    return 0;
}

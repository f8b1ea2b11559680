// Any bytes as a time series, and as a saved detection: rows are told of, scores stay between 0 and 1,
// nothing else happens.

#include <cstdlib>
#include <string_view>

#include "app/series_csv.h"
#include "judge/detect/detection.h"
#include "judge/detect/value_watch.h"

namespace {

using namespace tidegate;

void watch(std::string_view bytes) {
    judge::ValueWatch watch(app::read_span(bytes.substr(0, 8)).value_or(9e7));
    app::LineCutter cutter;
    const app::LineCutter::Take take = [&watch](std::string_view line, bool) {
        const app::SeriesRow row = app::read_row(line);
        if (!row.seconds) return;
        const auto seen = row.number ? watch.see(*row.seconds, *row.number) : watch.miss();
        if (!(seen.score >= 0 && seen.score <= 1)) std::abort();
    };
    const std::size_t half = bytes.size() / 2;
    cutter.feed(bytes.substr(0, half), take);
    cutter.feed(bytes.substr(half), take);
    cutter.finish(take);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    watch(bytes);
    if (bytes.starts_with("tidegate")) (void)judge::Detection::load(bytes, {});
    return 0;
}

// Any bytes as what was kept of cases and days: what is read is written as it is written again, and the book
// goes on with it.

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tell/cases/book.h"
#include "tell/cases/kept.h"
#include "tell/cases/public_side.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace tidegate;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto days = tell::read_service_days(text)) {
        const std::string again = tell::service_days_text(*days);
        if (tell::service_days_text(tell::read_service_days(again).value()) != again) std::abort();
    }
    auto state = tell::read_case_state(text);
    if (!state) return 0;
    const std::string again = tell::case_state_text(*state);
    if (tell::case_state_text(tell::read_case_state(again).value()) != again) std::abort();
    tell::CaseBook book({}, [](std::string_view) { return std::nullopt; }, std::move(*state));
    const Time now = time_of_unix(1'785'931'200);
    for (const auto later : {0, 60, 7200}) {
        book.tick({}, now + std::chrono::seconds(later));
        for (const tell::Publication& each : book.due(now)) book.delivered(each);
        static_cast<void>(tell::public_record_json(tell::public_record(book, {}, "", now)));
    }
    return 0;
}

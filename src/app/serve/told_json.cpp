#include "app/serve/told_json.h"

#include <fmt/format.h>

#include <cmath>

#include "event/json.h"

namespace tidegate::app {
namespace {

std::string_view name_of(tell::Loudness loudness) {
    switch (loudness) {
        case tell::Loudness::error:
            return "error";
        case tell::Loudness::warning:
            return "warning";
        case tell::Loudness::notice:
            return "notice";
        case tell::Loudness::info:
            break;
    }
    return "info";
}

std::string text_of(const tell::Field& field) {
    if (const auto* text = std::get_if<std::string_view>(&field.value)) return json_string(*text);
    if (const auto* whole = std::get_if<std::int64_t>(&field.value)) return std::to_string(*whole);
    const double real = std::get<double>(field.value);
    return std::isfinite(real) ? fmt::format("{}", real) : "null";
}

}  // namespace

std::string told_json(Time time, tell::Thing thing, std::span<const tell::Field> fields) {
    const tell::ThingRow& row = tell::row_of(thing);
    std::string all;
    for (const tell::Field& each : fields)
        all += fmt::format("{}{}:{}", all.empty() ? "" : ",", json_string(each.name), text_of(each));
    return fmt::format(R"({{"time":{},"thing":{},"loudness":"{}","fields":{{{}}}}})",
                       json_string(rfc3339(time)), json_string(row.name), name_of(row.loudness), all);
}

}  // namespace tidegate::app

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "drill/report.h"
#include "event/json.h"

namespace tidegate::drill {
namespace {

void append_number(std::optional<double> value, std::string& out) {
    if (!value || !std::isfinite(*value))
        out += "null";
    else if (*value == std::floor(*value) && std::abs(*value) < 1e15)
        out += std::to_string(static_cast<std::int64_t>(*value));
    else
        out += fmt::format("{}", *value);
}

void append_key(std::string_view key, std::string& out) {
    append_json_string(key, out);
    out += ':';
}

void append_check(const Judged& check, std::string& out) {
    out += "{\"name\":";
    append_json_string(check.name, out);
    out += ",\"measure\":";
    append_json_string(check.measure, out);
    out += ",\"want\":";
    append_json_string(check.want, out);
    out += ",\"got\":";
    append_number(check.got, out);
    out += ",\"held\":";
    out += !check.held ? "null" : *check.held ? "true" : "false";
    for (const auto& [key, why] : {std::pair("needs", &check.needs), std::pair("unseen", &check.unseen)}) {
        if (why->empty()) continue;
        out += ',';
        append_key(key, out);
        append_json_string(*why, out);
    }
    out += '}';
}

void append_run(const Drilled& drilled, std::size_t index, std::string& out) {
    out += "{\"drill\":";
    append_json_string(drilled.scenario->name, out);
    out += ",\"variant\":";
    append_json_string(drilled.scenario->variant, out);
    out += fmt::format(",\"sensor\":\"{}\",{}\"seed\":{},\"measures\":{{", name(drilled.sensor),
                       drilled.live.empty() ? "" : "\"live\":true,", drilled.runs[index].seed);
    for (const auto& [key, value] : drilled.each[index].items()) {
        if (out.back() != '{') out += ',';
        append_key(key, out);
        append_number(value, out);
    }
    out += "},\"checks\":[";
    const bool alone = drilled.runs.size() == 1;
    for (const Judged& check :
         alone ? drilled.checks
               : judged(*drilled.scenario, drilled.sensor, drilled.each[index], {&drilled.each[index], 1})) {
        if (out.back() != '[') out += ',';
        append_check(check, out);
    }
    out += "]}\n";
}

}  // namespace

std::string report_json(const Drilled& drilled) {
    std::string out;
    for (std::size_t i = 0; i < drilled.runs.size(); ++i) append_run(drilled, i, out);
    return out;
}

}  // namespace tidegate::drill

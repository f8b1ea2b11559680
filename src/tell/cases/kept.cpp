#include "tell/cases/kept.h"

#include <algorithm>

#include "tell/cases/json_fields.h"

namespace tidegate::tell {

namespace json = boost::json;

// A form of ours has no sums of time beyond this, nor days beyond these years.
constexpr std::int64_t most_seconds = std::int64_t{100} * 366 * 86'400;

namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20U;  // a file beyond is not ours
constexpr unsigned version = 1;

std::optional<std::int64_t> whole_in(const json::value& from) {
    if (const auto* whole = from.if_int64()) return *whole;
    return std::nullopt;
}

std::unexpected<Error> unreadable(std::string what) {
    return std::unexpected(Error{"", 0, std::move(what), "move the file away: another is begun then"});
}

template <class T>
std::string lines_of(const std::vector<T>& all) {
    std::string out;
    for (const T& each : all) out += (out.empty() ? "\n" : ",\n") + json_of(each);
    return '[' + out + ']';
}

Result<json::value> parsed(std::string_view text) {
    if (text.size() > most_bytes) return unreadable("it is too long");
    boost::system::error_code error;
    json::value value = json::parse(text, error);
    const auto* object = error ? nullptr : value.if_object();
    if (object == nullptr) return unreadable("it is no JSON object");
    const auto* written = object->if_contains("version");
    const auto number = written == nullptr ? std::nullopt : whole_in(*written);
    if (!number || *number < 1) return unreadable("it does not say its version");
    if (*number > version)
        return std::unexpected(Error{"", 0, fmt::format("it is of version {}", *number),
                                     "use the Tidegate that wrote it or a later one"});
    return value;
}

std::optional<unsigned> digits(std::string_view text) {
    unsigned out = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        out = out * 10 + static_cast<unsigned>(c - '0');
    }
    return out;
}

// What went out has a time, and nothing else is on its way.
bool is_sound(const CaseRecord& record) {
    return std::ranges::all_of(record.updates, [](const CaseUpdate& each) {
        const bool is_out = each.stage == UpdateStage::published;
        return is_out == each.published.has_value() && (is_out || each.pending.empty());
    });
}

}  // namespace

void read_value(const json::value& from, std::chrono::year_month_day& to, Misfit& misfit) {
    const auto* found = from.if_string();
    const std::string_view text = found == nullptr ? std::string_view() : std::string_view(*found);
    const bool is_formed = text.size() == 10 && text[4] == '-' && text[7] == '-';
    const auto year = is_formed ? digits(text.substr(0, 4)) : std::nullopt;
    const auto month = is_formed ? digits(text.substr(5, 2)) : std::nullopt;
    const auto day = is_formed ? digits(text.substr(8, 2)) : std::nullopt;
    if (!year || !month || !day) return misfit.note("is no day");
    const std::chrono::year_month_day read{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(*month), std::chrono::day(*day)};
    if (!read.ok()) return misfit.note("is no day");
    to = read;
}

void read_value(const json::value& from, double& to, Misfit& misfit) {
    if (!from.is_number()) return misfit.note("is no number");
    to = from.is_double()  ? from.get_double()
         : from.is_int64() ? static_cast<double>(from.get_int64())
                           : static_cast<double>(from.get_uint64());
}

void read_value(const json::value& from, std::uint32_t& to, Misfit& misfit) {
    const auto whole = whole_in(from);
    if (!whole || *whole < 0 || *whole > UINT32_MAX) return misfit.note("is no whole number of that size");
    to = static_cast<std::uint32_t>(*whole);
}

void read_value(const json::value& from, Duration& to, Misfit& misfit) {
    const auto whole = whole_in(from);
    if (!whole || *whole < 0 || *whole > most_seconds) return misfit.note("is no length of time");
    to = std::chrono::seconds(*whole);
}

std::string case_state_text(const CaseState& state) {
    return fmt::format("{{\"version\":{},\"next_number\":{},\n\"cases\":{},\n\"work\":{}}}\n", version,
                       state.next_number, lines_of(state.cases), lines_of(state.work));
}

Result<CaseState> read_case_state(std::string_view text) {
    const auto value = parsed(text);
    if (!value) return std::unexpected(value.error());
    CaseState state;
    Misfit misfit;
    read_json(*value, state, misfit);
    if (misfit.is_there()) return unreadable(misfit.what());
    if (!std::ranges::all_of(state.cases, is_sound)) return unreadable("an update is out at no time");
    return state;
}

std::string service_days_text(const std::vector<PublicService>& services) {
    return fmt::format("{{\"version\":{},\"services\":{}}}\n", version, lines_of(services));
}

Result<std::vector<PublicService>> read_service_days(std::string_view text) {
    const auto value = parsed(text);
    if (!value) return std::unexpected(value.error());
    std::vector<PublicService> services;
    Misfit misfit;
    FieldReader reader(value->get_object(), misfit);
    reader("services", services);
    if (misfit.is_there()) return unreadable(misfit.what());
    for (const PublicService& service : services)
        for (const ServiceDay& each : service.days)
            if (!each.day.ok()) return unreadable("a day says not which one it is");
    return services;
}

std::string case_json(const CaseRecord& record) {
    return json_of(record);
}

std::string work_json(const WorkRecord& record) {
    return json_of(record);
}

std::string public_record_json(const PublicRecord& record) {
    return json_of(record);
}

}  // namespace tidegate::tell

#include "app/serve/console_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

#include "app/serve/control_words.h"
#include "config/changed.h"
#include "config/shown.h"
#include "console/book.h"
#include "event/json.h"

namespace tidegate::app {
namespace {

std::uint64_t number_of(const net::Request& request, std::string_view name, std::uint64_t usual) {
    const std::string text = request.query(name).value_or("");
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number == 0 ? usual : number;
}

std::string time_or_null(Time time) {
    return time == Time{} ? "null" : json_string(rfc3339(std::chrono::floor<std::chrono::seconds>(time)));
}

/// The networks of one AS together.
struct System {
    std::uint64_t networks = 0, attempts = 0, stopped = 0;
    Time last{};
};

std::string json_of(const config::ShownSetting& setting) {
    return fmt::format(
        R"({{"name":{},"type":{},"meaning":{},"default":{},"set":{},"value":{},"line":{},"secret":{}}})",
        json_string(setting.name), json_string(setting.type), json_string(setting.meaning),
        json_string(setting.standard), setting.is_set, setting.value ? json_string(*setting.value) : "null",
        setting.line > 0 ? std::to_string(setting.line) : "null", setting.is_secret);
}

std::string json_of(const config::ShownSection& section) {
    std::string settings;
    for (const config::ShownSetting& each : section.settings)
        settings += (settings.empty() ? "" : ",") + json_of(each);
    return fmt::format(R"({{"section":{},"repeats":{},"index":{},"meaning":{},"tried":{},"settings":[{}]}})",
                       json_string(section.name), section.repeats, section.index,
                       json_string(section.meaning), config::may_be_tried(section.name), settings);
}

}  // namespace

ConsoleCalls::ConsoleCalls(ConsoleCallsWorld world)
    : world_(std::move(world)), trial_(world_.state_folder, world_.clock) {}

std::span<const ControlRoute<ConsoleCalls>> ConsoleCalls::routes() {
    static constexpr std::array<ControlRoute<ConsoleCalls>, 6> all{{
        {{"GET", "/v1/networks"}, &ConsoleCalls::networks},
        {{"GET", "/v1/configuration"}, &ConsoleCalls::configuration},
        {{"GET", "/v1/audit"}, &ConsoleCalls::list_audit},
        {{"POST", "/v1/trial"}, &ConsoleCalls::start_trial},
        {{"GET", "/v1/trial"}, &ConsoleCalls::tell_trial},
        {{"DELETE", "/v1/trial"}, &ConsoleCalls::stop_trial},
    }};
    return all;
}

void ConsoleCalls::adopt(std::string file, std::string text) {
    const std::scoped_lock lock(mutex_);
    running_ = {std::move(file), std::move(text)};
}

ConsoleCalls::Running ConsoleCalls::running() const {
    const std::scoped_lock lock(mutex_);
    return running_;
}

void ConsoleCalls::networks(const net::Request& request, net::Response& response) {
    constexpr std::uint64_t usual = 200, most = 500;
    const auto found = world_.desk.noisiest(std::min(number_of(request, "most", usual), most));
    std::map<std::uint32_t, System> systems;
    std::string all;
    for (const guard::NoisyNetwork& each : found) {
        System& system = systems[each.as_number];
        ++system.networks;
        system.attempts += each.attempts;
        system.stopped += each.stopped;
        system.last = std::max(system.last, each.last);
        all += fmt::format(
            R"({}{{"network":{},"as":{},"as_name":{},"attempts":{},"stopped":{},"last_seen":{}}})",
            all.empty() ? "" : ",", json_string(console::network_of(each.example).text()), each.as_number,
            json_string(world_.as_name(each.as_number)), each.attempts, each.stopped,
            time_or_null(each.last));
    }
    std::vector<std::pair<std::uint32_t, System>> sorted(systems.begin(), systems.end());
    std::ranges::sort(sorted, std::greater(), [](const auto& each) { return each.second.attempts; });
    std::string by_system;
    for (const auto& [number, system] : sorted)
        by_system += fmt::format(
            R"({}{{"as":{},"as_name":{},"networks":{},"attempts":{},"stopped":{},"last_seen":{}}})",
            by_system.empty() ? "" : ",", number, json_string(world_.as_name(number)), system.networks,
            system.attempts, system.stopped, time_or_null(system.last));
    reply(response, fmt::format(R"({{"time":{},"networks":[{}],"systems":[{}]}})",
                                json_string(rfc3339(world_.clock())), all, by_system));
}

void ConsoleCalls::configuration(const net::Request& /*request*/, net::Response& response) {
    const Running now = running();
    const auto sections = config::shown_settings(now.text, now.file);
    if (!sections) return refuse(response, 500, sections.error());
    std::string all;
    for (const config::ShownSection& each : *sections) all += (all.empty() ? "" : ",") + json_of(each);
    reply(response, fmt::format(R"({{"file":{},"sections":[{}]}})", json_string(now.file), all));
}

void ConsoleCalls::audit(const console::Audited& entry) const {
    world_.recorder.record(keep::Deed{
        .time = world_.clock(),
        .author = entry.who,
        .action = std::string(call_action),
        .subject = entry.call,
        .reason = {},
        .detail = fmt::format(R"({{"by":{},"from":{},"result":{},"subject":{}}})", json_string(entry.by),
                              json_string(entry.from.text()), entry.result, json_string(entry.subject))});
}

void ConsoleCalls::list_audit(const net::Request& request, net::Response& response) {
    constexpr std::uint64_t usual = 100, most = 1000;
    keep::DeedQuery query;
    query.author = request.query("who").value_or("");
    query.action = call_action;
    query.subject = request.query("call").value_or("");
    query.before = number_of(request, "before", 0);
    query.most = std::min(number_of(request, "most", usual), most);
    const auto deeds = world_.recorder.deeds(query);
    if (!deeds) return refuse(response, 500, deeds.error());
    std::string all;
    for (const keep::Deed& each : *deeds)
        all += fmt::format(R"({}{{"id":{},"time":{},"who":{},"call":{},{})", all.empty() ? "" : ",", each.id,
                           json_string(rfc3339(each.time)), json_string(each.author),
                           json_string(each.subject), std::string_view(each.detail).substr(1));
    reply(response, fmt::format(R"({{"entries":[{}]}})", all));
}

void ConsoleCalls::start_trial(const net::Request& request, net::Response& response) {
    const auto changes = config::read_changes(request.body());
    if (!changes) return refuse(response, 400, changes.error());
    const Running now = running();
    const auto changed = config::changed_text(now.text, now.file, *changes);
    if (!changed) return refuse(response, 400, changed.error());
    const auto begun = trial_.start(*changed, config::changes_json(*changes), author_of("", request));
    if (!begun) return refuse(response, 409, begun.error());
    reply(response, trial_.json());
}

void ConsoleCalls::tell_trial(const net::Request& /*request*/, net::Response& response) {
    reply(response, trial_.json());
}

void ConsoleCalls::stop_trial(const net::Request& /*request*/, net::Response& response) {
    trial_.stop();
    response.status(204);
}

}  // namespace tidegate::app

// docs/control-openapi.yaml against the calls that the control socket has, both ways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>
#include <string>

#include "app/serve/control.h"
#include "app/serve/control_routes.h"

namespace tidegate::app {
namespace {

void add(std::set<std::string>& calls, const RouteName& route) {
    EXPECT_TRUE(calls.insert(std::string(route.method) + " " + std::string(route.path)).second)
        << route.path << " is there twice";
}

std::set<std::string> answered() {
    std::set<std::string> calls;
    for (const auto& each : Control::routes()) add(calls, each.name);
    for (const auto& each : EdgeControl::routes()) add(calls, each.name);
    for (const auto& each : ListenerControl::routes()) add(calls, each.name);
    for (const auto& each : IncidentControl::routes()) add(calls, each.name);
    for (const auto& each : AlertControl::routes()) add(calls, each.name);
    for (const auto& each : CaseControl::routes()) add(calls, each.name);
    for (const auto& each : QueueControl::routes()) add(calls, each.name);
    return calls;
}

/// The file writes a path and its methods each on a line of their own, two and four blanks in.
std::set<std::string> documented() {
    std::ifstream file(TIDEGATE_SOURCE_DIR "/docs/control-openapi.yaml");
    std::set<std::string> calls;
    std::string path;
    bool in_paths = false;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(' ')) in_paths = line == "paths:";
        if (!in_paths || !line.ends_with(':')) continue;
        line.pop_back();
        const std::size_t blanks = std::min(line.find_first_not_of(' '), line.size());
        const std::string word = line.substr(blanks);
        if (blanks == 2) path = word;
        const bool is_method = word == "get" || word == "post" || word == "put" || word == "delete";
        if (blanks != 4 || !is_method) continue;
        std::string method = word;
        std::ranges::transform(method, method.begin(), [](unsigned char c) { return std::toupper(c); });
        calls.insert(method + " " + path);
    }
    return calls;
}

TEST(ControlApi, IsWhatTheOpenApiFileSays) {
    const std::set<std::string> calls = documented();
    EXPECT_GE(calls.size(), 20U);
    EXPECT_EQ(calls, answered());
}

TEST(ControlRoutes, ANamedPartIsOneStepOfThePath) {
    constexpr std::string_view one = "/v1/incidents/{id}", say = "/v1/incidents/{id}/say";
    EXPECT_EQ(named_part(one, "/v1/incidents/2026-08-05-1"), "2026-08-05-1");
    EXPECT_EQ(named_part(say, "/v1/incidents/2026-08-05-1/say"), "2026-08-05-1");
    for (const std::string_view path :
         {"/v1/incidents/", "/v1/incidents", "/v1/incidents/a/say", "/v1/incidents/a/b"})
        EXPECT_EQ(named_part(one, path), "") << path;
    for (const std::string_view path : {"/v1/incidents//say", "/v1/incidents/say", "/v1/incidents/a/b/say"})
        EXPECT_EQ(named_part(say, path), "") << path;
    EXPECT_EQ(named_part("/v1/incidents", "/v1/incidents"), "") << "none is named";
}

}  // namespace
}  // namespace tidegate::app

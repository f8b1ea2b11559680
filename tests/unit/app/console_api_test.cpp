// docs/api-openapi.yaml and the table of rights against all calls that there are, all ways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "app/serve/console_calls.h"
#include "app/serve/control.h"
#include "console/people.h"
#include "console/rights.h"

namespace tidegate::app {
namespace {

using Calls = std::map<std::string, std::string>;  // "GET /v1/scene" to its role

template <class Route>
std::string call_of(const Route& route) {
    return std::string(route.method) + " " + std::string(route.path);
}

/// Everything that answers, but for the calls about the session and the stream, which are the console's own.
std::set<std::string> answered() {
    std::set<std::string> calls{"GET /v1/session", "DELETE /v1/session", "GET /v1/live"};
    for (const auto& each : Control::routes()) calls.insert(call_of(each.name));
    for (const auto& each : EdgeControl::routes()) calls.insert(call_of(each.name));
    for (const auto& each : ListenerControl::routes()) calls.insert(call_of(each.name));
    for (const auto& each : IncidentControl::routes()) calls.insert(call_of(each.name));
    for (const auto& each : AlertControl::routes()) calls.insert(call_of(each.name));
    for (const auto& each : CaseControl::routes()) calls.insert(call_of(each.name));
    for (const auto& each : QueueControl::routes()) calls.insert(call_of(each.name));
    for (const auto& each : ConsoleCalls::routes()) calls.insert(call_of(each.name));
    for (const auto& each : console::People::routes()) calls.insert(call_of(each));
    return calls;
}

std::string role_in(const std::string& line) {
    const std::size_t at = line.find("x-role: ");
    if (at == std::string::npos) return {};
    return line.substr(at + 8, line.find_first_of(",} ", at + 8) - at - 8);
}

/// The file writes a path and its methods each on a line of their own, two and four blanks in; the role
/// stands behind the method or below it.
Calls documented() {
    std::ifstream file(TIDEGATE_SOURCE_DIR "/docs/api-openapi.yaml");
    Calls calls;
    std::string path, call;
    bool in_paths = false;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(' ')) in_paths = line == "paths:";
        if (!in_paths) continue;
        const std::size_t blanks = std::min(line.find_first_not_of(' '), line.size());
        std::string word = line.substr(blanks, line.find(':') - blanks);
        if (blanks == 2 && word.starts_with("/api/")) path = word.substr(4);
        if (blanks == 4 && (word == "get" || word == "post" || word == "delete")) {
            std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::toupper(c); });
            call = word + " " + path;
            calls[call] = "";
        }
        if (const std::string role = role_in(line); !role.empty() && !call.empty()) calls[call] = role;
    }
    return calls;
}

TEST(ConsoleApi, EveryCallHasARightAndEveryRightACall) {
    std::set<std::string> rights;
    for (const console::Right& each : console::rights())
        EXPECT_TRUE(rights.insert(call_of(each)).second) << call_of(each) << " is there twice";
    EXPECT_EQ(rights, answered());
}

TEST(ConsoleApi, IsWhatTheOpenApiFileSays) {
    Calls expected{{"POST /v1/session", "none"}};
    for (const console::Right& each : console::rights())
        expected[call_of(each)] = std::string(console::name(each.role));
    const Calls calls = documented();
    EXPECT_GE(calls.size(), 55U);
    EXPECT_EQ(calls, expected);
}

}  // namespace
}  // namespace tidegate::app

// What people wrote, as it may be public: hostile and careless texts.
#include "tell/cases/screen.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tidegate::tell {
namespace {

Incident incident_with(std::string name) {
    Incident incident;
    incident.targets.push_back({});
    incident.targets.back().account = {.name = std::move(name), .pseudonym = "account 3f2a91"};
    return incident;
}

std::string screened(std::string_view text) {
    const Incident incident = incident_with("info@example.org");
    const std::vector<std::string> contacts{"support@example.org"};
    return Screen(&incident, contacts, {"Blue Hosting"}).text(text);
}

TEST(Screen, TakesOutWhatNamesSomebody) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"nothing to see", "nothing to see"},
        {"", ""},
        {"they aim at info@example.org.", "they aim at account 3f2a91."},
        {"ask <bob@example.net>, please", "ask <(an account)>, please"},
        {"write to support@example.org.", "write to support@example.org."},
        {"write to Support@Example.org!", "write to Support@Example.org!"},
        {"mailto:bob@example.net", "(an account)"},
        {"from 192.0.2.7 and 192.0.2.7:143, 192.0.2.0/24",
         "from (an address) and (an address):143, (an address)/24"},
        {"from:192.0.2.7", "from:(an address)"},
        {"[2001:db8::1]:143 and 2001:db8::1.", "[(an address)]:143 and (an address)."},
        {"at 12:30:05 we saw version 1.2.3", "at 12:30:05 we saw version 1.2.3"},
        {"Blue Hosting has it too", "(a partner) has it too"},
        {"@ and a@ and @b", "@ and a@ and @b"},
        {"lines\n\nstay as\tthey are", "lines\n\nstay as\tthey are"},
        {"bob@example.net@203.0.113.9", "(an account)"},
        {"\xff\xfe<b>bob</b>", "\xff\xfe<b>bob</b>"},
    };
    for (const auto& [text, wanted] : cases) EXPECT_EQ(screened(text), wanted) << text;
}

TEST(Screen, AgainChangesNothing) {
    const std::string once = screened("info@example.org, bob@example.net at 203.0.113.9, Blue Hosting");
    EXPECT_EQ(screened(once), once);
}

TEST(Screen, KnowsNoIncident) {
    EXPECT_EQ(Screen(nullptr, {}, {}).text("eve@example.com"), "(an account)");
}

}  // namespace
}  // namespace tidegate::tell

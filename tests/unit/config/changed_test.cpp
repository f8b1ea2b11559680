// Settings as people are shown them, and changed ones for a trial.
#include "config/changed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "config/shown.h"
#include "config/table.h"

namespace tidegate::config {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view file_text =
    "[judge]\nrefuse_at = 60 # decibans\n\n[[list]]\nname = \"drop\"\npath = \"lists/drop.txt\"\n\n"
    "[[door]]\nkind = \"api\"\nlisten = \"127.0.0.1:4083\"\nkey = \"never shown\"\n";

const ShownSetting& setting_of(const std::vector<ShownSection>& sections, std::string_view section,
                               std::string_view name) {
    const auto found = std::ranges::find(sections, section, &ShownSection::name);
    return *std::ranges::find(found->settings, name, &ShownSetting::name);
}

TEST(Shown, SaysWhatTheFileSetsAndWhere) {
    const auto sections = shown_settings(file_text, "/etc/tidegate/tidegate.toml");
    ASSERT_TRUE(sections);
    const ShownSetting& refuse_at = setting_of(*sections, "judge", "refuse_at");
    EXPECT_TRUE(refuse_at.is_set);
    EXPECT_EQ(refuse_at.value, "60");
    EXPECT_EQ(refuse_at.line, 2U);
    const ShownSetting& defer_at = setting_of(*sections, "judge", "defer_at");
    EXPECT_FALSE(defer_at.is_set);
    EXPECT_EQ(defer_at.value, std::nullopt);
    EXPECT_FALSE(defer_at.standard.empty());
}

TEST(Shown, SecretsAreSetOrNotAndNothingElse) {
    const auto sections = shown_settings(file_text, "f");
    ASSERT_TRUE(sections);
    const ShownSetting& key = setting_of(*sections, "door", "key");
    EXPECT_TRUE(key.is_set);
    EXPECT_TRUE(key.is_secret);
    EXPECT_EQ(key.value, std::nullopt);
}

// Whoever adds a setting that may hold a secret is reminded to say so.
TEST(Shown, WhatLooksLikeASecretIsOne) {
    for (const Section& section : sections())
        for (const Setting& each : section.settings) {
            const bool looks_so = each.name.contains("key") || each.name.contains("password") ||
                                  each.name.contains("secret") || each.name.contains("token");
            const bool is_about_files = each.type == "path" || each.name.ends_with("_file");
            if (looks_so && !is_about_files && each.type == "text")
                EXPECT_TRUE(each.is_secret) << section.name << ' ' << each.name;
        }
}

TEST(Shown, TomlTextIsReadAsItWasWritten) {
    for (const std::string text : {"", "a\"b\\c", "line\nend", "\x7f", "ümlaut"}) {
        const auto tree = read_tree("a = " + toml_text(std::string_view(text)) + "\n", "f");
        ASSERT_TRUE(tree) << text;
        EXPECT_EQ(std::get<std::string>(tree->find("a")->value), text);
    }
}

Result<std::string> changed(std::string_view changes) {
    const auto read = read_changes(changes);
    if (!read) return std::unexpected(read.error());
    return changed_text(file_text, "/etc/tidegate/tidegate.toml", *read);
}

TEST(Changed, IsTheFileWithThatChange) {
    const auto text = changed(R"({"changes":[{"section":"judge","setting":"refuse_at","value":70},
                                             {"section":"accounts","setting":"default_realm","value":"example.org"}]})");
    ASSERT_TRUE(text) << text.error().text();
    EXPECT_THAT(*text, HasSubstr("\"refuse_at\" = 70\n"));
    EXPECT_THAT(*text, Not(HasSubstr("60")));
    EXPECT_THAT(*text, HasSubstr("[accounts]\n\"default_realm\" = \"example.org\"\n"));
    EXPECT_THAT(*text, HasSubstr("\"path\" = \"/etc/tidegate/lists/drop.txt\"")) << "wherever it lies now";
    const auto loaded = parse(*text, "/elsewhere/trial.toml");
    EXPECT_TRUE(loaded.errors.empty());
    EXPECT_EQ(loaded.settings.lists.at(0).path, "/etc/tidegate/lists/drop.txt");
}

TEST(Changed, NullIsAsIfItWereNotSet) {
    const auto text = changed(R"({"changes":[{"section":"judge","setting":"refuse_at","value":null}]})");
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, Not(HasSubstr("refuse_at")));
}

TEST(Changed, RefusesWhatIsNoChangeOfATrial) {
    for (const std::string_view each :
         {R"({})", R"([])", R"({"changes":{}})", R"({"changes":[1]})", R"({"changes":[{"section":"judge"}]})",
          R"({"changes":[{"section":"serve","setting":"mode","value":"act"}]})",
          R"({"changes":[{"section":"judge","setting":"nothing","value":1}]})",
          R"({"changes":[{"section":"judge","setting":"refuse_at","value":{}}]})",
          R"({"changes":[{"section":"judge","setting":"refuse_at","value":"many"}]})",
          R"({"changes":[{"section":"judge","setting":"refuse_at"}]})"})
        EXPECT_FALSE(changed(each)) << each;
}

TEST(ConsoleSettings, AreCheckedAsAWhole) {
    const auto errors = [](const std::string& text) {
        return parse("[console]\n" + text, "f").errors.size();
    };
    EXPECT_EQ(errors("listen = \"127.0.0.1:4090\"\n"), 0U);
    EXPECT_EQ(errors("listen = \"[::1]:4090\"\n"), 0U);
    EXPECT_EQ(errors("listen = \"0.0.0.0:4090\"\n"), 1U) << "in the clear";
    EXPECT_EQ(errors("listen = \"0.0.0.0:4090\"\ncertificate = \"c\"\nkey = \"k\"\n"), 0U);
    EXPECT_EQ(errors("listen = \"0.0.0.0:4090\"\ncertificate = \"c\"\n"), 1U);
    EXPECT_EQ(errors("listen = \"192.0.2.1:4090\"\nbehind_proxy = [\"192.0.2.2\"]\n"), 0U);
    EXPECT_EQ(errors("listen = \"unix:/run/console\"\n"), 1U);
    EXPECT_EQ(errors("listen = \"127.0.0.1:4090\"\nurl = \"console.example.org\"\n"), 1U);
    EXPECT_EQ(errors("listen = \"127.0.0.1:4090\"\nurl = \"https://console.example.org/path\"\n"), 1U);
    EXPECT_EQ(errors("listen = \"127.0.0.1:4090\"\nurl = \"https://console.example.org\"\n"), 0U);
    EXPECT_EQ(errors("idle_minutes = 0\n"), 1U);
}

}  // namespace
}  // namespace tidegate::config

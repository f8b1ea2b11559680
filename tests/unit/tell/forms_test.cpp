// The forms of the report against hostile names and curious readers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "stream.h"
#include "tell/report.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view hostile_name =
    "x\x1b]0;owned\a<script>alert(1)</script>\"'\xff\xe2\x80\xae@example.org";

Report hostile_report() {
    Stream stream;
    stream.customers(monday, monday + 4 * days, 5'000);
    stream.attack(monday + 3 * days, monday + 3 * days + hours, 3'000);
    for (int i = 0; i < 4'000; ++i)
        Stream::stop(stream.failure(monday + 3 * days + 600 + i / 4, Address::v4(0xcb00'7107), hostile_name));
    Stream::stop(stream.login(monday + 3 * days, Address::v4(0xc633'6409), hostile_name));
    stream.login(monday + 3 * days + 1, Address::v4(0xc633'640a), "secret-customer@example.org")
        .verdict.suspected_takeover = true;
    ReadFacts read;
    read.files = {{"/var/log/<b>mail\x1b[2J.log", 10, 10, 0, 1000}};
    read.lines = 10;
    read.errors = {"/var/log/\x1b[31m<i>old.gz: truncated"};
    return stream.report(read);
}

bool is_printable_utf8(std::string_view text) {
    return harmless(text) == std::string(text);
}

std::string without_line_ends(std::string text) {
    std::erase(text, '\n');
    return text;
}

TEST(Forms, TextIsHarmlessInATerminal) {
    const Report report = hostile_report();
    for (const unsigned width : {40U, 80U, 132U}) {
        const std::string text = summary_text(report, {.width = width});
        EXPECT_TRUE(is_printable_utf8(without_line_ends(text)));
        EXPECT_THAT(text, HasSubstr("\\x1b]0;owned"));
    }
}

TEST(Forms, TextFitsItsWidth) {
    const Report report = hostile_report();
    for (const unsigned width : {60U, 80U, 100U}) {
        std::string text = summary_text(report, {.width = width});
        std::size_t lines = 0;
        for (std::string_view rest = text; !rest.empty(); ++lines) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            EXPECT_LE(columns_of(line), width) << line;
            rest.remove_prefix(line.size() + 1);
        }
        if (width >= 80) EXPECT_LE(lines, 46U);
    }
}

TEST(Forms, ColourAndUnicodeOnlyWhenAsked) {
    const Report report = hostile_report();
    EXPECT_THAT(summary_text(report, {.colour = true}), HasSubstr("\x1b[1m"));
    const std::string plain = summary_text(report, {.utf8 = false});
    EXPECT_TRUE(std::ranges::all_of(plain, [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); }));
}

TEST(Forms, NothingHoldsNamesUnlessAsked) {
    const Report report = hostile_report();
    const std::array<std::string, 3> forms{summary_text(report, {.width = 200, .names = false}),
                                           summary_json(report, false), page_html(report, false)};
    for (const std::string& form : forms) {
        for (const std::string_view name :
             {"example.org", "example.net", "victim", "secret-customer", "owned", "alert(1)"}) {
            EXPECT_THAT(form, Not(HasSubstr(std::string(name))));
        }
        for (const std::string_view address : {"198.51.100.9", "198.51.100.10"})
            EXPECT_THAT(form, Not(HasSubstr(std::string(address))));
        EXPECT_THAT(form, HasSubstr("account "));
    }
    EXPECT_THAT(page_html(report, true), HasSubstr("secret-customer@example.org"));
    EXPECT_THAT(page_html(report, true), HasSubstr("198.51.100.9"));
    EXPECT_THAT(summary_json(report, true), HasSubstr("secret-customer@example.org"));
}

TEST(Forms, PseudonymsStandForOneAccount) {
    const Report report = hostile_report();
    ASSERT_FALSE(report.targets.empty());
    ASSERT_FALSE(report.refused.empty());
    EXPECT_EQ(report.targets[0].account.pseudonym, report.refused[0].account.pseudonym);
    EXPECT_NE(report.targets[0].account.pseudonym, report.targets[1].account.pseudonym);
}

TEST(Forms, PseudonymsAreOfNoUseInAnotherLog) {
    Stream one, other;
    one.failure(monday, Address::v4(1), "anna@example.org");
    other.failure(monday + 1, Address::v4(2), "anna@example.org");
    EXPECT_NE(one.report().targets[0].account.pseudonym, other.report().targets[0].account.pseudonym);
}

/// Every tag of the page, closed as it was opened; nothing that the page's own words did not write.
void expect_well_formed(const std::string& page) {
    const std::vector<std::string_view> empty_elements{"!doctype", "meta", "br", "rect", "path"};
    std::vector<std::string> open;
    for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
        const std::size_t end = page.find('>', at);
        ASSERT_NE(end, std::string::npos);
        const std::string tag = page.substr(at + 1, end - at - 1);
        ASSERT_EQ(std::ranges::count(tag, '"') % 2, 0) << tag;
        ASSERT_EQ(tag.find("script"), std::string::npos);
        if (tag.starts_with('/')) {
            ASSERT_FALSE(open.empty());
            ASSERT_EQ(open.back(), tag.substr(1)) << "at " << at;
            open.pop_back();
            continue;
        }
        const std::string element = tag.substr(0, tag.find_first_of(" /"));
        if (std::ranges::find(empty_elements, element) != empty_elements.end() &&
            (!element.starts_with('r') || tag.ends_with('/')))
            continue;
        open.push_back(element);
    }
    EXPECT_TRUE(open.empty()) << open.back();
}

TEST(Forms, ThePageIsWellFormedAndEscaped) {
    const Report report = hostile_report();
    for (const bool names : {false, true}) {
        const std::string page = page_html(report, names);
        expect_well_formed(page);
        EXPECT_TRUE(is_printable_utf8(without_line_ends(page)));
        EXPECT_THAT(page, Not(HasSubstr("<script")));
        EXPECT_THAT(page, Not(HasSubstr("<i>old")));
    }
    EXPECT_THAT(page_html(report, true), HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;"));
}

TEST(Forms, ThePageFetchesNothing) {
    const std::string page = page_html(hostile_report(), true);
    for (const std::string_view lure :
         {"http://", "https://", "src=", "href=", "url(", "@import", "<link", "<img", "<iframe", "<object"}) {
        EXPECT_THAT(page, Not(HasSubstr(std::string(lure))));
    }
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
    EXPECT_LT(page.size(), 300'000U);
}

TEST(Forms, JsonKeepsNamesAsTheyAre) {
    const Report report = hostile_report();
    const boost::json::object json = boost::json::parse(summary_json(report, true)).as_object();
    EXPECT_EQ(json.at("targets").at(0).at("account").as_string(), valid_utf8(hostile_name));
    EXPECT_EQ(json.at("report").as_int64(), 1);
    EXPECT_EQ(json.at("campaigns").as_array().size(), 1U);
    EXPECT_EQ(json.at("totals").at("guesses").as_int64(), 7'000);
    EXPECT_EQ(json.at("defences").as_array().size(), 3U);
    EXPECT_EQ(json.at("first").as_string(), "2024-03-11T00:00:00Z");
}

}  // namespace
}  // namespace tidegate::tell

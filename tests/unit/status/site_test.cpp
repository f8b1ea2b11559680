#include "tell/status/site.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "sample.h"
#include "tell/status/shelf.h"

namespace tidegate::tell::status {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string page(std::string_view path, const PublicRecord& record = sample()) {
    return file_of(render_site(record, rules_of_sample()), path).bytes;
}

// A page was looked at by a person, in a browser, and is still that page. With GOLDEN=write it is written
// anew.
void expect_golden(const std::string& name, const std::string& text) {
    const std::string path = TIDEGATE_SOURCE_DIR "/tests/unit/status/golden/" + name;
    if (const char* wish = std::getenv("GOLDEN"); wish != nullptr && std::string(wish) == "write")
        std::ofstream(path, std::ios::binary) << text;
    std::ifstream in(path, std::ios::binary);
    std::ostringstream golden;
    golden << in.rdbuf();
    EXPECT_EQ(golden.str(), text) << path;
}

TEST(StatusSite, PagesAreAsTheyWereReviewed) {
    const auto files = render_site(sample(), rules_of_sample());
    expect_golden("index.html", file_of(files, "index.html").bytes);
    expect_golden("incident.html", file_of(files, "incident/2025-11-18-1.html").bytes);
    expect_golden("month.html", file_of(files, "history/2025-11.html").bytes);
    expect_golden("feed.atom", file_of(files, "feed.atom").bytes);
    expect_golden("feed.rss", file_of(files, "feed.rss").bytes);
    expect_golden("status.json", file_of(files, "status.json").bytes);
    expect_golden("badge.svg", file_of(files, "badge.svg").bytes);
}

TEST(StatusSite, TheFirstSentenceSaysHowItIs) {
    struct Case {
        ServiceState first, second;
        PublicState incident;
        std::string_view sentence;
    };
    const Case cases[] = {
        {ServiceState::working, ServiceState::working, PublicState::over, "Everything works."},
        {ServiceState::working, ServiceState::unknown, PublicState::over,
         "Everything that we measure works."},
        {ServiceState::unknown, ServiceState::unknown, PublicState::over,
         "At the moment we cannot see whether everything works."},
        {ServiceState::working, ServiceState::working, PublicState::watching,
         "Everything works again. We are still watching."},
        {ServiceState::working, ServiceState::working, PublicState::mending,
         "We are dealing with a disturbance."},
        {ServiceState::slow, ServiceState::working, PublicState::mending,
         "Slow at the moment: Reading. Everything else works."},
        {ServiceState::slow, ServiceState::down, PublicState::mending,
         "Not working at the moment: Sending. Slow at the moment: Reading."},
        {ServiceState::disturbed, ServiceState::unknown, PublicState::mending,
         "Disturbed at the moment: Reading."},
        {ServiceState::maintenance, ServiceState::working, PublicState::over,
         "Announced work is under way: Reading. Everything else works."},
    };
    for (const Case& each : cases) {
        PublicRecord record = sample();
        record.services = {service_of("imap", "Reading", each.first),
                           service_of("smtp", "Sending", each.second)};
        record.incidents[0].state = each.incident;
        EXPECT_THAT(page("index.html", record), HasSubstr(fmt::format("\">{}</h1>", each.sentence)));
    }
    PublicRecord harmless = sample();
    harmless.services = {service_of("imap", "Reading", ServiceState::working)};
    harmless.incidents[0].worst = ServiceState::working;
    EXPECT_THAT(page("index.html", harmless),
                HasSubstr("\">Everything works, though something is out of the ordinary.</h1>"));
    PublicRecord record = sample();
    record.services.clear();
    record.incidents.clear();
    EXPECT_THAT(page("index.html", record), HasSubstr("We know of no disturbance.</h1>"));
}

TEST(StatusSite, TimesAreTheProvidersAndNamed) {
    const std::string index = page("index.html");
    EXPECT_THAT(index, HasSubstr(R"(<time datetime="2025-11-30T13:30:00+01:00">30 November, 13:30</time>)"));
    EXPECT_THAT(index, HasSubstr("All times are those of Europe/Vienna."));
}

TEST(StatusSite, ABrokenPromiseIsSaidAndMakesThePageAnew) {
    PublicRecord record = sample(), later = record;
    later.made += std::chrono::minutes(10);
    EXPECT_TRUE(says_the_same(record, later));
    later.made += std::chrono::minutes(30);
    EXPECT_FALSE(says_the_same(record, later));
    EXPECT_THAT(page("index.html", record), HasSubstr("Next update by "));
    EXPECT_THAT(page("index.html", later), HasSubstr("is late. The work goes on."));
    later = record;
    later.services[1].days.back().minutes_hurt = 7;
    EXPECT_FALSE(says_the_same(record, later));
}

TEST(StatusSite, TheGridHasWordsForThoseWhoDoNotSeeIt) {
    const std::string index = page("index.html");
    EXPECT_THAT(index,
                HasSubstr("role=\"img\" aria-label=\"The last 90 days: down on 1, disturbed on 1, slow on "
                          "1, 9 not measured.\""));
    EXPECT_THAT(index, HasSubstr("<li>18 November: down, 61 minutes, of these down 12 minutes</li>"));
    EXPECT_THAT(index, HasSubstr("<li>30 November: slow, 1 minute</li>"));
    EXPECT_THAT(index,
                HasSubstr("aria-label=\"The last 90 days: down on 1, disturbed on 1, 9 not measured.\""));
}

TEST(StatusSite, HostileTextsComeOutAsText) {
    for (const std::string text :
         {"</title><script>alert(1)</script>", "\" onload=\"alert(1)", "' autofocus onfocus='alert(1)",
          "<img src=x onerror=alert(1)>", "]]><x>", "--><x>", "javascript:alert(1)", "{provider}{services}",
          "https://evil.example.org/\"onclick=\"x", "\x1b[31m\x07\xff\xfe\xe2\x80\xae", "&lt;script&gt;"}) {
        for (const SiteFile& file : render_site(hostile(text), rules_of_sample())) {
            if (file.path == "status.json") {
                EXPECT_TRUE(boost::json::parse(file.bytes).is_object()) << text;
                continue;
            }
            EXPECT_THAT(file.bytes,
                        Not(testing::AnyOf(HasSubstr("<script"), HasSubstr("<img"), HasSubstr("<x>"),
                                           HasSubstr("href=\"javascript:"), HasSubstr("\" onload"),
                                           HasSubstr("\"onclick"), HasSubstr("' autofocus"))))
                << file.path << ": " << text;
            EXPECT_TRUE(std::ranges::none_of(file.bytes, [](char c) {
                return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
            })) << file.path;
        }
    }
}

TEST(StatusSite, FileNamesAreSafeWhateverIdsAre) {
    EXPECT_EQ(file_name_of("2025-11-30-1"), "2025-11-30-1");
    for (const std::string_view id : {"", "../../etc/passwd", "a/b", "a.html", "\xff", "x y"})
        EXPECT_THAT(file_name_of(id), testing::MatchesRegex("x[0-9a-f]{16}")) << id;
    EXPECT_NE(file_name_of("a/b"), file_name_of("a/c"));
}

/// Where the page leads by `attribute`, as paths of files; other sites are left out.
std::vector<std::string> led_to(const SiteFile& page, std::string_view attribute) {
    std::vector<std::string> out;
    const std::string begin = fmt::format("{}=\"", attribute);
    for (std::size_t at = page.bytes.find(begin); at != std::string::npos;
         at = page.bytes.find(begin, at + 1)) {
        const std::size_t from = at + begin.size();
        std::string to = page.bytes.substr(from, page.bytes.find('"', from) - from);
        if (to.contains("://")) continue;
        to = to.substr(0, to.find_first_of("?#"));
        to = to.starts_with("../") ? to.substr(3) : page.path.substr(0, page.path.find('/') + 1) + to;
        if (to.ends_with("./")) to.resize(to.size() - 2);
        out.push_back(to.empty() ? "index.html" : to);
    }
    return out;
}

TEST(StatusSite, PagesLeadOnlyToWhatIsThere) {
    const auto files = render_site(sample(), rules_of_sample());
    for (const SiteFile& file : files) {
        if (!file.path.ends_with(".html") || file.path == "404.html") continue;
        for (const std::string_view attribute : {"href", "src"})
            for (const std::string& to : led_to(file, attribute))
                EXPECT_FALSE(file_of(files, to).path.empty()) << file.path << " leads to " << to;
    }
    EXPECT_THAT(led_to(file_of(files, "incident/2025-11-18-1.html"), "src"),
                testing::ElementsAre("incident/2025-11-18-1.svg"));
}

TEST(StatusSite, AVisitCostsLittle) {
    PublicRecord record = sample();
    for (int i = 0; i < 6; ++i)
        record.services.push_back(
            service_of(fmt::format("s{}", i), fmt::format("Service number {}", i), ServiceState::disturbed));
    while (record.incidents[0].updates.size() < 20)
        record.incidents[0].updates.push_back({.time = noon,
                                               .state = PublicState::mending,
                                               .text = std::string(300, 'x') + " words of an update"});
    const auto files = render_site(record, rules_of_sample());
    const auto packed = [&](std::string_view path) { return gzipped(file_of(files, path).bytes).size(); };
    const std::size_t visit = packed("index.html") + packed("style.css") + packed("icon.svg");
    // Two round trips of TCP's first window: a second over 3G.
    EXPECT_LT(visit, 14'600U * 2);
    std::size_t all = 0;
    for (const SiteFile& each : files) all += gzipped(each.bytes).size();
    EXPECT_LT(all, 50'000U);
    RecordProperty("visit", static_cast<int>(visit));
    RecordProperty("all", static_cast<int>(all));
}

TEST(StatusSite, TextsCanBeReplaced) {
    SiteRules rules = rules_of_sample();
    rules.wording = Wording("de", {{"services_slow", "Zurzeit langsam: {services}."},
                                   {"rest_works", "Alles andere geht."},
                                   {"months", "J F M A Mai Jun Jul Aug Sep Okt November Dez"}});
    const std::string index = file_of(render_site(sample(), rules), "index.html").bytes;
    EXPECT_THAT(index, HasSubstr("<html lang=\"de\">"));
    EXPECT_THAT(index,
                HasSubstr("Zurzeit langsam: Reading mail with a mail program (IMAP). Alles andere geht."));
    EXPECT_TRUE(Wording::mistakes({{"rest_works", "x"}}).empty());
    EXPECT_EQ(Wording::mistakes({{"rest_wroks", "x"}, {"months", "a b"}}).size(), 2U);
}

TEST(StatusSite, EveryPhraseHasItsRow) {
    std::set<std::string_view> names;
    for (const PhraseRow& each : phrases()) {
        EXPECT_TRUE(names.insert(each.name).second) << each.name;
        EXPECT_FALSE(each.text.empty()) << each.name;
    }
    EXPECT_EQ(phrases()[static_cast<std::size_t>(Phrase::mail_footer)].name, "mail_footer");
    EXPECT_EQ(phrases()[static_cast<std::size_t>(Phrase::months)].name, "months");
    EXPECT_EQ(phrases()[static_cast<std::size_t>(Phrase::step_over)].name, "step_over");
}

}  // namespace
}  // namespace tidegate::tell::status

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "config/settings.h"

namespace tidegate::config {
namespace {

using testing::HasSubstr;

const std::string base = "[status]\nurl = \"https://status.example.org\"\nprovider = \"Example Mail\"\n";

std::string errors_of(const std::string& text) {
    std::string out;
    for (const Error& each : parse(text, "t.toml").errors) out += each.text() + "\n";
    return out;
}

TEST(StatusSettings, AreRead) {
    const Loaded loaded =
        parse(base +
                  "listen = \"127.0.0.1:8025\"\nzone = \"Europe/Vienna\"\nlanguage = \"de\"\n"
                  "texts = { all_work = \"Alles geht.\" }\nproxies = [\"127.0.0.0/8\"]\n"
                  "static_folder = \"/var/lib/tidegate/status\"\npush = [\"/usr/bin/rsync\", \"-a\"]\n"
                  "[status_mail]\nhost = \"smtp.example.net\"\nfrom = \"status@example.org\"\n"
                  "tls = \"implicit\"\n"
                  "[[status_partner]]\nname = \"acme\"\nurl = \"https://status.example.com/\"\n",
              "t.toml");
    EXPECT_TRUE(loaded.errors.empty()) << loaded.errors.front().text();
    const Status& status = loaded.settings.status;
    EXPECT_EQ(status.url, "https://status.example.org/") << "paths are put behind it";
    EXPECT_EQ(status.texts.at("all_work"), "Alles geht.");
    EXPECT_EQ(status.push.size(), 2U);
    EXPECT_EQ(mail_tls_names[status.mail.tls], "implicit");
    EXPECT_EQ(status.partners.at(0).name, "acme");
    EXPECT_TRUE(status.is_on());
    EXPECT_FALSE(parse("", "t.toml").settings.status.is_on());
}

TEST(StatusSettings, CasesAndReportHaveThePagesNameUnlessTheySayAnother) {
    const std::string page = base + "listen = \"127.0.0.1:1\"\nzone = \"Europe/Vienna\"\n";
    const Settings same = parse(page, "t.toml").settings;
    EXPECT_EQ(same.case_book.cases.provider + same.case_book.cases.zone + same.report.provider,
              "Example MailEurope/ViennaExample Mail");
    const Settings other =
        parse("[cases]\nprovider = \"A\"\nzone = \"UTC\"\n[report]\nprovider = \"B\"\n" + page, "t.toml")
            .settings;
    EXPECT_EQ(other.case_book.cases.provider + other.case_book.cases.zone + other.report.provider, "AUTCB");
}

TEST(StatusSettings, MistakesAreNamed) {
    struct Case {
        std::string text, wanted;
    };
    const Case cases[] = {
        {base, "a status page that is shown nowhere"},
        {"[status]\nlisten = \"127.0.0.1:8025\"\n", "url"},
        {base + "listen = \"here\"\n", "expected where to listen"},
        {base + "listen = \"127.0.0.1:1\"\npush = [\"/bin/true\"]\n", "`push` without `static_folder`"},
        {base + "static_folder = \"status\"\n", "expected a folder with its whole path"},
        {base + "static_folder = \"/x\"\npush = [\"rsync\"]\n", "expected a program with its whole path"},
        {base + "static_folder = \"/x\"\nforms_url = \"https://x.example.org/\"\n",
         "`forms_url` without `listen`"},
        {base + "listen = \"127.0.0.1:1\"\nlanguage = \"de\\\"><b>\"\n", "expected a language"},
        {base + "listen = \"127.0.0.1:1\"\nurl = \"https://x.example.org/?a\"\n", ""},
        {base + "listen = \"127.0.0.1:1\"\n[status_mail]\nhost = \"h.example.org\"\nfrom = \"a "
                "b@example.org\"\n",
         "expected an address"},
        {base +
             "listen = \"127.0.0.1:1\"\n[status_mail]\nhost = \"h.example.org\"\nfrom = \"a@example.org\"\n"
             "user = \"u\"\n",
         "belong together"},
        {base +
             "listen = \"127.0.0.1:1\"\n[[status_partner]]\nname = \"a\"\nurl = \"https://a.example.org\"\n"
             "[[status_partner]]\nname = \"a\"\nurl = \"https://b.example.org\"\n",
         "two partners"},
    };
    for (const Case& each : cases) {
        const std::string errors = errors_of(each.text);
        EXPECT_FALSE(errors.empty()) << each.text;
        EXPECT_THAT(errors, HasSubstr(each.wanted)) << each.text;
    }
}

}  // namespace
}  // namespace tidegate::config

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/settings.h"

namespace tidegate::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string alert = R"([[alert]]
kind = "mail"
host = "smtp.example.org"
from = "tidegate@example.org"
to = "ops@example.org"
)";

std::string errors_of(const std::string& text) {
    std::string all;
    for (const Error& error : parse(text, "t.toml").errors) all += error.text() + '\n';
    return all;
}

TEST(ReportSettings, AreRead) {
    const Loaded loaded = parse(R"([report]
to = ["director@example.org", "ops@example.net"]
provider = "Example Mail"
weekday = "friday"
hour = 16
zone = "Europe/Vienna"
names = true
host = "192.0.2.25"
port = 2525
tls = "implicit"
user = "tidegate"
password_file = "secret"
from = "tidegate@example.org"
ca_file = "ca.pem"
timeout = 9
)",
                                "/etc/tidegate/tidegate.toml");
    for (const Error& error : loaded.errors) ADD_FAILURE() << error.text();
    const Report& report = loaded.settings.report;
    EXPECT_THAT(report.mail.to, ElementsAre("director@example.org", "ops@example.net"));
    EXPECT_EQ(report.provider, "Example Mail");
    EXPECT_EQ(report.weekday, 5U);
    EXPECT_EQ(report.hour, 16U);
    EXPECT_EQ(report.zone, "Europe/Vienna");
    EXPECT_TRUE(report.names);
    EXPECT_EQ(report.mail.host, "192.0.2.25");
    EXPECT_EQ(report.mail.port, 2525U);
    EXPECT_EQ(report.mail.tls, MailTls::implicit);
    EXPECT_EQ(report.mail.password_file, "/etc/tidegate/secret");
    EXPECT_EQ(report.mail.ca_file, "/etc/tidegate/ca.pem");
    EXPECT_EQ(report.mail.timeout, 9U);
    EXPECT_THAT(loaded.settings.alert_routes, IsEmpty());
}

TEST(ReportSettings, AnAlertsServerWillDo) {
    EXPECT_EQ(errors_of(alert + "[report]\nto = \"director@example.org\"\n"), "");
    EXPECT_EQ(errors_of("[report]\nprovider = \"Example\"\n"), "");
    EXPECT_FALSE(parse("", "t.toml").settings.report.is_sent());
}

TEST(ReportSettings, WrongOnesAreNamedWithTheirMend) {
    const std::string to = "[report]\nto = \"director@example.org\"\n";
    EXPECT_THAT(errors_of(to), HasSubstr("[report] has no server that takes it"));
    EXPECT_THAT(errors_of(to + "host = \"smtp.example.org\"\n"), HasSubstr("without 'from'"));
    EXPECT_THAT(errors_of(alert + to + "port = 25\n"),
                HasSubstr("t.toml:6: a server's settings without 'host'"));
    EXPECT_THAT(errors_of(to + "host = \"smtp.example.org\"\nfrom = \"t@example.org\"\nuser = \"u\"\n"),
                HasSubstr("'user' and 'password_file' belong together"));
    EXPECT_THAT(errors_of("[report]\nto = \"nobody\"\n"), HasSubstr("t.toml:2: [report] to = 'nobody'"));
    EXPECT_THAT(errors_of("[report]\nzone = \"Europe/Nowhere\"\n"),
                HasSubstr("expected the name of a time zone"));
    EXPECT_THAT(errors_of("[report]\nzone = 1\n"), HasSubstr("expected the name of a time zone"));
    EXPECT_THAT(errors_of("[report]\nweekday = \"someday\"\n"), HasSubstr("monday"));
    EXPECT_THAT(errors_of("[report]\nhour = 24\n"), HasSubstr("from 0 to 23"));
}

}  // namespace
}  // namespace tidegate::config

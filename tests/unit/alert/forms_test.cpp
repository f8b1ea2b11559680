#include "tell/alert/forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "alerting.h"
#include "tell/alert/signature.h"

namespace tidegate::tell {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace json = boost::json;

Message message_with(std::vector<Bulletin::Item> items, std::uint64_t count = 0) {
    const AlertKind kind = items.front().alert.kind;
    const Bulletin bulletin{.kind = kind, .items = items, .count = std::max(count, items.size())};
    return compose(bulletin, {.id = std::string(32, 'a'),
                              .host = "mail1.example.org",
                              .time = noon + 1min,
                              .code = "K7M3QX",
                              .repeats = 6h});
}

TEST(Signature, IsHmacSha256OfTimeAndBody) {
    // By Python's hmac.
    EXPECT_EQ(signature("s3cr3t key", 1'733'918'400, "{\"a\":1}"),
              "v1=eb3306f056ca9622484beb1a13f409ce6b1105c3c3224a04436ddbe73d595d5c");
    EXPECT_NE(signature("s3cr3t key", 1'733'918'401, "{\"a\":1}"),
              signature("s3cr3t key", 1'733'918'400, "{\"a\":1}"));
    EXPECT_EQ(signature("k", 0, "").size(), 3U + 64U);
}

TEST(Alertmanager, AThingIsAnAlertWhoseEndHasTheSameLabels) {
    const auto raised = json::parse(alertmanager_json(message_with({{.alert = anomaly("failures")}})));
    const auto over = json::parse(
        alertmanager_json(message_with({{.alert = anomaly("failures", true), .stage = Stage::over}})));
    const json::object& first = raised.as_array().at(0).as_object();
    const json::object& last = over.as_array().at(0).as_object();
    EXPECT_EQ(first.at("labels"), last.at("labels"));
    EXPECT_EQ(first.at("labels").at("alertname"), "tidegate_anomaly");
    EXPECT_EQ(first.at("labels").at("severity"), "warning");
    EXPECT_EQ(first.at("labels").at("instance"), "mail1.example.org");
    EXPECT_EQ(first.at("labels").at("about"), "failures");
    EXPECT_EQ(first.at("startsAt"), json::value(rfc3339(noon)));
    EXPECT_EQ(first.at("endsAt"), json::value(rfc3339(noon + 1min + 8h)))
        << "longer than until it is told again";
    EXPECT_EQ(last.at("endsAt"), json::value(rfc3339(noon + 1min)));
    EXPECT_EQ(first.at("annotations").at("summary"), "more failures than normal");
    EXPECT_EQ(first.at("annotations").at("acknowledge"), "tidegate alert ack K7M3QX");
}

TEST(Alertmanager, SeveralThingsAreSeveralAlerts) {
    const auto both =
        json::parse(alertmanager_json(message_with({{.alert = anomaly("a")}, {.alert = anomaly("b")}}, 7)));
    ASSERT_EQ(both.as_array().size(), 2U);
    EXPECT_EQ(both.at(1).at("labels").at("about"), "b");
}

TEST(Slack, NothingThatAClientWroteIsALinkAMentionOrMarkup) {
    const Message message =
        message_with({{.alert = takeover("<!channel> <http://x.example|y> & ```out``` @all *b*")}});
    const auto object = json::parse(slack_json(message));
    const std::string text(object.at("text").as_string());
    EXPECT_THAT(text, HasSubstr("critical"));
    EXPECT_THAT(text, HasSubstr("tidegate alert ack K7M3QX"));
    EXPECT_THAT(text, HasSubstr("&lt;!channel&gt; &lt;http://x.example|y&gt; &amp; '''out'''"));
    EXPECT_THAT(text, Not(HasSubstr("<")));
    // Two fences, ours: the rest is between them.
    std::size_t fences = 0;
    for (auto at = text.find("```"); at != std::string::npos; at = text.find("```", at + 3)) ++fences;
    EXPECT_EQ(fences, 2U);
    EXPECT_TRUE(text.ends_with("```"));
}

TEST(Forms, OurOwnHasCodeAndKinds) {
    const auto object = json::parse(in_form(WebhookForm::tidegate, message_with({{.alert = anomaly("a")}})));
    EXPECT_EQ(object.at("code"), "K7M3QX");
    EXPECT_EQ(object.at("things").at(0).at("kind"), "anomaly");
    EXPECT_EQ(object.at("things").at(0).at("severity"), "warning");
    EXPECT_EQ(object.at("version").as_int64(), 1);
}

}  // namespace
}  // namespace tidegate::tell

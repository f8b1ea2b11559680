#include "app/serve/mail_why.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tidegate::app {
namespace {

namespace json = boost::json;

Verdict verdict_of(EvidenceKind kind, double weight, Measure measure) {
    Verdict out;
    out.measure = measure;
    out.sum = Decibans::of(weight);
    out.threshold = Decibans::of(18);
    out.evidence.add(kind, Decibans::of(weight), 7, 2);
    return out;
}

TEST(MailWhy, HasTheEvidenceOfNowAndOfWhatWasStopped) {
    MailWhy why;
    why.event.time = time_of_unix(1'796'000'000);
    why.event.address = Address::parse("192.0.2.9").value();
    why.event.service = Service::smtp;
    why.now = verdict_of(EvidenceKind::sender_past, 6.5, Measure::pass);
    guard::MailStop& stop = why.stops.emplace_back();
    stop.time = why.event.time;
    stop.address = why.event.address;
    stop.ehlo = "pc\"";
    stop.acts = true;
    stop.times = 3;
    stop.verdict = verdict_of(EvidenceKind::early_talk, 40, Measure::refuse);
    why.stops.push_back(stop);
    const json::value mail = json::parse(json_of(why, judge::Policy()));
    EXPECT_EQ(mail.at("now").at("service").as_string(), "smtp");
    EXPECT_EQ(mail.at("now").at("measure").as_string(), "pass");
    EXPECT_DOUBLE_EQ(mail.at("now").at("threshold").to_number<double>(), 18);
    EXPECT_EQ(mail.at("now").at("evidence").at(0).at("kind").as_string(), "sender_past");
    ASSERT_EQ(mail.at("stopped").as_array().size(), 2U);
    const json::value& stopped = mail.at("stopped").at(0);
    EXPECT_EQ(stopped.at("address").as_string(), "192.0.2.9");
    EXPECT_EQ(stopped.at("ehlo").as_string(), "pc\"");
    EXPECT_EQ(stopped.at("measure").as_string(), "refuse");
    EXPECT_DOUBLE_EQ(stopped.at("sum").to_number<double>(), 40);
    EXPECT_EQ(stopped.at("evidence").at(0).at("kind").as_string(), "early_talk");
    EXPECT_TRUE(stopped.at("acts").as_bool());
    EXPECT_EQ(stopped.at("times").to_number<int>(), 3);
    EXPECT_EQ(json::parse(json_of({}, judge::Policy())).at("stopped").as_array().size(), 0U);
}

}  // namespace
}  // namespace tidegate::app

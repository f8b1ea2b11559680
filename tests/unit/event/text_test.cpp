#include "event/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "event/json.h"
#include "random_event.h"

namespace tidegate {
namespace {

using ::testing::HasSubstr;

std::string text_of(const Event& event) {
    std::string out;
    append_text(event, out);
    return out;
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(text, out);
    return out;
}

TEST(EventText, WritesTheFieldsInOrder) {
    Event event;
    event.file = "mail.log";
    event.line = 7;
    event.time = time_of_unix(1733936741, 619875);
    event.service = Service::imap;
    event.outcome = Outcome::failure;
    event.reason = Reason::bad_password;
    event.address = *Address::parse("2001:db8::1");
    event.port = 50123;
    event.account = "bob@example.org";
    event.method = "PLAIN";
    event.session = "abc";
    event.host = "mx";
    event.tls = true;
    event.attempts = 3;
    event.guess = 0x21bd;
    event.client = "ja4";
    event.as_number = 64496;
    event.ehlo = "client";
    event.early = true;
    event.id_boot = 0x1f;
    event.id_sequence = 10;
    event.received = time_of_unix(1733936742);
    event.listener = "a";
    event.tenant = "b";
    event.node = "c";
    event.measure = Measure::refuse;
    event.program = "dovecot/imap-login";
    event.layer = Layer::front;
    event.rank = 4;
    EXPECT_EQ(
        text_of(event),
        R"({"file":"mail.log","line":7,"time":"2024-12-11T17:05:41.619875Z","service":"imap",)"
        R"("event":"attempt","outcome":"failure","reason":"bad_password","address":"2001:db8::1",)"
        R"("port":50123,"account":"bob@example.org","method":"PLAIN","session":"abc","host":"mx","tls":true,)"
        R"("attempts":3,"guess":"21bd","client":"ja4","as":64496,"ehlo":"client","early":true,"id":"1f-a",)"
        R"("received":"2024-12-11T17:05:42Z","listener":"a","tenant":"b","node":"c","measure":"refuse",)"
        R"("program":"dovecot/imap-login","layer":"front","rank":4})");
}

TEST(EventText, LeavesOutWhatSaysNothing) {
    Event event;
    event.kind = EventKind::connect;
    event.time = time_of_unix(1);
    EXPECT_EQ(text_of(event), R"({"time":"1970-01-01T00:00:01Z","event":"connect"})");
}

TEST(JsonString, IsSafeForTerminalsAndParsers) {
    EXPECT_EQ(json_string("a\"b\\c\n\r\t"), R"("a\"b\\c\n\r\t")");
    EXPECT_EQ(json_string(std::string_view("\0\x1b\x7f", 3)), R"("\u0000\u001b\u007f")");
    EXPECT_EQ(json_string("\xc2\x9b"), R"("\u009b")");
    EXPECT_EQ(json_string("\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x9f"),
              "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x9f\"");
}

// Unicode 15, section 3.9, table 3-8 and its neighbours: one U+FFFD for each maximal part.
TEST(JsonString, ReplacesWhatIsNoUtf8) {
    const std::string r = "\xef\xbf\xbd";
    EXPECT_EQ(json_string("a\xff"
                          "b"),
              '"' + ("a" + r + "b") + '"');
    EXPECT_EQ(json_string("\x80"), '"' + r + '"');
    EXPECT_EQ(json_string("\xc0\xaf"), '"' + r + r + '"');          // overlong
    EXPECT_EQ(json_string("\xe0\x80\x80"), '"' + r + r + r + '"');  // overlong
    EXPECT_EQ(json_string("\xed\xa0\x80"), '"' + r + r + r + '"');  // surrogate
    EXPECT_EQ(json_string("\xf4\x90\x80\x80"), '"' + r + r + r + r + '"');
    EXPECT_EQ(json_string("\xe2\x82"), '"' + r + '"');  // cut short
    EXPECT_EQ(json_string("\xf0\x9f\x90"
                          "a"),
              '"' + r + "a\"");
    EXPECT_EQ(json_string("\xc3"), '"' + r + '"');
}

TEST(EventText, ReadsWhatOthersWrite) {
    EventBatch batch;
    const auto event = parse_text(
        R"( { "outcome" : "success", "account":"b\u00fc\ud83d\ude00\n", "later":{"a":[1,{"line":"x"}],"as":"y"},)"
        R"( "time":"2024-12-11T18:05:41+01:00", "as":64496, "guess":"00Ab", "tls":false, "ehlo":null,)"
        R"( "port":0, "address":"::ffff:192.0.2.1" } )",
        batch);
    ASSERT_TRUE(event) << event.error().text();
    EXPECT_EQ(event->kind, EventKind::attempt);
    EXPECT_EQ(event->outcome, Outcome::success);
    EXPECT_EQ(event->account, "b\xc3\xbc\xf0\x9f\x98\x80\n");
    EXPECT_EQ(event->time, time_of_unix(1733936741));
    EXPECT_EQ(event->as_number, 64496U);
    EXPECT_EQ(event->guess, 0xabU);
    EXPECT_EQ(event->tls, false);
    EXPECT_EQ(event->address.text(), "192.0.2.1");
    EXPECT_EQ(event->line, 0U);
}

TEST(EventText, LongHashesStayComparable) {
    EventBatch batch;
    const auto guess = [&](std::string_view hash) {
        return parse_text(R"({"time":"2024-12-11T18:05:41Z","outcome":"failure","guess":")" +
                              std::string(hash) + "\"}",
                          batch)
            ->guess;
    };
    const auto sha1 = guess("5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8");
    EXPECT_EQ(sha1, guess("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8"));
    EXPECT_NE(sha1, guess("5baa61e4c9b93f3f0682250b6cf8331b7ee68fd9"));
    EXPECT_EQ(guess("0000000000000000"), 0U);
}

struct Wrong {
    const char* line;
    const char* message;
};

TEST(EventText, NamesTheFieldThatIsWrong) {
    const Wrong cases[] = {
        {R"("line":1)", "is not a JSON object"},
        {R"([1])", "is not a JSON object"},
        {R"("text")", "is not a JSON object"},
        {R"(17)", "is not a JSON object"},
        {R"(null)", "is not a JSON object"},
        {R"({"time":"2024-12-11T17:05:41Z","outcome":"success"} x)", "is not a JSON object"},
        {R"({"time":"2024-12-11T17:05:41Z","outcome":"success"}{})", "is not a JSON object"},
        {R"({"time":"2024-12-11T17:05:41Z")", "is not a JSON object"},
        {"", "is not a JSON object"},
        {R"({})", "field 'time' is missing"},
        {R"({"outcome":"success"})", "field 'time' is missing"},
        {R"({"time":null,"outcome":"success"})", "field 'time' is missing"},
        {R"({"time":"2024-12-11T17:05:41Z"})", "field 'outcome' is missing"},
        {R"({"time":1733936741})", "field 'time' is the number 1733936741"},
        {R"({"time":"yesterday"})", "field 'time' is 'yesterday'"},
        {R"({"time":"2024-12-11T17:05:41"})", "field 'time' is '2024-12-11T17:05:41'"},
        {R"({"account":12})", "field 'account' is the number 12"},
        {R"({"account":{"name":"x"}})", "field 'account' is an object or a list"},
        {R"({"account":["x"]})", "field 'account' is an object or a list"},
        {R"({"account":true})", "field 'account' is true"},
        {R"({"address":"192.0.2.256"})", "field 'address' is '192.0.2.256'"},
        {R"({"address":3221225985})", "field 'address' is the number 3221225985"},
        {R"({"port":65536})", "field 'port' is the number 65536"},
        {R"({"port":"143"})", "field 'port' is the string '143'"},
        {R"({"port":-1})", "field 'port' is a number below 0"},
        {R"({"line":1.5})", "field 'line' is a number below 0 or with a fraction"},
        {R"({"attempts":0})", "field 'attempts' is the number 0"},
        {R"({"attempts":4294967296})", "field 'attempts' is the number 4294967296"},
        {R"({"as":"64496"})", "field 'as' is the string '64496'"},
        {R"({"tls":"yes"})", "field 'tls' is the string 'yes'"},
        {R"({"tls":1})", "field 'tls' is the number 1"},
        {R"({"service":"imaps"})", "field 'service' is 'imaps' (known are smtp, submission, imap, pop3"},
        {R"({"service":""})", "field 'service' is ''"},
        {R"({"event":"login"})", "field 'event' is 'login'"},
        {R"({"outcome":"ok"})", "field 'outcome' is 'ok' (known are success, failure, abort)"},
        {R"({"reason":"because"})", "field 'reason' is 'because'"},
        {R"({"measure":"kill"})", "field 'measure' is 'kill'"},
        {R"({"guess":"xyz"})", "field 'guess' is 'xyz'"},
        {R"({"guess":""})", "field 'guess' is ''"},
        {R"({"guess":"-1"})", "field 'guess' is '-1'"},
        {R"({"guess":"0123456789abcdefg"})", "field 'guess' is '0123456789abcdefg'"},
        {R"({"id":"12"})", "field 'id' is '12'"},
        {R"({"id":"-12"})", "field 'id' is '-12'"},
        {R"({"id":"1-"})", "field 'id' is '1-'"},
        {R"({"account":"a","account":"b"})", "field 'account' appears twice"},
        {"{\"account\":\"a\nb\"}", "is not a JSON object"},
    };
    for (const Wrong& wrong : cases) {
        EventBatch batch;
        const auto event = parse_text(wrong.line, batch);
        ASSERT_FALSE(event) << wrong.line;
        EXPECT_THAT(event.error().text(), HasSubstr(wrong.message)) << wrong.line;
    }
}

TEST(EventText, SurvivesHostileLines) {
    EventBatch batch;
    const std::string head = R"({"time":"2024-12-11T17:05:41Z","outcome":"success","x":)";
    EXPECT_FALSE(parse_text(head + std::string(1 << 20, '['), batch));
    EXPECT_FALSE(parse_text(head + std::string(1 << 20, '9'), batch));
    EXPECT_FALSE(parse_text(std::string(1 << 20, '\0'), batch));
    const std::string long_text(1 << 20, 'a');
    const auto event = parse_text(head + "0,\"account\":\"" + long_text + "\"}", batch);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->account, long_text);
    const auto latin = parse_text(head + "0,\"account\":\"jos\xe9\"}", batch);
    ASSERT_TRUE(latin) << latin.error().text();
    EXPECT_EQ(latin->account, "jos\xe9");
    EXPECT_THAT(text_of(*latin), HasSubstr("jos\xef\xbf\xbd"));
}

TEST(EventText, EveryEventComesBackAsItWas) {
    std::mt19937_64 random(3);
    for (int i = 0; i < 5000; ++i) {
        EventBatch batch;
        const Event event = random_event(random, batch, false);
        const std::string text = text_of(event);
        ASSERT_EQ(text.find_first_of(std::string_view("\n\r\0\x1b", 4)), std::string::npos) << text;
        const auto again = parse_text(text, batch);
        ASSERT_TRUE(again) << again.error().text() << '\n' << text;
        ASSERT_EQ(*again, event) << text << '\n' << text_of(*again);
    }
}

TEST(EventText, BrokenBytesSettleAfterOneRound) {
    std::mt19937_64 random(4);
    for (int i = 0; i < 5000; ++i) {
        EventBatch batch;
        const std::string once = text_of(random_event(random, batch, true));
        const auto event = parse_text(once, batch);
        ASSERT_TRUE(event) << event.error().text() << '\n' << once;
        ASSERT_EQ(text_of(*event), once);
    }
}

}  // namespace
}  // namespace tidegate

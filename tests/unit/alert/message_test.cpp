#include "tell/alert/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "alerting.h"
#include "tell/alert/mail_text.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

Bulletin bulletin_of(const std::vector<Alert>& alerts) {
    Bulletin bulletin{.kind = alerts.front().kind};
    for (const Alert& alert : alerts) bulletin.items.push_back({.alert = alert});
    bulletin.count = alerts.size();
    return bulletin;
}

Composing composing() {
    return {.id = std::string(32, 'a'), .host = "mail1.example.org", .time = noon};
}

std::string all_of(const Message& message) {
    return message_json(message) + message_text(message) +
           mail_text(message, "a@example.org", {"b@example.org"});
}

TEST(AlertMessage, SaysOneThing) {
    const Message message = compose(bulletin_of({takeover("bob@example.org")}), composing());
    EXPECT_EQ(message.subject, "suspected takeover of bob@example.org");
    EXPECT_EQ(message.severity, Severity::critical);
    EXPECT_EQ(
        message_text(message),
        "A right password of bob@example.org came from 192.0.2.7, where it never came from before.\n"
        "\nSince 2024-12-11T12:00:00Z.\n"
        "\nWhat to do:\ntidegate why bob@example.org\n"
        "\n-- \nTidegate on mail1.example.org; takeover, critical; alert aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
}

TEST(AlertMessage, ListsSeveralAndCountsAll) {
    Bulletin bulletin = bulletin_of({takeover("bob@example.org"), takeover("eve@example.org")});
    bulletin.count = 10'000;
    const Message message = compose(bulletin, composing());
    EXPECT_EQ(message.subject, "10,000 suspected takeovers");
    EXPECT_EQ(message.about, "");
    EXPECT_THAT(message.text,
                HasSubstr("- suspected takeover of bob@example.org, since 2024-12-11T12:00:00Z\n"));
    EXPECT_THAT(message.text, HasSubstr("and 9,998 more"));
    EXPECT_THAT(message.todo, HasSubstr("tidegate why ACCOUNT"));
}

TEST(AlertMessage, AnEndAndAReminderSaySo) {
    Bulletin bulletin = bulletin_of({anomaly("failures", true)});
    bulletin.items[0].stage = Stage::over;
    Message message = compose(bulletin, composing());
    EXPECT_EQ(message.subject, "over: more failures than normal");
    EXPECT_EQ(message.severity, Severity::notice);
    EXPECT_EQ(message.stage, Stage::over);
    bulletin = bulletin_of({anomaly("failures")});
    bulletin.items[0].stage = Stage::goes_on;
    message = compose(bulletin, composing());
    EXPECT_EQ(message.subject, "still: more failures than normal");
    EXPECT_EQ(message.severity, Severity::warning);
}

TEST(AlertMessage, WithholdsNames) {
    Composing with = composing();
    with.names = false;
    with.salt = 7;
    for (const auto& alerts : {std::vector{takeover("bob@example.org")},
                               std::vector{takeover("bob@example.org"), takeover("zoe@example.org")}}) {
        const Message message = compose(bulletin_of(alerts), with);
        EXPECT_THAT(all_of(message), AllOf(Not(HasSubstr("bob")), Not(HasSubstr("zoe"))));
        EXPECT_THAT(message.text, ContainsRegex("account-[0-9a-f]{8}"));
    }
    // The same stand-in each time, another for another, and none that could be computed from the name alone.
    const auto stand_in = [&](const std::string& account, std::uint64_t salt) {
        with.salt = salt;
        return compose(bulletin_of({takeover(account)}), with).about;
    };
    EXPECT_EQ(stand_in("bob", 7), stand_in("bob", 7));
    EXPECT_NE(stand_in("bob", 7), stand_in("zoe", 7));
    EXPECT_NE(stand_in("bob", 7), stand_in("bob", 8));
}

TEST(AlertMessage, HostileNamesAddNoLineAndNoCommand) {
    const std::string hostile =
        "x'; rm -rf / #\r\nBcc: victim@example.net\r\n\r\nbody \x1b[2J \xff \xe2\x80\xae$(reboot)";
    Alert alert = takeover(hostile);
    alert.text += "\nHe called himself " + harmless(hostile);
    const Message message = compose(bulletin_of({alert}), composing());
    const std::string mail = mail_text(message, "a@example.org", {"b@example.org"});
    for (const std::string& text : {message_text(message), mail, message.subject, message.about}) {
        EXPECT_THAT(text, Not(HasSubstr("\nBcc:")));
        EXPECT_THAT(text, Not(HasSubstr("\x1b")));
        EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
    }
    EXPECT_EQ(message.subject.find_first_of("\r\n"), std::string::npos);
    EXPECT_THAT(message.todo, ::testing::StartsWith("tidegate why 'x'\\''; rm -rf / #"));
    EXPECT_TRUE(message.todo.ends_with("'"));
    EXPECT_EQ(boost::json::parse(message_json(message)).as_object().at("about").as_string(), message.about);
}

// Line ends of a text are the raiser's own; even one who forgot that adds no header.
TEST(AlertMail, ARawTextStaysInTheBody) {
    Alert alert = takeover("bob@example.org");
    alert.subject = alert.text = alert.todo = alert.about =
        "x\r\nBcc: victim@example.net\r\n\r\n.\r\nQUIT\r\n";
    Message message = compose(bulletin_of({alert}), composing());
    message.host = "mail1\r\nBcc: victim@example.net";
    const std::string mail = mail_text(message, "a@example.org", {"b@example.org"});
    const std::string header = mail.substr(0, mail.find("\r\n\r\n"));
    EXPECT_THAT(header, Not(HasSubstr("\nBcc")));
    EXPECT_THAT(header, HasSubstr("Content-Transfer-Encoding"));
}

TEST(AlertMessage, ANameThatLooksLikeTheMarkIsNotFilledIn) {
    Alert alert = takeover("{account}{account}");
    EXPECT_EQ(compose(bulletin_of({alert}), composing()).subject, "suspected takeover of {account}{account}");
}

TEST(AlertMessage, ShellWords) {
    const std::pair<const char*, const char*> cases[] = {
        {"bob@example.org", "bob@example.org"},
        {"", "''"},
        {"a b", "'a b'"},
        {"-rf", "-- '-rf'"},
        {"a'b", "'a'\\''b'"},
        {"$(x)`y`\\", "'$(x)`y`\\'"},
        {"~root", "'~root'"},
        {"a=b", "'a=b'"},
        {"a\nb", "'a\nb'"},
    };
    for (const auto& [text, word] : cases) EXPECT_EQ(shell_word(text), word);
}

TEST(AlertMessage, SizesAreBounded) {
    Alert alert = takeover(std::string(100'000, 'x') + "\xc3\xa4");
    alert.text = std::string(100'000, '\n') + std::string(100'000, 'y');
    Bulletin bulletin = bulletin_of(std::vector(20, alert));
    EXPECT_LT(all_of(compose(bulletin, composing())).size(), 200'000U);
    EXPECT_LT(all_of(compose(bulletin_of({alert}), composing())).size(), 100'000U);
    EXPECT_EQ(shortened("a\xc3\xa4\xc3\xa4\xc3\xa4", 6), "a\xc3\xa4\xe2\x80\xa6");
}

TEST(AlertMessage, JsonHasEveryField) {
    Message message = compose(bulletin_of({takeover("bob@example.org")}), composing());
    message.held_back = 3;
    const auto object = boost::json::parse(message_json(message)).as_object();
    std::ifstream in(TIDEGATE_SOURCE_DIR "/docs/alerts.md");
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    for (const auto& [key, value] : object) EXPECT_THAT(page, HasSubstr("`" + std::string(key) + "`"));
    for (const std::string_view kind : alert_kinds)
        EXPECT_THAT(page, HasSubstr("`" + std::string(kind) + "`"));
    EXPECT_EQ(object.at("version"), 1);
    EXPECT_EQ(object.at("held_back"), 3);
    EXPECT_EQ(object.at("time"), "2024-12-11T12:00:00Z");
    EXPECT_EQ(object.at("things").as_array().at(0).as_object().at("about"), "bob@example.org");
}

TEST(AlertMail, HasTheHeadersOfAnAutomaticMessage) {
    const Message message = compose(bulletin_of({takeover("bob@example.org")}), composing());
    EXPECT_THAT(mail_text(message, "tidegate@example.org", {"ops@example.org", "eve@example.net"}),
                ::testing::StartsWith(
                    "Date: Wed, 11 Dec 2024 12:00:00 +0000\r\n"
                    "From: Tidegate <tidegate@example.org>\r\n"
                    "To: ops@example.org,\r\n eve@example.net\r\n"
                    "Subject: =?UTF-8?Q?=5Btidegate_mail1=2Eexample=2Eorg=5D_critical=3A_suspe?=\r\n"
                    " =?UTF-8?Q?cted_takeover_of_bob=40example=2Eorg?=\r\n"
                    "Message-ID: <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@mail1.example.org>\r\n"
                    "Auto-Submitted: auto-generated\r\n"
                    "X-Tidegate-Alert: takeover; critical; raised\r\n"
                    "MIME-Version: 1.0\r\n"
                    "Content-Type: text/plain; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                    "suspected takeover of bob@example.org\r\n\r\n"));
}

TEST(AlertMail, EveryLineIsShortAscii) {
    Alert alert = takeover(std::string("m\xc3\xbcller@example.org ") + std::string(300, 'x'));
    alert.text =
        std::string(500, '=') + "\n" + std::string(75, 'a') + " \n. \n.\nFrom x\n" + std::string(300, ' ');
    const std::string mail =
        mail_text(compose(bulletin_of({alert}), composing()), "a@example.org", {"b@example.org"});
    std::size_t begin = 0;
    for (std::size_t end = mail.find("\r\n"); end != std::string::npos;
         begin = end + 2, end = mail.find("\r\n", begin)) {
        EXPECT_LE(end - begin, 78U) << mail.substr(begin, end - begin);
        EXPECT_EQ(mail.substr(begin, end - begin).find_first_of("\r\n"), std::string::npos);
        EXPECT_NE(mail[end - 1], ' ') << mail.substr(begin, end - begin);
    }
    EXPECT_EQ(begin, mail.size());
    for (const char c : mail) EXPECT_TRUE((c >= ' ' && c < 0x7f) || c == '\r' || c == '\n');
}

TEST(AlertMail, EncodedWordsHoldWholeCharacters) {
    std::string text;
    for (int i = 0; i < 60; ++i) text += "\xe2\x82\xac";
    const std::string words = encoded_words(text);
    std::size_t euros = 0;
    for (std::size_t at = words.find("=E2=82=AC"); at != std::string::npos;
         at = words.find("=E2=82=AC", at + 1))
        ++euros;
    EXPECT_EQ(euros, 60U);
    EXPECT_EQ(encoded_words("plain"), "plain");
    EXPECT_EQ(encoded_words("=?UTF-8?Q?x?="), "=?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?=");
}

}  // namespace
}  // namespace tidegate::tell

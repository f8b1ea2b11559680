// Port 25 towards a server: what it is told, and what is made of what it says.

#include "wire/mail/mx_back.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace tidegate::wire {
namespace {

using Turn = MxBack::Turn;

ForwardedClient usual_client() {
    return {.address = *Address::parse("203.0.113.7"),
            .port = 40000,
            .met_at = *Address::parse("192.0.2.1"),
            .met_at_port = 25,
            .session = "e1",
            .words = "client.example.net",
            .tls = true};
}

/// A server that says `flights`, each once all is answered that came before.
std::string talk(const BackRules& rules, const ForwardedClient& client, std::deque<std::string> commands,
                 const std::vector<std::string>& flights, std::size_t piece) {
    MxBack back(rules, client);
    std::string out, pending;
    for (std::string_view flight : flights) {
        while (!flight.empty()) {
            pending += flight.substr(0, piece);
            flight.remove_prefix(std::min(piece, flight.size()));
            const auto heard = back.hear(pending, out);
            pending.erase(0, heard.used);
            if (heard.turn == Turn::broken) return out + "[broken: " + back.trouble() + "]";
            if (heard.turn == Turn::start_tls) {
                out += "[tls]\n";
                back.secured(out);
            }
            if (heard.turn == Turn::reply)
                out += "[" + std::to_string(back.code()) +
                       (back.code() >= 500 ? " " + std::string(name(back.refusal())) : "") + "]\n";
            if ((heard.turn == Turn::reply || heard.turn == Turn::ready) && !commands.empty() &&
                back.is_idle()) {
                back.say(commands.front(), out);
                commands.pop_front();
            }
            if (heard.turn == Turn::reply && back.code() == 354) {
                out += "[message]\n";
                back.ended();
            }
        }
    }
    std::erase(out, '\r');
    return out;
}

std::string talk(const BackRules& rules, const ForwardedClient& client,
                 const std::deque<std::string>& commands, const std::vector<std::string>& flights) {
    const std::string whole = talk(rules, client, commands, flights, 10'000);
    for (const std::size_t piece : {1UZ, 2UZ, 7UZ})
        EXPECT_EQ(talk(rules, client, commands, flights, piece), whole);
    return whole;
}

const BackRules plain{.helo = "edge.example.org"};

TEST(MxBack, CarriesAMail) {
    EXPECT_EQ(
        talk(plain, usual_client(), {"MAIL FROM:<a>", "RCPT TO:<n>", "RCPT TO:<b>", "DATA"},
             {"220-mx1\r\n220 mx1 ESMTP\r\n", "250-mx1\r\n250 SIZE\r\n", "250 ok\r\n",
              "550-5.1.1 <n>\r\n550 5.1.1 Nobody\r\n", "250 ok\r\n", "354 go\r\n", "250 2.0.0 Queued\r\n"}),
        "EHLO client.example.net\nMAIL FROM:<a>\n[250]\nRCPT TO:<n>\n[550 unknown_recipient]\nRCPT "
        "TO:<b>\n[250]\nDATA\n"
        "[354]\n[message]\n[250]\n");
}

TEST(MxBack, NamesTheClient) {
    BackRules rules = plain;
    rules.forward = Forward::xclient;
    ForwardedClient client = usual_client();
    const std::string offer =
        "250-mx1\r\n250 XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT\r\n";
    EXPECT_EQ(
        talk(rules, client, {"MAIL FROM:<a>"}, {"220 mx1\r\n", offer, "220 mx1\r\n", offer, "250 ok\r\n"}),
        "EHLO edge.example.org\nXCLIENT NAME=[UNAVAILABLE] REVERSE_NAME=[UNAVAILABLE] PROTO=ESMTP PORT=40000 "
        "DESTADDR=192.0.2.1 DESTPORT=25 HELO=client.example.net ADDR=203.0.113.7\nEHLO client.example.net\n"
        "MAIL FROM:<a>\n[250]\n");
    client.extended = false;
    const auto heard = talk(rules, client, {}, {"220 mx1\r\n", offer, "220 mx1\r\n", "250 mx1\r\n"});
    EXPECT_TRUE(heard.contains(" PROTO=SMTP ") && heard.ends_with("\nHELO client.example.net\n")) << heard;
    EXPECT_TRUE(talk(rules, client, {}, {"220 mx1\r\n", "250 mx1\r\n"})
                    .ends_with("[broken: it offers us no XCLIENT with ADDR]"));
}

TEST(MxBack, SaysNothingBeforeTlsWhereThatIsAsked) {
    BackRules rules = plain;
    rules.starttls = true;
    EXPECT_EQ(talk(rules, usual_client(), {},
                   {"220 mx1\r\n", "250-mx1\r\n250 STARTTLS\r\n", "220 go\r\n", "250 mx1\r\n"}),
              "EHLO edge.example.org\nSTARTTLS\n[tls]\nEHLO client.example.net\n");
    EXPECT_TRUE(talk(rules, usual_client(), {}, {"220 mx1\r\n", "250 mx1\r\n"})
                    .ends_with("[broken: it offers no STARTTLS]"));
    MxBack back(rules, usual_client());
    std::string out;
    (void)back.hear("220 mx1\r\n", out);
    (void)back.hear("250-mx1\r\n250 STARTTLS\r\n", out);
    EXPECT_EQ(back.hear("220 go\r\n250 injected\r\n", out).turn, Turn::broken);
}

TEST(MxBack, KnowsABrokenServer) {
    struct Case {
        std::vector<std::string> flights;
        std::string_view trouble;
    };
    const std::vector<Case> cases{
        {{"554 No\r\n"}, "greeting: 554 No"},
        {{"421 Too busy\r\n"}, "greeting: 421 Too busy"},
        {{"SSH-2.0-x\r\n"}, "what it says is no SMTP reply"},
        {{"220 mx1\r\n", "250 mx1\r\n", "what\r\n"}, "what it says is no SMTP reply"},
        {{"220 mx1\r\n", "250 mx1\r\n", "354 go\r\n"}, "it asks for what nobody offered"},
        {{"220 mx1\r\n", "250 mx1\r\n", "334 go\r\n"}, "it asks for what nobody offered"},
        {{"220 mx1\r\n", "250 mx1\r\n", "250 ok\r\n", "250 ok\r\n", "250 more\r\n"},
         "it speaks without being asked"},
        {{"220 mx1\r\n", "250 mx1\n"}, "what it says is no SMTP reply"},
    };
    for (const auto& [flights, trouble] : cases)
        EXPECT_TRUE(talk(plain, usual_client(), {"MAIL FROM:<a>", "RCPT TO:<b>"}, flights)
                        .ends_with("[broken: " + std::string(trouble) + "]"))
            << trouble;
}

TEST(MxBack, ItMayCloseAtAnyTime) {
    EXPECT_EQ(talk(plain, usual_client(), {"MAIL FROM:<a>"},
                   {"220 mx1\r\n", "250 mx1\r\n", "250 ok\r\n", "421 4.4.2 Timeout\r\n"}),
              "EHLO client.example.net\nMAIL FROM:<a>\n[250]\n[421]\n");
}

}  // namespace
}  // namespace tidegate::wire

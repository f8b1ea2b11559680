#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/settings.h"

namespace tidegate::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> errors_of(std::string_view text) {
    std::vector<std::string> texts;
    for (const Error& error : parse(text, "t.toml").errors) texts.push_back(error.text());
    return texts;
}

constexpr std::string_view whole = R"(
[[certificate]]
chain = "chain.pem"
key = "/keys/key.pem"
[[edge]]
protocol = "imap"
listen = ["0.0.0.0:993", "[::]:993"]
tls = "implicit"
name = "imaps"
host = "mail.example.org"
balancers = ["192.0.2.1", "198.51.100.0/24"]
servers = ["store1"]
fails = "closed"
delay = 7
log_in = 30
idle = 45
tries = 3
capabilities = ["IMAP4rev1", "IDLE"]
mechanisms = ["PLAIN"]
[[edge]]
protocol = "pop3"
listen = "127.0.0.1:110"
tls = "none"
plain_without_tls = true
[[edge]]
protocol = "smtp"
listen = "127.0.0.1:25"
tls = "none"
greeting_delay = 2
early_talk = "refuse"
bare_newlines = "hang-up"
name = "mx2"
sessions = 2000
[[server]]
name = "mx1"
protocol = "smtp"
address = "192.0.2.20:25"
[[server]]
name = "store1"
protocol = "imap"
address = "192.0.2.20:143"
tls = "starttls"
tls_name = "store.example.org"
ca_file = "ca.pem"
verify = false
forward = "id"
weight = 2
sessions = 5000
log_ins_per_second = 120
[[server]]
name = "store1"
protocol = "pop3"
address = "[2001:db8::20]:110"
forward = "xclient"
)";

TEST(Edge, ReadsEverySettingOfAnEntrance) {
    const Loaded loaded = parse(whole, "/etc/t.toml");
    ASSERT_THAT(loaded.errors, IsEmpty());
    const Settings& settings = loaded.settings;
    EXPECT_THAT(settings.certificates, ElementsAre(Certificate{"/etc/chain.pem", "/keys/key.pem"}));
    ASSERT_THAT(settings.entrances, SizeIs(3));
    const Entrance& imap = settings.entrances[0];
    EXPECT_EQ(imap.protocol, Service::imap);
    EXPECT_THAT(imap.listen, ElementsAre("0.0.0.0:993", "[::]:993"));
    EXPECT_EQ(imap.tls, MailTls::implicit);
    EXPECT_EQ(imap.called(), "imaps");
    EXPECT_EQ(imap.host, "mail.example.org");
    EXPECT_THAT(imap.balancers, SizeIs(2));
    EXPECT_THAT(imap.servers, ElementsAre("store1"));
    EXPECT_FALSE(imap.fails_open || imap.plain_without_tls);
    EXPECT_EQ(imap.most_delay, 7U);
    EXPECT_EQ(imap.log_in_seconds, 30U);
    EXPECT_EQ(imap.idle_minutes, 45U);
    EXPECT_EQ(imap.tries, 3U);
    EXPECT_THAT(imap.capabilities, ElementsAre("IMAP4rev1", "IDLE"));
    EXPECT_THAT(imap.mechanisms, ElementsAre("PLAIN"));
    const Entrance& pop3 = settings.entrances[1];
    EXPECT_EQ(pop3.called(), "127.0.0.1:110");
    EXPECT_EQ(pop3.tls, MailTls::none);
    EXPECT_TRUE(pop3.plain_without_tls);
    const Entrance& smtp = settings.entrances[2];
    EXPECT_EQ(smtp.greeting_delay, 2U);
    EXPECT_TRUE(smtp.refuses_early_talk && smtp.hangs_up_on_bare_newlines);
    EXPECT_EQ(smtp.own_sessions, 2000U);
    EXPECT_EQ(pop3.own_sessions, 0U);
}

TEST(Edge, ReadsEverySettingOfAServer) {
    const Loaded loaded = parse(whole, "/etc/t.toml");
    ASSERT_THAT(loaded.settings.servers, SizeIs(3));
    const Server& imap = loaded.settings.servers[1];
    EXPECT_EQ(imap.name, "store1");
    EXPECT_EQ(imap.protocol, Service::imap);
    EXPECT_EQ(imap.address, "192.0.2.20:143");
    EXPECT_EQ(imap.tls, MailTls::starttls);
    EXPECT_EQ(imap.tls_name, "store.example.org");
    EXPECT_EQ(imap.ca_file, "/etc/ca.pem");
    EXPECT_FALSE(imap.verify);
    EXPECT_EQ(imap.forward, Forwarding::id);
    EXPECT_EQ(imap.weight, 2U);
    EXPECT_EQ(imap.most_sessions, 5000U);
    EXPECT_EQ(imap.most_log_ins_a_second, 120U);
    EXPECT_EQ(loaded.settings.servers[2].forward, Forwarding::xclient);
}

TEST(Edge, SaysWhatIsWrong) {
    const struct {
        std::string_view text, says;
    } cases[] = {
        {"[[edge]]\nprotocol = \"smtp\"\nlisten = \"127.0.0.1:25\"\ntls = \"none\"\nsessions = 9\n"
         "[[server]]\nname = \"a\"\nprotocol = \"smtp\"\naddress = \"192.0.2.1:25\"\n",
         "t.toml:1: an entrance with sessions of its own and no name"},
        {"[[edge]]\nprotocol = \"smtp\"\nlisten = \"127.0.0.1:25\"\ntls = \"none\"\nname = \"mx\"\n"
         "[[edge]]\nprotocol = \"smtp\"\nlisten = \"127.0.0.1:26\"\ntls = \"none\"\nname = \"mx\"\n"
         "[[server]]\nname = \"a\"\nprotocol = \"smtp\"\naddress = \"192.0.2.1:25\"\n",
         "t.toml:6: two entrances 'mx' (give each a name of its own)"},
        {"[[edge]]\nprotocol = \"imaps\"\nlisten = \"0.0.0.0:993\"\n", "expected one of"},
        {"[[edge]]\nprotocol = \"imap\"\nlisten = \"143\"\n", "expected where to listen"},
        {"[[edge]]\nprotocol = \"imap\"\nlisten = \"unix:/run/imap\"\n", "expected where to listen"},
        {"[[edge]]\nprotocol = \"imap\"\nlisten = \"0.0.0.0:143\"\ntls = \"none\"\n",
         "t.toml:1: an entrance without TLS where no password may come in the clear"},
        {"[[certificate]]\nchain = \"a\"\nkey = \"b\"\n"
         "[[edge]]\nprotocol = \"imap\"\nlisten = \"0.0.0.0:143\"\n",
         "t.toml:4: an entrance for imap and no server behind it (add a [[server]] with protocol = "
         "\"imap\")"},
        {"[[certificate]]\nchain = \"a\"\nkey = \"b\"\n"
         "[[edge]]\nprotocol = \"imap\"\nlisten = \"0.0.0.0:143\"\nservers = [\"a\"]\n",
         "t.toml:4: no server 'a' for imap"},
        {"[[edge]]\nprotocol = \"imap\"\nlisten = \"0.0.0.0:143\"\n"
         "[[server]]\nname = \"a\"\nprotocol = \"imap\"\naddress = \"192.0.2.1:143\"\n",
         "t.toml:1: an entrance with TLS and no certificate (add a [[certificate]] with chain and key)"},
        {"[[door]]\nkind = \"api\"\nlisten = \"127.0.0.1:143\"\n"
         "[[edge]]\nprotocol = \"imap\"\nlisten = \"127.0.0.1:143\"\ntls = \"none\"\n"
         "plain_without_tls = true\n"
         "[[server]]\nname = \"a\"\nprotocol = \"imap\"\naddress = \"192.0.2.1:143\"\n",
         "t.toml:4: two listen on 127.0.0.1:143"},
        {"[[server]]\nname = \"a\"\nprotocol = \"imap\"\naddress = \"192.0.2.1\"\n",
         "expected address and port"},
        {"[[server]]\nname = \"a\"\nprotocol = \"imap\"\naddress = \"192.0.2.1:143\"\nforward = "
         "\"xclient\"\n",
         "IMAP has no XCLIENT"},
        {"[[server]]\nname = \"a\"\nprotocol = \"pop3\"\naddress = \"192.0.2.1:110\"\nforward = \"id\"\n",
         "'id' is IMAP's alone"},
        {"[[server]]\nname = \"a\"\nprotocol = \"pop3\"\naddress = \"192.0.2.1:110\"\n"
         "[[server]]\nname = \"a\"\nprotocol = \"pop3\"\naddress = \"192.0.2.2:110\"\n",
         "two servers 'a' for pop3"},
        {"[[certificate]]\nchain = \"a.pem\"\n", "[[certificate]] without 'key'"},
    };
    for (const auto& each : cases)
        EXPECT_THAT(errors_of(each.text), ElementsAre(HasSubstr(each.says))) << each.text;
}

}  // namespace
}  // namespace tidegate::config

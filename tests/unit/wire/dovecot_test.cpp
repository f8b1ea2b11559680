// Dovecot's log-in services and its authentication server.

#include <gmock/gmock.h>

#include "read_lines.h"

namespace tidegate::wire {
namespace {

constexpr std::string_view at_noon = "Jun 12 12:00:00 mx dovecot: ";
constexpr std::string_view head = R"({"line":1,"time":"2025-06-12T12:00:00Z",)";

// The elements behind what is said, and what they become.
constexpr std::string_view elements =
    ": user=<u>, method=PLAIN, rip=192.0.2.5, lip=198.51.100.2, TLS, session=<s>";

// How a head with these elements is read: "failure disabled 2" is outcome, reason, attempts.
std::string imap_ending(std::string_view words) {
    const std::string line =
        std::string(at_noon) + "imap-login: " + std::string(words) + std::string(elements);
    const auto parser = LogParser::create(summer_of_2025());
    const auto cursor = parser->cursor();
    EventBatch batch;
    const auto counts = parser->parse(line, 1, {}, *cursor, batch);
    if (batch.events.empty()) return counts.nothing == 1 ? "nothing" : "unknown";
    const Event& event = batch.events.front();
    EXPECT_EQ(event.address.text(), "192.0.2.5") << line;
    EXPECT_EQ(event.account, "u") << line;
    EXPECT_EQ(event.layer, Layer::front) << line;
    std::string text(name(event.kind));
    if (event.kind == EventKind::attempt) text = std::string(name(event.outcome));
    if (event.reason != Reason::none) text += " " + std::string(name(event.reason));
    if (event.attempts != 1) text += " " + std::to_string(event.attempts);
    return text;
}

TEST(Dovecot, ReadsTheLinesOfItsLogInServices) {
    expect_events(
        at_noon, head,
        {
            {"imap-login: Disconnected (auth failed, 2 attempts in 9 secs): user=<bob@example.com>, "
             "method=PLAIN, "
             "rip=192.0.2.5, lip=198.51.100.2, TLS, session=<abc>",
             R"("service":"imap","event":"attempt","outcome":"failure","reason":"other","address":"192.0.2.5",)"
             R"("account":"bob@example.com","method":"PLAIN","session":"abc","host":"mx","tls":true,"attempts":2,)"
             R"("program":"dovecot/imap-login","layer":"front"})"},
            {"pop3-login: Aborted login (auth failed, 1 attempts in 17 secs): user=<test>, method=PLAIN, "
             "rip=192.0.2.13, lip=203.0.113.17, session=<x>",
             R"("service":"pop3","event":"attempt","outcome":"failure","reason":"other","address":"192.0.2.13",)"
             R"("account":"test","method":"PLAIN","session":"x","host":"mx",)"
             R"("program":"dovecot/pop3-login","layer":"front"})"},
            {"pop3-login: Disconnected: Inactivity (auth failed, 1 attempts in 178 secs): user=<ivo>, "
             "method=PLAIN, "
             "rip=2001:db8::7, lip=2001:db8::1, session=<x>",
             R"("service":"pop3","event":"attempt","outcome":"failure","reason":"other","address":"2001:db8::7",)"
             R"("account":"ivo","method":"PLAIN","session":"x","host":"mx",)"
             R"("program":"dovecot/pop3-login","layer":"front"})"},
            {"pop3-login: Disconnected (no auth attempts in 58 secs): user=<>, rip=192.0.2.13, "
             "lip=203.0.113.17, "
             "session=<x>",
             R"("service":"pop3","event":"disconnect","address":"192.0.2.13","session":"x","host":"mx",)"
             R"("program":"dovecot/pop3-login","layer":"front"})"},
            {"submission-login: Remote closed connection (auth failed, 1 attempts in 2 secs): user=<u4>, "
             "method=PLAIN, rip=192.0.2.169, lip=0.0.0.0",
             R"("service":"submission","event":"attempt","outcome":"failure","reason":"other",)"
             R"("address":"192.0.2.169","account":"u4","method":"PLAIN","host":"mx",)"
             R"("program":"dovecot/submission-login","layer":"front"})"},
            {"imap-login: Login aborted: Connection closed (auth failed, 3 attempts in 16 secs) "
             "(auth_failed): "
             "user=<t>, method=PLAIN, rip=192.0.2.241, lip=203.0.113.104, TLS, session=<x>",
             R"("service":"imap","event":"attempt","outcome":"failure","reason":"other","address":"192.0.2.241",)"
             R"("account":"t","method":"PLAIN","session":"x","host":"mx","tls":true,"attempts":3,)"
             R"("program":"dovecot/imap-login","layer":"front"})"},
            {"imap-login: Login: user=<t@example.com>, method=PLAIN, rip=192.0.2.8, lip=198.51.100.9, "
             "mpid=980, TLS, "
             "session=<x>",
             R"("service":"imap","event":"attempt","outcome":"success","address":"192.0.2.8",)"
             R"("account":"t@example.com","method":"PLAIN","session":"x","host":"mx","tls":true,)"
             R"("program":"dovecot/imap-login","layer":"front"})"},
            {"managesieve-login: Logged in: user=<t>, method=scram-sha-256, rip=127.0.0.1, rport=4711, "
             "lip=127.0.0.1, "
             "mpid=980, secured, session=<x/+=>",
             R"("service":"managesieve","event":"attempt","outcome":"success","address":"127.0.0.1","port":4711,)"
             R"("account":"t","method":"SCRAM-SHA-256","session":"x/+=","host":"mx","tls":false,)"
             R"("program":"dovecot/managesieve-login","layer":"front"})"},
        });
}

TEST(Dovecot, ReadsItsAuthenticationServer) {
    expect_events(
        at_noon, head,
        {
            {"auth-worker(57065): conn unix:auth-worker (pid=1,uid=143): auth-worker<225622>: "
             "sql(u@example.com,192.0.2.7,<x>): Password mismatch",
             R"("event":"attempt","outcome":"failure","reason":"bad_password","address":"192.0.2.7",)"
             R"("account":"u@example.com","session":"x","host":"mx","program":"dovecot/auth-worker","layer":"worker"})"},
            {"auth-worker(31326): pam(u,192.0.2.4): unknown user",
             R"("event":"attempt","outcome":"failure","reason":"unknown_account","address":"192.0.2.4",)"
             R"("account":"u","host":"mx","program":"dovecot/auth-worker","layer":"worker"})"},
            {"auth-worker(304): pam(u,192.0.2.4): pam_authenticate() failed: Authentication failure "
             "(password "
             "mismatch?)",
             R"("event":"attempt","outcome":"failure","reason":"bad_password","address":"192.0.2.4",)"
             R"("account":"u","host":"mx","program":"dovecot/auth-worker","layer":"worker"})"},
            {"auth: ldap(u,2001:db8::4,master,<s>): invalid credentials",
             R"("event":"attempt","outcome":"failure","reason":"bad_password","address":"2001:db8::4",)"
             R"("account":"u","session":"s","host":"mx","program":"dovecot/auth","layer":"auth"})"},
            {"auth(i@example.com,192.0.2.110,sasl:login)<x>: sql: unknown user",
             R"("event":"attempt","outcome":"failure","reason":"unknown_account","address":"192.0.2.110",)"
             R"("account":"i@example.com","method":"LOGIN","session":"x","host":"mx","program":"dovecot/auth",)"
             R"("layer":"auth"})"},
            {"auth: pam(u,192.0.2.4,<s>): pam_authenticate() failed: Authentication service cannot retrieve "
             "authentication info",
             R"("event":"attempt","outcome":"abort","reason":"internal","address":"192.0.2.4",)"
             R"("account":"u","session":"s","host":"mx","program":"dovecot/auth","layer":"auth"})"},
            {"auth: login(?,192.0.2.4,<s>): Username character disallowed by auth_username_chars: 0x20 "
             "(username: a b)",
             R"("event":"attempt","outcome":"failure","reason":"other","address":"192.0.2.4",)"
             R"("session":"s","host":"mx","program":"dovecot/auth","layer":"auth"})"},
            {"auth-worker(u@example.com,192.0.2.7)<1026><Q4sPpOJg+6fGM2Q7>: request [4]: sql: Password "
             "mismatch",
             R"("event":"attempt","outcome":"failure","reason":"bad_password","address":"192.0.2.7",)"
             R"("account":"u@example.com","session":"Q4sPpOJg+6fGM2Q7","host":"mx",)"
             R"("program":"dovecot/auth-worker","layer":"worker"})"},
            {"auth-worker(u@example.com,192.0.2.7)<1026>: request [4]: sql: unknown user",
             R"("event":"attempt","outcome":"failure","reason":"unknown_account","address":"192.0.2.7",)"
             R"("account":"u@example.com","host":"mx","program":"dovecot/auth-worker","layer":"worker"})"},
            {"auth(?,192.0.2.7,sasl:plain)<s>: plain: invalid input",
             R"("event":"attempt","outcome":"failure","reason":"protocol","address":"192.0.2.7","method":"PLAIN",)"
             R"("session":"s","host":"mx","program":"dovecot/auth","layer":"auth"})"},
            {"auth-worker(u,192.0.2.7)<1026><s>: request [4]: Error: lua: db-lua: database is away", ""},
            // What no client did, and what the policy server refused.
            {"auth: passwd-file(bob): unknown user", ""},
            {"auth: policy(u,192.0.2.4,<s>): Authentication failure due to policy server refusal: no", ""},
            {"auth: Error: sql(u,192.0.2.4,<s>): Password query failed: gone away", ""},
            {"auth: Warning: auth client 0 disconnected with 1 pending requests: EOF", ""},
        });
}

TEST(Dovecot, SaysNothingOfWhatFollowsALogIn) {
    for (const std::string_view message : {
             "imap(bob)<123><abc>: Disconnected: Logged out in=10 out=20",
             "lmtp(456): Connect from local",
             "imap-login: Error: Timeout waiting for handshake from auth server",
             "imap-login: ID sent: name=x (auth failed, 9 attempts in 1 secs): user=<bob>, rip=192.0.2.1, "
             "lip=192.0.2.2",
             "imap-login: Authenticate X failed: Unsupported authentication mechanism.: user=<>, method=X, "
             "rip=192.0.2.1, lip=192.0.2.2",
             "imap-login: Disconnected: Shutting down",
             "indexer-worker(bob)<1><x>: Indexed 3 messages",
             "",
         }) {
        const auto outcomes = read_log(std::string(at_noon) + std::string(message));
        EXPECT_TRUE(outcomes.texts.empty()) << message;
        EXPECT_EQ(outcomes.counts.nothing, 1U) << message;
    }
}

TEST(Dovecot, TellsEveryEnding) {
    const std::vector<std::pair<std::string_view, std::string_view>> cases = {
        {"Login", "success"},
        {"Logged in", "success"},
        {"proxy(u): started proxying to 198.51.100.7:143", "success"},
        {"proxy(192.0.2.9:143): Started proxying to <store.example.org> (0.2 secs)", "success"},
        {"proxy(u): disconnecting 192.0.2.9 (Disconnected by client(0s idle, in=298, out=1200))", "nothing"},
        {"Disconnected (auth failed, 12 attempts in 9 secs)", "failure other 12"},
        {"Disconnected: Too many invalid commands (auth failed, 1 attempts in 3 secs)", "failure other"},
        {"Disconnected: Too many invalid commands (no auth attempts in 0 secs)", "disconnect protocol"},
        {"Disconnected: Too many bad commands (no auth attempts in 0 secs)", "disconnect protocol"},
        {"Disconnected (no auth attempts in 0 secs)", "disconnect"},
        {"Login aborted: Connection closed (no auth attempts in 3 secs) (no_auth_attempts)", "disconnect"},
        {"Disconnected: Inactivity", "disconnect"},
        {"Disconnected (tried to use disallowed plaintext auth)", "abort tls"},
        {"Disconnected (tried to use disabled plaintext auth)", "abort tls"},
        {"Login aborted: Logged out (tried to use disallowed cleartext auth, 2 attempts in 0 secs) "
         "(cleartext_auth_disabled)",
         "abort tls 2"},
        {"Aborted login (client didn't finish SASL auth, waited 0 secs)", "abort protocol"},
        {"Login aborted: Inactivity (client didn't finish SASL auth, 1 attempts in 60 secs) "
         "(auth_waiting_client)",
         "abort protocol"},
        {"Aborted login (aborted authentication)", "abort protocol"},
        {"Login aborted: Logged out (auth aborted by client, 1 attempts in 1 secs) (auth_aborted_by_client)",
         "abort protocol"},
        {"Disconnected (tried to use unsupported auth mechanism)", "abort protocol"},
        {"Disconnected (sent invalid base64 in response)", "abort protocol"},
        {"Disconnected: Inactivity during authentication (disconnected while authenticating, waited 180 "
         "secs)",
         "abort other"},
        {"Disconnected (auth service reported temporary failure)", "abort internal"},
        {"Login aborted: Connection closed (auth service reported temporary failure, 2 attempts in 4 secs) "
         "(temp_fail)",
         "abort internal 2"},
        {"Disconnected (auth process communication failure)", "abort internal"},
        {"Internal login failure (pid=12 id=7) (internal failure, 1 successful auths)", "abort internal"},
        {"Internal login failure (pid=12 id=7)", "abort internal"},
        {"Disconnected (proxy dest auth failed)", "failure other"},
        {"Login aborted: Logged out (proxy dest authentication failure, 1/3 successful auths in 2 secs) "
         "(proxy_dest_auth_failed)",
         "failure other 3"},
        {"Login aborted: Logged out (proxy dest connection failed, 1/1 successful auths in 2 secs) "
         "(proxy_dest_connect_failed)",
         "abort internal"},
        {"Login aborted: Something new (proxy_dest_auth_temp_failed)", "abort internal"},
        {"Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
         "abort rate"},
        {"Login aborted: Connection closed (connection limit reached, 1/1 successful auths in 0 secs) "
         "(connection_limit)",
         "abort rate"},
        {"Disconnected (user disabled)", "failure disabled"},
        {"Login aborted: Connection closed (password expired, 1 attempts in 4 secs) (password_expired)",
         "failure disabled"},
        {"Disconnected (login disabled)", "failure disabled"},
        {"Disconnected (authorization failed, 2 attempts in 4 secs)", "failure other 2"},
        {"Disconnected (disconnected before auth was ready, waited 3 secs)", "disconnect internal"},
        {"Disconnected (client didn't send a cert)", "disconnect tls"},
        {"Disconnected (cert required, client didn't start TLS)", "disconnect tls"},
        {"Login aborted: SSL_accept() failed (disconnected during TLS handshake) "
         "(tls_handshake_not_finished)",
         "disconnect tls"},
        {"Login aborted: Something new (brand new words, 1 attempts) (auth_failed)", "failure other"},
        {"Login aborted: Something new (brand new words) (brand_new_words)", "disconnect"},
    };
    for (const auto& [words, ending] : cases) EXPECT_EQ(imap_ending(words), ending) << words;
}

TEST(Dovecot, AHandshakeThatFailedIsTls) {
    expect_events(
        at_noon, head,
        {{"imap-login: Disconnected (no auth attempts in 0 secs): user=<>, rip=192.0.2.5, lip=192.0.2.1, TLS "
          "handshaking: SSL_accept() failed: error:0A00010B:SSL routines::wrong version number, session=<s>",
          R"("service":"imap","event":"disconnect","reason":"tls","address":"192.0.2.5","session":"s",)"
          R"("host":"mx","tls":true,"program":"dovecot/imap-login","layer":"front"})"}});
}

// What a client calls itself is his; where he comes from is Dovecot's word.
TEST(Dovecot, AUserNameNeverPassesForAField) {
    expect_events(
        at_noon, head,
        {
            {"imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<x>, method=PLAIN, "
             "rip=203.0.113.9, "
             "session=<y>>, method=LOGIN, rip=192.0.2.5, lip=198.51.100.2, session=<s>",
             R"("service":"imap","event":"attempt","outcome":"failure","reason":"other","address":"192.0.2.5",)"
             R"("account":"x>, method=PLAIN, rip=203.0.113.9, session=<y>","method":"LOGIN","session":"s","host":"mx",)"
             R"("program":"dovecot/imap-login","layer":"front"})"},
            {"imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<x, rip=203.0.113.9, TLS, "
             "rport=1>, "
             "rip=192.0.2.5, lip=198.51.100.2",
             R"("service":"imap","event":"attempt","outcome":"failure","reason":"other","address":"192.0.2.5",)"
             R"("account":"x, rip=203.0.113.9, TLS, rport=1","host":"mx","program":"dovecot/imap-login",)"
             R"("layer":"front"})"},
            {"imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<: user=<x>, method=PLAIN, "
             "rip=nowhere>, method=A B, rip=192.0.2.5, lip=198.51.100.2",
             R"("service":"imap","event":"attempt","outcome":"failure","reason":"other","address":"192.0.2.5",)"
             R"("account":": user=<x>, method=PLAIN, rip=nowhere","host":"mx","program":"dovecot/imap-login",)"
             R"("layer":"front"})"},
            {"auth: sql(x,203.0.113.9,<y>): unknown user,192.0.2.5,<s>): Password mismatch",
             R"("event":"attempt","outcome":"failure","reason":"bad_password","address":"192.0.2.5",)"
             R"("account":"x,203.0.113.9,<y>): unknown user","session":"s","host":"mx","program":"dovecot/auth",)"
             R"("layer":"auth"})"},
            {"auth(x,203.0.113.9,sasl:plain)<y>: sql: unknown user,192.0.2.5,sasl:login)<s>: sql: Password "
             "mismatch",
             R"("event":"attempt","outcome":"failure","reason":"bad_password","address":"192.0.2.5",)"
             R"("account":"x,203.0.113.9,sasl:plain)<y>: sql: unknown user","method":"LOGIN","session":"s",)"
             R"("host":"mx","program":"dovecot/auth","layer":"auth"})"},
        });
}

// The proxy writes the account twice, and whoever puts a line into it gains no success.
TEST(Dovecot, AFalseLineInAProxysAccountSaysNothing) {
    expect_events(
        at_noon, head,
        {{"imap-login: proxy(x): started proxying to y: user=<b>): Login failed to 192.0.2.9:143: no: "
          "user=<x): "
          "started proxying to y: user=<b>, method=PLAIN, rip=192.0.2.5, lip=192.0.2.1, session=<s>",
          ""},
         {"imap-login: proxy: : user=<b>, rip=192.0.2.5, lip=192.0.2.1", ""}});
}

// Where a line also ends in the client's words, nobody can say which of two subjects is Dovecot's.
TEST(Dovecot, ALineWithTwoReadingsAccusesNobody) {
    for (const std::string_view message : {
             "auth: sql(b,192.0.2.5): unknown user (given password: x,203.0.113.9): unknown user)",
             "auth: login(?,192.0.2.5): Invalid username: x,203.0.113.9): unknown user",
         }) {
        const std::string text = read_line(std::string(at_noon) + std::string(message));
        EXPECT_EQ(text.find("address"), std::string::npos) << text;
        EXPECT_EQ(text.find("\"account\""), std::string::npos) << text;
        EXPECT_THAT(text, testing::HasSubstr(R"("outcome":"failure")"));
    }
}

// ... but where Dovecot's own words are longer than any account that it prints, they are its own.
TEST(Dovecot, ARefusedUserNameIsReadAtItsBeginning) {
    expect_events(
        at_noon, head,
        {{"auth: plain(?,192.0.2.5,<tMYHo+Jgg8jGM2Qf>): Username character disallowed by "
          "auth_username_chars: 0x2c "
          "(username: bob@example.org,203.0.113.11,<s>): Password mismatch)",
          R"("event":"attempt","outcome":"failure","reason":"other","address":"192.0.2.5",)"
          R"("session":"tMYHo+Jgg8jGM2Qf","host":"mx","program":"dovecot/auth","layer":"auth"})"},
         {"auth(?,192.0.2.5,sasl:plain)<tMYHo+Jgg8jGM2Qf>: plain: Username character disallowed by "
          "auth_username_chars: 0x2c (username: bob@example.org,203.0.113.11,<s>): Password mismatch)",
          R"("event":"attempt","outcome":"failure","reason":"other","address":"192.0.2.5","method":"PLAIN",)"
          R"("session":"tMYHo+Jgg8jGM2Qf","host":"mx","program":"dovecot/auth","layer":"auth"})"}});
}

// 2.3.19 and 2.4.1 call it "auth failed" too.
TEST(Dovecot, APasswordRefusedInTheClearWasNeverChecked) {
    expect_events(
        at_noon, head,
        {{"imap-login: Login aborted: Logged out (auth failed, 1 attempts in 0 secs) (auth_failed): "
          "user=<alice@example.org>, rip=192.0.2.5, lip=192.0.2.1, session=<s>",
          R"("service":"imap","event":"attempt","outcome":"abort","reason":"tls","address":"192.0.2.5",)"
          R"("account":"alice@example.org","session":"s","host":"mx","program":"dovecot/imap-login",)"
          R"("layer":"front"})"},
         {"imap-login: Login failed: Cleartext authentication disabled: user=<>, rip=192.0.2.5, "
          "lip=192.0.2.1, session=<s>",
          ""}});
}

TEST(Dovecot, ALoggedPasswordBecomesSixteenBits) {
    const auto guess_of = [](std::string_view said) {
        const std::string text = read_line(
            std::string(at_noon) + "auth: sql(u,192.0.2.5,<s>): Password mismatch " + std::string(said));
        const auto begin = text.find(R"("guess":")");
        EXPECT_NE(begin, std::string::npos) << text;
        return text.substr(begin + 9, text.find('"', begin + 9) - begin - 9);
    };
    const std::string hash = guess_of("(SHA1 of given password: 21bd)");
    EXPECT_LE(hash.size(), 4U);
    EXPECT_EQ(guess_of("(SHA1 of given password: 21bd) - trying the next passdb"), hash);
    EXPECT_NE(guess_of("(SHA1 of given password: 21be)"), hash);
    const std::string plain = guess_of("(given password: hunter2)");
    EXPECT_LE(plain.size(), 4U);
    EXPECT_EQ(guess_of("(given password: hunter2) - trying the next passdb"), plain);
    EXPECT_NE(guess_of("(given password: hunter3)"), plain);
}

TEST(Dovecot, ALoggedPasswordIsNeverKept) {
    for (const std::string_view message : {
             "auth: sql(u,192.0.2.5,<s>): Password mismatch (given password: hunter2)",
             "auth(u,192.0.2.5,sasl:plain)<s>: sql: Password mismatch (given password: hunter2)",
             ("auth: pam(u,192.0.2.5): pam_authenticate() failed: Authentication failure (password "
              "mismatch?) "
              "(given password: hunter2)"),
             "auth: sql(u,192.0.2.5): unknown user (given password: hunter2,192.0.2.5): unknown user)",
             "auth: sql(u,192.0.2.5): what is this (given password: hunter2,192.0.2.5): unknown user)",
             "auth: sql(u,192.0.2.5): unknown user (given password: a,192.0.2.5,<hunter2>): unknown user)",
             "auth(u,192.0.2.5): what is this (given password: a,192.0.2.5)<hunter2>: unknown user)",
         }) {
        const std::string text = read_line(std::string(at_noon) + std::string(message));
        EXPECT_FALSE(text.empty()) << message;
        EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
    }
}

TEST(Dovecot, ReadsItsOwnFile) {
    expect_events(
        "Jun 12 12:00:00 ", head,
        {
            {"imap-login: Info: Login: user=<t>, method=PLAIN, rip=192.0.2.8, lip=198.51.100.9, mpid=980, "
             "TLS, "
             "session=<x>",
             R"("service":"imap","event":"attempt","outcome":"success","address":"192.0.2.8","account":"t",)"
             R"("method":"PLAIN","session":"x","tls":true,"program":"dovecot/imap-login","layer":"front"})"},
            {"auth(a b@example.com,192.0.2.110,sasl:login)<x>: Info: sql: Password mismatch",
             R"("event":"attempt","outcome":"failure","reason":"bad_password","address":"192.0.2.110",)"
             R"("account":"a b@example.com","method":"LOGIN","session":"x","program":"dovecot/auth",)"
             R"("layer":"auth"})"},
            {"auth-worker(31326): Info: pam(u,192.0.2.4): unknown user",
             R"("event":"attempt","outcome":"failure","reason":"unknown_account","address":"192.0.2.4",)"
             R"("account":"u","program":"dovecot/auth-worker","layer":"worker"})"},
            {"imap(bob)<123><abc>: Info: Disconnected: Logged out in=10 out=20", ""},
            {"imap-login: Warning: Growing impatient: user=<>, rip=192.0.2.1, lip=192.0.2.2", ""},
            {"master: Info: Dovecot v2.3.19.1 starting up for imap", ""},
        });
}

// A line full of false ends costs no more than its length.
TEST(Dovecot, ALongLineOfFalseEndsIsReadAtOnce) {
    std::string line = std::string(at_noon) + "auth: sql(";
    while (line.size() < max_line_bytes - 64) line += "x>): unknown user,";
    line += "192.0.2.5): unknown user";
    EXPECT_THAT(read_line(line), testing::HasSubstr(R"("address":"192.0.2.5")"));
}

}  // namespace
}  // namespace tidegate::wire

#include "app/serve/doors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tidegate::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr Time noon = time_of_unix(1'785'931'200);

std::shared_ptr<const Ground> ground() {
    Ground made;
    judge::Policy policy;
    policy.memory_bytes = std::size_t{8} << 20;
    judge::Exception deny;
    deny.effect = judge::Exception::Effect::deny;
    deny.prefix = Prefix::parse("203.0.113.0/24");
    deny.reason = "test";
    policy.exceptions.push_back(std::move(deny));
    policy.forwarders.push_back(*Prefix::parse("192.0.2.30"));
    policy.seal();
    made.policy = std::make_shared<const judge::Policy>(std::move(policy));
    return std::make_shared<const Ground>(std::move(made));
}

/// Sends and reads until the other side closes, or `end` has come. `half_closes`: as Exim does, once all is
/// sent.
std::string exchange(const std::string& path, std::string_view bytes, std::string_view end,
                     bool half_closes = false) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
    std::string got;
    if (::connect(socket, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0 &&
        ::write(socket, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size())) {
        char room[4096];
        if (half_closes) ::shutdown(socket, SHUT_WR);
        for (ssize_t size = 1; size > 0 && (end.empty() || !got.ends_with(end));) {
            size = ::read(socket, room, sizeof room);
            if (size > 0) got.append(room, static_cast<std::size_t>(size));
        }
    }
    ::close(socket);
    return got;
}

std::string post(std::string_view target, std::string_view body, std::string_view fields = {}) {
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
           std::string(fields) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

class DoorsTest : public testing::Test {
protected:
    DoorsTest() {
        std::string name = (fs::temp_directory_path() / "tidegate-doors-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        waking_.open(intake_);
    }
    ~DoorsTest() override {
        doors_->stop(5s);
        fs::remove_all(folder_);
    }
    std::string open(config::DoorKind kind, std::string key = {}, bool refuses = true) {
        config::Door door;
        door.kind = kind;
        door.listen = "unix:" + (folder_ / "door.sock").string();
        door.key = std::move(key);
        door.refuses_doubtful = refuses;
        if (kind == config::DoorKind::nginx_auth) door.servers = {{"imap", "192.0.2.20:143"}};
        EXPECT_THAT(doors_->open({door}, nullptr), IsEmpty());
        return folder_ / "door.sock";
    }
    static std::string allow(std::string_view address, std::string_view session = "s1") {
        return post("/?command=allow", R"({"login":"bob@example.org","remote":")" + std::string(address) +
                                           R"(","pwhash":"065d","protocol":"imap","session_id":")" +
                                           std::string(session) + R"(","tls":false})");
    }
    static std::string report(std::string_view address, bool success, bool policy_reject = false) {
        return post("/?command=report",
                    R"({"login":"bob@example.org","remote":")" + std::string(address) +
                        R"(","pwhash":"065d","protocol":"imap","session_id":"s1","tls":false,"success":)" +
                        (success ? "true" : "false") + R"(,"policy_reject":)" +
                        (policy_reject ? "true" : "false") + "}");
    }

    fs::path folder_;
    std::vector<std::string> told_;
    std::vector<Event> in_vain_;  // no texts of strangers
    std::shared_ptr<const Ground> ground_ = ground();
    guard::Desk desk_{judge::Judge(ground_->policy), ground_->policy, guard::Mode::act, {}};
    Intake intake_{desk_, ground_};
    Waking waking_;
    SharedKeys keys_;
    tell::Telling telling_{[this](std::string_view line) {
                               told_.emplace_back(line);
                               return true;
                           },
                           [] { return 1; }};
    net::Threads threads_{2};
    std::unique_ptr<Doors> doors_ = std::make_unique<Doors>(
        threads_, DoorWorld{.waking = waking_,
                            .telling = telling_,
                            .keys = keys_,
                            .clock = [] { return noon; },
                            .pardon = [this](const Event& event) { desk_.pardon(event); },
                            .taken_in_vain = [this](const Event& event) { in_vain_.push_back(event); },
                            .help_url = "https://help.example.org/?code="});
};

TEST_F(DoorsTest, WhatAContentFilterDoesNotWantIsPassedOn) {
    const std::string path = open(config::DoorKind::api);
    EXPECT_THAT(exchange(path, post("/v1/content", R"({"ip":"198.51.100.7","action":"no action"})"), ""),
                HasSubstr(R"({"status":"ok"})"));
    EXPECT_THAT(in_vain_, IsEmpty());
    EXPECT_THAT(exchange(path, post("/v1/content", R"({"ip":"198.51.100.7","action":"add header"})"), ""),
                HasSubstr(R"({"status":"ok"})"));
    ASSERT_THAT(in_vain_, SizeIs(1));
    EXPECT_EQ(in_vain_[0].address.text(), "198.51.100.7");
    EXPECT_EQ(in_vain_[0].time, noon);
    EXPECT_THAT(exchange(path, post("/v1/content", R"({"action":"add header"})"), ""),
                AllOf(HasSubstr("400"), HasSubstr("field 'ip' is missing"), HasSubstr("formatter")));
    EXPECT_THAT(in_vain_, SizeIs(1));
    EXPECT_THAT(told_, SizeIs(1));
}

TEST_F(DoorsTest, DovecotIsToldWhatWasJudgedAndHowToGetHelp) {
    const std::string path = open(config::DoorKind::auth_policy);
    const std::string refused = exchange(path, allow("203.0.113.9"), "");
    EXPECT_THAT(refused, AllOf(StartsWith("HTTP/1.1 200"), HasSubstr(R"("status":-1)"),
                               HasSubstr("https://help.example.org/?code=")));
    EXPECT_THAT(exchange(path, allow("198.51.100.9"), ""), HasSubstr(R"("status":0)"));
    EXPECT_THAT(exchange(path, report("198.51.100.9", true), ""), HasSubstr("ok"));
    EXPECT_EQ(desk_.counts().stopped, 1U);
    EXPECT_EQ(desk_.counts().successes, 1U);
    EXPECT_EQ(doors_->counts().at(0).questions, 3U);
}

TEST_F(DoorsTest, WhatWeRefusedIsNotReportedAgain) {
    const std::string path = open(config::DoorKind::auth_policy);
    static_cast<void>(exchange(path, allow("203.0.113.9"), ""));
    static_cast<void>(exchange(path, report("203.0.113.9", false, true), ""));
    EXPECT_EQ(desk_.counts().stopped, 1U);
    EXPECT_EQ(desk_.counts().failures, 0U);
}

// Dovecot asks twice: before the look-up, and after a right password.
TEST_F(DoorsTest, TheSecondQuestionOfAnAttemptIsNotAnother) {
    const std::string path = open(config::DoorKind::auth_policy);
    static_cast<void>(exchange(path, allow("198.51.100.9"), ""));
    static_cast<void>(exchange(path, allow("198.51.100.9"), ""));
    EXPECT_EQ(desk_.counts().questions, 1U);
    static_cast<void>(exchange(path, report("198.51.100.9", false), ""));
    static_cast<void>(exchange(path, allow("198.51.100.9"), ""));
    EXPECT_EQ(desk_.counts().questions, 2U);
}

TEST_F(DoorsTest, WithoutTheKeyNobodyIsAnswered) {
    const std::string path = open(config::DoorKind::auth_policy, "secret");
    EXPECT_THAT(exchange(path, allow("203.0.113.9"), ""), StartsWith("HTTP/1.1 401"));
    EXPECT_EQ(desk_.counts().questions, 0U);
    const std::string keyed =
        post("/?command=allow", R"({"login":"bob","remote":"198.51.100.9"})", "X-API-Key: secret\r\n");
    EXPECT_THAT(exchange(path, keyed, ""), StartsWith("HTTP/1.1 200"));
}

TEST_F(DoorsTest, WhatNobodyUnderstandsIsCountedAndTold) {
    const std::string path = open(config::DoorKind::auth_policy);
    EXPECT_THAT(exchange(path, post("/?command=allow", "{"), ""), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(exchange(path, post("/?command=sing", "{}"), ""), StartsWith("HTTP/1.1 400"));
    EXPECT_EQ(doors_->counts().at(0).broken, 2U);
    ASSERT_THAT(told_, SizeIs(2));
    EXPECT_THAT(told_[0], HasSubstr("question_broken"));
}

TEST_F(DoorsTest, TheDoubtfulWaitWhereTheDoorSaysSo) {
    judge::Policy doubting;
    doubting.slow_at = doubting.defer_at = Decibans::of(-1000);
    doubting.refuse_at = Decibans::of(1000);
    doubting.seal();
    desk_.adopt(std::make_shared<const judge::Policy>(std::move(doubting)));
    for (unsigned i = 0; i < 40; ++i) {
        Event wrong;
        wrong.time = noon;
        wrong.address = *Address::parse("192.0.2.9");
        wrong.account = "bob@example.org";
        wrong.service = Service::imap;
        wrong.outcome = Outcome::failure;
        desk_.learn(wrong);
    }
    const std::string path = open(config::DoorKind::auth_policy, "", false);
    EXPECT_THAT(exchange(path, allow("192.0.2.9", "a"), ""), HasSubstr(R"("status":5)"));
    EXPECT_EQ(desk_.counts().stopped, 0U);  // it goes on to the database, and is learned from its report
    open(config::DoorKind::auth_policy, "", true);
    EXPECT_THAT(exchange(path, allow("192.0.2.9", "b"), ""), HasSubstr(R"("status":-1)"));
    EXPECT_EQ(desk_.counts().stopped, 1U);
}

// At a start the doors open before the memory is awake.
class WakingTest : public DoorsTest {
protected:
    static std::string asked(DoorAnswers& answers, net::Loop& loop, std::string_view request) {
        std::string reply;
        static_cast<void>(answers.converse(loop)->hear(request, reply, false));
        return reply;
    }

    Waking asleep_;
    SharedKeys keys_;
    DoorWorld world_{.waking = asleep_,
                     .telling = telling_,
                     .keys = keys_,
                     .clock = [] { return noon; },
                     .pardon = [](const Event&) {},
                     .taken_in_vain = [](const Event&) {},
                     .help_url = {}};
};

TEST_F(WakingTest, UntilThenQuestionsAreAnsweredAsTheDoorFails) {
    constexpr std::string_view denied =
        "request=smtpd_access_policy\nprotocol_state=CONNECT\nclient_address=203.0.113.9\nserver_port="
        "587\n\n";
    net::Loop loop;
    config::Door door;
    door.kind = config::DoorKind::postfix_policy;
    DoorAnswers open(world_, door);
    EXPECT_EQ(asked(open, loop, denied), "action=DUNNO\n\n");
    door.fails_open = false;
    open.adopt(door);
    EXPECT_THAT(asked(open, loop, denied), StartsWith("action=421 "));
    EXPECT_EQ(open.counts().unjudged, 2U);
    asleep_.open(intake_);
    EXPECT_THAT(asked(open, loop, denied), StartsWith("action=521 "));
    EXPECT_EQ(desk_.counts().questions, 1U);
}

TEST_F(WakingTest, ReportsWaitAndCountOnce) {
    {
        // Their texts die with the request.
        std::string account = "bob@example.org";
        Event event;
        event.address = *Address::parse("198.51.100.9");
        event.account = account;
        event.service = Service::imap;
        event.layer = Layer::auth;
        event.outcome = Outcome::failure;
        event.time = event.received = noon;
        asleep_.report(event, noon);
        account.assign(account.size(), 'x');
    }
    EXPECT_EQ(desk_.counts().failures, 0U);
    asleep_.open(intake_);
    intake_.finish();
    EXPECT_EQ(desk_.counts().failures, 1U);
    EXPECT_EQ(asleep_.lost(), 0U);
}

TEST_F(WakingTest, MoreReportsThanFitAreCountedAsLost) {
    Event event;
    event.time = event.received = noon;
    for (std::size_t i = 0; i < Waking::most + 3; ++i) asleep_.report(event, noon);
    EXPECT_EQ(asleep_.lost(), 3U);
}

TEST_F(DoorsTest, PostfixIsAnsweredOnOneConnection) {
    const std::string path = open(config::DoorKind::postfix_policy);
    const std::string stranger =
        "request=smtpd_access_policy\nprotocol_state=CONNECT\nclient_address=198.51.100.9\nserver_port="
        "587\n\n";
    const std::string denied =
        "request=smtpd_access_policy\nprotocol_state=CONNECT\nclient_address=203.0.113.9\nserver_port="
        "587\n\n";
    EXPECT_EQ(exchange(path, stranger, "\n\n"), "action=DUNNO\n\n");
    EXPECT_THAT(exchange(path, denied, "\n\n"), StartsWith("action=521 "));
    EXPECT_EQ(exchange(path, "nonsense\n\n", ""), "");  // hung up on
    EXPECT_EQ(doors_->counts().at(0).broken, 1U);
}

TEST_F(DoorsTest, WhoClosesHisSideIsAnsweredAndThenLeft) {
    const std::string request =
        "request=smtpd_access_policy\nprotocol_state=CONNECT\nclient_address=198.51.100.9\nserver_port="
        "587\n\n";
    EXPECT_EQ(exchange(open(config::DoorKind::postfix_policy), request, "", true), "action=DUNNO\n\n");
    EXPECT_THAT(exchange(open(config::DoorKind::api),
                         "POST /v1/consider HTTP/1.0\r\nContent-Length: 45\r\n\r\n"
                         R"({"address":"198.51.100.9","service":"imap"  })",
                         "", true),
                AllOf(StartsWith("HTTP/1."), HasSubstr(R"("measure":"pass")")));
}

// Postfix keeps its connection for five minutes and more; only a request that has begun has a deadline of
// seconds.
TEST_F(DoorsTest, PostfixesIdleConnectionIsNotAmidARequest) {
    const std::string request =
        "request=smtpd_access_policy\nprotocol_state=CONNECT\nclient_address=198.51.100.9\n\n";
    config::Door door;
    door.kind = config::DoorKind::postfix_policy;
    const SharedKeys keys;
    DoorWorld world{.waking = waking_,
                    .telling = telling_,
                    .keys = keys,
                    .clock = [] { return noon; },
                    .pardon = [](const Event&) {},
                    .taken_in_vain = [](const Event&) {},
                    .help_url = {}};
    DoorAnswers answers(world, door);
    net::Loop loop;
    const auto postfix = answers.converse(loop);
    std::string reply;
    const auto amid_after = [&](const std::string& bytes) {
        EXPECT_EQ(postfix->hear(bytes, reply, false).used, bytes.size());
        return postfix->is_amid_request();
    };
    EXPECT_FALSE(amid_after(request));
    EXPECT_TRUE(amid_after(request.substr(0, 30)));
    EXPECT_TRUE(amid_after(request.substr(30, 10)));
    EXPECT_FALSE(amid_after(request.substr(40)));
    EXPECT_TRUE(amid_after(request + "r"));
    EXPECT_EQ(reply, "action=DUNNO\n\naction=DUNNO\n\naction=DUNNO\n\n");
}

TEST_F(DoorsTest, OnPort25OnlyAnOperatorsWordCounts) {
    const std::string path = open(config::DoorKind::postfix_policy);
    const std::string mail =
        "request=smtpd_access_policy\nprotocol_state=CONNECT\nclient_address=203.0.113.9\nserver_port=25\n\n";
    EXPECT_THAT(exchange(path, mail, "\n\n"), StartsWith("action=421 "));
    EXPECT_EQ(desk_.counts().stopped, 0U);
}

TEST_F(DoorsTest, NginxIsToldTheServerOrToWait) {
    const std::string path = open(config::DoorKind::nginx_auth);
    const auto ask = [&](std::string_view address, std::string_view fields = {}) {
        return exchange(
            path,
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuth-Method: plain\r\nAuth-User: "
            "bob@example.org\r\nAuth-Pass: secret\r\nAuth-Protocol: imap\r\nAuth-Login-Attempt: 1\r\n"
            "Client-IP: " +
                std::string(address) + "\r\n" + std::string(fields) + "\r\n",
            "");
    };
    EXPECT_THAT(ask("198.51.100.9"), AllOf(HasSubstr("Auth-Status: OK"), HasSubstr("Auth-Server: 192.0.2.20"),
                                           HasSubstr("Auth-Port: 143")));
    EXPECT_THAT(ask("203.0.113.9"),
                AllOf(HasSubstr("Auth-Status: [UNAVAILABLE]"), Not(HasSubstr("Auth-Server"))));
    // Anybody can write such a field; a forwarder of ours is believed.
    constexpr std::string_view named = "Proxy-Protocol-Addr: 203.0.113.9\r\nProxy-Protocol-Port: 4711\r\n";
    EXPECT_THAT(ask("198.51.100.9", named), HasSubstr("Auth-Status: OK"));
    EXPECT_THAT(ask("192.0.2.30", named), HasSubstr("Auth-Status: [UNAVAILABLE]"));
    EXPECT_THAT(ask("192.0.2.30"), HasSubstr("Auth-Status: OK"));
}

TEST_F(DoorsTest, TheApiSaysWhy) {
    const std::string path = open(config::DoorKind::api);
    const std::string body =
        R"({"account":"bob@example.org","address":"203.0.113.9","service":"imap","password":"x"})";
    EXPECT_THAT(exchange(path, post("/v1/consider", body), ""),
                AllOf(HasSubstr(R"("measure":"refuse")"), HasSubstr(R"("kind":"exception")")));
    desk_.set_mode(guard::Mode::watch, noon, "eve");
    EXPECT_THAT(exchange(path, post("/v1/consider", body), ""),
                AllOf(HasSubstr(R"("measure":"pass")"), HasSubstr(R"("judged":"refuse")")));
}

TEST_F(DoorsTest, ADoorWhoseSettingsChangeStaysOpenAndOneThatGoesCloses) {
    const std::string path = open(config::DoorKind::auth_policy, "", true);
    static_cast<void>(exchange(path, allow("203.0.113.9"), ""));
    open(config::DoorKind::auth_policy, "", false);
    EXPECT_EQ(doors_->counts().at(0).questions, 1U);  // the same door
    EXPECT_THAT(doors_->open({}, nullptr), IsEmpty());
    EXPECT_EQ(exchange(path, allow("203.0.113.9"), ""), "");
}

TEST_F(DoorsTest, APlaceThatIsTakenIsAnErrorThatNamesIt) {
    config::Door door;
    door.listen = "unix:" + (folder_ / "nowhere" / "door.sock").string();
    const auto errors = doors_->open({door}, nullptr);
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_THAT(errors[0].text(), HasSubstr("nowhere"));
}

}  // namespace
}  // namespace tidegate::app

#include "wire/door/auth_policy.h"

#include <chrono>

#include "doors.h"

namespace tidegate::wire {
namespace {

struct Case {
    std::string_view target;
    std::string body;
    std::string_view expected;  // line_of(), or "error: " and the beginning of what is wrong
};

std::string read(std::string_view target, std::string_view body) {
    EventBatch batch;
    const auto question = read_auth_policy(target, body, batch);
    return question ? line_of(*question) : "error: " + question.error().what;
}

void expect(const std::vector<Case>& cases) {
    for (const Case& each : cases) {
        const std::string got = read(each.target, each.body);
        if (each.expected.starts_with("error: "))
            EXPECT_TRUE(got.starts_with(each.expected)) << got << "\n" << each.body.substr(0, 300);
        else
            EXPECT_EQ(got, each.expected) << each.body.substr(0, 300);
    }
}

constexpr std::string_view allow = "/?command=allow";
constexpr std::string_view report = "/?command=report";
constexpr std::string_view reset = "/?command=reset";

// Bodies as Debian's 2.3.19 sent them.
TEST(AuthPolicy, DovecotAsItComes) {
    expect({
        {allow,
         R"({"device_id":"\"name\" \"Thunderbird\" \"version\" \"115 \\\"q\"","login":"alice@example.org","protocol":"imap","pwhash":"0c7e","remote":"198.51.100.7","session_id":"53wTpupgranGM2QH","tls":true})",
         R"(before address=198.51.100.7 service=imap account=<alice@example.org> session=53wTpupgranGM2QH client="name" "Thunderbird" "version" "115 \"q" tls own=3198/16 perhaps-after)"},
        {report,
         R"({"device_id":"","login":"alice@example.org","protocol":"imap","pwhash":"097d","remote":"198.51.100.7","session_id":"d/EWpupgta7GM2QH","success":false,"policy_reject":false,"tls":true})",
         "report outcome=failure reason=other address=198.51.100.7 service=imap account=<alice@example.org> "
         "session=d/EWpupgta7GM2QH tls own=2429/16"},
        {report,
         R"({"device_id":"","login":"alice@example.org","protocol":"imap","pwhash":"0902","remote":"2001:db8:77::5","session_id":"jy4xqupgW+QgAQ24AHcAAAAAAAAAAAAF","success":true,"policy_reject":false,"tls":true})",
         "report outcome=success address=2001:db8:77::5 service=imap account=<alice@example.org> "
         "session=jy4xqupgW+QgAQ24AHcAAAAAAAAAAAAF tls own=2306/16"},
        // A name that Dovecot refuses is reported without it, and was never asked about.
        {report,
         R"({"device_id":"","login":"","protocol":"imap","pwhash":"01f6","remote":"198.51.100.7","session_id":"rZo0qupgTZLGM2QH","success":false,"policy_reject":false,"tls":true})",
         "report outcome=failure reason=other address=198.51.100.7 service=imap session=rZo0qupgTZLGM2QH tls "
         "own=502/16"},
        // Postfix's Dovecot client: no session, and "no TLS" within TLS.
        {allow,
         R"({"device_id":"","login":"alice@example.org","protocol":"smtp","pwhash":"097d","remote":"198.51.100.9","session_id":"","tls":false})",
         "before address=198.51.100.9 service=submission account=<alice@example.org> own=2429/16 "
         "perhaps-after"},
        {allow,
         R"({"device_id":"","login":"alice@example.org","protocol":"sieve","pwhash":"097d","remote":"198.51.100.8","session_id":"NjXdrOpgF9XGM2QI","tls":true})",
         "before address=198.51.100.8 service=managesieve account=<alice@example.org> "
         "session=NjXdrOpgF9XGM2QI "
         "tls own=2429/16 perhaps-after"},
    });
}

// Bodies as Debian's 2.3.19 sent them, with the attributes of docs/doors.md.
TEST(AuthPolicy, DovecotWithOurAttributes) {
    expect({
        {allow,
         R"({"attrs":{"after":"","guess":"2325","mech":"PLAIN","rport":"34957"},"device_id":"","login":"alice@example.org","protocol":"imap","pwhash":"097d","remote":"198.51.100.7","session_id":"WhEkr+pgjYjGM2QH","tls":true})",
         "before address=198.51.100.7:34957 service=imap account=<alice@example.org> method=PLAIN "
         "session=WhEkr+pgjYjGM2QH tls guess=8997/16 own=2429/16 password"},
        {allow,
         R"({"attrs":{"after":"yes","guess":"bf7b","mech":"PLAIN","rport":"60123"},"device_id":"","login":"alice@example.org","protocol":"imap","pwhash":"0c7e","remote":"198.51.100.7","session_id":"orHduepg2+rGM2QH","tls":true})",
         "after address=198.51.100.7:60123 service=imap account=<alice@example.org> method=PLAIN "
         "session=orHduepg2+rGM2QH tls guess=49019/16 own=3198/16 password"},
        // No password was sent: both hashes are of nothing.
        {allow,
         R"({"attrs":{"guess":"b204","mech":"CRAM-MD5","rport":"0"},"device_id":"","login":"alice@example.org","protocol":"smtp","pwhash":"0902","remote":"198.51.100.9","session_id":"","tls":false})",
         "before address=198.51.100.9 service=submission account=<alice@example.org> method=CRAM-MD5 "
         "perhaps-after"},
        {report,
         R"({"attrs":{"guess":"bf7b","mech":"LOGIN","rport":"0"},"device_id":"","login":"alice@example.org","protocol":"smtp","pwhash":"0c7e","remote":"198.51.100.9","session_id":"","success":false,"policy_reject":true,"tls":false})",
         "report outcome=failure reason=other address=198.51.100.9 service=submission "
         "account=<alice@example.org> "
         "method=LOGIN guess=49019/16 own=3198/16 password policy-reject"},
        // A guess without its mechanism: what hashes nothing is dropped.
        {allow, R"({"attrs":{"guess":"b204"},"login":"u","remote":"192.0.2.1"})",
         "before address=192.0.2.1 account=<u> perhaps-after"},
        {allow, R"({"attrs":{"guess":"2325"},"login":"u","remote":"192.0.2.1"})",
         "before address=192.0.2.1 account=<u> guess=8997/16 perhaps-after"},
    });
}

TEST(AuthPolicy, FailTypes) {
    const auto with = [](std::string_view type) {
        return R"({"login":"u","remote":"192.0.2.1","success":false,"fail_type":")" + std::string(type) +
               "\"}";
    };
    expect(
        {{report, with(""), "report outcome=failure reason=other address=192.0.2.1 account=<u>"},
         {report, with("internal"), "report outcome=failure reason=internal address=192.0.2.1 account=<u>"},
         {report, with("credentials"),
          "report outcome=failure reason=bad_password address=192.0.2.1 account=<u>"},
         {report, with("account"),
          "report outcome=failure reason=unknown_account address=192.0.2.1 account=<u>"},
         {report, with("expired"), "report outcome=failure reason=disabled address=192.0.2.1 account=<u>"},
         {report, with("disabled"), "report outcome=failure reason=disabled address=192.0.2.1 account=<u>"},
         {report, with("policy"),
          "report outcome=failure reason=other address=192.0.2.1 account=<u> policy-reject"},
         {report, with("new in 2.5"), "report outcome=failure reason=other address=192.0.2.1 account=<u>"}});
}

// As its documentation shows them (192.168.1.2 there).
TEST(AuthPolicy, Weakforced) {
    expect({
        {report, R"({"login":"joe.bloggs","remote":"192.0.2.2","pwhash":"cc04","success":true})",
         "report outcome=success address=192.0.2.2 account=<joe.bloggs> own=52228/16"},
        {report, R"({"login":"joe.bloggs","remote":"192.0.2.2","pwhash":"1234","success":"false"})",
         "report outcome=failure reason=other address=192.0.2.2 account=<joe.bloggs> own=4660/16"},
        {allow,
         R"({"login":"joe.bloggs","remote":"192.0.2.2","pwhash":"cc04","success":true,"protocol":"http","tls":true,"attrs":{"foo":"bar","attr3":["value3","value4"]}})",
         "before address=192.0.2.2 service=webmail account=<joe.bloggs> tls own=52228/16 perhaps-after"},
        {reset, R"({"ip":"192.0.2.1"})", "reset address=192.0.2.1"},
        {reset, R"({"login":"joe.bloggs","ip":"2001:db8::1"})",
         "reset address=2001:db8::1 account=<joe.bloggs>"},
        {reset, R"({"remote":"192.0.2.1"})", "error: neither"},
        {reset, R"({"login":"u","ip":"192.0.2.0/24"})", "error: 'ip' is no address"},
        {"/?command=ping", "", "nothing"},
        {"/tenant?x=1&command=allow", R"({"login":"u","remote":""})", "before account=<u> perhaps-after"},
        {"/command=allow", "{}", "error: no such command"},
        {"/?command=addBLEntry", "{}", "error: no such command"},
        {"/?xcommand=allow", "{}", "error: no such command"},
    });
}

TEST(AuthPolicy, Hostile) {
    const std::string deep(2000, '[');
    const std::string login(5000, 'a');
    expect({
        {allow, "", "error: the body is not JSON"},
        {allow, "[]", "error: the body is not a JSON object"},
        {allow, "\"x\"", "error: the body is not a JSON object"},
        {allow, "null", "error: the body is not a JSON object"},
        {allow, R"({"login":"u"} {})", "error: the body is not JSON"},
        {allow, R"({"login":"u")", "error: the body is not JSON"},
        {allow, "{\"x\":" + deep, "error: the body is not JSON"},
        {allow, R"({"login":"u","login":"v"})", "error: field 'login' appears twice"},
        {allow, R"({"attrs":{"guess":"1"},"attrs":{"guess":"2"},"login":"u"})",
         "error: field 'guess' appears twice"},
        {allow, R"({"login":17})", "error: field 'login' is of a wrong type"},
        {allow, R"({"login":{"login":"u"}})", "error: neither"},
        {allow, R"({"login":["u"],"remote":null})", "error: neither"},
        {report, R"({"login":"u","remote":"192.0.2.1","success":1})",
         "error: field 'success' is of a wrong type"},
        {report, R"({"login":"u","remote":"192.0.2.1"})", "error: field 'success' is missing"},
        {report, R"({"login":"u","remote":"192.0.2.1","success":true,"tls":"yes"})", "error: field 'tls'"},
        // What is nested deeper or under another name never passes for a field.
        {allow,
         R"({"login":"u","x":{"remote":"192.0.2.9","guess":"1"},"attrs":{"x":{"guess":"1"},"remote":"192.0.2.9"}})",
         "before account=<u> perhaps-after"},
        // Behind a nested object names are fields again.
        {allow, R"({"x":{"y":{"z":1}},"login":"u","l":[{"login":"v"}],"remote":"192.0.2.1"})",
         "before address=192.0.2.1 account=<u> perhaps-after"},
        {allow, R"({"login":"u","remote":"192.0.2.1 "})", "before account=<u> perhaps-after"},
        {allow, R"({"login":"u","remote":"::ffff:192.0.2.1"})",
         "before address=192.0.2.1 account=<u> perhaps-after"},
        {allow,
         R"({"login":"u","pwhash":"xyz","attrs":{"rport":"99999999999999999999","mech":"a b","guess":""}})",
         "before account=<u> perhaps-after"},
        {allow, R"({"login":")" + login + "\"}",
         "before account=<" + std::string(512, 'a') + "> perhaps-after"},
        {allow, R"({"login":")" + std::string(17'000, 'a') + "\"}", "error: the body is too long"},
        {allow, std::string("{\"login\":\"a\0b\"}", 15), "error: the body is not JSON"},
        {allow, "{\"login\":\"a\nb\"}", "error: the body is not JSON"},
        {allow, "{\"login\":\"caf\xe9\"}", "before account=<caf\xe9> perhaps-after"},
        {allow, R"({"login":"a\u000d\u000ab\u0000"})", {"before account=<a\r\nb\0> perhaps-after", 36}},
    });
}

TEST(AuthPolicy, Answers) {
    using enum Answer::Step;
    const auto write = [](const Answer& answer, AuthPolicyManner manner = {}) {
        std::string out;
        write_auth_policy(answer, manner, out);
        return out;
    };
    using std::chrono::seconds;
    EXPECT_EQ(write({}), R"({"status":0,"msg":"","r_attrs":{}})");
    EXPECT_EQ(write({.step = wait, .wait = seconds(3)}), R"({"status":3,"msg":"","r_attrs":{}})");
    EXPECT_EQ(write({.step = wait, .wait = seconds(30)}), R"({"status":5,"msg":"","r_attrs":{}})");
    EXPECT_EQ(write({.step = wait, .wait = seconds(-3)}), R"({"status":0,"msg":"","r_attrs":{}})");
    EXPECT_EQ(write({.step = defer}), R"({"status":5,"msg":"","r_attrs":{}})");
    EXPECT_EQ(write({.step = defer}, {.refuses_doubtful = true}),
              R"({"status":-1,"msg":"Please try again later","r_attrs":{}})");
    EXPECT_EQ(
        write({.step = refuse,
               .text = "a\r\n* OK \"b\xff",
               .code = "7KQ2M9X",
               .help = "https://help.example.org/?c="}),
        R"json({"status":-1,"msg":"a  * OK \"b? (https://help.example.org/?c=7KQ2M9X)","r_attrs":{}})json");
}

TEST(AuthPolicy, ReasonsAreOneShortLine) {
    const std::string longest(1000, '\n');
    for (const std::string_view help :
         {std::string_view{}, std::string_view(longest).substr(0, 120), std::string_view(longest)}) {
        std::string out;
        append_reason({.step = Answer::Step::refuse, .text = longest, .code = longest, .help = help}, "",
                      out);
        EXPECT_LE(out.size(), max_reply_text_bytes);
        EXPECT_EQ(out.find('\n'), std::string::npos);
    }
}

TEST(AuthPolicy, ErrorsAreTold) {
    std::string out;
    write_auth_policy_error({"", 0, "no \"such\"\n", "mend"}, out);
    EXPECT_EQ(out, R"json({"status":"failure","reason":"no \"such\"  (mend)"})json");
}

}  // namespace
}  // namespace tidegate::wire

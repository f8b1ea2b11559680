// Any bytes as a message of one of Postfix's daemons, and as what a client writes: it never passes for his
// address.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace {

using namespace tidegate;
using namespace tidegate::wire;

const Address client = Address::v4(0xc0000205);  // 192.0.2.5

void parse(std::string_view program, std::string_view message, EventBatch& batch) {
    LogLine line;
    line.program = program;
    line.message = message;
    const Recognised made = parse_postfix(line, batch);
    CHECK((made == Recognised::event) == !batch.events.empty());
    CHECK(batch.events.size() <= 1);
}

// `a` and `b` are the client's words.
void check_client(std::string_view program, const std::string& message) {
    EventBatch batch;
    parse(program, message, batch);
    CHECK(batch.events.size() == 1);
    CHECK(batch.events[0].address == client);
}

void check_smtpd(const std::string& a, const std::string& b) {
    constexpr std::string_view smtpd = "postfix/smtpd";
    const std::string peer = "unknown[192.0.2.5]";
    check_client(smtpd, "warning: " + peer + ": SASL " + a + " authentication failed: " + b);
    check_client(smtpd, "warning: " + peer + ": SASL LOGIN authentication failed: x, sasl_username=" + a);
    check_client(smtpd, "warning: non-SMTP command from " + peer + ": " + a);
    check_client(smtpd, "warning: Illegal address syntax from " + peer + " in RCPT command: <" + a + ">");
    check_client(smtpd, "improper command pipelining after EHLO from " + peer + ": " + a);
    check_client(smtpd, "A1B2C3: client=" + peer + ", sasl_method=PLAIN, sasl_username=" + a +
                            ", sasl_sender=<" + b + ">");
    check_client(smtpd, "NOQUEUE: reject: RCPT from " + peer + ": 550 5.1.1 <" + a +
                            ">: Recipient address rejected: User "
                            "unknown; from=<" +
                            b + "> to=<" + a + "> proto=ESMTP helo=<" + b + ">");
}

void check_postscreen(const std::string& a, const std::string& b) {
    constexpr std::string_view postscreen = "postfix/postscreen";
    const std::string peer = "[192.0.2.5]:4711";
    check_client(postscreen, "PREGREET 14 after 0.08 from " + peer + ": " + a);
    check_client(postscreen, "NON-SMTP COMMAND from " + peer + " after CONNECT: " + a);
    check_client(postscreen, "NOQUEUE: reject: RCPT from " + peer +
                                 ": 550 5.7.1 Service unavailable; client [192.0.2.5] "
                                 "blocked using zen.example.org; from=<" +
                                 a + ">, to=<" + b + ">, proto=ESMTP, helo=<" + a + ">");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const std::string_view program :
         {"postfix/smtpd", "postfix/postscreen", "postfix/dnsblog", "postfix/tlsproxy", "postfix", "/"}) {
        EventBatch batch;
        parse(program, text, batch);
    }
    Scan scan(text);
    const std::string a(scan.until_or_rest('\n'));
    const std::string b(scan.until_or_rest('\n'));
    check_smtpd(a, b);
    check_postscreen(a, b);
    return 0;
}

// Any bytes as a message of Dovecot's, and as what a client gives as his name and password: neither passes
// for his address, and the password is not kept.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace {

using namespace tidegate;
using namespace tidegate::wire;

const Address client = Address::v4(0xc0000205);  // 192.0.2.5

const Event* parse(std::string_view message, EventBatch& batch) {
    LogLine line;
    line.program = "dovecot";
    line.message = message;
    const Recognised made = parse_dovecot(line, batch);
    CHECK((made == Recognised::event) == !batch.events.empty());
    CHECK(batch.events.size() <= 1);
    return batch.events.empty() ? nullptr : batch.events.data();
}

void check_login(std::string_view user) {
    const std::string line = "imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<" +
                             std::string(user) +
                             ">, method=PLAIN, rip=192.0.2.5, lip=198.51.100.2, TLS, session=<s>";
    EventBatch batch;
    const Event* event = parse(line, batch);
    CHECK(event != nullptr);
    CHECK(event->address == client && event->account == user);
    CHECK(event->method == "PLAIN" && event->session == "s" && event->outcome == Outcome::failure);
}

bool overlap(std::string_view a, std::string_view b) {
    const std::less<const char*> before;
    return !a.empty() && !b.empty() && before(a.data(), b.data() + b.size()) &&
           before(b.data(), a.data() + a.size());
}

void check_auth(std::string_view user, std::string_view password) {
    const std::string front = "auth: sql(" + std::string(user) + ",192.0.2.5): Password mismatch";
    EventBatch batch;
    const Event* event = parse(front, batch);
    CHECK(event != nullptr);
    CHECK(event->address == client || event->address.is_none());

    const std::string line = front + " (given password: " + std::string(password) + ")";
    EventBatch with_password;
    event = parse(line, with_password);
    CHECK(event != nullptr);
    CHECK(event->address == client || event->address.is_none());
    CHECK(event->guess && *event->guess <= 0xffff);
    const auto secret = std::string_view(line).substr(line.size() - 1 - password.size(), password.size());
    CHECK(!overlap(event->account, secret) && !overlap(event->session, secret) &&
          !overlap(event->method, secret));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    EventBatch batch;
    parse(text, batch);
    Scan scan(text);
    const auto user = scan.until_or_rest('\n');
    check_login(user);
    check_auth(user, scan.until_or_rest('\n'));
    return 0;
}

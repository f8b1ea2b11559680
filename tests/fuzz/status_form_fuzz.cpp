// What readers of the public page send: a form, an address, a link, a proxy's word, a list of subscribers.
// Whatever it is, an address that is taken stays one line without markup, no link is ours, and what is kept
// is read again.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "tell/status/form.h"
#include "tell/status/seal.h"
#include "tell/status/shelf.h"
#include "tell/status/subscribers.h"
#include "tell/status/update_mail.h"

namespace {

using namespace tidegate;
using namespace tidegate::tell::status;

void check_mailbox(std::string_view text) {
    const auto mailbox = mailbox_of(text);
    if (!mailbox) return;
    CHECK(mailbox->size() <= 254 && mailbox->find_first_of(" \t\r\n<>()[],;:\\\"") == std::string::npos);
    CHECK(mailbox_of(*mailbox) == mailbox);
    Subscribers list(10, [&](std::string_view kept) -> Result<void> {
        Subscribers again(10, [](std::string_view) { return Result<void>(); });
        CHECK(again.restore(kept) == 0 && again.has("", *mailbox));
        return {};
    });
    CHECK(list.add("", *mailbox, Time(Duration(1))) == Subscribers::Outcome::done);
}

void check_seal(std::string_view text) {
    static const Seal seal(std::string(Seal::key_bytes, 'k'));
    CHECK(!seal.open(text, Time(Duration(1))));
    std::string line(text.substr(0, 200));
    std::ranges::replace(line, '\n', ' ');
    const Ticket ticket{.purpose = Purpose::leave, .page = "p", .address = line, .until = {}};
    CHECK(seal.open(seal.close(ticket), Time(Duration(1))) == ticket);
}

void check_mail(std::string_view text) {
    const std::string mail = status_mail_text({.time = {},
                                               .from = "a@example.org",
                                               .name = std::string(text),
                                               .to = "b@example.org",
                                               .subject = std::string(text),
                                               .text = std::string(text),
                                               .leave = "https://example.org/?t=x",
                                               .host = "example.org"});
    std::size_t headers = 0, begin = 0;
    for (std::size_t end = mail.find("\r\n"); end != begin; end = mail.find("\r\n", begin)) {
        CHECK(end != std::string::npos);
        if (mail[begin] != ' ') ++headers;
        begin = end + 2;
    }
    CHECK(headers == 12);
    CHECK(std::ranges::all_of(mail, [](char c) { return c == '\r' || c == '\n' || (c >= ' ' && c < 0x7f); }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto value = form_field(text, "email")) check_mailbox(*value);
    check_mailbox(text);
    check_seal(text);
    check_mail(text);
    static_cast<void>(takes_gzip(text));
    static_cast<void>(names_tag(text, "\"x\""));
    net::Peer peer;
    peer.address = *Address::parse("127.0.0.1");
    const std::vector<Prefix> proxies{*Prefix::parse("127.0.0.0/8")};
    if (const auto visitor = visitor_of(peer, text, proxies)) CHECK(!proxies[0].contains(*visitor));
    Subscribers list(4, [](std::string_view) { return Result<void>(); });
    static_cast<void>(list.restore(text));
    CHECK(list.size() <= 4);
    return 0;
}

#include "judge/knock.h"

#include <gtest/gtest.h>

#include "town.h"

namespace tidegate::judge {
namespace {

Knock of(const Try& attempt, const Policy& policy = {}) {
    return make_knock(attempt.event(Town::begin), policy);
}
Knock from(const std::string& address) {
    return of(Try{.address = address});
}

TEST(Knock, an_ipv6_64_is_one_client) {
    const Knock a = from("2001:db8:1:2::1"), b = from("2001:db8:1:2:ffff::9"), c = from("2001:db8:1:3::1"),
                d = from("2001:db8:2::1");
    EXPECT_EQ(a.address, b.address);
    EXPECT_NE(a.address, c.address);
    EXPECT_EQ(a.network, c.network);
    EXPECT_NE(a.network, d.network);
    EXPECT_EQ(a.region, d.region);
}

TEST(Knock, a_mapped_address_is_the_ipv4_address) {
    for (const char* written : {"::ffff:192.0.2.1", "64:ff9b::192.0.2.1"}) {
        EXPECT_EQ(from(written).address, from("192.0.2.1").address) << written;
        EXPECT_EQ(from(written).network, from("192.0.2.1").network) << written;
        EXPECT_EQ(from(written).region, from("192.0.2.1").region) << written;
    }
}

TEST(Knock, an_ipv4_network_is_a_24_and_its_region_a_16) {
    EXPECT_EQ(from("10.1.2.3").network, from("10.1.2.250").network);
    EXPECT_NE(from("10.1.2.3").network, from("10.1.3.3").network);
    EXPECT_EQ(from("10.1.2.3").region, from("10.1.250.3").region);
    EXPECT_NE(from("10.1.2.3").region, from("10.2.2.3").region);
}

TEST(Knock, an_as_replaces_the_region) {
    const Knock a = of(Try{.address = "10.1.2.3", .as_number = 64500}),
                b = of(Try{.address = "10.9.2.3", .as_number = 64500}),
                c = of(Try{.address = "10.1.2.3", .as_number = 64501});
    EXPECT_EQ(a.region, b.region);
    EXPECT_NE(a.region, c.region);
    EXPECT_NE(a.region, from("10.1.2.3").region);
}

TEST(Knock, kinds_of_keys_never_meet) {
    // The same number as address, network and region: 10.0.0.0's /24 and /16 keys, ::'s.
    const Knock knock = from("2001:db8::1");
    EXPECT_NE(knock.address, knock.network);
    EXPECT_NE(knock.network, knock.region);
}

TEST(Knock, an_ehlo_name_stands_in_for_a_fingerprint_and_is_no_other) {
    const Knock none = of(Try{}), ehlo = of(Try{.ehlo = "pc"}), client = of(Try{.client = "pc"}),
                both = of(Try{.client = "pc", .ehlo = "other"});
    EXPECT_EQ(none.client, 0U);
    EXPECT_NE(ehlo.client, 0U);
    EXPECT_NE(ehlo.client, client.client);
    EXPECT_EQ(client.client, both.client);
}

TEST(Knock, what_is_nobodys_doing_is_no_attempt) {
    Try each;
    EXPECT_TRUE(of(each).is_attempt);
    each.reason = Reason::internal;
    EXPECT_FALSE(of(each).is_attempt);
    each.reason = Reason::bad_password;
    each.attempts = 0;
    EXPECT_FALSE(of(each).is_attempt);
    each.attempts = 1;
    each.outcome = Outcome::none;
    EXPECT_FALSE(of(each).is_attempt);
    for (const EventKind kind : {EventKind::connect, EventKind::disconnect, EventKind::listed,
                                 EventKind::flow, EventKind::reject, EventKind::tick}) {
        const Try attempt;
        Event event = attempt.event(Town::begin);
        event.kind = kind;
        EXPECT_FALSE(make_knock(event, Policy{}).is_attempt) << name(kind);
    }
}

TEST(Knock, an_unknown_address_or_account_has_no_key) {
    const Knock knock = of(Try{.address = "", .account = ""});
    EXPECT_EQ(knock.address, 0U);
    EXPECT_EQ(knock.network, 0U);
    EXPECT_EQ(knock.region, 0U);
    EXPECT_EQ(knock.account, 0U);
    EXPECT_TRUE(knock.is_attempt);
}

TEST(Knock, a_forwarders_address_says_nothing_of_a_client) {
    Policy policy;
    policy.forwarders.push_back(Prefix::parse("192.0.2.10/32").value());
    policy.seal();
    Event event;
    event.outcome = Outcome::failure;
    event.account = "bob@example.org";
    event.lists = 1;
    event.address = Address::parse("192.0.2.10").value();
    const Knock through = make_knock(event, policy);
    EXPECT_TRUE(through.is_attempt);
    EXPECT_EQ(through.address, 0U);
    EXPECT_EQ(through.network, 0U);
    EXPECT_EQ(through.region, 0U);
    EXPECT_EQ(through.lists, 0U);
    EXPECT_NE(through.account, 0U);
    event.address = Address::parse("192.0.2.11").value();
    EXPECT_NE(make_knock(event, policy).address, 0U);
}

TEST(Knock, shapes_stay_in_their_range_and_differ_by_service_and_encryption) {
    std::uint8_t most = 0;
    for (const Service service : {Service::unknown, Service::smtp, Service::submission, Service::imap,
                                  Service::pop3, Service::managesieve, Service::webmail})
        for (const char* method : {"", "PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "X", "Y", "Z"})
            for (const std::optional<bool> tls :
                 {std::optional<bool>(), std::optional(false), std::optional(true)}) {
                const Try attempt;
                Event event = attempt.event(Town::begin);
                event.service = service, event.method = method, event.tls = tls;
                most = std::max(most, make_knock(event, Policy{}).shape);
            }
    EXPECT_LT(most, 168);
    const Try attempt;
    Event plain = attempt.event(Town::begin), encrypted = plain;
    encrypted.tls = true;
    EXPECT_NE(make_knock(plain, Policy{}).shape, make_knock(encrypted, Policy{}).shape);
}

// Exceptions.

Exception about_prefix(const char* prefix, Exception::Effect effect) {
    Exception out;
    out.effect = effect;
    out.prefix = Prefix::parse(prefix);
    return out;
}
constexpr auto allow = Exception::Effect::allow, deny = Exception::Effect::deny;

Policy with(std::vector<Exception> exceptions) {
    Policy policy;
    policy.exceptions = std::move(exceptions);
    policy.seal();
    return policy;
}

TEST(Exceptions, none_fits_a_stranger) {
    EXPECT_EQ(of(Try{}, with({about_prefix("198.51.100.0/24", deny)})).exception, -1);
}

TEST(Exceptions, fit_by_address_network_as_and_account) {
    Exception as;
    as.as_number = 64500;
    Exception account;
    account.account = "Ann+x@EXAMPLE.org";
    const Policy policy =
        with({about_prefix("192.0.2.77", allow), about_prefix("2001:db8:5::/48", allow), as, account});
    const auto other = [](Try attempt) {
        attempt.account = "someone@example.org";
        return attempt;
    };
    EXPECT_EQ(of(other({.address = "192.0.2.77"}), policy).exception, 0);
    EXPECT_EQ(of(other({.address = "::ffff:192.0.2.77"}), policy).exception, 0);
    EXPECT_EQ(of(other({.address = "192.0.2.78"}), policy).exception, -1);
    EXPECT_EQ(of(other({.address = "2001:db8:5:9::1"}), policy).exception, 1);
    EXPECT_EQ(of(other({.address = "198.51.100.1", .as_number = 64500}), policy).exception, 2);
    EXPECT_EQ(of(Try{.address = "198.51.100.1", .account = "ANN@example.org"}, policy).exception, 3);
}

TEST(Exceptions, allow_beats_deny_in_either_order) {
    const Exception wide = about_prefix("192.0.2.0/24", deny), narrow = about_prefix("192.0.2.1", allow);
    EXPECT_EQ(of(Try{}, with({wide, narrow})).exception, 1);
    EXPECT_EQ(of(Try{}, with({narrow, wide})).exception, 0);
}

TEST(Exceptions, expire_by_the_events_time) {
    Exception brief = about_prefix("192.0.2.0/24", allow);
    brief.expires = time_of_unix(Town::begin + 60);
    const Policy policy = with({brief, about_prefix("192.0.2.0/24", deny)});
    EXPECT_EQ(make_knock(Try{}.event(Town::begin + 59), policy).exception, 0);
    EXPECT_EQ(make_knock(Try{}.event(Town::begin + 60), policy).exception, 1);
}

TEST(Exceptions, an_as_exception_needs_a_known_as) {
    Exception zero;
    zero.as_number = 0;
    EXPECT_EQ(of(Try{}, with({zero})).exception, -1);
}

TEST(Exceptions, no_account_exception_fits_a_nameless_attempt) {
    Exception empty;
    empty.account = " ";
    EXPECT_EQ(of(Try{.account = ""}, with({empty})).exception, -1);
}

}  // namespace
}  // namespace tidegate::judge

// What a client types never passes for an address: each daemon's line with each of these in every place.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "attacker_lines.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

std::vector<std::string> hostile_texts() {  // NOLINT(readability-function-size): a list
    std::vector<std::string> texts = {
        "", " ", "u", "\xff\xfe", std::string("\0x", 2), "[198.51.100.9]", "198.51.100.9"};
    // Each daemon's own words around another address, in front of it and behind it.
    static constexpr std::string_view before[] = {
        "",
        "x",
        "x) ",
        "x (y) ",
        "x: ",
        "x, ip=",
        "x, relay=",
        "x, relay=h ",
        "x rhost=",
        "  rhost=",
        "x from ",
        " from ",
        "x' for user '",
        "x\" H=",
        "x, client: ",
        "x\", client: ",
        " [",
        "(",
        "\"",
        "'",
        "x against h from ",
        "x, user=y, relay=",
        " SASL(-13): ",
    };
    static constexpr std::string_view behind[] = {
        "",
        " ",
        ")",
        "]",
        ": 535 Incorrect authentication data (set_id=",
        ", port=[1]",
        "  user=",
        " user=y",
        "(X-Forwarded-For: ",
        " (X-Real-IP: y",
        ". ",
        " in session ",
        "' for user '",
        ("' might not have worked - password "
         "policy: 1"),
        ", server: 0.0.0.0:143, login: \"",
        ", reject=550 x",
        " (may be forged)",
        " [rejected]",
        "\"",
        " (",
        " did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA",
    };
    for (const auto head : before) {
        for (const auto tail : behind) {
            for (const std::string_view address : {"198.51.100.9", "[198.51.100.9]", "[198.51.100.9",
                                                   "[198.51.100.9]:1", "[198.51.100.9%", "[2001:db8::9%x"}) {
                texts.push_back(std::string(head).append(address).append(tail));
            }
        }
    }
    return texts;
}

TEST(AttackerText, NeverPassesForAnAddress) {
    for (const Template& form : templates) {
        for (const std::string& text : hostile_texts()) {
            ASSERT_EQ(framed_by(form, text, "u"), "");
            ASSERT_EQ(framed_by(form, "u", text), "");
            ASSERT_EQ(framed_by(form, text, text), "");
        }
    }
}

TEST(AttackerText, WhatStandsBehindAnAddressIsAnInterfaceOrThereIsNoAddress) {
    EXPECT_EQ(client_address("fe80::1%eth0.7"), Address::parse("fe80::1"));
    for (const char* other :
         {"fe80::1%", "fe80::1%eth0]", "fe80::1%a b", "fe80::1%sixteen-letters-", "192.0.2.1%eth0"})
        EXPECT_FALSE(client_address(other)) << other;
}

TEST(AttackerText, AnOrdinaryClientIsSeen) {
    // Without this the test above could pass by never finding an address.
    for (const Template& form : templates) {
        const std::string text = filled(form, "u", "v");
        LogLine line;
        line.program = form.program;
        line.message = text;
        EventBatch batch;
        ASSERT_EQ(form.parse(line, batch), Recognised::event) << text;
        EXPECT_EQ(batch.events.front().address.text(), real_client) << text;
    }
}

}  // namespace
}  // namespace tidegate::wire

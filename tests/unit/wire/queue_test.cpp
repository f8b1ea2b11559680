// Mail servers' lists of their queues, as they write them and as they never would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "wire/queue/queued_mail.h"

namespace tidegate::wire {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Time now = time_of_unix(1'796'054'400);  // 2026-12-01 00:00

struct Read {
    std::vector<QueuedMail> mails;
    std::uint64_t strange = 0;
};

Read read(QueueProgram program, std::string_view text, bool is_cut = false) {
    Read out;
    const auto listing = queue_listing(program, now);
    const auto sink = [&](const QueuedMail& mail) { out.mails.push_back(mail); };
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        listing->hear(text.substr(0, end), is_cut, sink);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    listing->finish(sink);
    out.strange = listing->strange();
    return out;
}

Read postfix(std::string_view text, bool is_cut = false) {
    return read(QueueProgram::postfix, text, is_cut);
}

Read exim(std::string_view text) {
    return read(QueueProgram::exim, text);
}

TEST(PostfixQueue, ALineIsAMessage) {
    const Read got = postfix(
        R"({"queue_name": "deferred", "queue_id": "4Sx0Qw1Gzxz2", "arrival_time": 1796054100, "message_size": 2048, )"
        R"("forced_expire": false, "sender": "a@example.com", "recipients": [{"address": "b@Example.ORG", )"
        R"("delay_reason": "connect to mx.example.org[192.0.2.1]:25: Connection refused"}, )"
        R"({"address": "c@example.org"}, {"address": "d@example.net"}]})"
        "\n");
    ASSERT_THAT(got.mails, SizeIs(1));
    EXPECT_EQ(got.strange, 0U);
    const QueuedMail& mail = got.mails.front();
    EXPECT_EQ(mail.place, QueuePlace::deferred);
    EXPECT_EQ(now - mail.arrival, 5min);
    EXPECT_EQ(mail.bytes, 2048U);
    EXPECT_THAT(mail.domains, ElementsAre("example.org", "example.net"));
}

TEST(PostfixQueue, EachOfItsQueuesIsAPlace) {
    const std::vector<std::pair<std::string, QueuePlace>> cases{
        {"maildrop", QueuePlace::incoming}, {"incoming", QueuePlace::incoming},
        {"active", QueuePlace::active},     {"deferred", QueuePlace::deferred},
        {"hold", QueuePlace::held},         {"corrupt", QueuePlace::held}};
    for (const auto& [name, place] : cases) {
        const Read got = postfix(R"({"queue_name":")" + name + R"(","arrival_time":5,"recipients":[]})");
        ASSERT_THAT(got.mails, SizeIs(1)) << name;
        EXPECT_EQ(got.mails[0].place, place) << name;
    }
}

TEST(PostfixQueue, WhatAClientWroteIsNoField) {
    const Read got = postfix(
        R"({"queue_name":"active","arrival_time":1796054100,"sender":"\"queue_name\":\"hold\",\"arrival_time\":1@example.com",)"
        R"("new_field":{"queue_name":"hold","arrival_time":7,"recipients":[{"address":"x@example.com"}]},)"
        R"("recipients":[{"address":"\"a@b\"@example.org","delay_reason":"said: {\"address\":\"x@example.net\"}"},)"
        R"({"address":"nobody"},{"address":"@"},{"delay_reason":"y@example.net"}]})");
    ASSERT_THAT(got.mails, SizeIs(1));
    EXPECT_EQ(got.mails[0].place, QueuePlace::active);
    EXPECT_EQ(now - got.mails[0].arrival, 5min);
    EXPECT_THAT(got.mails[0].domains, ElementsAre("example.org"));
}

TEST(PostfixQueue, OfALineThatIsCutTheBeginningCounts) {
    const std::string line =
        R"({"queue_name":"deferred","arrival_time":1796054100,"message_size":7,"recipients":[{"address":"a@example.org"},{"addr)";
    const Read cut = postfix(line, true);
    ASSERT_THAT(cut.mails, SizeIs(1));
    EXPECT_THAT(cut.mails[0].domains, ElementsAre("example.org"));
    EXPECT_EQ(cut.strange, 0U);
    EXPECT_EQ(postfix(line).strange, 1U) << "whole, it is none";
    EXPECT_EQ(postfix(R"({"queue_name":"defer)", true).strange, 1U) << "nothing is known of it";
}

TEST(PostfixQueue, NonsenseIsCounted) {
    const std::vector<std::string> lines{"Mail queue is empty",
                                         "{}",
                                         "[]",
                                         "null",
                                         "{",
                                         R"({"queue_name":"deferred"})",
                                         R"({"arrival_time":5})",
                                         R"({"queue_name":"cellar","arrival_time":5})",
                                         R"({"queue_name":"active","arrival_time":-5})",
                                         R"({"queue_name":"active","arrival_time":99999999999999})",
                                         R"({"queue_name":"active","arrival_time":"5"})",
                                         R"({"queue_name":"active","arrival_time":5} more)",
                                         R"({"a":[[[[[[[[[[[[]]]]]]]]]]]]})",
                                         std::string("\0\xff\x1b", 3)};
    for (const std::string& line : lines) {
        const Read got = postfix(line);
        EXPECT_THAT(got.mails, IsEmpty()) << line;
        EXPECT_EQ(got.strange, 1U) << line;
    }
}

TEST(PostfixQueue, ManyDomainsAreBounded) {
    std::string line = R"({"queue_name":"active","arrival_time":5,"recipients":[)";
    for (int i = 0; i < 300; ++i)
        line +=
            (i > 0 ? "," : "") + std::string(R"({"address":"a@)") + std::to_string(i) + R"(.example.org"})";
    const Read got = postfix(line + "]}");
    ASSERT_THAT(got.mails, SizeIs(1));
    EXPECT_THAT(got.mails[0].domains, SizeIs(QueuedMail::most_domains));
    const Read far = postfix(R"({"queue_name":"active","arrival_time":5,"recipients":[{"address":"a@)" +
                             std::string(5000, 'x') + R"("},{"address":")" + std::string(5000, 'y') +
                             R"(@example.net"}]})");
    ASSERT_THAT(far.mails, SizeIs(1));
    EXPECT_THAT(far.mails[0].domains, ElementsAre("example.net")) << "no domain is that long; a name may be";
}

TEST(EximQueue, AMessageIsAHeadAndItsRecipients) {
    const Read got = exim(
        "25m  2.9K 0t5C6f-0000c8-00 <alice@example.com>\n"
        "        D red.king@example.org\n"
        "          white.queen@Example.NET\n"
        "\n"
        " 3h   812 1vPq2A-00000000Abc-1234 <>\n"
        "          a@example.org\n"
        "          \"b c\"@example.org\n"
        "\n"
        " 4d       0t5C6f-0000c8-01 <a@example.com> *** frozen ***\n"
        "          a@example.org\n"
        "\n");
    EXPECT_EQ(got.strange, 0U);
    ASSERT_THAT(got.mails, SizeIs(3));
    EXPECT_EQ(now - got.mails[0].arrival, 25min);
    EXPECT_EQ(got.mails[0].bytes, 2969U);
    EXPECT_EQ(got.mails[0].place, QueuePlace::deferred);
    EXPECT_THAT(got.mails[0].domains, ElementsAre("example.net")) << "the other has it";
    EXPECT_EQ(now - got.mails[1].arrival, 3h);
    EXPECT_EQ(got.mails[1].bytes, 812U);
    EXPECT_THAT(got.mails[1].domains, ElementsAre("example.org"));
    EXPECT_EQ(got.mails[2].place, QueuePlace::held);
    EXPECT_EQ(now - got.mails[2].arrival, 96h);
}

// As Postfix 3.7 and Exim 4.96 wrote them.
TEST(QueueListing, ReadsWhatTheServersWrite) {
    const Read of_postfix = postfix(
        R"({"queue_name": "deferred", "queue_id": "C2BA63C", "arrival_time": 1796053800, "message_size": 316, )"
        R"("forced_expire": false, "sender": "a@example.net", "recipients": [{"address": "user4@example.org", )"
        R"("delay_reason": "host 127.0.0.1[127.0.0.1] refused to talk to me: 421 4.3.2 not now"}]})"
        "\n");
    ASSERT_THAT(of_postfix.mails, SizeIs(1));
    EXPECT_EQ(of_postfix.mails[0].bytes, 316U);
    EXPECT_EQ(now - of_postfix.mails[0].arrival, 10min);
    const Read of_exim = exim(
        " 0m   225 1xY4GI-00000E-2Z <a@example.net>\n"
        "          user1@example.org\n"
        "\n"
        "92m   225 1xY4GI-00000I-2q <a@example.net> *** frozen ***\n"
        "          user2@example.org\n"
        "\n");
    EXPECT_EQ(of_exim.strange, 0U);
    ASSERT_THAT(of_exim.mails, SizeIs(2));
    EXPECT_EQ(of_exim.mails[0].bytes, 225U);
    EXPECT_THAT(of_exim.mails[1].domains, ElementsAre("example.org"));
}

TEST(EximQueue, WhatASenderWroteIsNoState) {
    const Read got = exim(
        " 0m  1.2M 0t5C6f-0000c8-00 <\"> *** frozen ***\"@example.com>\n"
        "          D@example.org\n"
        "          25m  2.9K 0t5C6f-0000c8-00 <x>\n"
        "100d   14M 0t5C6f-0000c8-02 <a@example.com> (bob)\n"
        "    *** spool read error: Permission denied ***\n");
    EXPECT_EQ(got.strange, 0U);
    ASSERT_THAT(got.mails, SizeIs(2));
    EXPECT_EQ(got.mails[0].place, QueuePlace::deferred);
    EXPECT_THAT(got.mails[0].domains, ElementsAre("example.org"));
    EXPECT_EQ(got.mails[1].place, QueuePlace::held);
    EXPECT_EQ(got.mails[1].bytes, 14U * 1024 * 1024);
}

TEST(EximQueue, NonsenseIsCounted) {
    for (const std::string_view line :
         {"exim: permission denied", "25m", "25m 2.9K", "25x 2.9K 0t5C6f-0000c8-00 <a>",
          "25m 2.9K 0t5C6f_0000c8_00", "-5m 2.9K 0t5C6f-0000c8-00", "25m -1K 0t5C6f-0000c8-00",
          "25m nan 0t5C6f-0000c8-00", "99999999d 1K 0t5C6f-0000c8-00", "          a@example.org",
          "25m 1e300 0t5C6f-0000c8-00"}) {
        const Read got = exim(line);
        EXPECT_THAT(got.mails, IsEmpty()) << line;
        EXPECT_EQ(got.strange, 1U) << line;
    }
}

}  // namespace
}  // namespace tidegate::wire

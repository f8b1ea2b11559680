#include "edge/recipients_heard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::edge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(RecipientsHeard, EachIsKeptOnceInItsOrder) {
    RecipientsHeard heard;
    for (const char* line : {"RCPT TO:<b@example.net>", "RCPT TO:<a@example.net>", "RCPT TO:<B@Example.NET>",
                             "RCPT TO:<postmaster>", "RCPT TO:<a@example.org>", "RCPT TO:<a@[192.0.2.1]>"})
        heard.hear(line);
    EXPECT_THAT(heard.take_domains(), ElementsAre("example.net", "example.org"));
    EXPECT_THAT(heard.take_mailboxes(), ElementsAre("b@example.net", "a@example.net", "a@example.org"));
    EXPECT_THAT(heard.take_domains(), IsEmpty());
}

TEST(RecipientsHeard, AThousandAreNoMoreThanTheFirst) {
    RecipientsHeard heard;
    for (int i = 0; i < 1000; ++i)
        heard.hear("RCPT TO:<u" + std::to_string(i) + "@d" + std::to_string(i / 2) + ".example.net>");
    const auto domains = heard.take_domains();
    EXPECT_THAT(domains, SizeIs(RecipientsHeard::most));
    EXPECT_EQ(domains.back(), "d7.example.net");
    EXPECT_THAT(heard.take_mailboxes(), SizeIs(RecipientsHeard::most));
}

}  // namespace
}  // namespace tidegate::edge

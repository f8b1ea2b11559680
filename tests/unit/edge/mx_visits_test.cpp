// What is told of a connection to port 25 once it is over.

#include "mx_world.h"

namespace tidegate::edge {
namespace {

using net::WireClient;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Step = wire::Answer::Step;

class MxVisits : public MxEdge {
protected:
    std::vector<MailVisit> visits() {
        EXPECT_TRUE(are_all_gone());
        const std::scoped_lock lock(mutex_);
        return visits_;
    }
};

TEST_F(MxVisits, MailThatWasTakenWasServed) {
    open();
    {
        WireClient user = named();
        WireClient server = ready_for_message(user);
        user.send(".\r\n");
        EXPECT_EQ(server.read_until(".\r\n"), ".\r\n");
        server.send("250 2.0.0 Queued\r\n");
        EXPECT_EQ(user.read_until("\r\n"), "250 2.0.0 Queued\r\n");
    }
    ASSERT_THAT(visits(), SizeIs(1));
    EXPECT_EQ(visits()[0].end, VisitEnd::served);
    EXPECT_EQ(visits()[0].listener, "mx");
    EXPECT_EQ(visits()[0].address.text(), "127.0.0.1");
    EXPECT_THAT(visits()[0].domains, ElementsAre("example.org"));
    EXPECT_THAT(visits()[0].mailboxes, ElementsAre("bob@example.org"));
}

TEST_F(MxVisits, RecipientsThatThereAreNotAreInVain) {
    open();
    {
        WireClient user = named();
        user.send("MAIL FROM:<>\r\n");
        WireClient server = met();
        hand_on(user, server, "MAIL FROM:<>", "250 Ok");
        for (const std::string name : {"a", "b", "a"})
            pass(user, server, "RCPT TO:<" + name + "@Example.Net>", "550 5.1.1 User unknown");
        user.send("QUIT\r\n");
        static_cast<void>(user.read_to_end());
    }
    ASSERT_THAT(visits(), SizeIs(1));
    EXPECT_EQ(visits()[0].end, VisitEnd::in_vain);
    EXPECT_THAT(visits()[0].domains, ElementsAre("example.net"));
    EXPECT_THAT(visits()[0].mailboxes, ElementsAre("a@example.net", "b@example.net"));
}

TEST_F(MxVisits, ARecipientThatWeStopIsNamedAllTheSame) {
    decisions_ = {{}, {}, {}, Decision{.step = Step::defer, .wait = {}, .text = "Later", .hang_up = true}};
    open();
    {
        WireClient user = named();
        user.send("MAIL FROM:<>\r\n");
        WireClient server = met();
        hand_on(user, server, "MAIL FROM:<>", "250 Ok");
        user.send("RCPT TO:<bob@example.net>\r\n");
        EXPECT_EQ(user.read_to_end(), "421 4.7.0 mx1.example.org Later\r\n");
    }
    ASSERT_THAT(visits(), SizeIs(1));
    EXPECT_EQ(visits()[0].end, VisitEnd::in_vain);
    EXPECT_THAT(visits()[0].domains, ElementsAre("example.net"));
}

TEST_F(MxVisits, WhoSaysNothingNamesNobody) {
    open();
    static_cast<void>(greeted());
    ASSERT_THAT(visits(), SizeIs(1));
    EXPECT_EQ(visits()[0].end, VisitEnd::in_vain);
    EXPECT_THAT(visits()[0].domains, IsEmpty());
}

TEST_F(MxVisits, WhatServersAreToBlameForIsNotTold) {
    open();
    {
        WireClient user = named();
        user.send("MAIL FROM:<>\r\n");
        {
            WireClient server = met();
            hand_on(user, server, "MAIL FROM:<>", "250 Ok");
            user.send("RCPT TO:<bob@example.net>\r\n");
            EXPECT_EQ(server.read_until("\r\n"), "RCPT TO:<bob@example.net>\r\n");
        }
        EXPECT_EQ(user.read_until("\r\n"), "451 4.3.0 No server can take it now, please try again later\r\n");
    }
    EXPECT_THAT(visits(), IsEmpty());
}

TEST_F(MxVisits, WhoIsTurnedAwayIsToldByWhereHeCame) {
    AdmissionSettings settings;
    settings.silence.flood_calm = settings.silence.flood_full = 3;
    shields_.admission = std::make_shared<SharedAdmission>(settings, SharedAdmission::Hooks{});
    open();
    for (int i = 0; i < 3; ++i) {
        static_cast<void>(greeted());
        ASSERT_TRUE(are_all_gone());
    }
    EXPECT_EQ(WireClient(endpoint_).read_to_end(), "");
    EXPECT_TRUE(net::eventually([&] {
        const std::scoped_lock lock(mutex_);
        return turned_away_ == std::vector<std::string>{"mx"};
    }));
    EXPECT_THAT(visits(), SizeIs(3));
}

}  // namespace
}  // namespace tidegate::edge

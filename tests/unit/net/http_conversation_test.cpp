#include "net/http_conversation.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tidegate::net {
namespace {

/// What came out of bytes, given at once or in pieces.
struct Talk {
    std::string reply;
    Heard::Next next = Heard::Next::more;
    bool amid = false;
};

class HttpConversation : public testing::Test {
protected:
    HttpConversation() {
        commons_->handler = [this](const Request& request, Response& response) { answer(request, response); };
    }

    virtual void answer(const Request& request, Response& response) {
        seen_.push_back(std::string(request.method()) + ' ' + std::string(request.target()) + ' ' +
                        std::string(request.body()));
        response.body() = "ok";
    }

    Talk talk(std::string_view bytes, std::size_t piece = std::string::npos, bool last = false) {
        const auto conversation = make_http_conversation(commons_, {}, nullptr);
        Talk out;
        std::string unused;
        while (!bytes.empty() && out.next != Heard::Next::close) {
            unused += bytes.substr(0, piece);
            bytes.remove_prefix(std::min(piece, bytes.size()));
            do {
                const Heard heard = conversation->hear(unused, out.reply, last && bytes.empty());
                unused.erase(0, heard.used);
                out.next = heard.next;
            } while (out.next == Heard::Next::again);
        }
        out.amid = conversation->is_amid_request() || !unused.empty();
        return out;
    }
    unsigned status(std::string_view bytes) {
        const Talk out = talk(bytes);
        return out.reply.empty() ? 0 : static_cast<unsigned>(std::stoul(out.reply.substr(9, 3)));
    }

    std::shared_ptr<HttpCommons> commons_ = std::make_shared<HttpCommons>();
    std::vector<std::string> seen_;
};

std::string post(std::string_view target, std::string_view body) {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(HttpConversation, AnySplitOfTheBytesIsTheSame) {
    const std::string chunked =
        "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: "
        "v\r\n\r\n";
    const std::string bytes =
        post("/a?b=c", "{\"login\":\"x\"}") + get + "\r\n\r\n" + chunked + post("/e", "");
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        seen_.clear();
        const Talk out = talk(bytes, piece);
        EXPECT_EQ(seen_, (std::vector<std::string>{"POST /a?b=c {\"login\":\"x\"}", "GET / ", "POST /c abcde",
                                                   "POST /e "}))
            << piece;
        EXPECT_EQ(out.next, Heard::Next::more);
        EXPECT_FALSE(out.amid);
    }
}

TEST_F(HttpConversation, HalfARequestIsNoRequest) {
    const std::string bytes = post("/a", "0123456789");
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        const Talk out = talk(std::string_view(bytes).substr(0, size));
        EXPECT_TRUE(seen_.empty());
        EXPECT_TRUE(out.amid) << size;
        EXPECT_EQ(out.reply, "");
    }
}

TEST_F(HttpConversation, RefusesWhatBreaksTheProtocol) {
    commons_->limits.header_bytes = 2000;
    commons_->limits.body_bytes = 100;
    commons_->limits.fields = 10;
    std::string many;
    for (int i = 0; i < 20; ++i) many += "f: v\r\n";
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
    const std::string post_head = "POST / HTTP/1.1\r\nHost: a\r\n";
    const std::pair<std::string, unsigned> cases[] = {
        {"nonsense\r\n\r\n", 400},
        {"GET / HTTP/1.1\n\n", 400},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},  // no host
        {head + "Host: b\r\n\r\n", 400},  // two
        {head + " folded: x\r\nbad name: x\r\n\r\n", 400},
        {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
        {"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
        {post_head + "\r\n", 411},
        {post_head + "Content-Length: 101\r\n\r\n", 413},
        {post_head + "Content-Length: 99999999999999999999\r\n\r\n", 400},
        {post_head + "Content-Length: -1\r\n\r\n", 400},
        {post_head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
        {post_head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {post_head + "Transfer-Encoding: chunked, gzip\r\n\r\n", 501},
        {post_head + "Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\n", 501},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 501},
        {post_head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        {post_head + "Transfer-Encoding: chunked\r\n\r\n65\r\n", 413},
        {head + "x: " + std::string(3000, 'x') + "\r\n\r\n", 431},
        {"GET /" + std::string(3000, 'x') + " HTTP/1.1\r\n\r\n", 431},
        {head + many + "\r\n", 431},
    };
    for (const auto& [bytes, wanted] : cases) {
        const Talk out = talk(bytes);
        EXPECT_EQ(out.reply.substr(0, 12), "HTTP/1.1 " + std::to_string(wanted)) << bytes;
        EXPECT_EQ(out.next, Heard::Next::close) << bytes;
        EXPECT_NE(out.reply.find("Connection: close\r\n"), std::string::npos);
    }
    EXPECT_TRUE(seen_.empty());
    EXPECT_EQ(commons_->bad.sum(), std::size(cases));
}

TEST_F(HttpConversation, HeadersInPiecesAreLimitedInAll) {
    commons_->limits.header_bytes = 1000;
    std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 200; ++i) bytes += "field: 0123456789\r\n";
    EXPECT_EQ(talk(bytes, 30).reply.substr(0, 12), "HTTP/1.1 431");
}

// To the byte, however it comes: spaces that mean nothing count too.
TEST_F(HttpConversation, AHeadIsAsLongAsItMayBeWhicheverWayItIsCut) {
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nx:" + std::string(50, ' ') + "y\r\n\r\n";
    for (const std::size_t piece : {head.size(), 1UL, 7UL, 20UL, head.size() - 1}) {
        commons_->limits.header_bytes = head.size();
        EXPECT_EQ(talk(head, piece).reply.substr(0, 12), "HTTP/1.1 200") << piece;
        EXPECT_EQ(talk(head + "GET", piece).reply.substr(0, 12), "HTTP/1.1 200") << piece;
        commons_->limits.header_bytes = head.size() - 1;
        EXPECT_EQ(talk(head, piece).reply.substr(0, 12), "HTTP/1.1 431") << piece;
    }
    commons_->limits.header_bytes = 18;
    for (const std::size_t piece : {18UL, 1UL, 16UL, 17UL})
        EXPECT_EQ(talk("GET / HTTP/1.0\r\n\r\n", piece).reply.substr(0, 12), "HTTP/1.1 200") << piece;
}

TEST_F(HttpConversation, ATrailerChangesNothing) {
    commons_->keys.accept_field("X-API-Key", "right");
    const std::string bytes =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-API-Key: right\r\n\r\n";
    EXPECT_EQ(status(bytes), 401U);
    EXPECT_TRUE(seen_.empty());
}

TEST_F(HttpConversation, KeepsOrClosesAsAsked) {
    struct Case {
        std::string bytes;
        Heard::Next next;
        std::string says;
    };
    const Case cases[] = {
        {get, Heard::Next::more, ""},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", Heard::Next::close,
         "Connection: close\r\n"},
        {"GET / HTTP/1.0\r\n\r\n", Heard::Next::close, "Connection: close\r\n"},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", Heard::Next::more, "Connection: keep-alive\r\n"},
    };
    for (const Case& one : cases) {
        const Talk out = talk(one.bytes);
        EXPECT_EQ(out.next, one.next) << one.bytes;
        EXPECT_NE(out.reply.find(one.says), std::string::npos) << out.reply;
        EXPECT_EQ(out.reply.find("Connection"),
                  one.says.empty() ? std::string::npos : out.reply.find(one.says));
    }
}

TEST_F(HttpConversation, TheLastAnswerSaysGoodbyeAndNoOther) {
    const Talk out = talk(get + get + get, std::string::npos, true);
    EXPECT_EQ(seen_.size(), 3U);
    EXPECT_EQ(out.next, Heard::Next::close);
    EXPECT_EQ(out.reply.find("Connection: close"), out.reply.rfind("Connection: close"));
    EXPECT_GT(out.reply.find("Connection: close"), out.reply.rfind("HTTP/1.1 200"));
}

TEST_F(HttpConversation, AskedFirstItSaysContinueOnce) {
    const std::string head =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    const Talk out = talk(head + "ab", head.size());
    EXPECT_TRUE(out.reply.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << out.reply;
    EXPECT_TRUE(talk(head + "ab").reply.starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpConversation, AnAbsoluteTargetIsItsPath) {
    talk(
        "GET http://example.org/a?b HTTP/1.1\r\nHost: a\r\n\r\nGET http://example.org HTTP/1.1\r\nHost: "
        "a\r\n\r\n");
    EXPECT_EQ(seen_, (std::vector<std::string>{"GET /a?b ", "GET / "}));
}

TEST_F(HttpConversation, HeadHasALengthAndNoBody) {
    const std::string reply = talk("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").reply;
    EXPECT_NE(reply.find("Content-Length: 2\r\n"), std::string::npos);
    EXPECT_TRUE(reply.ends_with("\r\n\r\n"));
}

TEST_F(HttpConversation, LateAndFullHaveTheirWords) {
    for (const auto& [trouble, wanted] :
         {std::pair(Trouble::late, "HTTP/1.1 408"), {Trouble::full, "HTTP/1.1 503"}}) {
        const auto conversation = make_http_conversation(commons_, {}, nullptr);
        std::string reply;
        EXPECT_EQ(conversation->hear("GET /", reply, false).used, 0U);
        conversation->give_up(trouble, reply);
        EXPECT_TRUE(reply.starts_with(wanted)) << reply;
    }
}

TEST_F(HttpConversation, ManyPipelinedRepliesComeInTurns) {
    commons_->limits.reply_bytes = 1000;
    std::string bytes;
    for (int i = 0; i < 100; ++i) bytes += get;
    const auto conversation = make_http_conversation(commons_, {}, nullptr);
    std::string reply;
    const Heard heard = conversation->hear(bytes, reply, false);
    EXPECT_EQ(heard.next, Heard::Next::again);
    EXPECT_LT(reply.size(), 1500U);
    talk(bytes);
    EXPECT_EQ(seen_.size(), 100 + heard.used / get.size());
}

/// Puts off what asks for "/later".
class PuttingOff : public HttpConversation {
protected:
    void answer(const Request& request, Response& response) override {
        if (request.path() == "/later") response.put_off();
        seen_.push_back(std::string(request.target()) + (request.was_put_off() ? " again" : ""));
        response.body() = request.was_put_off() ? "later" : "now";
    }
};

TEST_F(PuttingOff, IsAskedASecondTimeAndKeepsTheOrder) {
    const auto conversation = make_http_conversation(commons_, {}, nullptr);
    const std::string bytes = get + post("/later", "x") + get;
    std::string reply;
    const Heard first = conversation->hear(bytes, reply, false);
    EXPECT_EQ(first.next, Heard::Next::wait);
    EXPECT_TRUE(conversation->is_amid_request());
    EXPECT_EQ(seen_, (std::vector<std::string>{"/", "/later"}));
    EXPECT_EQ(reply.find("later"), std::string::npos);
    const Heard second = conversation->hear(std::string_view(bytes).substr(first.used), reply, false);
    EXPECT_EQ(second.next, Heard::Next::more);
    EXPECT_FALSE(conversation->is_amid_request());
    EXPECT_EQ(seen_, (std::vector<std::string>{"/", "/later", "/later again", "/"}));
    EXPECT_TRUE(reply.ends_with("now")) << reply;
    EXPECT_NE(reply.find("later"), std::string::npos);
    EXPECT_EQ(commons_->requests.sum(), 3U);
}

TEST_F(PuttingOff, NeedsNoFurtherBytes) {
    const auto conversation = make_http_conversation(commons_, {}, nullptr);
    std::string reply;
    ASSERT_EQ(conversation->hear(post("/later", "x"), reply, false).next, Heard::Next::wait);
    EXPECT_EQ(conversation->hear({}, reply, false).next, Heard::Next::more);
    EXPECT_TRUE(reply.ends_with("later"));
    ASSERT_EQ(conversation->hear(post("/later", "x"), reply, false).next, Heard::Next::wait)
        << "each request may";
}

class Throwing : public HttpConversation {
    void answer(const Request&, Response& response) override {
        response.body() = "half";
        response.header("Secret", "x");
        throw std::runtime_error("of a handler");
    }
};

TEST_F(Throwing, IsOurOwnTrouble) {
    const Talk out = talk(get + get);
    EXPECT_TRUE(out.reply.starts_with("HTTP/1.1 500 ")) << out.reply;
    EXPECT_EQ(out.reply.find("half"), std::string::npos);
    EXPECT_EQ(out.reply.find("Secret"), std::string::npos);
    EXPECT_EQ(commons_->thrown.sum(), 2U);
    EXPECT_EQ(out.next, Heard::Next::more);
}

class Streaming : public HttpConversation {
    void answer(const Request&, Response& response) override {
        Stream stream = response.stream("text/event-stream");
        stream.write("one\n");
    }
};

TEST_F(Streaming, HasAHeadAndGoesOn) {
    commons_->limits.stream_bytes = 100;
    const Talk out = talk(get);
    EXPECT_EQ(out.next, Heard::Next::stream);
    EXPECT_NE(out.reply.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
    EXPECT_EQ(out.reply.find("Content-Length"), std::string::npos);
    EXPECT_EQ(talk("GET / HTTP/1.0\r\n\r\n").reply.find("chunked"), std::string::npos);
    EXPECT_EQ(talk("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").next, Heard::Next::close);
}

}  // namespace
}  // namespace tidegate::net

#include "console/assets.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "made.h"

namespace tidegate::console {
namespace {

const std::string script(5000, 'x');
const Asset assets[] = {{"/index.html", "<!doctype html><title>console</title>"},
                        {"/assets/index-B7x9_q2Z.js", script},
                        {"/favicon.svg", "<svg/>"}};

std::string unpacked(const std::string& bytes) {
    z_stream stream{};
    ::inflateInit2(&stream, 15 + 16);
    std::string out(1 << 16, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    ::inflateEnd(&stream);
    return out;
}

class PagesTest : public testing::Test {
protected:
    Reply ask(std::string_view method, std::string_view target, const std::string& fields = {}) {
        const auto commons = std::make_shared<net::HttpCommons>();
        commons->handler = [this](const net::Request& request, net::Response& response) {
            pages_.answer(request, response);
        };
        const auto conversation = net::make_http_conversation(commons, {}, nullptr);
        std::string reply;
        static_cast<void>(conversation->hear(
            std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n",
            reply, false));
        const std::size_t end = reply.find("\r\n\r\n");
        return {.status = static_cast<unsigned>(std::stoul(reply.substr(9, 3))),
                .head = reply.substr(0, end + 2),
                .body = reply.substr(end + 4)};
    }
    Assets pages_{assets};
};

TEST_F(PagesTest, AreWhatTheTableHas) {
    const Reply index = ask("GET", "/");
    EXPECT_EQ(index.status, 200U);
    EXPECT_EQ(index.body, assets[0].bytes);
    EXPECT_EQ(index.field("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(index.field("Cache-Control"), "no-cache");
    const Reply script_reply = ask("GET", "/assets/index-B7x9_q2Z.js");
    EXPECT_EQ(script_reply.body, script);
    EXPECT_EQ(script_reply.field("Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(script_reply.field("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(ask("GET", "/incidents/2026-08-05-1").body, assets[0].bytes) << "a place in the console";
    EXPECT_EQ(ask("HEAD", "/favicon.svg").body, "");
}

TEST_F(PagesTest, NoPathLeadsElsewhere) {
    for (const std::string_view path :
         {"/../etc/passwd", "/assets/../../etc/passwd", "/%2e%2e/etc/passwd", "/..%2fetc/passwd",
          "//etc/passwd.txt", "/etc/passwd\\..", "/assets/index.js", "/INDEX.HTML", "/index.html/", "/a.b"})
        EXPECT_EQ(ask("GET", path).status, 404U) << path;
    EXPECT_EQ(ask("POST", "/", "Content-Length: 0\r\n").status, 405U);
    EXPECT_EQ(ask("DELETE", "/index.html", "Content-Length: 0\r\n").status, 405U);
}

TEST_F(PagesTest, ComePackedToWhoTakesThat) {
    const Reply packed = ask("GET", "/assets/index-B7x9_q2Z.js", "Accept-Encoding: br, gzip\r\n");
    EXPECT_EQ(packed.field("Content-Encoding"), "gzip");
    EXPECT_LT(packed.body.size(), 200U);
    EXPECT_EQ(unpacked(packed.body), script);
    EXPECT_EQ(ask("GET", "/favicon.svg", "Accept-Encoding: gzip\r\n").field("Content-Encoding"), "")
        << "would not be smaller";
}

TEST_F(PagesTest, AreNotSentAgainToWhoHasThem) {
    const std::string tag = ask("GET", "/").field("ETag");
    ASSERT_GT(tag.size(), 20U);
    const Reply again = ask("GET", "/", "If-None-Match: " + tag + "\r\n");
    EXPECT_EQ(again.status, 304U);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(ask("GET", "/", "If-None-Match: \"other\"\r\n").status, 200U);
}

TEST_F(PagesTest, WithoutAssetsItIsSaidSo) {
    pages_ = Assets({});
    const Reply reply = ask("GET", "/");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_NE(reply.body.find("no console in it"), std::string::npos);
    EXPECT_EQ(ask("GET", "/a.js").status, 404U);
}

TEST(Assets, DigestsInNamesAreSeen) {
    EXPECT_TRUE(has_digest("/assets/index-B7x9_q2Z.js"));
    EXPECT_TRUE(has_digest("/assets/index-DiwrgTda.css"));
    EXPECT_FALSE(has_digest("/index.html"));
    EXPECT_FALSE(has_digest("/assets/index.js"));
    EXPECT_FALSE(has_digest("/a-b.js"));
    EXPECT_FALSE(has_digest("/B7x9_q2Z.js"));
}

}  // namespace
}  // namespace tidegate::console

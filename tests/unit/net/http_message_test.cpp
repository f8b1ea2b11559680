#include "net/http_message.h"

#include <gtest/gtest.h>

#include "net/http_conversation.h"
#include "net/http_keys.h"

namespace tidegate::net {
namespace {

/// What `look` sees of a request with this target and these fields.
void with_request(std::string_view target, std::string_view fields,
                  const std::function<void(const Request&)>& look) {
    const auto commons = std::make_shared<HttpCommons>();
    bool seen = false;
    commons->handler = [&](const Request& request, Response&) {
        seen = true;
        look(request);
    };
    std::string reply;
    const std::string bytes =
        "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
    static_cast<void>(make_http_conversation(commons, {}, nullptr)->hear(bytes, reply, false));
    EXPECT_TRUE(seen) << reply;
}

TEST(Request, HasPathAndQuery) {
    with_request("/allow?command=allow&a%20b=c%2Bd+e&empty=&bare&twice=1&twice=2&bad=%4&=nameless", "",
                 [](const Request& request) {
                     EXPECT_EQ(request.path(), "/allow");
                     EXPECT_EQ(request.query("command"), "allow");
                     EXPECT_EQ(request.query("a b"), "c+d e");
                     EXPECT_EQ(request.query("empty"), "");
                     EXPECT_EQ(request.query("bare"), "");
                     EXPECT_EQ(request.query("twice"), "1");
                     EXPECT_EQ(request.query("bad"), std::nullopt);
                     EXPECT_EQ(request.query(""), "nameless");
                     EXPECT_EQ(request.query("none"), std::nullopt);
                 });
    with_request("/allow", "", [](const Request& request) { EXPECT_EQ(request.query("a"), std::nullopt); });
}

TEST(Request, FindsFieldsInAnyCase) {
    with_request("/", "Auth-User: a@example.org\r\nX-Empty:\r\nauth-user: second\r\nFolded: a\r\n b\r\n",
                 [](const Request& request) {
                     EXPECT_EQ(request.header("AUTH-USER"), "a@example.org");
                     EXPECT_EQ(request.header("x-empty"), "");
                     EXPECT_EQ(request.header("folded"), "a b");
                     EXPECT_EQ(request.header("none"), std::nullopt);
                 });
}

TEST(Response, NobodysInputEndsAField) {
    const auto commons = std::make_shared<HttpCommons>();
    commons->handler = [](const Request&, Response& response) {
        response.header("Auth-Status", "no\r\nAuth-Server: 192.0.2.1\n\x7f");
    };
    std::string reply;
    static_cast<void>(
        make_http_conversation(commons, {}, nullptr)->hear("GET / HTTP/1.0\r\n\r\n", reply, false));
    EXPECT_NE(reply.find("Auth-Status: no  Auth-Server: 192.0.2.1  \r\n"), std::string::npos) << reply;
}

TEST(Query, IsDecoded) {
    const std::pair<std::string_view, std::optional<std::string>> cases[] = {
        {"", ""},
        {"a+b", "a b"},
        {"%41%2f", "A/"},
        {"%", std::nullopt},
        {"%4", std::nullopt},
        {"%zz", std::nullopt},
        {"%+1", std::nullopt},
        {"%-1", std::nullopt},
        {"%00", std::string(1, '\0')},
    };
    for (const auto& [text, wanted] : cases) EXPECT_EQ(decode_query(text), wanted) << text;
}

TEST(Base64, IsDecoded) {
    const std::pair<std::string_view, std::optional<std::string>> cases[] = {
        {"", ""},           {"Zg==", "f"},         {"Zm8=", "fo"},      {"Zm9v", "foo"},
        {"Zm9vYg", "foob"}, {"Zm9vYmE=", "fooba"}, {"!", std::nullopt}, {"Zm 9", std::nullopt},
    };
    for (const auto& [text, wanted] : cases) EXPECT_EQ(decode_base64(text), wanted) << text;
}

TEST(Secret, IsTheSameOnlyWhole) {
    EXPECT_TRUE(same_secret("secret", "secret"));
    for (const char* shown : {"", "secre", "secret1", "Secret", "secretsecret"})
        EXPECT_FALSE(same_secret(shown, "secret"));
    EXPECT_FALSE(same_secret("", ""));
}

TEST(Keys, OneOfThemIsEnough) {
    HttpKeys keys;
    keys.accept_field("X-API-Key", "abc");
    keys.accept_password("pass:word");
    keys.accept_password("other", "only");
    const std::pair<std::string_view, bool> cases[] = {
        {"", false},
        {"X-API-Key: abc\r\n", true},
        {"x-api-key: abc\r\n", true},
        {"X-API-Key: abcd\r\n", false},
        {"Authorization: Basic dXNlcjpwYXNzOndvcmQ=\r\n", true},  // user:pass:word
        {"authorization: bAsIc dXNlcjpwYXNzOndvcmQ=\r\n", true},
        {"Authorization: Basic dXNlcjpwYXNz\r\n", false},      // user:pass
        {"Authorization: Basic b25seTpvdGhlcg==\r\n", true},   // only:other
        {"Authorization: Basic dXNlcjpvdGhlcg==\r\n", false},  // user:other
        {"Authorization: Basic !!!!\r\n", false},
        {"Authorization: Basic\r\n", false},
        {"Authorization: Bearer abc\r\n", false},
    };
    for (const auto& [fields, wanted] : cases)
        with_request("/", fields,
                     [&](const Request& request) { EXPECT_EQ(keys.admit(request), wanted) << fields; });
    with_request("/", "", [](const Request& request) { EXPECT_TRUE(HttpKeys().admit(request)); });
}

}  // namespace
}  // namespace tidegate::net

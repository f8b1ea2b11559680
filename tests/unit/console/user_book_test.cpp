#include "console/user_book.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "made.h"

namespace tidegate::console {
namespace {

using testing::HasSubstr;

std::string text_of(const std::string& file) {
    std::ifstream in(file);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

Book full_book() {
    const std::string hash = *hash_password("twelve bytes");
    return {.users = {{.name = "anna",
                       .role = Role::administer,
                       .password = hash,
                       .totp = std::string("\0\x7f\xff of twenty bytes!", 20),
                       .used_step = 59'531'040,
                       .created = noon,
                       .places = {*Prefix::parse("192.0.2.0/24"), *Prefix::parse("2001:db8::/48")}},
                      {.name = "ben",
                       .role = Role::look,
                       .password = hash,
                       .totp = std::string(20, 'x'),
                       .created = noon}},
            .tokens = {
                {.name = "grafana",
                 .role = Role::look,
                 .calls = {"GET /v1/scene", "* /v1/incidents"},
                 .digest = hex_of(digest_of("tg_x")),
                 .author = "anna \"<b>\"",
                 .created = noon,
                 .expires = noon + std::chrono::hours(1)},
                {.name = "script", .role = Role::act, .digest = hex_of(digest_of("tg_y")), .created = noon}}};
}

TEST(BookText, IsReadAsItWasWritten) {
    const Book book = full_book();
    const auto read = read_book(book_text(book));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, book);
    EXPECT_EQ(*read_book(book_text({})), Book());
}

TEST(BookText, ADamagedOneIsNoBook) {
    const std::string whole = book_text(full_book());
    // Every cut of it.
    for (std::size_t size = 0; size + 2 < whole.size(); size += 7)
        EXPECT_FALSE(read_book(whole.substr(0, size))) << size;
    const std::pair<std::string, std::string> spoilt[] = {
        {"\"version\":1", "\"version\":2"},
        {"\"administer\"", "\"root\""},
        {"\"anna\"", "\"Anna\""},
        {"\"ben\"", "\"anna\""},  // twice
        {"$argon2id$", "$argon2i$"},
        {"192.0.2.0/24", "192.0.2.0/33"},
        {"\"used_step\":59531040", "\"used_step\":-1"},
        {"\"totp\":\"", "\"totp\":\"00"},
        {"GET /v1/scene", "GET scene"},
        {"\"digest\":\"", "\"digest\":\"g"},
        {"\"expires\":null", "\"expires\":\"soon\""},
    };
    for (const auto& [from, to] : spoilt) {
        std::string text = whole;
        const std::size_t at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
        EXPECT_FALSE(read_book(text)) << to;
    }
}

TEST(BookText, AHashMustNotCostMoreThanOurs) {
    std::string text = book_text(full_book());
    const std::size_t at = text.find("m=65536");
    ASSERT_NE(at, std::string::npos);
    text.replace(at, 7, "m=4194304");
    EXPECT_FALSE(read_book(text));
}

TEST(UserBook, KeepsWhatWasChangedForItsOwnerAlone) {
    const Folder folder;
    UserBook book(folder.path());
    EXPECT_TRUE((*book.read())->users.empty());
    ASSERT_TRUE(book.change([](Book& to) -> Result<void> {
        to = full_book();
        return {};
    }));
    struct stat status{};
    ASSERT_EQ(::stat(book.file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    UserBook other(folder.path());
    EXPECT_EQ((*other.read())->users.size(), 2U);
}

TEST(UserBook, SeesWhatAnotherWrote) {
    const Folder folder;
    UserBook one(folder.path()), other(folder.path());
    const auto add = [](UserBook& book, const std::string& name) {
        return add_user(book, name, Role::look, "a long enough sentence", noon);
    };
    ASSERT_TRUE(add(one, "anna"));
    EXPECT_EQ((*one.read())->users.size(), 1U);
    ASSERT_TRUE(add(other, "ben"));
    EXPECT_EQ((*one.read())->users.size(), 2U) << "read anew";
    ASSERT_TRUE(add(one, "carl"));
    EXPECT_EQ((*other.read())->users.size(), 3U) << "nobody's change is lost";
}

TEST(UserBook, ADamagedFileLetsNobodyInAndIsNotWrittenOver) {
    const Folder folder;
    UserBook book(folder.path());
    std::ofstream(book.file()) << "{\"version\":1,";
    const auto read = book.read();
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().text(), HasSubstr("console.json"));
    EXPECT_FALSE(book.change([](Book&) -> Result<void> { return {}; }));
    EXPECT_EQ(text_of(book.file()), "{\"version\":1,");
}

TEST(UserBook, WhereTheDiskIsFullItIsAsItWas) {
    const Folder folder;
    UserBook book(folder.path());
    ASSERT_TRUE(add_user(book, "anna", Role::administer, "a long enough sentence", noon));
    const std::string before = text_of(book.file());
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const auto old = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{100, limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto done = add_user(book, "ben", Role::look, "a long enough sentence", noon);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, old);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().status, 500U);
    EXPECT_EQ(text_of(book.file()), before);
    EXPECT_EQ((*book.read())->users.size(), 1U);
    EXPECT_TRUE(add_user(book, "ben", Role::look, "a long enough sentence", noon));
}

TEST(UserBook, TwoWritersAtOnceLoseNothing) {
    const Folder folder;
    constexpr int rounds = 50;
    const auto write = [&](const std::string& kind) {
        UserBook book(folder.path());
        for (int i = 0; i < rounds; ++i)
            EXPECT_TRUE(add_token(book, {.name = kind + std::to_string(i), .digest = {}, .created = noon}));
    };
    std::thread one(write, "one"), other(write, "other");
    one.join();
    other.join();
    EXPECT_EQ((*UserBook(folder.path()).read())->tokens.size(), 2U * rounds);
}

TEST(BookChanges, SomebodyMustBeLeftWhoMayAdminister) {
    const Folder folder;
    UserBook book(folder.path());
    ASSERT_TRUE(add_user(book, "anna", Role::administer, "a long enough sentence", noon));
    ASSERT_TRUE(add_user(book, "ben", Role::act, "a long enough sentence", noon));
    EXPECT_EQ(remove_user(book, "anna").error().status, 409U);
    EXPECT_EQ(change_role(book, "anna", Role::act).error().status, 409U);
    ASSERT_TRUE(change_role(book, "ben", Role::administer));
    EXPECT_TRUE(remove_user(book, "anna"));
    EXPECT_EQ(remove_user(book, "anna").error().status, 404U);
}

TEST(BookChanges, RefuseWhatIsNoNameNoPasswordNoCall) {
    const Folder folder;
    UserBook book(folder.path());
    for (const char* name :
         {"", "Anna", "-a", "a b", "a/b", "../a", "<b>", "a234567890123456789012345678901234"})
        EXPECT_EQ(add_user(book, name, Role::look, "a long enough sentence", noon).error().status, 400U)
            << name;
    EXPECT_EQ(add_user(book, "anna", Role::look, "elevenbytes", noon).error().status, 400U);
    EXPECT_EQ(add_user(book, "anna", Role::look, std::string(257, 'x'), noon).error().status, 400U);
    for (const std::string call : {"GET", "PUT /v1/scene", "GET /v2/x", "GET /v1/{id}", "GET /v1/a b"})
        EXPECT_EQ(add_token(book, {.name = "a", .calls = {call}, .digest = {}}).error().status, 400U) << call;
    EXPECT_TRUE(add_token(book, {.name = "a", .calls = {"* /v1/incidents"}, .digest = {}}));
}

}  // namespace
}  // namespace tidegate::console

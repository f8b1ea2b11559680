#include "wire/door/json_api.h"

#include "doors.h"

namespace tidegate::wire {
namespace {

struct Seen {
    std::string password, account;
    int times = 0;
};

std::string read(std::string_view path, std::string_view body, Seen* seen = nullptr) {
    EventBatch batch;
    const MarkPassword mark = [seen](std::string_view password, std::string_view account) {
        if (seen != nullptr) *seen = {std::string(password), std::string(account), seen->times + 1};
        return PasswordMarks{.guess = 9, .tag = std::uint8_t{7}};
    };
    const auto question = read_api(path, body, mark, batch);
    if (!question) return "error: " + question.error().what;
    return line_of(*question) + (question->event.guess ? " guessed" : "") +
           (question->event.tag ? " tagged" : "");
}

TEST(JsonApi, Requests) {
    const std::string consider = "/v1/consider";
    EXPECT_EQ(
        read(
            consider,
            R"({"account":"u","address":"192.0.2.1","port":4000,"service":"webmail","tls":true,"client":"c","method":"plain"})"),
        "before address=192.0.2.1:4000 service=webmail account=<u> method=PLAIN client=c tls");
    EXPECT_EQ(read(consider, R"({"address":"192.0.2.1"})"), "connect address=192.0.2.1");
    EXPECT_EQ(read(consider, R"({"account":"u","address":"192.0.2.1","outcome":"success"})"),
              "after address=192.0.2.1 account=<u>");
    EXPECT_EQ(read(consider, R"({"account":"u","address":"192.0.2.1","outcome":"failure"})"),
              "error: a consideration with a failure");
    EXPECT_EQ(read(consider, R"({"account":"u"})"), "error: field 'address' is missing");
    EXPECT_EQ(read("/v1/report",
                   R"({"account":"u","address":"192.0.2.1","outcome":"failure","reason":"unknown_account"})"),
              "report outcome=failure reason=unknown_account address=192.0.2.1 account=<u>");
    EXPECT_EQ(read("/v1/report", R"({"account":"u","address":"192.0.2.1"})"),
              "error: field 'outcome' is missing");
    EXPECT_EQ(read("/v1/report", R"({"account":"u","address":"192.0.2.1","outcome":"won"})"),
              "error: field 'outcome' has a wrong type or value");
    EXPECT_EQ(read("/v1/reset", R"({"account":"u"})"), "reset account=<u>");
    EXPECT_EQ(read("/v1/reset", "{}"), "error: neither 'account' nor 'address'");
    EXPECT_EQ(read("/v2/reset", "{}"), "error: no such path");
}

TEST(JsonApi, ThePasswordIsMarkedOnceAndGone) {
    for (const std::string_view body :
         {R"({"password":"se\u0063ret","account":"u","address":"192.0.2.1"})",
          R"({"account":"u","address":"192.0.2.1","x":{"password":"other"},"password":"secret"})"}) {
        Seen seen;
        EXPECT_EQ(read("/v1/consider", body, &seen),
                  "before address=192.0.2.1 account=<u> password guessed tagged");
        EXPECT_EQ(seen.times, 1);
        EXPECT_EQ(seen.password, "secret");
        EXPECT_EQ(seen.account, "u");
    }
    EXPECT_EQ(read("/v1/consider", R"({"password":17,"account":"u","address":"192.0.2.1"})"),
              "error: field 'password' has a wrong type or value");
}

TEST(JsonApi, Hostile) {
    const auto body = [](std::string_view more) {
        return R"({"address":"192.0.2.1",)" + std::string(more) + "}";
    };
    for (const auto* bad :
         {R"("address":"192.0.2.2")", R"("port":65536)", R"("port":-1)", R"("port":"25")", R"("tls":"true")",
          R"("service":"ftp")", R"("account":1)", R"("account":true)", R"("guess":"xyz")", R"("attempts":0)",
          R"("port":1.5)", R"("layer":"cake")", R"("account":"a","account":"b")"})
        EXPECT_TRUE(read("/v1/consider", body(bad)).starts_with("error: field")) << bad;
    EXPECT_EQ(read("/v1/consider", body(R"("x":{"account":"v"},"y":[{"account":"v"}],"account":null)")),
              "connect address=192.0.2.1");
    EXPECT_TRUE(
        read("/v1/consider", "{\"a\":" + std::string(9, '[')).starts_with("error: the body is not JSON"));
    EXPECT_TRUE(read("/v1/consider", std::string(17'000, ' ')).starts_with("error: the body is too long"));
    EXPECT_TRUE(
        read("/v1/consider", R"({"address":"192.0.2.1"}x)").starts_with("error: the body is not JSON"));
}

TEST(JsonApi, Answers) {
    Verdict verdict;
    verdict.measure = Measure::refuse;
    verdict.sum = Decibans::of(41.7);
    verdict.evidence.add(EvidenceKind::shared_guess, Decibans::of(-0.05), 3);
    Event event;
    std::string out;
    write_api({.step = Answer::Step::refuse, .text = "no\n", .code = "7KQ2M9X", .help = {}}, verdict, event,
              out);
    const std::string told = detail(verdict.evidence.items()[0], event);
    EXPECT_EQ(
        out,
        R"json({"measure":"refuse","delay_ms":0,"judged":"refuse","sum":41.70,"evidence":[{"kind":"shared_guess","weight":-0.05,"detail":")json" +
            told + R"json("}],"code":"7KQ2M9X","text":"no  (code 7KQ2M9X)"})json");
    out.clear();
    write_api(
        {.step = Answer::Step::wait, .wait = std::chrono::seconds(2), .text = {}, .code = {}, .help = {}}, {},
        event, out);
    EXPECT_EQ(out, R"({"measure":"slow","delay_ms":2000,"judged":"pass","sum":0.00,"evidence":[]})");
    out.clear();
    write_api_error({"", 0, "a \"b\"", "c"}, out);
    EXPECT_EQ(out, R"({"error":"a \"b\"","mend":"c"})");
}

}  // namespace
}  // namespace tidegate::wire

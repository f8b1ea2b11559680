// A mechanism and what a client answers, as its base64 and as any text. Nothing crashes; what is base64 is so
// in one way only; whom a response names is fit for an account; PLAIN that is read is written as it was; a
// login that could not be read is as it was.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/mail/sasl.h"

using namespace tidegate;

namespace {

constexpr std::array<std::string_view, 12> mechanisms{
    "PLAIN",    "LOGIN",     "XOAUTH2",  "OAUTHBEARER", "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS",
    "EXTERNAL", "ANONYMOUS", "CRAM-MD5", "DIGEST-MD5",  "GSSAPI",      ""};

bool is_account_or_none(std::string_view text) {
    return text.empty() || wire::can_be_account(text);
}

void read_login(std::string_view mechanism, std::string_view base64) {
    wire::Login login;
    login.account = "as it was";
    if (!wire::read_first_response(mechanism, base64, login)) {
        CHECK(login.account == "as it was" && login.password.empty() && login.mechanism.empty());
        return;
    }
    CHECK(is_account_or_none(login.account) && is_account_or_none(login.acts_for));
    CHECK(login.has_initial != login.is_plain());
    CHECK(login.is_plain() == (mechanism == "PLAIN" || mechanism == "LOGIN"));
    if (mechanism == "PLAIN") CHECK(wire::plain_response(login).view() == base64);
    if (login.has_initial) CHECK(login.initial.view() == (base64.empty() ? "=" : base64));
}

void read_password(std::string_view base64) {
    wire::Login login;
    login.account = "tim";
    if (wire::read_login_password(base64, login)) {
        wire::Login again;
        CHECK(wire::read_first_response("PLAIN", wire::plain_response(login).view(), again));
        CHECK(again.account == "tim" && again.password.view() == login.password.view());
    } else {
        CHECK(login.password.empty());
    }
}

void decode(std::string_view text) {
    const auto bytes = wire::from_base64(text);
    if (!bytes) return;
    std::string again;
    wire::append_base64(bytes->view(), again);
    CHECK(again == text || (text == "=" && again.empty()));
}

void read_all(std::string_view mechanism, std::string_view base64) {
    decode(base64);
    read_login(mechanism, base64);
    read_password(base64);
    CHECK(is_account_or_none(wire::account_of_response(mechanism, base64)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const auto mechanism = mechanisms[data[0] % mechanisms.size()];
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    std::string base64;
    wire::append_base64(text, base64);
    CHECK(wire::from_base64(base64) && wire::from_base64(base64)->view() == text);
    read_all(mechanism, base64);
    read_all(mechanism, text);
    if (const auto name = wire::mechanism_name(text)) CHECK(wire::mechanism_name(*name) == name);
    return 0;
}

#include "wire/mail/sasl.h"

#include <algorithm>
#include <array>
#include <cstring>  // explicit_bzero is GNU's
#include <utility>

#include "base/check.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 64;

constexpr auto base64_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::size_t i = 0; i < base64_digits.size(); ++i)
        values[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::uint8_t>(i);
    return values;
}();

bool decode_group(std::string_view four, bool is_last, Secret& out) {
    std::size_t digits = 4;
    if (is_last && four[3] == '=') digits = four[2] == '=' ? 2 : 3;
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const auto value = base64_values[static_cast<unsigned char>(four[i])];
        if (value == no_digit) return false;
        bits = bits << 6 | value;
    }
    bits <<= 6 * (4 - digits);
    // RFC 4648 3.5: else several texts would be one message.
    if ((bits & (0xff'ffffU >> (8 * (digits - 1)))) != 0) return false;
    std::array<char, 3> bytes{static_cast<char>(bits >> 16), static_cast<char>(bits >> 8),
                              static_cast<char>(bits)};
    out.append({bytes.data(), digits - 1});
    ::explicit_bzero(bytes.data(), bytes.size());
    return true;
}

template <typename Text>
void encode(std::string_view bytes, Text& out) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
        const auto byte = [&](std::size_t i) -> std::uint32_t {
            return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
        };
        const std::uint32_t bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        std::array<char, 4> four{base64_digits[bits >> 18], base64_digits[bits >> 12 & 63],
                                 base64_digits[bits >> 6 & 63], base64_digits[bits & 63]};
        if (bytes.size() < 3) four[3] = '=';
        if (bytes.size() < 2) four[2] = '=';
        out.append(std::string_view(four.data(), four.size()));
        ::explicit_bzero(four.data(), four.size());
    }
}

constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
constexpr bool is_alpha(char c) {
    return is_upper(c) || is_lower(c);
}
constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
constexpr bool is_visible(char c) {
    return c > 0x20 && c < 0x7f;
}

// RFC 4616 2: [authzid] NUL authcid NUL passwd.
bool read_plain(std::string_view message, Login& login) {
    Scan scan(message);
    const auto acts_for = scan.until('\0');
    const auto account = scan.until('\0');
    if (!acts_for || !account || !can_be_account(*account) || !can_be_password(scan.rest())) return false;
    if (!acts_for->empty() && !can_be_account(*acts_for)) return false;
    login.acts_for = *acts_for;
    login.account = *account;
    login.password.append(scan.rest());
    return true;
}

bool read_account(std::string_view message, Login& login) {
    if (!can_be_account(message)) return false;
    login.account = message;
    return true;
}

// RFC 4422 appendix A. The account is in the certificate.
bool read_external(std::string_view message, Login& login) {
    if (!message.empty() && !can_be_account(message)) return false;
    login.acts_for = message;
    return true;
}

// RFC 4505 2: trace information, up to 255 characters of UTF-8, which is nobody's account.
bool read_anonymous(std::string_view message) {
    constexpr std::size_t most_bytes = 4 * std::size_t{255};
    return message.empty() || (message.size() <= most_bytes && can_be_account(message));
}

// RFC 5802 7: saslname. Empty: it is none.
std::string read_sasl_name(std::string_view text) {
    std::string name;
    Scan scan(text);
    while (!scan.done()) {
        if (scan.skip("=2C")) {
            name += ',';
        } else if (scan.skip("=3D")) {
            name += '=';
        } else if (scan.peek() == '=') {
            return {};  // 5.1: must fail
        } else {
            name += scan.peek();
            scan.drop(1);
        }
    }
    return can_be_account(name) ? name : std::string{};
}

// RFC 5802 7: gs2-header.
struct Gs2Header {
    bool binds = false;  // to the channel: "p="
    std::string acts_for;
};
bool is_channel_binding(std::string_view text) {
    const auto belongs = [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '-'; };
    return !text.empty() && std::ranges::all_of(text, belongs);
}
std::optional<Gs2Header> read_gs2_header(Scan& scan) {
    const auto flag = scan.until(','), name = scan.until(',');
    if (!flag || !name) return std::nullopt;
    Gs2Header header;
    header.binds = flag->starts_with("p=") && is_channel_binding(flag->substr(2));
    if (!header.binds && *flag != "n" && *flag != "y") return std::nullopt;
    if (name->empty()) return header;
    if (name->starts_with("a=")) header.acts_for = read_sasl_name(name->substr(2));
    if (header.acts_for.empty()) return std::nullopt;
    return header;
}

bool is_scram_nonce(std::string_view text) {
    return text.size() > 2 && text.starts_with("r=") && std::ranges::all_of(text.substr(2), is_visible);
}
bool is_scram_extension(std::string_view text) {
    return text.size() > 2 && is_alpha(text[0]) && text[1] == '=' && find(text, '\0') == npos;
}

// RFC 5802 7: client-first-message. "m=", which must fail, does not begin with "n=".
bool read_scram(std::string_view message, bool binds, Login& login) {
    Scan scan(message);
    auto header = read_gs2_header(scan);
    const auto name = scan.until(',');
    if (!header || header->binds != binds || !name || !name->starts_with("n=")) return false;
    login.account = read_sasl_name(name->substr(2));
    login.acts_for = std::move(header->acts_for);
    if (login.account.empty() || !is_scram_nonce(scan.until_or_rest(','))) return false;
    if (message.ends_with(',')) return false;
    while (!scan.done()) {
        if (!is_scram_extension(scan.until_or_rest(','))) return false;
    }
    return true;
}

// RFC 7628 3.1: *(key "=" value kvsep) kvsep.
constexpr char kvsep = '\x01';
struct OauthPairs {
    std::optional<std::string_view> user, auth;
};
bool is_oauth_value(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return is_visible(c) || c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
}
bool take_oauth_pair(std::string_view pair, OauthPairs& pairs) {
    Scan scan(pair);
    const auto key = scan.until('=');
    if (!key || key->empty() || !std::ranges::all_of(*key, is_alpha)) return false;
    if (*key != "user" && !is_oauth_value(scan.rest())) return false;
    if (*key != "user" && *key != "auth") return true;
    auto& value = *key == "user" ? pairs.user : pairs.auth;
    if (value) return false;
    value = scan.rest();
    return true;
}
std::optional<OauthPairs> read_oauth_pairs(std::string_view text) {
    OauthPairs pairs;
    Scan scan(text);
    while (scan.peek() != kvsep) {
        const auto pair = scan.until(kvsep);
        if (!pair || !take_oauth_pair(*pair, pairs)) return std::nullopt;
    }
    if (scan.rest().size() != 1 || !pairs.auth) return std::nullopt;
    return pairs;
}

// Whom the token is for stands in the header, as if it were acted for (RFC 7628 3.1).
bool read_oauthbearer(std::string_view message, Login& login) {
    Scan scan(message);
    auto header = read_gs2_header(scan);
    if (!header || header->binds || !scan.skip(kvsep) || !read_oauth_pairs(scan.rest())) return false;
    login.account = std::move(header->acts_for);
    return true;
}

bool read_xoauth2(std::string_view message, Login& login) {
    const auto pairs = read_oauth_pairs(message);
    return pairs && pairs->user && read_account(*pairs->user, login);
}

// RFC 2195 2: the account, a blank, 32 hexadecimal digits in lower case.
std::string account_of_cram_md5(std::string_view message) {
    const auto blank = find_last(message, ' ');
    if (blank == npos || !can_be_account(message.substr(0, blank))) return {};
    const auto digest = message.substr(blank + 1);
    const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
    if (digest.size() != 32 || !std::ranges::all_of(digest, is_hex)) return {};
    return std::string(message.substr(0, blank));
}

// A quoted string without its quotes and backslashes, stepped over; nothing where it does not end.
std::optional<std::string> read_quoted(Scan& scan) {
    if (!scan.skip('"')) return std::nullopt;
    std::string text;
    while (!scan.done() && scan.peek() != '"') {
        scan.skip('\\');
        text += scan.peek();
        scan.drop(1);
    }
    if (!scan.skip('"')) return std::nullopt;
    return text;
}

void skip_digest_blanks(Scan& scan) {
    while (!scan.done() && " \t\r\n,"sv.contains(scan.peek())) scan.drop(1);
}

// RFC 2831 2.1.2: key=value or key="value", with commas and blanks between; `username` once.
std::string account_of_digest_md5(std::string_view message) {
    std::string account;
    Scan scan(message);
    for (skip_digest_blanks(scan); !scan.done(); skip_digest_blanks(scan)) {
        const auto key = scan.until('=');
        if (!key) return {};
        if (*key != "username" && scan.peek() != '"') {
            scan.until_or_rest(',');
            continue;
        }
        auto value = read_quoted(scan);
        if (!value || (*key == "username" && !account.empty())) return {};
        if (*key == "username") account = std::move(*value);
    }
    return can_be_account(account) ? account : std::string{};
}

bool sends_password(std::string_view mechanism) {
    return mechanism == "PLAIN" || mechanism == "LOGIN";
}

bool read_message(std::string_view mechanism, std::string_view message, Login& login) {
    if (mechanism == "PLAIN") return read_plain(message, login);
    if (mechanism == "LOGIN") return read_account(message, login);
    if (mechanism == "EXTERNAL") return read_external(message, login);
    if (mechanism == "ANONYMOUS") return read_anonymous(message);
    if (mechanism == "OAUTHBEARER") return read_oauthbearer(message, login);
    if (mechanism == "XOAUTH2") return read_xoauth2(message, login);
    if (mechanism.starts_with("SCRAM-")) return read_scram(message, mechanism.ends_with("-PLUS"), login);
    if (mechanism == "DIGEST-MD5") login.account = account_of_digest_md5(message);
    return mechanism != "CRAM-MD5";
}

}  // namespace

SaslStart sasl_start(std::string_view mechanism) {
    constexpr std::array<std::string_view, 5> client_speaks_first{"PLAIN", "XOAUTH2", "OAUTHBEARER",
                                                                  "EXTERNAL", "ANONYMOUS"};
    if (mechanism == "LOGIN") return SaslStart::login;
    if (mechanism.starts_with("SCRAM-")) return SaslStart::client;
    const bool is_first = std::ranges::find(client_speaks_first, mechanism) != client_speaks_first.end();
    return is_first ? SaslStart::client : SaslStart::server;
}

bool sends_secret(std::string_view mechanism) {
    constexpr std::array<std::string_view, 9> proves_only{
        "CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "ANONYMOUS", "GSSAPI", "GSS-SPNEGO", "NTLM", "OTP", "SKEY"};
    if (mechanism.starts_with("SCRAM-") || mechanism.starts_with("GS2-")) return false;
    return std::ranges::find(proves_only, mechanism) == proves_only.end();
}

std::optional<Secret> from_base64(std::string_view text) {
    Secret out;
    if (text == "=") return out;
    if (text.size() % 4 != 0) return std::nullopt;
    out.reserve(text.size() / 4 * 3);
    for (; !text.empty(); text.remove_prefix(4)) {
        if (!decode_group(text.substr(0, 4), text.size() == 4, out)) return std::nullopt;
    }
    return out;
}

void append_base64(std::string_view bytes, std::string& out) {
    encode(bytes, out);
}
void append_base64(std::string_view bytes, Secret& out) {
    encode(bytes, out);
}

bool read_first_response(std::string_view mechanism, std::string_view base64, Login& login) {
    const auto message = from_base64(base64);
    Login read;
    if (!message || !read_message(mechanism, message->view(), read)) return false;
    read.mechanism = sends_password(mechanism) ? "PLAIN"sv : mechanism;
    if (!sends_password(mechanism)) {
        read.initial.append(base64.empty() ? "="sv : base64);
        read.has_initial = true;
    }
    login = std::move(read);
    return true;
}

bool read_login_password(std::string_view base64, Login& login) {
    auto password = from_base64(base64);
    if (!password || !can_be_password(password->view())) return false;
    login.password = std::move(*password);
    return true;
}

std::string account_of_response(std::string_view mechanism, std::string_view base64) {
    const auto message = from_base64(base64);
    if (!message) return {};
    if (mechanism == "CRAM-MD5") return account_of_cram_md5(message->view());
    if (mechanism == "DIGEST-MD5") return account_of_digest_md5(message->view());
    return {};
}

bool can_be_account(std::string_view text) {
    return !text.empty() && std::ranges::none_of(text, is_control);
}

bool can_be_password(std::string_view text) {
    return !text.empty() && find(text, '\0') == npos;
}

Secret plain_response(const Login& login) {
    Secret message;
    message.append(login.acts_for);
    message.append("\0"sv);
    message.append(login.account);
    message.append("\0"sv);
    message.append(login.password.view());
    CHECK(std::ranges::count(message.view(), '\0') == 2);
    Secret out;
    append_base64(message.view(), out);
    return out;
}

std::optional<std::string> mechanism_name(std::string_view text) {
    if (text.empty() || text.size() > 20) return std::nullopt;
    std::string name;
    for (const char c : text) {
        if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '_') return std::nullopt;
        name += is_lower(c) ? static_cast<char>(c - 32) : c;
    }
    return name;
}

}  // namespace tidegate::wire

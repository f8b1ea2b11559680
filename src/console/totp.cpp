#include "console/totp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/check.h"

namespace tidegate::console {
namespace {

constexpr std::uint32_t million = 1'000'000;
constexpr std::size_t digits = 6;

std::optional<std::uint32_t> number_of(std::string_view code) {
    if (code.size() != digits) return std::nullopt;
    std::uint32_t number = 0;
    for (const char c : code) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return number;
}

}  // namespace

std::uint32_t totp_code(std::string_view secret, std::uint64_t step) {
    std::array<unsigned char, 8> text{};
    for (std::size_t i = 0; i < text.size(); ++i)
        text.at(text.size() - 1 - i) = static_cast<unsigned char>(step >> (8 * i));
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    CHECK(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), text.data(), text.size(),
               mac.data(), &size) != nullptr &&
          size == 20);
    // RFC 4226 5.3: the last four bits say where the number lies.
    const std::size_t at = mac.at(size - 1) & 0x0fU;
    std::uint32_t number = mac.at(at) & 0x7fU;
    for (std::size_t i = 1; i < 4; ++i) number = number << 8U | mac.at(at + i);
    return number % million;
}

std::uint64_t totp_step(Time now) {
    constexpr std::int64_t period = 30;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, unix_seconds(now))) / period;
}

std::string totp_text(std::string_view secret, std::uint64_t step) {
    return fmt::format("{:06}", totp_code(secret, step));
}

std::optional<std::uint64_t> matching_step(std::string_view secret, std::string_view code, Time now,
                                           std::uint64_t used) {
    const auto number = number_of(code);
    const std::uint64_t middle = totp_step(now);
    std::optional<std::uint64_t> found;
    for (const std::uint64_t step : {middle + 1, middle, middle == 0 ? 0 : middle - 1}) {
        const bool same = totp_code(secret, step) == number.value_or(million);
        if (same && step > used) found = step;
    }
    return found;
}

std::string base32(std::string_view bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    std::uint32_t waiting = 0;
    unsigned bits = 0;
    for (const char c : bytes) {
        waiting = waiting << 8U | static_cast<unsigned char>(c);
        for (bits += 8; bits >= 5; bits -= 5) out += letters[waiting >> (bits - 5) & 0x1fU];
    }
    if (bits > 0) out += letters[waiting << (5 - bits) & 0x1fU];
    return out;
}

std::string otpauth_url(std::string_view user, std::string_view secret) {
    return fmt::format("otpauth://totp/Tidegate:{}?secret={}&issuer=Tidegate", user, base32(secret));
}

}  // namespace tidegate::console

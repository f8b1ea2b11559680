#include "net/http_keys.h"

#include <strings.h>  // strncasecmp is POSIX's

#include <cstdint>
#include <utility>

namespace tidegate::net {
namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view scheme = "Basic ";

}  // namespace

void HttpKeys::accept_field(std::string name, std::string secret) {
    fields_.push_back({std::move(name), std::move(secret)});
}

void HttpKeys::accept_password(std::string password, std::string user) {
    passwords_.push_back({std::move(user), std::move(password)});
}

bool HttpKeys::admit(const Request& request) const {
    if (fields_.empty() && passwords_.empty()) return true;
    bool admitted = false;
    for (const Field& field : fields_)
        if (const auto shown = request.header(field.name)) admitted |= same_secret(*shown, field.secret);
    const std::string_view shown = request.header("Authorization").value_or("");
    if (passwords_.empty() || shown.size() < scheme.size() ||
        ::strncasecmp(shown.begin(), scheme.begin(), scheme.size()) != 0)
        return admitted;
    const auto pair = decode_base64(shown.substr(scheme.size()));
    if (!pair) return admitted;
    const auto colon = pair->find(':');
    if (colon == std::string::npos) return admitted;
    const std::string_view user = std::string_view(*pair).substr(0, colon);
    for (const Password& entry : passwords_) {
        const bool same = same_secret(std::string_view(*pair).substr(colon + 1), entry.password);
        admitted |= same && (entry.user.empty() || entry.user == user);
    }
    return admitted;
}

bool same_secret(std::string_view shown, std::string_view secret) {
    // An empty secret would let everybody in.
    unsigned differs = shown.size() != secret.size() || secret.empty() ? 1 : 0;
    for (std::size_t i = 0; i < shown.size() && !secret.empty(); ++i)
        differs |=
            static_cast<unsigned char>(shown[i]) ^ static_cast<unsigned char>(secret[i % secret.size()]);
    asm volatile("" : "+r"(differs));  // so that no compiler finds a way to stop early
    return differs == 0;
}

std::optional<std::string> decode_base64(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string out;
    std::uint32_t bits = 0;
    unsigned have = 0;
    for (const char c : text) {
        const auto digit = digits.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        have += 6;
        if (have < 8) continue;
        have -= 8;
        out += static_cast<char>(bits >> have & 0xff);
    }
    return out;
}

}  // namespace tidegate::net

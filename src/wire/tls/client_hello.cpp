#include "wire/tls/client_hello.h"

#include <fmt/format.h>
#include <sodium/crypto_hash_sha256.h>

#include <algorithm>
#include <array>
#include <optional>

namespace tidegate::wire {
namespace {

constexpr std::uint8_t client_hello_type = 1;

enum Extension : std::uint16_t {
    server_name = 0,
    signature_algorithms = 13,
    alpn = 16,
    supported_versions = 43
};

/// Numbers and vectors from the front of bytes (RFC 8446 3). Once something was missing, `ok` is false and
/// everything is 0 and empty.
class Bytes {
public:
    explicit Bytes(std::string_view bytes) : rest_(bytes) {}

    std::uint32_t number(std::size_t size) {
        std::uint32_t out = 0;
        for (const char c : take(size)) out = out << 8U | static_cast<std::uint8_t>(c);
        return out;
    }
    std::uint16_t pair() { return static_cast<std::uint16_t>(number(2)); }
    std::string_view take(std::size_t size) {
        if (size > rest_.size()) ok_ = false;
        if (!ok_) size = 0;
        const auto out = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return out;
    }
    /// A vector with its size in front.
    Bytes vector(std::size_t size_of_size) { return Bytes(take(number(size_of_size))); }
    [[nodiscard]] bool done() const { return rest_.empty() || !ok_; }
    [[nodiscard]] bool ok() const { return ok_; }

private:
    std::string_view rest_;
    bool ok_ = true;
};

// 0x0a0a, 0x1a1a, ... 0xfafa.
bool is_grease(std::uint16_t value) {
    return (value & 0x0f0fU) == 0x0a0aU && value >> 8U == (value & 0xffU);
}

std::vector<std::uint16_t> pairs(Bytes bytes) {
    std::vector<std::uint16_t> out;
    while (!bytes.done()) {
        const std::uint16_t value = bytes.pair();
        if (bytes.ok() && !is_grease(value)) out.push_back(value);
    }
    return out;
}

std::string first_host_name(Bytes names) {
    while (!names.done()) {
        const bool is_host = names.number(1) == 0;
        const auto name = names.take(names.pair());
        if (is_host) return std::string(name);
    }
    return {};
}

void read_extension(std::uint16_t type, Bytes body, ClientHello& hello) {
    switch (type) {
        case server_name:
            hello.server_name = first_host_name(body.vector(2));
            break;
        case signature_algorithms:
            hello.signature_algorithms = pairs(body.vector(2));
            break;
        case alpn: {
            Bytes protocols = body.vector(2);
            hello.alpn = std::string(protocols.take(protocols.number(1)));
            break;
        }
        case supported_versions:
            if (const auto offered = pairs(body.vector(1)); !offered.empty())
                hello.version = std::ranges::max(offered);
            break;
        default:
            break;
    }
}

std::string_view version_word(std::uint16_t version) {
    constexpr std::array<std::pair<std::uint16_t, std::string_view>, 6> words{
        {{0x0304, "13"}, {0x0303, "12"}, {0x0302, "11"}, {0x0301, "10"}, {0x0300, "s3"}, {0x0002, "s2"}}};
    const auto found = std::ranges::find(words, version, &decltype(words)::value_type::first);
    return found != words.end() ? found->second : "00";
}

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// First and last character; of bytes that are none, of their hexadecimal digits.
std::string alpn_word(std::string_view alpn) {
    if (alpn.empty()) return "00";
    if (is_alphanumeric(alpn.front()) && is_alphanumeric(alpn.back())) return {alpn.front(), alpn.back()};
    const auto first = fmt::format("{:02x}", static_cast<std::uint8_t>(alpn.front()));
    const auto last = fmt::format("{:02x}", static_cast<std::uint8_t>(alpn.back()));
    return {first.front(), last.back()};
}

std::string hex_list(const std::vector<std::uint16_t>& values) {
    std::string out;
    for (const std::uint16_t value : values) fmt::format_to(std::back_inserter(out), "{:04x},", value);
    if (!out.empty()) out.pop_back();
    return out;
}

std::string twelve_digits(std::string_view text) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
    std::string out;
    for (std::size_t i = 0; i < 6; ++i) fmt::format_to(std::back_inserter(out), "{:02x}", hash.at(i));
    return out;
}

std::string of_ciphers(std::vector<std::uint16_t> ciphers) {
    if (ciphers.empty()) return std::string(12, '0');
    std::ranges::sort(ciphers);
    return twelve_digits(hex_list(ciphers));
}

// What is counted apart is left out; signature algorithms stand in the client's order.
std::string of_extensions(const ClientHello& hello) {
    if (hello.extensions.empty()) return std::string(12, '0');
    std::vector<std::uint16_t> kinds = hello.extensions;
    std::erase(kinds, server_name);
    std::erase(kinds, alpn);
    std::ranges::sort(kinds);
    std::string text = hex_list(kinds);
    if (!hello.signature_algorithms.empty()) text += '_' + hex_list(hello.signature_algorithms);
    return twelve_digits(text);
}

}  // namespace

std::optional<ClientHello> read_client_hello(std::string_view message) {
    Bytes outer(message);
    if (outer.number(1) != client_hello_type) return std::nullopt;
    Bytes body = outer.vector(3);
    if (!outer.ok() || !outer.done()) return std::nullopt;
    ClientHello hello;
    hello.version = body.pair();
    (void)body.take(32);   // random
    (void)body.vector(1);  // session id
    hello.ciphers = pairs(body.vector(2));
    (void)body.vector(1);  // compression methods
    if (!body.ok()) return std::nullopt;
    if (body.done()) return hello;  // no extensions at all: TLS 1.2 and before
    Bytes extensions = body.vector(2);
    if (!body.ok() || !body.done()) return std::nullopt;
    while (!extensions.done()) {
        const std::uint16_t type = extensions.pair();
        Bytes content = extensions.vector(2);
        if (!extensions.ok()) return std::nullopt;
        if (is_grease(type)) continue;
        hello.extensions.push_back(type);
        read_extension(type, content, hello);
    }
    return hello;
}

std::string ja4(const ClientHello& hello) {
    return fmt::format("t{}{}{:02}{:02}{}_{}_{}", version_word(hello.version),
                       std::ranges::find(hello.extensions, server_name) != hello.extensions.end() ? 'd' : 'i',
                       std::min<std::size_t>(hello.ciphers.size(), 99),
                       std::min<std::size_t>(hello.extensions.size(), 99), alpn_word(hello.alpn),
                       of_ciphers(hello.ciphers), of_extensions(hello));
}

}  // namespace tidegate::wire

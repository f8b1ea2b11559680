#include "console/secrets.h"

#include <sodium.h>

#include "base/check.h"

namespace tidegate::console {
namespace {

void awake() {
    static const int ready = ::sodium_init();
    CHECK(ready >= 0);
}

constexpr std::size_t memory = crypto_pwhash_MEMLIMIT_INTERACTIVE;
constexpr unsigned long long passes = crypto_pwhash_OPSLIMIT_INTERACTIVE;

}  // namespace

std::optional<std::string> hash_password(std::string_view password) {
    awake();
    std::array<char, crypto_pwhash_STRBYTES> out{};
    const int done = ::crypto_pwhash_str(out.data(), password.data(), password.size(), passes, memory);
    if (done != 0) return std::nullopt;
    return std::string(out.data());
}

bool password_fits(const std::string& hash, std::string_view password) {
    awake();
    return ::crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool is_password_hash(const std::string& hash) {
    awake();
    if (hash.size() >= crypto_pwhash_STRBYTES || !hash.starts_with("$argon2id$")) return false;
    // 0 and 1: ours, or of another cost; -1: none. Another cost than ours nobody has set here.
    return ::crypto_pwhash_str_needs_rehash(hash.c_str(), passes, memory) == 0;
}

std::string random_bytes(std::size_t count) {
    awake();
    std::string out(count, '\0');
    ::randombytes_buf(out.data(), out.size());
    return out;
}

std::string random_word() {
    constexpr std::size_t bytes = 32;
    constexpr std::size_t room = sodium_base64_ENCODED_LEN(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    std::string random = random_bytes(bytes);
    std::array<char, room> out{};
    ::sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(random.data()), bytes,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    ::sodium_memzero(random.data(), random.size());
    return out.data();
}

Digest digest_of(std::string_view text) {
    awake();
    Digest out{};
    ::crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                         text.size(), nullptr, 0);
    return out;
}

std::string hex_of(const Digest& digest) {
    std::array<char, 2 * sizeof(Digest) + 1> out{};
    ::sodium_bin2hex(out.data(), out.size(), digest.data(), digest.size());
    return out.data();
}

bool are_equal(std::string_view one, std::string_view other) {
    return one.size() == other.size() && ::sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace tidegate::console

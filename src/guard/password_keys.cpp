#include "guard/password_keys.h"

#include <sodium.h>

#include <cstring>
#include <string>

#include "base/check.h"

namespace tidegate::guard {
namespace {

std::uint64_t siphash(std::string_view bytes, const unsigned char* key) {
    static_assert(crypto_shorthash_siphash24_BYTES == sizeof(std::uint64_t));
    std::uint64_t out = 0;
    crypto_shorthash_siphash24(reinterpret_cast<unsigned char*>(&out),
                               reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), key);
    return out;
}

}  // namespace

PasswordKeys::PasswordKeys() {
    static_assert(sizeof(Key) == crypto_shorthash_siphash24_KEYBYTES);
    CHECK(sodium_init() >= 0);
    randombytes_buf(of_day_.data(), of_day_.size());
    randombytes_buf(of_process_.data(), of_process_.size());
}

PasswordKeys::~PasswordKeys() {
    sodium_memzero(of_day_.data(), of_day_.size());
    sodium_memzero(of_process_.data(), of_process_.size());
}

void PasswordKeys::advance(Time now) {
    constexpr std::int64_t seconds = 86'400;
    const std::int64_t day = unix_seconds(now) / seconds;
    if (day <= day_) return;
    if (day_ != 0) randombytes_buf(of_day_.data(), of_day_.size());
    day_ = day;
}

std::uint64_t PasswordKeys::guess(std::string_view password) const {
    return siphash(password, of_day_.data()) & 0xffffU;
}

std::uint8_t PasswordKeys::tag(std::string_view account, std::string_view password) const {
    // Two steps, so that nothing has to be put together in memory: the account's own key, then the password.
    Key key = of_process_;
    const std::uint64_t mine = siphash(account, of_process_.data());
    std::memcpy(key.data(), &mine, sizeof mine);
    const auto tag = static_cast<std::uint8_t>(siphash(password, key.data()));
    sodium_memzero(key.data(), key.size());
    return tag;
}

}  // namespace tidegate::guard

#include "net/tls/ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <string>

#include "base/check.h"

namespace tidegate::net {
namespace {

TicketKeys::Key drawn() {
    TicketKeys::Key key;
    const bool random = RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1 &&
                        RAND_priv_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) == 1 &&
                        RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1;
    CHECK(random);
    return key;
}

int keys_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

bool use_mac(EVP_MAC_CTX* mac, TicketKeys::Key& key) {
    std::string digest = "SHA256";
    const std::array parameters{
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

// OpenSSL's: 1 it is set up, 2 the same and a new ticket shall follow, 0 unknown, below 0 an error.
int with_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
             int closing) {
    const auto& keys = *static_cast<TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), keys_index()));
    if (closing != 0) {
        TicketKeys::Key key = keys.newest();
        std::ranges::copy(key.name, name);
        if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
        const bool ready =
            EVP_EncryptInit_ex2(cipher, EVP_aes_256_cbc(), key.cipher.data(), iv, nullptr) == 1 &&
            use_mac(mac, key);
        return ready ? 1 : -1;
    }
    auto found = keys.find(name);
    if (!found) return 0;
    const bool ready =
        EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), found->key.cipher.data(), iv, nullptr) == 1 &&
        use_mac(mac, found->key);
    if (!ready) return -1;
    // A ticket of TLS 1.3 should be shown only once (RFC 8446, C.4), so whoever shows one needs another.
    return found->is_newest && SSL_version(ssl) != TLS1_3_VERSION ? 1 : 2;
}

}  // namespace

TicketKeys::TicketKeys() {
    std::ranges::generate(keys_, drawn);
}

void TicketKeys::rotate() {
    const Key key = drawn();
    const std::scoped_lock lock(mutex_);
    std::ranges::rotate(keys_, keys_.end() - 1);
    keys_.front() = key;
}

TicketKeys::Key TicketKeys::newest() const {
    const std::scoped_lock lock(mutex_);
    return keys_.front();
}

std::optional<TicketKeys::Found> TicketKeys::find(const unsigned char* name) const {
    const std::scoped_lock lock(mutex_);
    const auto same = [&](const Key& key) { return std::equal(key.name.begin(), key.name.end(), name); };
    const auto* const found = std::ranges::find_if(keys_, same);
    if (found == keys_.end()) return std::nullopt;
    return Found{*found, found == keys_.begin()};
}

void use_ticket_keys(SSL_CTX* context, TicketKeys& keys) {
    CHECK(SSL_CTX_set_ex_data(context, keys_index(), &keys) == 1);
    CHECK(SSL_CTX_set_tlsext_ticket_key_evp_cb(context, with_key) == 1);
}

std::shared_ptr<TicketKeys> make_ticket_keys() {
    return std::make_shared<TicketKeys>();
}

void rotate(TicketKeys& keys) {
    keys.rotate();
}

}  // namespace tidegate::net

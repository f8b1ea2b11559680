#include "rehearse/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <string_view>

namespace tidegate::rehearse {
namespace {

template <auto free>
struct Freed {
    template <class Thing>
    void operator()(Thing* thing) const {
        free(thing);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Bytes = std::unique_ptr<BIO, Freed<BIO_free>>;

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

Error failed() {
    std::array<char, 256> words{};
    ERR_error_string_n(ERR_get_error(), words.data(), words.size());
    return {"", 0, std::string("no certificate could be made: ") + words.data(), ""};
}

bool name_it(X509* certificate, const std::string& host) {
    const auto* const common = reinterpret_cast<const unsigned char*>(host.c_str());
    X509_NAME* const subject = X509_get_subject_name(certificate);
    const Extension names(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + host).c_str()));
    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common, -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1 && names &&
           X509_add_ext(certificate, names.get(), -1) == 1;
}

}  // namespace

Result<SelfSigned> self_signed(const std::string& host) {
    constexpr long an_hour = 3600, a_day = 24 * an_hour;
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    if (!key || !certificate) return std::unexpected(failed());
    X509* const it = certificate.get();
    X509_set_version(it, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(it), 1);
    X509_gmtime_adj(X509_getm_notBefore(it), -an_hour);
    X509_gmtime_adj(X509_getm_notAfter(it), a_day);
    const Bytes shown(BIO_new(BIO_s_mem())), secret(BIO_new(BIO_s_mem()));
    const bool done =
        X509_set_pubkey(it, key.get()) == 1 && name_it(it, host) &&
        X509_sign(it, key.get(), EVP_sha256()) > 0 && PEM_write_bio_X509(shown.get(), it) == 1 &&
        PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
    if (!done) return std::unexpected(failed());
    return SelfSigned{.certificate = text_of(shown.get()), .key = text_of(secret.get())};
}

}  // namespace tidegate::rehearse

#pragma once
// Certificates that the test makes, and two ends of a connection.

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "base/check.h"
#include "net/descriptor.h"
#include "net/tls/connection.h"

namespace tidegate::net {

class Folder {
public:
    Folder() {
        std::string name = std::filesystem::temp_directory_path() / "tls-XXXXXX";
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

/// Signed by itself; `names` as OpenSSL writes them: "DNS:imap.example.org,IP:192.0.2.1".
inline TlsIdentity make_identity(const Folder& folder, const std::string& name, const std::string& names) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86'400);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509_set_pubkey(certificate, key);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate, key, EVP_sha256());
    const TlsIdentity out{folder / (name + ".pem"), folder / (name + ".key")};
    FILE* file = std::fopen(out.certificate_file.c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(out.key_file.c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return out;
}

/// Two ends that never block.
struct Ends {
    Ends() {
        std::array<int, 2> both{};
        CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, both.data()) == 0);
        client = Descriptor(both[0]);
        server = Descriptor(both[1]);
    }
    Descriptor client, server;
};

/// Both in turn until neither has anything to do, or one has failed.
struct Handshake {
    TlsConnection::Step client = TlsConnection::Step::wants_write, server = client;
};
inline bool is_under_way(TlsConnection::Step step) {
    return step == TlsConnection::Step::wants_read || step == TlsConnection::Step::wants_write;
}
inline Handshake shake_hands(TlsConnection& client, TlsConnection& server) {
    Handshake now;
    for (int i = 0; i < 20; ++i) {
        if (is_under_way(now.client)) now.client = client.shake_hands();
        if (is_under_way(now.server)) now.server = server.shake_hands();
    }
    return now;
}

}  // namespace tidegate::net

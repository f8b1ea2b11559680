#include "net/tls/client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/check.h"
#include "net/tls/openssl_error.h"

namespace tidegate::net {

Result<std::shared_ptr<const TlsClient>> TlsClient::load(const TlsClientRules& rules) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    CHECK(context != nullptr);
    std::shared_ptr<const TlsClient> client(new TlsClient(context, rules.verify));
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (!rules.verify) return client;
    ERR_clear_error();
    const int found = rules.ca_file.empty() ? SSL_CTX_set_default_verify_paths(context)
                                            : SSL_CTX_load_verify_file(context, rules.ca_file.c_str());
    if (found != 1)
        return std::unexpected(Error{rules.ca_file, 0, "no certificates: " + take_openssl_error(),
                                     "PEM, of the authorities that sign the servers' certificates"});
    return client;
}

TlsClient::~TlsClient() {
    SSL_CTX_free(context_);
}

}  // namespace tidegate::net

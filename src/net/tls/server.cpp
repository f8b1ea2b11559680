#include "net/tls/server.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.h"
#include "net/tls/openssl_error.h"
#include "net/tls/ticket_keys.h"

namespace tidegate::net {
namespace {

struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

std::string lower(std::string_view name) {
    std::string out(name);
    std::ranges::transform(
        out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

Error trouble(const std::string& file, std::string_view what, std::string mend) {
    return Error{file, 0, std::string(what) + ": " + take_openssl_error(), std::move(mend)};
}

Result<void> use_files(SSL_CTX* context, const TlsIdentity& identity) {
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, identity.certificate_file.c_str()) != 1)
        return std::unexpected(trouble(identity.certificate_file, "no certificate",
                                       "PEM, the server's own first, then its chain"));
    if (SSL_CTX_use_PrivateKey_file(context, identity.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        return std::unexpected(trouble(identity.key_file, "no key for the certificate",
                                       "PEM, the one that belongs to " + identity.certificate_file));
    return {};
}

// What clients may ask for to be shown this certificate: its subjectAltName's DNS names.
std::vector<std::string> names_of(SSL_CTX* context) {
    std::vector<std::string> out;
    X509* certificate = SSL_CTX_get0_certificate(context);
    auto* names =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS) continue;
        const auto* text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
        out.push_back(lower({text, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))}));
    }
    GENERAL_NAMES_free(names);
    return out;
}

}  // namespace

struct TlsServer::Names {
    std::vector<Context> contexts;
    std::map<std::string, SSL_CTX*, std::less<>> exact;
    std::map<std::string, SSL_CTX*, std::less<>> below;  // of "*.example.org": "example.org"

    void add(Context context) {
        for (const std::string& name : names_of(context.get())) {
            if (name.starts_with("*."))
                below.try_emplace(name.substr(2), context.get());
            else
                exact.try_emplace(name, context.get());
        }
        contexts.push_back(std::move(context));
    }
    // A wildcard stands for one label (RFC 6125 6.4.3).
    [[nodiscard]] SSL_CTX* find(std::string_view asked) const {
        const std::string name = lower(asked);
        if (const auto found = exact.find(name); found != exact.end()) return found->second;
        const std::size_t dot = name.find('.');
        if (dot == std::string::npos || dot == 0) return nullptr;
        const auto found = below.find(std::string_view(name).substr(dot + 1));
        return found != below.end() ? found->second : nullptr;
    }

    static int choose(SSL* ssl, int* /*alert*/, void* names) {
        const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        if (asked == nullptr) return SSL_TLSEXT_ERR_NOACK;
        SSL_CTX* context = static_cast<const Names*>(names)->find(asked);
        if (context == nullptr) return SSL_TLSEXT_ERR_NOACK;
        SSL_set_SSL_CTX(ssl, context);
        return SSL_TLSEXT_ERR_OK;
    }
};

namespace {

Result<Context> context_of(const TlsServerRules& rules, const TlsIdentity& identity) {
    Context context(SSL_CTX_new(TLS_server_method()));
    CHECK(context != nullptr);
    SSL_CTX_set_min_proto_version(context.get(), rules.tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // Who comes again shows a ticket; nothing is remembered here.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context.get(), 1);
    if (!rules.ciphers.empty() && SSL_CTX_set_cipher_list(context.get(), rules.ciphers.c_str()) != 1)
        return std::unexpected(Error{"", 0, "no ciphers '" + rules.ciphers + "'", "see `openssl ciphers`"});
    if (auto used = use_files(context.get(), identity); !used)
        return std::unexpected(std::move(used.error()));
    return context;
}

}  // namespace

TlsServer::TlsServer() : names_(std::make_unique<Names>()) {}
TlsServer::~TlsServer() = default;

Result<std::shared_ptr<const TlsServer>> TlsServer::load(const TlsServerRules& rules,
                                                         std::shared_ptr<TicketKeys> keys) {
    if (rules.identities.empty())
        return std::unexpected(Error{"", 0, "TLS without a certificate", "name one and its key"});
    std::shared_ptr<TlsServer> server(new TlsServer);
    server->keys_ = std::move(keys);
    for (const TlsIdentity& identity : rules.identities) {
        auto context = context_of(rules, identity);
        if (!context) return std::unexpected(std::move(context.error()));
        use_ticket_keys(context->get(), *server->keys_);
        // A ticket opens the same sessions whichever certificate was shown.
        constexpr std::string_view ours = "tidegate";
        SSL_CTX_set_session_id_context(context->get(), reinterpret_cast<const unsigned char*>(ours.data()),
                                       ours.size());
        SSL_CTX_set_tlsext_servername_callback(context->get(), Names::choose);
        SSL_CTX_set_tlsext_servername_arg(context->get(), server->names_.get());
        server->names_->add(std::move(*context));
    }
    return server;
}

SSL_CTX* TlsServer::context_for(std::string_view name) const {
    SSL_CTX* found = names_->find(name);
    return found != nullptr ? found : names_->contexts.front().get();
}

bool TlsServer::knows(std::string_view name) const {
    return names_->find(name) != nullptr;
}

}  // namespace tidegate::net

#pragma once
// What a TLS server shows its clients: certificates by name, and tickets to come again with.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"

struct ssl_ctx_st;

namespace tidegate::net {

/// One certificate with its chain, and its key; PEM files.
struct TlsIdentity {
    std::string certificate_file;
    std::string key_file;
};

struct TlsServerRules {
    std::vector<TlsIdentity> identities;  // the first is shown to whoever names none, or an unknown name
    bool tls_1_2 = true;                  // else 1.3 alone
    std::string ciphers;                  // of TLS 1.2, as OpenSSL writes them; empty: its own choice
};

/// Keys of session tickets (RFC 5077, RFC 8446 4.6.1): the newest encrypts, the two before it still open what
/// they closed, so that a stolen one tells little. Every reload and every thread uses the same.
/// Thread: any.  Cost: a lock for each handshake.
class TicketKeys;
[[nodiscard]] std::shared_ptr<TicketKeys> make_ticket_keys();
/// A new key from now on; to be called every few hours.
void rotate(TicketKeys& keys);

/// Never changes: other files mean another one, and connections go on with the one that they began with.
/// Thread: any.
class TlsServer {
public:
    /// Fails: a file that can't be read, a key that is not the certificate's; says which.
    [[nodiscard]] static Result<std::shared_ptr<const TlsServer>> load(const TlsServerRules& rules,
                                                                       std::shared_ptr<TicketKeys> keys);
    ~TlsServer();
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    /// Whose certificate `name` would be shown; the first one's for an unknown name. For this folder and its
    /// tests.
    [[nodiscard]] ssl_ctx_st* context_for(std::string_view name) const;
    [[nodiscard]] bool knows(std::string_view name) const;

private:
    TlsServer();
    struct Names;
    std::unique_ptr<Names> names_;
    std::shared_ptr<TicketKeys> keys_;
};

}  // namespace tidegate::net

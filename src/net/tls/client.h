#pragma once
// How the servers behind us are known to be ours.

#include <memory>
#include <string>

#include "base/error.h"

struct ssl_ctx_st;

namespace tidegate::net {

struct TlsClientRules {
    std::string ca_file;  // PEM; empty: the system's authorities
    bool verify = true;   // the chain and the name; without it nobody knows who answers
};

/// Never changes.  Thread: any.
class TlsClient {
public:
    [[nodiscard]] static Result<std::shared_ptr<const TlsClient>> load(const TlsClientRules& rules);
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    [[nodiscard]] ssl_ctx_st* context() const { return context_; }
    [[nodiscard]] bool verifies() const { return verifies_; }

private:
    TlsClient(ssl_ctx_st* context, bool verifies) : context_(context), verifies_(verifies) {}
    ssl_ctx_st* context_;
    bool verifies_;
};

}  // namespace tidegate::net

#pragma once
// Keys of session tickets; for this folder alone.

#include <openssl/ssl.h>

#include <array>
#include <mutex>
#include <optional>

#include "net/tls/server.h"

namespace tidegate::net {

class TicketKeys {
public:
    struct Key {
        std::array<unsigned char, 16> name;
        std::array<unsigned char, 32> cipher, mac;
    };
    static constexpr std::size_t kept = 3;

    TicketKeys();
    void rotate();
    [[nodiscard]] Key newest() const;
    struct Found {
        Key key;
        bool is_newest;
    };
    [[nodiscard]] std::optional<Found> find(const unsigned char* name) const;

private:
    mutable std::mutex mutex_;
    std::array<Key, kept> keys_;  // newest first
};

/// Tickets of this context are closed and opened by these keys, which outlive it.
void use_ticket_keys(SSL_CTX* context, TicketKeys& keys);

}  // namespace tidegate::net

#pragma once
// [console]: where people and programs reach the daemon over HTTP (docs/console.md).

#include <string>
#include <vector>

#include "base/address.h"

namespace tidegate::config {

struct Console {
    std::string listen;                // empty: nowhere
    std::string certificate, key;      // PEM files; empty: plain HTTP
    std::vector<Prefix> behind_proxy;  // whose X-Forwarded-For and -Proto are believed
    std::string url;                   // "https://console.example.org"; empty: as browsers say
    unsigned idle_minutes = 60;        // of a session, without a call
    unsigned session_hours = 12;       // whatever happens

    friend bool operator==(const Console&, const Console&) = default;
};

}  // namespace tidegate::config

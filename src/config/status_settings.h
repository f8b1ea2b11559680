#pragma once
// What can be set about the public status page.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/address.h"

namespace tidegate::config {

/// A page of ours under a partner's name.
struct StatusPartner {
    std::string name;      // as the case book calls him
    std::string provider;  // under whose name it stands; empty: `name`
    std::string url;
    std::string static_folder;
    std::vector<std::string> push;

    friend bool operator==(const StatusPartner&, const StatusPartner&) = default;
};

/// E-mail to subscribers.
struct StatusMail {
    std::string host;      // empty: there are no subscribers
    unsigned port = 0;     // 0: as `tls` has it
    std::uint8_t tls = 1;  // index into mail_tls_names
    std::string user, password_file, ca_file;
    std::string from;
    unsigned timeout = 20;  // seconds
    unsigned most_a_minute = 120;
    unsigned most_subscribers = 20'000;

    friend bool operator==(const StatusMail&, const StatusMail&) = default;
};

struct Status {
    std::string listen;     // empty: no listener
    std::string url;        // where readers find the page
    std::string forms_url;  // where they find our listener; empty: as `url`
    std::string provider, zone, language = "en", contact;
    std::map<std::string, std::string> texts;
    std::string static_folder;
    std::vector<std::string> push;
    unsigned push_timeout = 60;  // seconds
    std::vector<Prefix> proxies;
    bool tells_visitors = true;
    unsigned threads = 1;
    StatusMail mail;
    std::vector<StatusPartner> partners;

    /// Whether there is a page at all.
    [[nodiscard]] bool is_on() const { return !listen.empty() || !static_folder.empty(); }
    friend bool operator==(const Status&, const Status&) = default;
};

}  // namespace tidegate::config

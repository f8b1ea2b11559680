#pragma once
// What subscribers get: RFC 5322, with the way off the list where mail programs look for it (RFC 8058).

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "event/public_record.h"
#include "tell/status/site.h"

namespace tidegate::tell::status {

/// What is worth an e-mail: an update, a report of what happened, or what is new about announced work.
struct News {
    Time time{};
    std::string subject, text;

    friend bool operator==(const News&, const News&) = default;
};

/// All of a record, in order of time.
[[nodiscard]] std::vector<News> news_of(const PublicRecord& record, const SiteRules& rules);

struct StatusMail {
    Time time{};
    std::string from, name;  // the sender's address, and what he is called
    std::string to;
    std::string subject, text;  // as people wrote them
    std::string leave{};        // URL of one-click unsubscription; empty: it is no mail of the list
    std::string host{};         // for the ids of message and list
};

/// Header and body, CRLF, ASCII, whatever the texts hold. `from` and `to` are mailbox_of() some text.
[[nodiscard]] std::string status_mail_text(const StatusMail& mail);

}  // namespace tidegate::tell::status

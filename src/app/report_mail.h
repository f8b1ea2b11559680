#pragma once
// By which server the weekly report goes, and how it is written for it.

#include <optional>
#include <string>

#include "config/settings.h"
#include "tell/alert/mail_route.h"
#include "tell/weekly/letter.h"

namespace tidegate::app {

/// [report]'s own server, else that of the first [[alert]] that is a mail, with [report]'s recipients.
/// Nothing: nobody is to get it, or there is no such server.
[[nodiscard]] std::optional<tell::MailTarget> report_target(const config::Settings& settings);

/// `id`: of the Message-ID, the same at every try.
[[nodiscard]] std::string report_mail(const tell::Week& week, tell::LetterOptions options,
                                      const tell::MailTarget& target, const std::string& id);

}  // namespace tidegate::app

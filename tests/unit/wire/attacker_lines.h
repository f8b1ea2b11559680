#pragma once
// Lines as the daemons write them around what a client typed: with any text in them, the address that comes
// out is the client's or none.

#include <array>
#include <string>
#include <string_view>

#include "wire/log/exim_client.h"
#include "wire/log/line.h"

namespace tidegate::wire {

/// `{a}` and `{b}` stand for the client's text, `{r}` for its address.
struct Template {
    MessageParser parse;
    std::string_view program;
    std::string_view text;
};

inline constexpr std::string_view real_client = "192.0.2.77";

inline constexpr std::array templates = {
    Template{
        parse_exim, "exim",
        "login authenticator failed for ({a}) [{r}]:5 I=[198.51.100.1]:25: 535 Incorrect authentication data "
        "(set_id={b})"},
    Template{parse_exim, "exim",
             "plain authenticator failed for [{r}]: 535 Incorrect authentication data (set_id={b})"},
    Template{parse_exim, "exim", "H=({a}) [{r}]:9 F=<{b}> rejected RCPT <{b}>: relay not permitted"},
    Template{parse_exim, "exim", "H=host.example.org ({a}) [{r}] rejected EHLO or HELO {a}: no"},
    Template{
        parse_exim, "exim",
        "SMTP protocol synchronization error (next input sent too soon): rejected \"{a}\" H=[{r}]:5 next "
        "input=\"{b}\""},
    Template{parse_exim, "exim",
             "SMTP protocol error in \"AUTH {a}\" H=({b}) [{r}]:5 AUTH command used when not advertised"},
    Template{parse_cyrus, "imap",
             "badlogin: host.example.org [{r}] plaintext {a} SASL(-13): authentication failure: {b}"},
    Template{parse_cyrus, "imap", "badlogin: [{r}] PLAIN ({a}) [SASL(-20): user not found: {b}]"},
    Template{parse_cyrus, "imap", "badlogin: [{r}] {a}"},
    Template{parse_courier, "imapd", "LOGIN FAILED, user={a}, ip=[::ffff:{r}], port=[5]"},
    Template{parse_courier, "courieresmtpd", "error,relay=::ffff:{r},ident=\"{a}\",msg=\"535 x\",cmd: {b}"},
    Template{parse_courier, "courieresmtpd", "error,relay=::ffff:{r},from=<{a}>,to=<{b}>: 550 User unknown."},
    Template{parse_sendmail, "sm-mta",
             "06I02CNi016764: AUTH failure (LOGIN): authentication failure (-13) {b}, user={a}, "
             "relay=h.example.org [{r}]"},
    Template{parse_sendmail, "sm-mta",
             "06I02CNi016764: ruleset=check_rcpt, arg1=<{a}>, relay=h.example.org [{r}] (may be forged), "
             "reject=550 5.7.1 "
             "<{b}>... Relaying denied"},
    Template{parse_sendmail, "sm-mta", "06I02CNi016764: [{r}]: VRFY {a} [rejected]"},
    Template{parse_roundcube, "roundcube",
             "IMAP Error: Login failed for {a} against localhost from {r}(X-Forwarded-For: {b}). "
             "AUTHENTICATE PLAIN: no in "
             "/usr/share/x.php on line 205 (POST /?_task=login)"},
    Template{parse_roundcube, "roundcube",
             "Failed login for {a} from {r} (X-Real-IP: {b}) in session s (error: 0)"},
    Template{parse_sogo, "sogod",
             "SOGoRootPage Login from '{a}, {r}' for user '{b}' might not have worked - password policy: "
             "65535  grace: -1"},
    Template{parse_nginx_mail, "nginx",
             "*5 client login failed: \"no\" while in http auth state, client: {r}, server: 0.0.0.0:143, "
             "login: \"{a}\""},
    Template{parse_nginx_mail, "nginx",
             "*5 client sent too long command \"{a}\" while in auth state, client: {r}, server: 0.0.0.0:143"},
    Template{parse_pam_unix, "auth",
             "pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser={a} "
             "rhost={r} "},
    Template{parse_pam_unix, "auth",
             "pam_unix(imap:auth): authentication failure; logname= uid=0 euid=0 tty= ruser={a} rhost={r}  "
             "user={b}"},
};

inline std::string filled(const Template& form, std::string_view a, std::string_view b) {
    std::string line;
    for (std::size_t i = 0; i < form.text.size(); ++i) {
        const auto place = form.text.substr(i, 3);
        const auto value = place == "{a}" ? a : place == "{b}" ? b : real_client;
        if (place == "{a}" || place == "{b}" || place == "{r}") {
            line += value;
            i += 2;
        } else {
            line += form.text[i];
        }
    }
    return line;
}

/// Empty where all is well; else the line that gave an address which the daemon did not write for the client.
inline std::string framed_by(const Template& form, std::string_view a, std::string_view b) {
    std::string text = filled(form, a, b);
    LogLine line;
    line.program = form.program;
    line.message = text;
    EventBatch batch;
    form.parse(line, batch);
    const auto real = Address::parse(real_client);
    for (const Event& event : batch.events) {
        if (!event.address.is_none() && event.address != real) return text;
        // Exim writes bytes beyond ASCII as "\\303", which is undone.
        const bool there = text.find(event.account) != std::string::npos ||
                           account_of_exim(text, batch).find(event.account) != std::string::npos;
        if (!there) return text;
    }
    return {};
}

}  // namespace tidegate::wire

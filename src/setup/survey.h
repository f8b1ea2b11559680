#pragma once
// What is on this machine: mail servers, how they are set, where they log.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "setup/dovecot_conf.h"
#include "setup/exim_conf.h"
#include "setup/finding.h"
#include "setup/machine.h"
#include "setup/nginx_conf.h"
#include "setup/postfix_conf.h"
#include "setup/version.h"

namespace tidegate::setup {

struct Dovecot {
    Version version;
    DovecotConf conf;           // all settings, defaults too
    std::string main_file;      // "/etc/dovecot/dovecot.conf"
    bool reads_conf_d = false;  // the main file includes conf.d/*.conf

    [[nodiscard]] bool is_2_4() const { return version >= Version{2, 4, 0}; }
    [[nodiscard]] bool serves(std::string_view protocol) const;
    /// Whether some listener takes the client's address from a PROXY header.
    [[nodiscard]] bool takes_proxy_headers() const;
};

struct Postfix {
    Version version;
    PostfixConf conf;
    std::string folder = "/etc/postfix";

    [[nodiscard]] std::string main_file() const { return folder + "/main.cf"; }
    [[nodiscard]] std::string master_file() const { return folder + "/master.cf"; }
    /// The smtpd services at which a client may log in.
    [[nodiscard]] std::vector<PostfixService> log_in_services() const;
    [[nodiscard]] bool has_postscreen() const;
};

struct Nginx {
    NginxConf conf;
};

struct Exim {
    std::string program;  // "exim4" or "exim"
    Version version;
    EximConf conf;
    bool is_debians = false;  // configured by update-exim4.conf
    bool is_split = false;    // from /etc/exim4/conf.d
    std::string file;         // where main settings are added
};

/// A place whose clients' addresses are not what they seem, and who declared it.
struct TrustedNetwork {
    Prefix network;
    std::string declared_by;  // "Dovecot's login_trusted_networks"
};

/// A log worth following.
struct LogSource {
    std::string file;  // empty: the journal
    std::string why;   // "Postfix and Dovecot, by syslog"
};

struct Survey {
    std::optional<Dovecot> dovecot;
    std::optional<Postfix> postfix;
    std::optional<Nginx> nginx;  // only with a mail {} block
    std::optional<Exim> exim;
    std::vector<TrustedNetwork> trusted;
    std::vector<LogSource> logs;
    Findings findings;  // what could not be found out

    [[nodiscard]] bool found_nothing() const { return !dovecot && !postfix && !nginx && !exim; }
};

/// Asks the mail servers' own tools.  Cost: about ten processes.  Fails: never; what cannot be found out is
/// among the findings.
[[nodiscard]] Survey survey(Machine& machine);

/// The logs of what was found, each line once: of files that hold the same lines only the fullest. Where
/// nothing was found, a mail log that is here anyway.
[[nodiscard]] std::vector<LogSource> find_logs(Machine& machine, const Survey& survey);

/// Whether a line at the end of one file stands in the other too, or both are the same file.
[[nodiscard]] bool hold_same_lines(Machine& machine, const std::string& one, const std::string& other);

}  // namespace tidegate::setup

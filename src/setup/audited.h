#pragma once
// The parts of an audit. For setup/audit.cpp and the tests alone.

#include <string>
#include <string_view>

#include "setup/audit.h"

namespace tidegate::setup {

/// Findings about one file. `to` outlives it.
class Complaints {
public:
    Complaints(Findings& to, std::string file) : to_(to), file_(std::move(file)) {}

    void error(std::string setting, std::string what, std::string mend = {}) const {
        add(Severity::error, std::move(setting), std::move(what), std::move(mend));
    }
    void warn(std::string setting, std::string what, std::string mend = {}) const {
        add(Severity::warning, std::move(setting), std::move(what), std::move(mend));
    }
    void note(std::string setting, std::string what, std::string mend = {}) const {
        add(Severity::note, std::move(setting), std::move(what), std::move(mend));
    }

private:
    void add(Severity severity, std::string setting, std::string what, std::string mend) const {
        to_.push_back({severity, std::move(what), file_, std::move(setting), std::move(mend)});
    }

    Findings& to_;
    std::string file_;
};

void audit_dovecot(const Dovecot& dovecot, const Ours& ours, Findings& findings);
void audit_postfix(const Postfix& postfix, const Ours& ours, Findings& findings);
void audit_nginx(const Nginx& nginx, const Ours& ours, Findings& findings);
void audit_exim(const Exim& exim, const Ours& ours, Findings& findings);
void audit_logs(Machine& machine, const Survey& survey, const Ours& ours, Findings& findings);
/// Our own file, doors and forwarders.
void audit_ours(Machine& machine, const Survey& survey, const Ours& ours, const Probe& probe,
                Findings& findings);

/// The secret that an HTTP header shows: that of "X-API-Key: SECRET", of "SECRET" alone, or the password of
/// "Authorization: Basic BASE64" (RFC 7617); empty where there is none.
[[nodiscard]] std::string shown_key(std::string_view header);

/// host:port and the password of "http://user:password@host:port/path"; nothing for another scheme.
struct HttpPlace {
    std::string place;
    std::string password;
};
[[nodiscard]] std::optional<HttpPlace> parse_url(std::string_view url);

}  // namespace tidegate::setup

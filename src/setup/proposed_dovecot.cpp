// What Dovecot would have to say. Tried with 2.3.19 and 2.4.1.
#include <array>

#include "setup/proposed.h"

namespace tidegate::setup {
namespace {

// Options with '=' inside an expression break 2.3's reading of the list; %4.65536Nw has none.
constexpr std::array<WantedAttribute, 11> wanted{{
    {"login", "%{requested_username}", "%{requested_username}", "nothing can be judged without the account"},
    {"pwhash", "%{hashed_password}", "%{hashed_password}",
     "the same wrong password again looks like a new guess, and a forgotten device like an attack"},
    {"remote", "%{rip}", "%{remote_ip}", "nothing can be judged without the client's address"},
    {"device_id", "%{client_id}", "%{client_id}", "customers' programs are not told from robots"},
    {"protocol", "%s", "%{protocol}", "IMAP, POP3 and submission are not told apart"},
    {"session_id", "%{session}", "%{session}",
     "what a door saw and what the log says are joined by time alone"},
    {"fail_type", "", "%{fail_type}", "an unknown account looks like a wrong password until the log is read"},
    {"attrs/guess", "%4.65536Nw", "%{password | sha256 | hexlify | substr(0, 4)}",
     "one password tried on many accounts is not seen as one"},
    {"attrs/rport", "%{rport}", "%{remote_port}",
     "reports of abuse cannot name the port behind shared addresses"},
    {"attrs/mech", "%m", "%{mechanism}",
     "mechanisms without a password (SCRAM) look like one password tried again and again"},
    {after_attribute, "%{passdb:tidegate}", "%{passdb:tidegate}",
     "a question after a right password is told from one before by memory alone, which a client that tries "
     "twice at once can mislead"},
}};

constexpr Version first_with_policy{2, 2, 27};

// Only what differs from the defaults, or from what was set otherwise.
void add_switches(const Dovecot& dovecot, const OurDoor& door, std::vector<std::string>& lines) {
    for (const char* name : {"check_before_auth", "check_after_auth", "report_after_auth"})
        if (dovecot.conf.policy_text(name) == "no")
            lines.push_back(std::string("auth_policy_") + name + " = yes");
    if (dovecot.conf.policy_text("log_only") == "yes") lines.emplace_back("auth_policy_log_only = no");
    const bool rejects = dovecot.conf.policy_text("reject_on_fail") == "yes";
    if (rejects == door.fails_open)
        lines.push_back(std::string("auth_policy_reject_on_fail = ") + (door.fails_open ? "no" : "yes"));
}

// Nothing would ever set it without a passdb that does.
bool is_of_use(const Dovecot& dovecot, const WantedAttribute& field) {
    return field.name != after_attribute || !dovecot.conf.passdbs().empty();
}

// A passdb's second block of the same name only adds to it: 2.4 can be told in our own file.
void add_marks(const Dovecot& dovecot, std::vector<std::string>& lines) {
    if (!dovecot.is_2_4()) return;
    for (const DovecotPassdb& passdb : dovecot.conf.passdbs())
        if (!passdb.is_marked)
            for (const std::string& line :
                 {"passdb " + passdb.name + " {", std::string("  fields {"),
                  std::string("    tidegate = yes"), std::string("  }"), std::string("}")})
                lines.push_back(line);
}

void add_attributes(const Dovecot& dovecot, std::vector<std::string>& lines) {
    if (dovecot.is_2_4()) {
        lines.emplace_back("auth_policy_request_attributes {");
        for (const WantedAttribute& field : wanted)
            if (is_of_use(dovecot, field))
                lines.push_back("  " + std::string(field.name) + " = " + std::string(field.since_2_4));
        lines.emplace_back("}");
        return;
    }
    std::string all = "auth_policy_request_attributes =";
    for (const WantedAttribute& field : wanted)
        if (!field.before_2_4.empty() && is_of_use(dovecot, field))
            all += " " + std::string(field.name) + "=" + std::string(field.before_2_4);
    lines.push_back(std::move(all));
}

void add_time_limit(const Dovecot& dovecot, std::vector<std::string>& lines) {
    if (!dovecot.is_2_4()) {
        lines.emplace_back("auth_policy_server_timeout_msecs = 1000");
        return;
    }
    for (const char* line : {"auth_policy {", "  http_client_request_absolute_timeout = 1s", "}"})
        lines.emplace_back(line);
}

Change door_change(const Dovecot& dovecot, const OurDoor& door, const std::string& nonce) {
    Change change;
    auto& lines = change.lines;
    lines.push_back("auth_policy_server_url = " + policy_url(door));
    if (!door.key.empty()) lines.push_back("auth_policy_server_api_header = X-API-Key: " + door.key);
    const DovecotSetting* there = dovecot.conf.policy("hash_nonce");
    if (there == nullptr || (there->value.empty() && !there->is_hidden))
        lines.push_back("auth_policy_hash_nonce = " + nonce);
    add_switches(dovecot, door, lines);
    add_attributes(dovecot, lines);
    add_marks(dovecot, lines);
    add_time_limit(dovecot, lines);
    lines.emplace_back("imap_id_retain = yes");
    change.why =
        "Dovecot asks Tidegate before and after it looks up a password. The attributes add what it does not "
        "send by "
        "itself: a 16-bit hash of the password alone, so that one password tried on many accounts is seen, "
        "and the "
        "client's port; imap_id_retain lets it know the client's program. What a passdb sets on success "
        "tells "
        "the "
        "question after the look-up from the one before.";
    return change;
}

// Before 2.4 a second block would be a second passdb: the line must go where the first one stands.
Change mark_change(const DovecotPassdb& passdb, const std::string& folder) {
    Change change;
    change.daemon = "Dovecot";
    change.file = folder;
    change.where = "where its " + passdb.title() + " stands, in its braces; `grep -rn passdb` there finds it";
    change.lines = {"  override_fields = " + passdb.fields + (passdb.fields.empty() ? "" : " ") +
                    "tidegate=yes"};
    change.why =
        "A success is marked, which attrs/after shows. Both lines or neither: with attrs/after alone "
        "each log-in would be taken for two.";
    change.check = "doveconf -n";
    change.reload = "doveadm reload";
    return change;
}

void mark_passdbs(const Dovecot& dovecot, Proposal& to) {
    if (dovecot.is_2_4()) return;
    const std::string folder = dovecot.main_file.substr(0, dovecot.main_file.rfind('/'));
    for (const DovecotPassdb& passdb : dovecot.conf.passdbs())
        if (!passdb.is_marked) to.changes.push_back(mark_change(passdb, folder));
}

Change log_change() {
    Change change;
    change.lines = {"auth_verbose = yes", "auth_verbose_passwords = sha1:4"};
    change.why =
        "Dovecot's log then has a line for each failure, with 16 bits of the SHA-1 of a wrong password: "
        "enough to see "
        "that it is the same one again, too little to find it. Rotated logs teach Tidegate on its first "
        "start.";
    return change;
}

Change penalty_change() {
    Change change;
    change.lines = {"service anvil {", "  unix_listener anvil-auth-penalty {", "    mode = 0", "  }", "}"};
    change.why =
        "Dovecot's own penalty delays everybody behind an address by up to 15 s, customers too. It goes once "
        "Tidegate "
        "acts; until then it is your only brake.";
    change.once_acting = true;
    return change;
}

void add(const Dovecot& dovecot, Change change, Proposal& to) {
    const auto slash = dovecot.main_file.rfind('/');
    const std::string folder = dovecot.main_file.substr(0, slash);
    change.daemon = "Dovecot";
    change.file = dovecot.reads_conf_d ? folder + "/conf.d/99-tidegate.conf" : dovecot.main_file;
    change.where = dovecot.reads_conf_d ? "a file of its own, mode 0600 (it holds secrets)" : "at the end";
    change.check = "doveconf -n";
    change.reload = "doveadm reload";
    to.changes.push_back(std::move(change));
}

void warn_of_other_server(const Dovecot& dovecot, const OurDoor& door, Proposal& to) {
    const std::string_view url = dovecot.conf.policy_text("server_url");
    if (url.empty() || url == policy_url(door)) return;
    to.findings.push_back({.severity = Severity::warning,
                           .what = "another policy server is asked now: " + std::string(url),
                           .file = dovecot.main_file,
                           .setting = "auth_policy_server_url",
                           .mend = "the lines below put Tidegate in its place"});
}

}  // namespace

std::span<const WantedAttribute> wanted_attributes() {
    return wanted;
}

std::string policy_url(const OurDoor& door) {
    return door.is_unix() ? std::string() : "http://" + door.reached_at() + "/";
}

void propose_dovecot(const Dovecot& dovecot, const OurDoor& door, const std::string& nonce, bool took,
                     Proposal& to) {
    if (dovecot.version.is_known() && dovecot.version < first_with_policy) {
        to.findings.push_back({.severity = Severity::error,
                               .what = "Dovecot " + dovecot.version.text() + " cannot ask a policy server",
                               .file = dovecot.main_file,
                               .setting = {},
                               .mend = "2.2.27 or later can; until then Tidegate learns from its log alone"});
        return add(dovecot, log_change(), to);
    }
    if (door.is_unix()) {
        to.findings.push_back({.severity = Severity::error,
                               .what = "Dovecot cannot ask over a Unix socket",
                               .file = dovecot.main_file,
                               .setting = "auth_policy_server_url",
                               .mend = "give the auth-policy door an address, listen = \"127.0.0.1:4080\""});
        return;
    }
    warn_of_other_server(dovecot, door, to);
    if (!took) {
        add(dovecot, door_change(dovecot, door, nonce), to);
        mark_passdbs(dovecot, to);
    }
    const bool logs_guesses = dovecot.conf.says_yes("auth_verbose") &&
                              dovecot.conf.text("auth_verbose_passwords").starts_with("sha1");
    if (!logs_guesses) add(dovecot, log_change(), to);
    const auto mode = dovecot.conf.text("service anvil/unix_listener anvil-auth-penalty/mode");
    if (mode.empty() || mode.find_first_not_of('0') != std::string_view::npos)
        add(dovecot, penalty_change(), to);
}

}  // namespace tidegate::setup

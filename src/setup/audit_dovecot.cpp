// Does Dovecot ask us, with all that we need, and does it do as it is told?
#include <algorithm>
#include <array>

#include "setup/audited.h"
#include "setup/proposed.h"
#include "setup/words.h"

namespace tidegate::setup {
namespace {

// RFC 4648; nothing behind what is not of its alphabet.
std::string from_base64(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0, count = 0;
    for (const char c : text) {
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos) break;
        bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffffU;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count & 0xffU);
    }
    return out;
}

std::string behind_colon(const std::string& text) {
    const auto colon = text.find(':');
    return colon == std::string::npos ? std::string() : text.substr(colon + 1);
}

// Whether it asks at our door with our key. False where nothing else matters.
bool audit_place(const Dovecot& dovecot, const OurDoor& door, const Complaints& say) {
    const std::string_view url = dovecot.conf.policy_text("server_url");
    if (url.empty()) {
        say.error("auth_policy_server_url", "Dovecot asks nobody", "`tidegate setup` prints the lines");
        return false;
    }
    const auto place = parse_url(url);
    if (!place || !same_place(place->place, door.reached_at())) {
        say.error("auth_policy_server_url",
                  "Dovecot asks " + std::string(url) + ", our door is at " + door.listen,
                  "auth_policy_server_url = " + policy_url(door));
        return false;
    }
    if (door.key.empty()) return true;
    const std::string_view header = dovecot.conf.policy_text("server_api_header");
    if (shown_key(header) == door.key || (!place->password.empty() && place->password == door.key))
        return true;
    say.error("auth_policy_server_api_header",
              header.empty() ? "no key is shown, so our door refuses the question"
                             : "the key is not our door's, so it refuses the question",
              "X-API-Key: and the door's key, from our configuration");
    return true;
}

void audit_nonce(const Dovecot& dovecot, const Complaints& say) {
    const DovecotSetting* nonce = dovecot.conf.policy("hash_nonce");
    if (nonce == nullptr || (nonce->value.empty() && !nonce->is_hidden))
        say.error("auth_policy_hash_nonce", "is empty: Dovecot's auth process does not start so",
                  "any long random text");
}

// 2.4 prints an empty list for its defaults.
bool sends(const Dovecot& dovecot, std::string_view field) {
    const auto fields = dovecot.conf.request_attributes();
    if (!fields.empty() || !dovecot.is_2_4()) return fields.contains(field);
    return !field.starts_with("attrs/");
}

void audit_attributes(const Dovecot& dovecot, const Complaints& say) {
    constexpr const char* setting = "auth_policy_request_attributes";
    for (const WantedAttribute& field : wanted_attributes()) {
        const auto expression = dovecot.is_2_4() ? field.since_2_4 : field.before_2_4;
        if (expression.empty() || sends(dovecot, field.name)) continue;
        const std::string what = std::string(field.name) + " is not sent: " + std::string(field.loss);
        const std::string mend =
            "add " + std::string(field.name) + (dovecot.is_2_4() ? " = " : "=") + std::string(expression);
        if (field.name == after_attribute) {
            say.note(setting, what, mend + " and have each passdb set tidegate=yes");
            continue;
        }
        const bool vital = field.name == "login" || field.name == "remote";
        vital ? say.error(setting, what, mend) : say.warn(setting, what, mend);
    }
    const auto fields = dovecot.conf.request_attributes();
    const auto remote = fields.find("remote");
    if (remote != fields.end() && remote->second.contains("real_r"))
        say.error(setting, "remote is the address of the proxy, not the client's",
                  dovecot.is_2_4() ? "remote = %{remote_ip}" : "remote=%{rip}");
    if (sends(dovecot, "device_id") && !dovecot.conf.says_yes("imap_id_retain"))
        say.warn("imap_id_retain",
                 "device_id stays empty without it: customers' programs are not told from robots",
                 "imap_id_retain = yes");
}

// With the attribute and without the mark a right log-in is taken for two tries.
void audit_marks(const Dovecot& dovecot, const Complaints& say) {
    if (!sends(dovecot, after_attribute)) return;
    for (const DovecotPassdb& passdb : dovecot.conf.passdbs())
        if (!passdb.is_marked)
            say.error(passdb.title(),
                      "attrs/after is sent, and this passdb does not mark a success: each of its log-ins is "
                      "taken for two",
                      dovecot.is_2_4() ? "fields { tidegate = yes }"
                                       : "override_fields = tidegate=yes, beside what is there");
}

void audit_times(const Dovecot& dovecot, const Ours& ours, const OurDoor& door, const Complaints& say) {
    if (dovecot.conf.policy_text("check_before_auth") == "no")
        say.error("auth_policy_check_before_auth",
                  "we are not asked before the password is looked up: nothing is stopped",
                  "auth_policy_check_before_auth = yes");
    if (dovecot.conf.policy_text("check_after_auth") == "no")
        say.note("auth_policy_check_after_auth",
                 "a right password from a place that should be refused gets in",
                 "auth_policy_check_after_auth = yes");
    if (dovecot.conf.policy_text("report_after_auth") == "no")
        say.warn("auth_policy_report_after_auth", "outcomes are learned from the log alone",
                 "auth_policy_report_after_auth = yes");
    if (dovecot.conf.policy_text("log_only") == "yes")
        ours.acts ? say.error("auth_policy_log_only", "our answers are only logged, nothing is stopped",
                              "auth_policy_log_only = no")
                  : say.note("auth_policy_log_only", "our answers would only be logged if we acted",
                             "auth_policy_log_only = no before mode = \"act\"");
    const bool rejects = dovecot.conf.policy_text("reject_on_fail") == "yes";
    if (rejects && door.fails_open)
        say.error("auth_policy_reject_on_fail",
                  "while Tidegate is away every log-in is refused, and the door says fails = \"open\"",
                  "auth_policy_reject_on_fail = no");
    if (!rejects && !door.fails_open)
        say.warn("auth_policy_reject_on_fail",
                 "while Tidegate is away every log-in passes, and the door says fails = \"closed\"",
                 "auth_policy_reject_on_fail = yes");
    if (leading_number(dovecot.conf.policy_text("server_timeout_msecs")) > 5000)
        say.warn("auth_policy_server_timeout_msecs", "a log-in waits longer than 5 s for us if we hang",
                 "auth_policy_server_timeout_msecs = 1000");
}

void audit_brakes(const Dovecot& dovecot, const Ours& ours, const Complaints& say) {
    const auto mode = dovecot.conf.text("service anvil/unix_listener anvil-auth-penalty/mode");
    const bool off = !mode.empty() && mode.find_first_not_of('0') == std::string_view::npos;
    if (off && !ours.acts)
        say.warn("service anvil", "Dovecot's own penalty is off while we only watch: nothing slows a guesser",
                 "take the lines out until mode = \"act\"");
    if (!off && ours.acts)
        say.note("service anvil", "Dovecot's own penalty delays everybody behind an address, customers too",
                 "`tidegate setup` prints the lines that turn it off");
}

void audit_log(const Dovecot& dovecot, const Complaints& say) {
    const std::string_view passwords = dovecot.conf.text("auth_verbose_passwords");
    if (passwords.starts_with("plain") || passwords == "yes")
        say.warn("auth_verbose_passwords", "wrong passwords stand in the log, and most are nearly right ones",
                 "auth_verbose_passwords = sha1:4");
    else if (!dovecot.conf.says_yes("auth_verbose") || !passwords.starts_with("sha1"))
        say.note("auth_verbose_passwords", "the log does not tell whether the same wrong password came again",
                 "auth_verbose = yes, auth_verbose_passwords = sha1:4");
}

}  // namespace

std::optional<HttpPlace> parse_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) return std::nullopt;
    url.remove_prefix(scheme.size());
    std::string authority(url.substr(0, url.find_first_of("/?")));
    HttpPlace found;
    if (const auto at = authority.rfind('@'); at != std::string::npos) {
        found.password = behind_colon(authority.substr(0, at));
        authority.erase(0, at + 1);
    }
    found.place = host_and_port(authority) ? authority : authority + ":80";
    return found;
}

std::string shown_key(std::string_view header) {
    const auto parts = cut(header, ':');
    if (!parts) return std::string(trim(header));
    std::string name(parts->first);
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (name == "x-api-key") return std::string(parts->second);
    std::string_view value = parts->second;
    if (name != "authorization" || take_word(value) != "Basic") return {};
    return behind_colon(from_base64(trim(value)));
}

void audit_dovecot(const Dovecot& dovecot, const Ours& ours, Findings& findings) {
    const Complaints say(findings, dovecot.main_file);
    audit_log(dovecot, say);
    const OurDoor* door = ours.door(DoorKind::auth_policy);
    if (door == nullptr) {
        Complaints(findings, ours.file)
            .error("[[door]]", "Dovecot is here, and there is no auth-policy door for it",
                   "kind = \"auth-policy\", listen = \"127.0.0.1:4080\"");
        return;
    }
    if (door->is_unix()) {
        Complaints(findings, ours.file)
            .error("[[door]]", "Dovecot cannot ask over a Unix socket", "listen = \"127.0.0.1:4080\"");
        return;
    }
    if (!audit_place(dovecot, *door, say)) return;
    audit_nonce(dovecot, say);
    audit_attributes(dovecot, say);
    audit_marks(dovecot, say);
    audit_times(dovecot, ours, *door, say);
    audit_brakes(dovecot, ours, say);
}

}  // namespace tidegate::setup

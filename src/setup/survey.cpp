#include "setup/survey.h"

#include <algorithm>

#include "setup/words.h"

namespace tidegate::setup {
namespace {

// What a program said, if it ended well; else a finding.
std::optional<std::string> output(Machine& machine, const std::vector<std::string>& command,
                                  Findings& findings) {
    std::string line;
    for (const std::string& word : command) line += (line.empty() ? "" : " ") + word;
    const auto ran = machine.run(command);
    if (ran && ran->status == 0) return ran->out;
    std::string_view complaint = ran ? std::string_view(ran->err) : std::string_view{};
    const std::string first(trim(take_line(complaint)));
    findings.push_back({.severity = Severity::error,
                        .what = ran ? "`" + line + "` failed: " + first : ran.error().text(),
                        .file = {},
                        .setting = {},
                        .mend = "run it yourself and mend what it complains about; root may be needed"});
    return std::nullopt;
}

// A line of the main file that includes the folder, as Debian's does.
bool includes_conf_d(std::string_view text) {
    while (!text.empty()) {
        std::string_view line = trim(take_line(text));
        if (take_word(line).starts_with("!include") && trim(line).ends_with("conf.d/*.conf")) return true;
    }
    return false;
}

std::optional<Dovecot> find_dovecot(Machine& machine, Findings& findings) {
    if (!machine.has_program("doveconf")) return std::nullopt;
    const auto all = output(machine, {"doveconf", "-a"}, findings);
    if (!all) return std::nullopt;
    Dovecot found;
    found.conf = DovecotConf::parse(*all);
    found.version = found.conf.version();
    if (!found.version.is_known())
        if (const auto said = machine.run({"dovecot", "--version"}))
            found.version = Version::parse(said->out);
    found.main_file = found.conf.file().empty() ? "/etc/dovecot/dovecot.conf" : found.conf.file();
    if (const auto text = machine.read(found.main_file)) found.reads_conf_d = includes_conf_d(*text);
    return found;
}

std::optional<Postfix> find_postfix(Machine& machine, Findings& findings) {
    if (!machine.has_program("postconf")) return std::nullopt;
    const auto main = output(machine, {"postconf", "-n"}, findings);
    const auto services = main ? output(machine, {"postconf", "-M"}, findings) : std::nullopt;
    const auto overrides = services ? output(machine, {"postconf", "-P"}, findings) : std::nullopt;
    if (!overrides) return std::nullopt;
    Postfix found;
    found.conf = PostfixConf::parse(*main, *services, *overrides);
    if (const auto said = machine.run({"postconf", "-d", "mail_version", "config_directory"})) {
        const PostfixConf built_in = PostfixConf::parse(said->out, {}, {});
        found.version = Version::parse(built_in.raw("mail_version"));
        if (const auto folder = built_in.raw("config_directory"); !folder.empty()) found.folder = folder;
    }
    return found;
}

std::optional<Nginx> find_nginx(Machine& machine, Findings& findings) {
    if (!machine.has_program("nginx")) return std::nullopt;
    const auto text = output(machine, {"nginx", "-T"}, findings);
    if (!text) return std::nullopt;
    Nginx found{.conf = NginxConf::parse(*text)};
    return found.conf.has_mail ? std::optional(std::move(found)) : std::nullopt;
}

// Debian makes Exim's file out of a template or of the folder conf.d (update-exim4.conf(8)).
void find_exim_files(Machine& machine, Exim& exim) {
    exim.file = "/etc/exim4/exim4.conf";
    const auto settings = machine.read("/etc/exim4/update-exim4.conf.conf");
    exim.is_debians = settings.has_value() && !machine.look(exim.file);
    if (!exim.is_debians) {
        if (!machine.look(exim.file)) exim.file = "/etc/exim/exim.conf";
        return;
    }
    exim.is_split = settings->contains("dc_use_split_config='true'");
    exim.file = exim.is_split ? "/etc/exim4/conf.d/main/05_tidegate" : "/etc/exim4/exim4.conf.template";
}

std::optional<Exim> find_exim(Machine& machine, Findings& findings) {
    Exim found;
    found.program = machine.has_program("exim4") ? "exim4" : "exim";
    if (!machine.has_program(found.program)) return std::nullopt;
    const auto options = output(machine, {found.program, "-bP"}, findings);
    if (!options) return std::nullopt;
    // Only root and Exim's administrators may see it.
    const auto config = output(machine, {found.program, "-bP", "config"}, findings);
    found.conf = EximConf::parse(*options, config.value_or(""));
    if (const auto said = machine.run({found.program, "-bV"}); said && said->out.starts_with("Exim version "))
        found.version = Version::parse(std::string_view(said->out).substr(13));
    find_exim_files(machine, found);
    return found;
}

// More is no list that a person wrote, and each is held against all others.
constexpr std::size_t max_trusted = 1000;

void trust(std::string_view list, const std::string& declared_by, std::vector<TrustedNetwork>& to) {
    for (std::string word : restrictions(list)) {
        // Postfix writes [2001:db8::1]/128.
        std::erase_if(word, [](char c) { return c == '[' || c == ']'; });
        if (word.starts_with("::ffff:")) continue;  // IPv4 in disguise, which stands there by itself
        const auto network = Prefix::parse(word);
        if (!network || to.size() >= max_trusted) continue;
        const auto known = [&](const TrustedNetwork& other) { return other.network == *network; };
        if (std::ranges::none_of(to, known)) to.push_back({*network, declared_by});
    }
}

void find_trusted(Survey& found) {
    if (found.dovecot) {
        trust(found.dovecot->conf.text("login_trusted_networks"), "Dovecot's login_trusted_networks",
              found.trusted);
        trust(found.dovecot->conf.text("haproxy_trusted_networks"), "Dovecot's haproxy_trusted_networks",
              found.trusted);
    }
    if (found.postfix) trust(found.postfix->conf.value("mynetworks"), "Postfix's mynetworks", found.trusted);
}

}  // namespace

bool Dovecot::serves(std::string_view protocol) const {
    const auto all = words(conf.text("protocols"));
    return std::ranges::find(all, protocol) != all.end();
}

bool Dovecot::takes_proxy_headers() const {
    return std::ranges::any_of(conf.settings(), [](const DovecotSetting& setting) {
        return setting.path.contains("inet_listener") && setting.path.ends_with("/haproxy") &&
               setting.value == "yes";
    });
}

std::vector<PostfixService> Postfix::log_in_services() const {
    std::vector<PostfixService> found;
    for (const PostfixService& service : conf.services())
        if (service.program == "smtpd" && service.type != "unix" &&
            conf.value(service, "smtpd_sasl_auth_enable") == "yes")
            found.push_back(service);
    return found;
}

bool Postfix::has_postscreen() const {
    return std::ranges::find(conf.services(), "postscreen", &PostfixService::program) !=
           conf.services().end();
}

Survey survey(Machine& machine) {
    Survey found;
    found.dovecot = find_dovecot(machine, found.findings);
    found.postfix = find_postfix(machine, found.findings);
    found.nginx = find_nginx(machine, found.findings);
    found.exim = find_exim(machine, found.findings);
    find_trusted(found);
    found.logs = find_logs(machine, found);
    return found;
}

}  // namespace tidegate::setup

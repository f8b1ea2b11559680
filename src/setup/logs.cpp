// Where the mail servers log.
#include <algorithm>
#include <array>

#include "setup/survey.h"
#include "setup/words.h"

namespace tidegate::setup {
namespace {

// The fullest first: Debian's rsyslog once wrote mail.info beside mail.log; the others take all of syslog.
constexpr std::array<const char*, 5> syslog_files{
    "/var/log/mail.log", "/var/log/maillog", "/var/log/mail.info", "/var/log/syslog", "/var/log/messages"};
constexpr std::size_t compared_bytes = 16384;

bool is_log(Machine& machine, const std::string& path) {
    const auto facts = machine.look(path);
    return facts && facts->kind == FileFacts::Kind::file;
}

void add(std::vector<LogSource>& logs, std::string file, const std::string& why) {
    const auto known = std::ranges::find(logs, file, &LogSource::file);
    if (known == logs.end())
        logs.push_back({std::move(file), why});
    else
        known->why += ", " + why;
}

// Where the mail facility of syslog ends up: a file, or the journal.
void add_syslog(Machine& machine, const std::string& why, std::vector<LogSource>& logs) {
    for (const char* file : syslog_files)
        if (is_log(machine, file)) return add(logs, file, why);
    if (machine.has_journal()) return add(logs, "", why);
    add(logs, syslog_files.front(), why);
}

void add_dovecot(Machine& machine, const DovecotConf& conf, std::vector<LogSource>& logs) {
    // Log-ins and failures are of the level info.
    std::string_view path = conf.text("info_log_path");
    if (path.empty()) path = conf.text("log_path");
    if (path.starts_with('/') && !path.starts_with("/dev/"))
        add(logs, std::string(path), "Dovecot");
    else
        add_syslog(machine, "Dovecot", logs);
}

void add_postfix(Machine& machine, const PostfixConf& conf, std::vector<LogSource>& logs) {
    const std::string file = conf.value("maillog_file");
    if (file.starts_with('/') && !file.starts_with("/dev/"))
        add(logs, file, "Postfix");
    else
        add_syslog(machine, "Postfix", logs);
}

// A machine that only collects the logs of others.
void add_collected(Machine& machine, std::vector<LogSource>& logs) {
    for (const char* file : {"/var/log/mail.log", "/var/log/maillog"})
        if (is_log(machine, file)) return add(logs, file, "mail, of other machines");
}

// log_file_path is a list of "syslog" and paths, in which %s stands for main, reject or panic. The reject log
// holds lines of the main log again.
void add_exim(Machine& machine, const EximConf& conf, std::vector<LogSource>& logs) {
    bool any = false;
    for (const std::string_view word : words(conf.option("log_file_path"), ": \t")) {
        any = true;
        std::string file(word);
        if (file == "syslog") {
            add_syslog(machine, "Exim", logs);
            continue;
        }
        if (const auto at = file.find("%s"); at != std::string::npos) file.replace(at, 2, "main");
        if (file.starts_with('/')) add(logs, file, "Exim");
    }
    if (any) return;
    const bool is_debians = is_log(machine, "/var/log/exim4/mainlog");
    add(logs, is_debians ? "/var/log/exim4/mainlog" : "/var/log/exim/main.log", "Exim");
}

void add_nginx(const NginxConf& conf, std::vector<LogSource>& logs) {
    add(logs, conf.error_log.starts_with('/') ? conf.error_log : "/var/log/nginx/error.log", "nginx");
}

}  // namespace

bool hold_same_lines(Machine& machine, const std::string& one, const std::string& other) {
    const auto first = machine.look(one);
    const auto second = machine.look(other);
    if (!first || !second) return false;
    if (first->device == second->device && first->inode == second->inode) return true;
    const std::string text = machine.tail(one, compared_bytes);
    const std::string against = "\n" + machine.tail(other, compared_bytes);
    std::string_view rest = text;
    static_cast<void>(take_line(rest));  // the first may be half a line
    while (!rest.empty()) {
        const bool whole = rest.contains('\n');
        const std::string line(take_line(rest));
        // Short lines may be alike by chance.
        if (whole && line.size() >= 40 && against.contains("\n" + line + "\n")) return true;
    }
    return false;
}

std::vector<LogSource> find_logs(Machine& machine, const Survey& survey) {
    std::vector<LogSource> logs;
    if (survey.dovecot) add_dovecot(machine, survey.dovecot->conf, logs);
    if (survey.postfix) add_postfix(machine, survey.postfix->conf, logs);
    if (survey.exim) add_exim(machine, survey.exim->conf, logs);
    if (survey.nginx) add_nginx(survey.nginx->conf, logs);
    if (survey.found_nothing()) add_collected(machine, logs);
    std::vector<LogSource> kept;
    for (LogSource& log : logs) {
        const auto same = std::ranges::find_if(
            kept, [&](const LogSource& other) { return hold_same_lines(machine, log.file, other.file); });
        if (same == kept.end())
            kept.push_back(std::move(log));
        else
            same->why += ", " + log.why;
    }
    return kept;
}

}  // namespace tidegate::setup

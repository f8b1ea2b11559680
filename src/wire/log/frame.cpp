#include "wire/log/frame.h"

#include <algorithm>
#include <array>

#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

// Services that write Dovecot's own file. A name that is missing here only costs us a line that says nothing.
constexpr std::array dovecot_services = {
    "imap-login",
    "pop3-login",
    "managesieve-login",
    "sieve",
    "sieve-login",
    "submission-login",
    "auth",
    "auth-worker",
    "imap",
    "pop3",
    "managesieve",
    "submission",
    "lmtp",
    "lda",
    "master",
    "log",
    "anvil",
    "config",
    "director",
    "doveadm",
    "indexer",
    "indexer-worker",
    "stats",
    "old-stats",
    "dict",
    "dict-async",
    "dict-expire",
    "replicator",
    "aggregator",
    "ipc",
    "ssl-params",
    "imap-hibernate",
    "imap-urlauth-login",
    "imap-urlauth",
    "imap-urlauth-worker",
    "quota-status",
    "health-check",
    "dsync-local",
    "dsync-server",
    "dns-client",
    "dns_client",
};

bool is_dovecot_service(std::string_view word) {
    return std::ranges::find(dovecot_services, word) != dovecot_services.end();
}

// Does Dovecot's own file go on like this: "imap-login: ", "auth(bob,192.0.2.1,sasl:plain)<id>: ",
// "imap(bob)<1><id>: "?
bool starts_like_dovecot(std::string_view text) {
    const auto end = text.substr(0, 24).find_first_of(":(<");
    return end != npos && is_dovecot_service(text.substr(0, end)) &&
           (text[end] != ':' || text.substr(end).starts_with(": "));
}

bool is_tag_end(std::string_view token) {
    return token.size() > 1 && token.back() == ':';
}

// "postfix/smtpd[123]" into program and pid.
void read_tag(std::string_view token, LogLine& line) {
    line.program = token;
    if (!token.ends_with(']')) return;
    std::size_t digit = token.size() - 1;
    std::uint64_t pid = 0;
    for (std::uint64_t unit = 1; digit > 0 && is_digit(token[digit - 1]) && unit < 10'000'000'000;
         unit *= 10) {
        pid += unit * static_cast<std::uint64_t>(token[--digit] - '0');
    }
    if (digit < 2 || digit == token.size() - 1 || token[digit - 1] != '[') return;
    line.program = token.substr(0, digit - 1);
    line.pid = static_cast<std::uint32_t>(pid);
}

// "123]: message", what follows "sogod [".
bool read_loose_pid(std::string_view text, LogLine& line) {
    Scan in(text);
    const auto pid = in.number();
    if (!pid || !in.skip("]:")) return false;
    in.skip(' ');
    line.pid = static_cast<std::uint32_t>(*pid);
    line.message = in.rest();
    return true;
}

// What follows the host: "dovecot: message", "postfix/smtpd[123]: message", "sogod [123]: message".
void read_tagged(std::string_view text, LogLine& line) {
    Scan in(text);
    std::string_view token = in.until_or_rest(' ');
    if (token.starts_with("mail.") && !is_tag_end(token))
        token = in.until_or_rest(' ');  // busybox's facility.level
    line.message = in.rest();
    if (is_tag_end(token)) return read_tag(token.substr(0, token.size() - 1), line);
    if (const auto colon = token.find("]:"); colon != npos) {  // no blank after the tag
        line.message = text.substr(static_cast<std::size_t>(token.data() - text.data()) + colon + 2);
        return read_tag(token.substr(0, colon + 1), line);
    }
    read_tag(token, line);
    if (in.peek() == '[') read_loose_pid(in.rest().substr(1), line);
}

// What follows the time in syslog's and Dovecot's files: a host or none, then the tag.
void read_host_and_tag(std::string_view text, LogLine& line) {
    if (text.starts_with('<')) {  // FreeBSD's "<mail.info> "
        if (const auto end = text.substr(0, 24).find("> "); end != npos) text.remove_prefix(end + 2);
    }
    Scan in(text);
    const std::string_view token = in.until_or_rest(' ');
    if (is_tag_end(token) || token.find('(') != npos) {
        if (starts_like_dovecot(text)) {
            line.program = "dovecot";
            line.message = text;
            return;
        }
        return read_tagged(text, line);
    }
    if ((token == "sogod" || token == "exim") && in.peek() == '[') return read_tagged(text, line);
    line.host = token;
    in.skip_spaces();
    read_tagged(in.rest(), line);
}

// RFC 5424 6.3: "-" or elements in brackets, whose values may hold escaped brackets.
bool skip_structured_data(Scan& in) {
    if (in.skip('-')) return true;
    if (in.peek() != '[') return false;
    const auto text = in.rest();
    bool quoted = false;
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (quoted && text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            quoted = !quoted;
        } else if (!quoted && text[at] == ']' && (at + 1 == text.size() || text[at + 1] != '[')) {
            in.drop(at + 1);
            return true;
        }
    }
    return false;
}

std::string_view unless_nil(std::string_view field) {
    return field == "-" ? std::string_view() : field;
}

// What follows "<34>1 ": TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG (RFC 5424 6).
bool read_rfc5424(Scan in, TimeReader& times, LogLine& line) {
    const auto time = times.iso(in);
    if (!time || !in.skip(' ')) return false;
    const auto host = in.until(' ');
    const auto program = in.until(' ');
    const auto pid = in.until(' ');
    const auto message_id = in.until(' ');
    if (!host || !program || !pid || !message_id || !skip_structured_data(in)) return false;
    in.skip(' ');
    in.skip("\xEF\xBB\xBF");
    line.time = *time;
    line.host = unless_nil(*host);
    line.program = unless_nil(*program);
    line.pid = static_cast<std::uint32_t>(Scan(*pid).number().value_or(0));
    line.message = in.rest();
    return true;
}

// Some write syslog with "YYYY-MM-DD HH:MM:SS", which else is Exim's: then a host stands before a tag that
// only a syslog daemon writes.
bool is_syslog_after_plain_time(std::string_view text) {
    Scan in(text);
    const auto host = in.until_or_rest(' ');
    const auto tag = in.until_or_rest(' ');
    if (host.empty() || !is_tag_end(tag) || host.find_first_of("=(<[]:") != npos) return false;
    return tag == "dovecot:" || (tag.ends_with("]:") && tag.find('[') != npos && tag.find('[') > 0 &&
                                 tag.find_first_of("=(<") == npos);
}

// What follows "YYYY-MM-DD HH:MM:SS[.mmm] [+zone] ".
void read_exim(std::string_view text, LogLine& line) {
    if (starts_like_dovecot(text) || is_syslog_after_plain_time(text)) return read_host_and_tag(text, line);
    line.program = "exim";
    line.message = text;
    Scan in(text);
    if (!in.skip('[')) return;
    const auto pid = in.number();
    if (!pid || !in.skip("] ")) return;
    line.pid = static_cast<std::uint32_t>(*pid);
    line.message = in.rest();
}

bool read_iso_line(Scan in, TimeReader& times, LogLine& line) {
    const bool plain = in.rest().size() > 10 && in.rest()[10] == ' ';
    const auto time = times.iso(in);
    if (!time || !in.skip(' ')) return false;
    in.skip_spaces();
    line.time = *time;
    plain ? read_exim(in.rest(), line) : read_host_and_tag(in.rest(), line);
    return true;
}

bool read_nginx(Scan in, TimeReader& times, LogLine& line) {
    const auto time = times.slashed(in);
    if (!time || !in.skip(' ')) return false;
    line.time = *time;
    line.program = "nginx";
    line.message = in.rest();
    return true;
}

bool read_roundcube(Scan in, TimeReader& times, LogLine& line) {
    if (!in.skip('[')) return false;
    const auto time = times.day_month_year(in);
    if (!time) return false;
    const auto zone_name = in.until(']');  // PHP's own lines: " UTC]"
    if (!zone_name || zone_name->size() > 40) return false;
    in.skip(':');
    in.skip(' ');
    line.time = *time;
    line.program = "roundcube";
    line.message = in.rest();
    return true;
}

bool read_syslog(Scan in, TimeReader& times, LogLine& line) {
    const auto time = times.month_day(in);
    if (!time) return false;
    line.time = *time;
    if (!in.skip(' ')) return in.done();
    in.skip_spaces();
    read_host_and_tag(in.rest(), line);
    return true;
}

bool read_tai64n(Scan in, TimeReader&, LogLine& line) {
    const auto time = TimeReader::tai64n(in);
    if (!time) return false;
    in.skip(' ');
    line.time = *time;
    read_host_and_tag(in.rest(), line);
    return true;
}

// "<34>" and what may follow it.
bool read_with_priority(Scan in, TimeReader& times, LogLine& line) {
    in.skip('<');
    const auto priority = in.number();
    if (!priority || *priority > 191 || !in.skip('>')) return false;
    if (in.skip("1 ")) return read_rfc5424(in, times, line);
    return is_digit(in.peek()) ? read_iso_line(in, times, line) : read_syslog(in, times, line);
}

}  // namespace

bool read_frame(std::string_view text, TimeReader& times, LogLine& line) {
    line.message = text;
    if (text.size() < 14) return false;
    const Scan in(text);
    switch (text.front()) {
        case '<':
            return read_with_priority(in, times, line);
        case '[':
            return read_roundcube(in, times, line);
        case '@':
            return read_tai64n(in, times, line);
        default:
            break;
    }
    if (!is_digit(text.front())) return read_syslog(in, times, line);
    return text[4] == '/' ? read_nginx(in, times, line) : read_iso_line(in, times, line);
}

}  // namespace tidegate::wire

#include "setup/nginx_conf.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <utility>

#include "setup/words.h"

namespace tidegate::setup {
namespace {

constexpr std::string_view file_mark = "# configuration file ";
// What all includes together may come to, however often one file is included.
constexpr std::size_t max_resolved_bytes = std::size_t{8} << 20;

struct Token {
    enum class Kind { word, open, close, end_of_directive, end } kind = Kind::end;
    std::string text;
};

// nginx's words: quoted with ' or ", backslash before any character, # to the end of the line.
class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    Token next() {
        skip();
        if (text_.empty()) return {};
        const char first = text_.front();
        if (first == '{' || first == '}' || first == ';') {
            text_.remove_prefix(1);
            return {first == '{'   ? Token::Kind::open
                    : first == '}' ? Token::Kind::close
                                   : Token::Kind::end_of_directive,
                    {}};
        }
        if (first == '"' || first == '\'') return quoted(first);
        return bare();
    }

private:
    void skip() {
        while (true) {
            const auto begin = text_.find_first_not_of(blanks);
            text_.remove_prefix(begin == std::string_view::npos ? text_.size() : begin);
            if (!text_.starts_with('#')) return;
            static_cast<void>(take_line(text_));
        }
    }

    Token quoted(char quote) {
        std::string out;
        std::size_t at = 1;
        for (; at < text_.size() && text_[at] != quote; ++at) {
            if (text_[at] == '\\' && at + 1 < text_.size()) ++at;
            out += text_[at];
        }
        text_.remove_prefix(std::min(text_.size(), at + 1));
        return {Token::Kind::word, out};
    }

    Token bare() {
        std::string out;
        std::size_t at = 0;
        for (; at < text_.size() && !blanks.contains(text_[at]) && text_[at] != ';' && text_[at] != '{' &&
               text_[at] != '}';
             ++at) {
            // "${name}" is a word, not a block.
            if (text_[at] == '$' && at + 1 < text_.size() && text_[at + 1] == '{') {
                const auto close = text_.find('}', at);
                if (close == std::string_view::npos) break;
                out += text_.substr(at, close - at + 1);
                at = close;
                continue;
            }
            if (text_[at] == '\\' && at + 1 < text_.size()) ++at;
            out += text_[at];
        }
        text_.remove_prefix(std::max<std::size_t>(at, 1));
        return {Token::Kind::word, out};
    }

    std::string_view text_;
};

// A loop, since what nests too deep may nest a million times.
void skip_block(Lexer& lexer) {
    for (std::size_t open = 1; open != 0;) {
        const Token::Kind kind = lexer.next().kind;
        if (kind == Token::Kind::end) return;
        if (kind == Token::Kind::open) ++open;
        if (kind == Token::Kind::close) --open;
    }
}

std::vector<NginxDirective> read_block(Lexer& lexer, const std::string& file, std::size_t depth) {
    std::vector<NginxDirective> block;
    std::vector<std::string> line;
    while (true) {
        Token token = lexer.next();
        if (token.kind == Token::Kind::end || token.kind == Token::Kind::close) return block;
        if (token.kind == Token::Kind::word) {
            line.push_back(std::move(token.text));
            continue;
        }
        NginxDirective directive{.words = std::exchange(line, {}), .file = file, .block = {}};
        if (token.kind == Token::Kind::open) {
            if (depth < max_depth)
                directive.block = read_block(lexer, file, depth + 1);
            else
                skip_block(lexer);
        }
        if (!directive.words.empty()) block.push_back(std::move(directive));
    }
}

using Files = std::map<std::string, std::vector<NginxDirective>, std::less<>>;

// Puts included files where they are included.
class Includer {
public:
    Includer(const Files& files, std::string_view folder) : files_(files), folder_(folder) {}

    std::vector<NginxDirective> resolve(const std::vector<NginxDirective>& block, std::size_t depth) {
        std::vector<NginxDirective> out;
        for (const NginxDirective& directive : block) {
            for (const std::string& word : directive.words) made_bytes_ += word.size() + sizeof(std::string);
            if (depth > max_depth || made_bytes_ > max_resolved_bytes) break;
            if (directive.words.size() == 2 && directive.words[0] == "include") {
                include(directive.words[1], depth, out);
                continue;
            }
            NginxDirective copy{.words = directive.words, .file = directive.file, .block = {}};
            copy.block = resolve(directive.block, depth + 1);
            out.push_back(std::move(copy));
        }
        return out;
    }

private:
    void include(const std::string& named, std::size_t depth, std::vector<NginxDirective>& out) {
        const std::string pattern = named.starts_with('/') ? named : folder_ + named;
        // fnmatch(3) takes time that grows with the power of the stars.
        if (std::ranges::count(pattern, '*') > 4) return;
        for (const auto& [path, content] : files_) {
            made_bytes_ += pattern.size() + path.size();  // looking costs too
            if (made_bytes_ > max_resolved_bytes) return;
            if (path != pattern && ::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) != 0) continue;
            for (auto& directive : resolve(content, depth + 1)) out.push_back(std::move(directive));
        }
    }

    const Files& files_;
    std::string folder_;
    std::size_t made_bytes_ = 0;
};

// Cuts the output into files; returns the name of the first, the main one.
std::string read_files(std::string_view text, Files& files) {
    std::string main;
    std::string_view rest = text.substr(0, max_output_bytes);
    while (!rest.empty()) {
        const std::string_view head = take_line(rest);
        if (!head.starts_with(file_mark) || !head.ends_with(':')) continue;
        const std::string name(head.substr(file_mark.size(), head.size() - file_mark.size() - 1));
        const auto next = rest.find("\n# configuration file ");
        Lexer lexer(rest.substr(0, next));
        files[name] = read_block(lexer, name, 0);
        if (main.empty()) main = name;
        rest.remove_prefix(next == std::string_view::npos ? rest.size() : next + 1);
    }
    return main;
}

bool is(const NginxDirective& directive, std::string_view name, std::size_t words = 2) {
    return directive.words.size() >= words && directive.words[0] == name;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (std::size_t i = 1; i < words.size(); ++i) out += (i == 1 ? "" : " ") + words[i];
    return out;
}

// What a server has of its own or inherits. Headers are inherited only where it has none of its own, as in
// nginx.
void take_settings(const std::vector<NginxDirective>& block, NginxMailServer& to) {
    bool own_headers = false;
    for (const NginxDirective& directive : block) {
        if (is(directive, "auth_http")) to.auth_http = directive.words[1];
        if (is(directive, "protocol")) to.protocol = directive.words[1];
        if (is(directive, "proxy_protocol")) to.sends_proxy_protocol = directive.words[1] == "on";
        if (is(directive, "xclient")) to.sends_xclient = directive.words[1] == "on";
        if (is(directive, "proxy_smtp_auth")) to.sends_smtp_auth = directive.words[1] == "on";
        if (is(directive, "proxy_pass_error_message")) to.passes_errors_on = directive.words[1] == "on";
        if (is(directive, "smtp_auth")) to.smtp_auth = joined(directive.words);
        if (is(directive, "listen")) {
            to.listens.push_back(directive.words[1]);
            for (const std::string& word : directive.words) to.proxy_protocol |= word == "proxy_protocol";
        }
        if (!is(directive, "auth_http_header", 3)) continue;
        if (!std::exchange(own_headers, true)) to.headers.clear();
        to.headers.emplace_back(directive.words[1], directive.words[2]);
    }
}

void take_mail(const NginxDirective& mail, NginxConf& conf) {
    conf.has_mail = true;
    conf.mail_file = mail.file;
    NginxMailServer common;
    take_settings(mail.block, common);
    for (const NginxDirective& directive : mail.block) {
        if (is(directive, "error_log")) conf.error_log = directive.words[1];
        if (!is(directive, "server", 1)) continue;
        NginxMailServer server = common;
        server.file = directive.file;
        take_settings(directive.block, server);
        conf.mail_servers.push_back(std::move(server));
    }
}

}  // namespace

// nginx takes the protocol from the port where none is named.
bool NginxMailServer::is_smtp() const {
    if (!protocol.empty()) return protocol == "smtp";
    return std::ranges::any_of(listens, [](const std::string& listen) {
        const std::string port = listen.substr(listen.rfind(':') + 1);
        return port == "25" || port == "465" || port == "587";
    });
}

NginxConf NginxConf::parse(std::string_view text) {
    NginxConf conf;
    Files files;
    const std::string main = read_files(text, files);
    const auto found = files.find(main);
    if (found == files.end()) return conf;
    conf.directives = Includer(files, main.substr(0, main.rfind('/') + 1)).resolve(found->second, 0);
    for (const NginxDirective& directive : conf.directives)
        if (is(directive, "error_log")) conf.error_log = directive.words[1];
    for (const NginxDirective& directive : conf.directives)
        if (is(directive, "mail", 1)) take_mail(directive, conf);
    return conf;
}

}  // namespace tidegate::setup

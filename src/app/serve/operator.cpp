#include "app/serve/operator.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "app/commands.h"
#include "app/output.h"
#include "config/settings.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;

Error error_in(const net::HttpReply& reply) {
    boost::system::error_code wrong;
    const boost::json::value said = boost::json::parse(reply.body, wrong);
    if (wrong || text_in(said, "error").empty())
        return {"", 0, fmt::format("the daemon answered {}", reply.status), ""};
    return {"", 0, text_in(said, "error"), text_in(said, "mend")};
}

// Without a readable configuration, where the package puts it.
std::string socket_of(const Operator& who) {
    if (!who.socket.empty()) return who.socket;
    return config::load(who.config).settings.serve.control;
}

}  // namespace

void Operator::add_options(CLI::App& command, bool acts) {
    command.add_option("--config", config, "The daemon's settings, for its control socket")
        ->type_name("FILE");
    command.add_option("--socket", socket, "The control socket itself")->type_name("PATH");
    if (acts)
        command.add_option("--author", author, "Who decides it (else your login name)")->type_name("NAME");
}

Result<std::string> Operator::ask(std::string_view method, std::string_view target,
                                  std::string_view body) const {
    net::HttpClient client({.address = {}, .port = 0, .path = socket_of(*this)}, 10s);
    const auto reply = client.request(method, target, body, {{"Content-Type", "application/json"}});
    if (!reply) return std::unexpected(reply.error());
    if (reply->status != 200) return std::unexpected(error_in(*reply));
    return reply->body;
}

std::string Operator::name() const {
    if (!author.empty()) return author;
    // Whoever became root by sudo is still somebody.
    if (const char* sudo = std::getenv("SUDO_USER"); sudo != nullptr && *sudo != '\0') return sudo;
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : fmt::format("uid {}", ::getuid());
}

std::string text_in(const boost::json::value& answer, std::string_view name) {
    const auto* object = answer.if_object();
    const auto* found = object == nullptr ? nullptr : object->if_contains(name);
    const auto* text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? std::string() : std::string(std::string_view(*text));
}

std::string what_was_done(const boost::json::value& answer) {
    return tell::harmless(text_in(answer, "said")) + '\n';
}

int print(std::string_view text) {
    Output out(1);
    out.write(text);
    return out.flush() ? all_well : bad_input;
}

int failed(const Error& error) {
    say(error);
    return bad_input;
}

int show(const Result<std::string>& answer, bool as_json,
         const std::function<std::string(const boost::json::value&)>& words) {
    if (!answer) return failed(answer.error());
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(*answer, error);
    return print(as_json || error ? *answer : words(value));
}

std::string query_word(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '.' || c == '-' || c == '_' || c == '~';
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace tidegate::app

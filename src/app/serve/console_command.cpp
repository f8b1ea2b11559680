// tidegate console: who may sign in, and which programs may ask, changed by hand on the machine.
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/output.h"
#include "app/serve/subject.h"
#include "config/settings.h"
#include "console/book_changes.h"
#include "console/totp.h"
#include "console/user_book.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

struct Options {
    std::string config = "/etc/tidegate/tidegate.toml";
    std::string name, role, password_file, expires = "90d";
    std::vector<std::string> calls;
};
using Act = int (*)(const Options& options, console::UserBook& book, Output& out);

Time now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

int refused(const console::Refused& why) {
    say(why.error);
    return bad_input;
}

/// What is typed is not seen.
class Hidden {
public:
    Hidden() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!is_terminal_) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~Hidden() {
        if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;
    [[nodiscard]] bool is_terminal() const { return is_terminal_; }

private:
    termios before_{};
    bool is_terminal_;
};

Error no_password(std::string what) {
    return {"", 0, std::move(what), "or give --password-file FILE, whose first line it is"};
}

Result<std::string> typed() {
    const Hidden hidden;
    if (!hidden.is_terminal())
        return std::unexpected(no_password("there is no terminal to ask for a password"));
    std::string one, other;
    std::cerr << "Password: " << std::flush;
    std::getline(std::cin, one);
    std::cerr << "\nThe same again: " << std::flush;
    std::getline(std::cin, other);
    std::cerr << '\n';
    if (one != other) return std::unexpected(no_password("these were two passwords"));
    return one;
}

Result<std::string> password_of(const Options& options) {
    if (options.password_file.empty()) return typed();
    auto text = read_file(options.password_file);
    if (text) text->resize(std::min(text->find('\n'), text->size()));
    return text;
}

/// Nothing: said already that it is none.
std::optional<console::Role> role_of(const Options& options) {
    const auto role = console::role_named(options.role);
    if (!role)
        say(Error{"", 0, fmt::format("'{}' is no role", tell::harmless(options.role)),
                  "look, support, act or administer"});
    return role;
}

int show_secret(const console::User& user, Output& out) {
    out.write(
        fmt::format("{}: {}\n\n{}\n\nThis link, as a picture or typed in, goes into the app that shows "
                    "the codes. It is not shown again.\n",
                    user.name, console::name(user.role), console::otpauth_url(user.name, user.totp)));
    return all_well;
}

int add_user(const Options& options, console::UserBook& book, Output& out) {
    const auto role = role_of(options);
    if (!role) return bad_input;
    const auto password = password_of(options);
    if (!password) return say(password.error()), bad_input;
    const auto user = console::add_user(book, options.name, *role, *password, now());
    return user ? show_secret(*user, out) : refused(user.error());
}

int list_users(const Options& /*options*/, console::UserBook& book, Output& out) {
    const auto known = book.read();
    if (!known) return say(known.error()), bad_input;
    for (const console::User& each : (*known)->users)
        out.write(fmt::format("{:<32} {:<10} since {}\n", each.name, console::name(each.role),
                              rfc3339(each.created)));
    return all_well;
}

int remove_user(const Options& options, console::UserBook& book, Output& /*out*/) {
    const auto done = console::remove_user(book, options.name);
    return done ? all_well : refused(done.error());
}

int change_password(const Options& options, console::UserBook& book, Output& /*out*/) {
    const auto password = password_of(options);
    if (!password) return say(password.error()), bad_input;
    const auto user = console::change_password(book, options.name, *password);
    return user ? all_well : refused(user.error());
}

int change_role(const Options& options, console::UserBook& book, Output& /*out*/) {
    const auto role = role_of(options);
    if (!role) return bad_input;
    const auto user = console::change_role(book, options.name, *role);
    return user ? all_well : refused(user.error());
}

int reset_totp(const Options& options, console::UserBook& book, Output& out) {
    const auto user = console::reset_totp(book, options.name);
    return user ? show_secret(*user, out) : refused(user.error());
}

int add_token(const Options& options, console::UserBook& book, Output& out) {
    const auto role = role_of(options);
    if (!role) return bad_input;
    const auto expires = expiry(options.expires, now());
    if (!expires) return say(expires.error()), bad_input;
    const auto added = console::add_token(book, {.name = options.name,
                                                 .role = *role,
                                                 .calls = options.calls,
                                                 .digest = {},
                                                 .author = "by hand",
                                                 .created = now(),
                                                 .expires = *expires});
    if (!added) return refused(added.error());
    out.write(fmt::format("{}\n", added->word));
    say("it is not shown again; send it as `Authorization: Bearer ...`");
    return all_well;
}

int list_tokens(const Options& /*options*/, console::UserBook& book, Output& out) {
    const auto known = book.read();
    if (!known) return say(known.error()), bad_input;
    for (const console::Token& each : (*known)->tokens) {
        std::string calls;
        for (const std::string& call : each.calls) calls += (calls.empty() ? "" : ", ") + call;
        out.write(fmt::format("{:<32} {:<10} until {}  {}\n", each.name, console::name(each.role),
                              each.expires ? rfc3339(*each.expires) : "for ever", calls));
    }
    return all_well;
}

int remove_token(const Options& options, console::UserBook& book, Output& /*out*/) {
    const auto done = console::remove_token(book, options.name);
    return done ? all_well : refused(done.error());
}

int run(const Options& options, Act act) {
    const auto loaded = config::load(options.config);
    for (const Error& error : loaded.errors) say(error);
    if (!loaded.errors.empty()) return bad_input;
    console::UserBook book(loaded.settings.serve.state);
    Output out(1);
    const int status = act(options, book, out);
    if (out.flush()) return status;
    say(out.error());
    return bad_input;
}

/// A command below `user` or `token`, with the options that it takes.
struct Form {
    std::string name, help;
    Act act;
    bool is_named = true, has_role = false, has_password = false;
};

CLI::App* add(CLI::App& to, const Form& form, const std::shared_ptr<Options>& options, int& status) {
    CLI::App* command = to.add_subcommand(form.name, form.help);
    command->add_option("--config", options->config, "The daemon's settings: they say where its state is")
        ->type_name("FILE")
        ->capture_default_str();
    if (form.is_named) command->add_option("name", options->name, "a-z, 0-9, '.', '_', '-'")->required();
    if (form.has_role)
        command->add_option("--role", options->role, "look, support, act or administer")->required();
    if (form.has_password)
        command
            ->add_option("--password-file", options->password_file,
                         "A file whose first line is the password; else it is asked for")
            ->type_name("FILE");
    command->callback([options, act = form.act, &status] { status = run(*options, act); });
    return command;
}

}  // namespace

void add_console(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command =
        program.add_subcommand("console", "Who may sign in to the console, and which programs may ask");
    command->require_subcommand(1);
    command->footer(
        "Changes the file console.json in the daemon's state folder; a daemon that runs heeds it at once.\n"
        "Exit status: 0, or 2 for what was refused or could not be written.");
    CLI::App* user = command->add_subcommand("user", "People: a name, a password, codes from a phone");
    user->require_subcommand(1);
    add(*user,
        {.name = "add",
         .help = "Let somebody sign in; prints the secret for his codes",
         .act = add_user,
         .has_role = true,
         .has_password = true},
        options, status);
    add(*user, {.name = "list", .help = "Who may", .act = list_users, .is_named = false}, options, status);
    add(*user, {.name = "del", .help = "Let him sign in no more; his sessions end", .act = remove_user},
        options, status);
    add(*user,
        {.name = "passwd",
         .help = "Another password; his sessions end",
         .act = change_password,
         .has_password = true},
        options, status);
    add(*user,
        {.name = "role", .help = "Another role; his sessions end", .act = change_role, .has_role = true},
        options, status);
    add(*user,
        {.name = "totp-reset", .help = "Another secret for his codes; his sessions end", .act = reset_totp},
        options, status);
    CLI::App* token = command->add_subcommand("token", "Programs: a word that they show");
    token->require_subcommand(1);
    CLI::App* adding =
        add(*token,
            {.name = "add", .help = "Let a program in; prints its token", .act = add_token, .has_role = true},
            options, status);
    adding->add_option(
        "--call", options->calls,
        "What it may at most, as 'GET /v1/scene' or '* /v1/incidents'; may be given several times");
    adding->add_option("--expires", options->expires, "30m, 12h, 7d, a date, an RFC 3339 time, or never")
        ->capture_default_str();
    add(*token, {.name = "list", .help = "Which there are", .act = list_tokens, .is_named = false}, options,
        status);
    add(*token, {.name = "del", .help = "It opens nothing any more", .act = remove_token}, options, status);
}

}  // namespace tidegate::app

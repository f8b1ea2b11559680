// tidegate allow, deny, lift, watch: an operator's acts.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <memory>
#include <string>

#include "app/commands.h"
#include "app/output.h"
#include "app/serve/operator.h"
#include "app/serve/subject.h"
#include "event/json.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

struct Options {
    Operator who;
    std::string subject, reason, expires = "7d";
    bool now = false, end = false, as_json = false;
};

// Codes are seven letters and digits with one of each kind hardly ever missing; an account of that shape can
// be written with its domain.
bool looks_like_code(std::string_view subject) {
    constexpr std::size_t code_length = 7;
    std::size_t length = 0;
    for (const char c : subject) {
        if (c == '-' || c == ' ') continue;
        const bool letter_or_digit = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter_or_digit) return false;
        ++length;
    }
    return length == code_length;
}

int vouch(const Options& options) {
    const std::string body =
        fmt::format(R"({{"code":{},"author":{},"reason":{}}})", json_string(options.subject),
                    json_string(options.who.name()), json_string(options.reason));
    return show(options.who.ask("POST", "/v1/vouch", body), options.as_json, [](const json::value& refusal) {
        return fmt::format("{} may log in from {} and its network from now on\n",
                           tell::harmless(text_in(refusal, "account")),
                           tell::harmless(text_in(refusal, "address")));
    });
}

int order(const Options& options, std::string_view effect) {
    if (effect == "allow" && looks_like_code(options.subject)) return vouch(options);
    if (options.reason.empty()) {
        say(Error{"", 0, "an exception needs a reason", "say --reason 'why, and for whom'"});
        return bad_input;
    }
    const std::string body =
        fmt::format(R"({{"effect":"{}","subject":{},"reason":{},"author":{},"expires":{}}})", effect,
                    json_string(options.subject), json_string(options.reason),
                    json_string(options.who.name()), json_string(options.expires));
    return show(
        options.who.ask("POST", "/v1/exceptions", body), options.as_json, [](const json::value& made) {
            const std::string expires = tell::harmless(text_in(made, "expires"));
            return fmt::format("{}: {} until {}\n", tell::harmless(text_in(made, "subject")),
                               text_in(made, "effect") == "allow" ? "never stopped" : "always refused",
                               expires.empty() ? "it is lifted" : expires);
        });
}

int lift(const Options& options) {
    const std::string target = fmt::format("/v1/exceptions?subject={}&author={}", query_word(options.subject),
                                           query_word(options.who.name()));
    return show(options.who.ask("DELETE", target), options.as_json, [&](const json::value&) {
        return fmt::format("{}: lifted\n", tell::harmless(options.subject));
    });
}

int watch(const Options& options) {
    if (options.now == options.end) {
        say(Error{"", 0, "watch takes either --now or --end", "--now stops all acting; --end ends that"});
        return bad_input;
    }
    const std::string body =
        fmt::format(R"({{"mode":"{}","author":{},"reason":{}}})", options.now ? "watch" : "act",
                    json_string(options.who.name()), json_string(options.reason));
    return show(options.who.ask("POST", "/v1/mode", body), options.as_json, [](const json::value& answer) {
        return text_in(answer, "mode") == "act"
                   ? std::string("Tidegate acts again\n")
                   : std::string(
                         "Tidegate only watches, also after a restart, until `tidegate watch --end`\n");
    });
}

CLI::App* add(CLI::App& program, const std::string& name, const std::string& about,
              const std::shared_ptr<Options>& options) {
    auto* command = program.add_subcommand(name, about);
    options->who.add_options(*command, true);
    command->add_flag("--json", options->as_json, "The daemon's answer as it is");
    return command;
}

void add_exception(CLI::App& program, int& status, const std::string& effect, const std::string& about) {
    auto options = std::make_shared<Options>();
    auto* command = add(program, effect, about, options);
    command->add_option("subject", options->subject, "Whom")
        ->type_name(effect == "allow" ? "CODE|ADDRESS|NETWORK|AS|ACCOUNT" : "ADDRESS|NETWORK|AS|ACCOUNT")
        ->required();
    command->add_option("--reason", options->reason, "Why, and for whom");
    command->add_option("--expires", options->expires, "30m, 12h, 7d, a date, a time, or never")
        ->type_name("WHEN")
        ->capture_default_str();
    command->callback([options, &status, effect] { status = order(*options, effect); });
}

}  // namespace

void add_orders(CLI::App& program, int& status) {
    add_exception(program, status, "allow",
                  "Lets somebody in: who was refused, by his CODE; or an address, network, AS or account");
    add_exception(program, status, "deny", "Refuses an address, a network, an AS or an account");
    auto lifting = std::make_shared<Options>();
    auto* lift_command = add(program, "lift", "Takes an exception by hand back", lifting);
    lift_command->add_option("subject", lifting->subject, "As it was given")->required();
    lift_command->callback([lifting, &status] { status = lift(*lifting); });
    auto watching = std::make_shared<Options>();
    auto* watch_command = add(program, "watch", "The way out: stops all acting at once", watching);
    watch_command->add_flag("--now", watching->now, "Only watch from now on, and after a restart");
    watch_command->add_flag("--end", watching->end, "Do again as the configuration says");
    watch_command->add_option("--reason", watching->reason, "Why");
    watch_command->callback([watching, &status] { status = watch(*watching); });
}

}  // namespace tidegate::app

#include "app/drill_live.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/interrupt.h"
#include "app/output.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

std::unexpected<Error> wrong(std::string what, std::string mend) {
    return std::unexpected(Error{"", 0, std::move(what), std::move(mend)});
}

// What would end a line or a quoted string of the protocols is refused.
bool is_plain(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return c >= ' ' && c < 0x7f; });
}

bool is_mailbox(std::string_view text) {
    const auto at = text.rfind('@');
    return is_plain(text) && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           text.find_first_of(" <>") == std::string_view::npos;
}

Result<rehearse::Account> account_in(std::string_view text, const std::string& file, std::uint64_t line) {
    const auto colon = text.find(':');
    if (is_plain(text) && colon != std::string_view::npos && colon > 0 && colon + 1 < text.size())
        return rehearse::Account{.user = std::string(text.substr(0, colon)),
                                 .password = std::string(text.substr(colon + 1))};
    // Not what was given: it may hold a password.
    return std::unexpected(Error{file, line, "that is no account", "say USER:PASSWORD, in ASCII"});
}

Result<std::vector<rehearse::Account>> accounts_of(const LiveOptions& options) {
    std::vector<rehearse::Account> all;
    const auto take = [&](std::string_view text, const std::string& file,
                          std::uint64_t line) -> Result<void> {
        auto account = account_in(text, file, line);
        if (!account) return std::unexpected(account.error());
        all.push_back(std::move(*account));
        return {};
    };
    for (const std::string& each : options.accounts)
        if (auto taken = take(each, "--account", 0); !taken) return std::unexpected(taken.error());
    if (options.accounts_file.empty()) return all;
    const auto text = read_file(options.accounts_file);
    if (!text) return std::unexpected(text.error());
    std::uint64_t number = 0;
    for (std::string_view rest = *text; !rest.empty();) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        ++number;
        if (line.empty() || line.starts_with('#')) continue;
        if (auto taken = take(line, options.accounts_file, number); !taken)
            return std::unexpected(taken.error());
    }
    return all;
}

Result<rehearse::Post> post_of(const LiveOptions& options, const std::vector<rehearse::Target>& targets) {
    rehearse::Post post{.recipients = options.recipients, .sender = options.sender};
    for (const std::string& each : post.recipients)
        if (!is_mailbox(each))
            return wrong(fmt::format("--recipient: '{}' is no address", tell::harmless(each)),
                         "say it as drill@example.org");
    if (!post.sender.empty() && !is_mailbox(post.sender))
        return wrong(fmt::format("--sender: '{}' is no address", tell::harmless(post.sender)),
                     "leave it out for the null sender, to whom nothing bounces");
    const bool mail =
        std::ranges::any_of(targets, [](const auto& each) { return each.port == drill::Port::smtp; });
    if (mail && post.recipients.empty())
        return wrong("nobody is named who may get the drill's mail",
                     "name one of your own that is for tests: --recipient drill@example.org");
    return post;
}

// Each caller takes a descriptor.
void allow_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

Result<std::string> own_file() {
    std::array<char, 4096> path{};
    const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
    if (size <= 0 || static_cast<std::size_t>(size) == path.size())
        return wrong("/proc/self/exe does not say where this program is", "mount /proc");
    return std::string(path.data(), static_cast<std::size_t>(size));
}

std::string count_of(double number, std::string_view one, std::string_view many) {
    return tell::count(static_cast<std::uint64_t>(std::llround(number)), one, many);
}

std::string outlook_text(const rehearse::Rehearsal& rehearsal, const rehearse::Given& given) {
    const rehearse::Outlook all = rehearsal.outlook();
    std::string servers;
    for (const rehearse::Target& each : given.targets)
        servers += fmt::format("{}{} {}://{}", servers.empty() ? "" : ", ", each.name,
                               rehearse::name(each.port), each.place.text());
    return fmt::format(
        "about {}, {} at most to {}, {} from {} of 127.0.0.0/8 in {:.0f} s, before {}",
        count_of(all.connections, "connection", "connections"), count_of(all.mails, "mail", "mails"),
        given.post.recipients.empty() ? "nobody"
                                      : tell::count(given.post.recipients.size(), "recipient", "recipients"),
        tell::count(all.customers, "customer", "customers"),
        tell::count(all.addresses, "address", "addresses"),
        all.introduction_seconds + all.quiet_seconds + all.attack_seconds, servers);
}

void add_traffic(const rehearse::Rehearsed& done, drill::Measures& to) {
    const rehearse::Traffic& traffic = done.traffic;
    to.set("live.connections", static_cast<double>(traffic.connections));
    to.set("live.mails", static_cast<double>(traffic.mails));
    to.set("live.mails_taken", static_cast<double>(traffic.mails_taken));
    to.set("live.log_ins", static_cast<double>(traffic.log_ins));
    to.set("live.wrong_passwords", static_cast<double>(traffic.wrong_passwords));
    to.set("live.unheard_senders", static_cast<double>(done.unheard));
    to.set("live.lag_seconds", done.lag_seconds);
}

std::vector<std::string> how_it_was(const rehearse::Rehearsal& rehearsal, const rehearse::Given& given,
                                    const rehearse::Rehearsed& done) {
    const rehearse::Small& small = rehearsal.small();
    const rehearse::Outlook all = rehearsal.outlook();
    std::vector<std::string> lines;
    for (const rehearse::Target& each : given.targets)
        lines.push_back(
            fmt::format("{}: {}://{}{}", each.name, rehearse::name(each.port), each.place.text(),
                        each.at_once > 0 ? fmt::format(", {} connections at once", each.at_once) : ""));
    if (!small.scenario.floods.empty())
        lines.push_back(fmt::format("{:.3g} % of the scenario's connections", 100 * small.flood_part));
    if (!small.scenario.mail.empty())
        lines.push_back(fmt::format("{:.3g} % of the scenario's mail", 100 * small.mail_part));
    if (all.customers > 0) lines.push_back(tell::count(all.customers, "customer", "customers"));
    lines.push_back(fmt::format("its minutes {:.3g} times as fast", small.pace));
    lines.push_back(
        fmt::format("{:.0f} s of introduction (customers log in), {:.0f} s of quiet, {:.0f} s of attack and "
                    "afterwards; from {} in {}",
                    all.introduction_seconds, all.quiet_seconds, all.attack_seconds,
                    tell::count(all.addresses, "address", "addresses"),
                    tell::count(all.networks, "network", "networks")));
    lines.push_back(fmt::format(
        "sent: {}, {} ({} taken), {}", tell::count(done.traffic.connections, "connection", "connections"),
        tell::count(done.traffic.mails, "mail", "mails"), tell::count(done.traffic.mails_taken),
        tell::count(done.traffic.log_ins, "log-in", "log-ins")));
    lines.push_back(fmt::format("callers were {:.0f} ms late at worst", 1000 * done.lag_seconds));
    for (const std::string& each : small.left_out) lines.push_back("not played live: " + each);
    if (done.unheard > 0)
        lines.push_back(fmt::format("{} with legitimate mail were closed without a word",
                                    tell::count(done.unheard, "connection", "connections")));
    if (done.traffic.wrong_passwords > 0)
        lines.push_back(fmt::format("{} with an account of yours were called wrong by a server",
                                    tell::count(done.traffic.wrong_passwords, "log-in", "log-ins")));
    if (!done.traffic.refused_words.empty())
        lines.push_back("the first mail that was refused for good: " +
                        tell::harmless(done.traffic.refused_words));
    for (const std::string& each : done.troubles) lines.push_back("trouble: " + tell::harmless(each));
    return lines;
}

}  // namespace

Result<rehearse::Given> given(const LiveOptions& options) {
    if (options.servers.empty())
        return wrong("--live starts no mail servers of its own",
                     "name yours: --servers smtp://127.0.0.1:2525,imap://127.0.0.1:143 (docs/drills.md has a "
                     "Postfix and a Dovecot for it)");
    auto targets = rehearse::targets_in(options.servers);
    if (!targets) return std::unexpected(targets.error());
    if (const auto far = rehearse::too_far(*targets); far && !options.even_public)
        return std::unexpected(*far);
    auto accounts = accounts_of(options);
    if (!accounts) return std::unexpected(accounts.error());
    auto post = post_of(options, *targets);
    if (!post) return std::unexpected(post.error());
    auto program = own_file();
    if (!program) return std::unexpected(program.error());
    rehearse::Given all{.program = std::move(*program),
                        .folder = options.folder,
                        .targets = std::move(*targets),
                        .accounts = std::move(*accounts),
                        .post = std::move(*post),
                        .size = options.size};
    all.size.accounts = all.accounts.size();
    return all;
}

Result<drill::Drilled> drill_live(const drill::Scenario& scenario, std::uint64_t seed,
                                  const rehearse::Given& given,
                                  const std::function<void(const std::string&)>& announce,
                                  const std::function<void(const std::string&)>& progress) {
    allow_descriptors();
    const auto rehearsal = rehearse::Rehearsal::prepare(scenario, seed, given);
    if (!rehearsal) return std::unexpected(rehearsal.error());
    announce(fmt::format("{}: {}", full_name(scenario), outlook_text(**rehearsal, given)));
    const auto done = (*rehearsal)->play([&](const std::string& where) {
        progress(fmt::format("{}: {}", full_name(scenario), where));
        return !interrupted();
    });
    if (!done) return std::unexpected(done.error());
    drill::Drilled out = drill::drilled(scenario, drill::Sensor::edge, {done->run});
    leave_unseen(out, done->unseen);
    add_traffic(*done, out.each.front());
    out.live = how_it_was(**rehearsal, given, *done);
    return out;
}

void add_live(CLI::App& command, LiveOptions& options, const std::vector<std::string>& excluded) {
    auto* live = command.add_flag(
        "--live", options.live,
        "Plays a smaller version of a drill about the edge over real sockets, against the servers "
        "of --servers, with an edge of its own before them");
    for (const std::string& other : excluded) live->excludes(command.get_option(other));
    const auto add = [&](const char* name, auto& to, const char* what, const char* type) {
        return command.add_option(name, to, what)->type_name(type)->needs(live);
    };
    add("--servers", options.servers,
        "Yours, parted by commas: smtp://ADDRESS:PORT, imap://ADDRESS:PORT, imaps://...; behind ? forward=, "
        "tls=, verify=, "
        "at_once=, log_ins_per_second=",
        "LIST");
    add("--recipient", options.recipients, "Who gets the drill's mail, and nobody else; may be repeated",
        "ADDRESS")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    add("--sender", options.sender,
        "The envelope's sender; by default the null sender, to whom nothing bounces", "ADDRESS");
    add("--account", options.accounts, "A customer for IMAP, one that is there for tests; may be repeated",
        "USER:PASSWORD")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    add("--accounts", options.accounts_file, "A file with one of these a line", "FILE");
    add("--connections", options.size.connections_a_second, "A second, that floods open at most", "N")
        ->check(CLI::Range(1.0, 1e5))
        ->capture_default_str();
    add("--mails", options.size.mails_a_second, "A second, that are brought at most", "N")
        ->check(CLI::Range(0.1, 1e4))
        ->capture_default_str();
    add("--seconds", options.size.attack_seconds,
        "How long the attack lasts; quiet before and calm after it go with it", "N")
        ->check(CLI::Range(5.0, 86'400.0))
        ->capture_default_str();
    add("--keep", options.folder, "Where the edge's configuration, state and log stay", "FOLDER");
    command
        .add_flag("--even-public", options.even_public,
                  "Also against servers that are neither here nor on a private network")
        ->needs(live);
}

}  // namespace tidegate::app

// gen_attack DIR [--seed N] [--roaming X] [--bots N] [--ordinary-days N]
//
// Writes the world of world.h as a mail server would have logged it: DIR/mail.log (Dovecot's and Postfix's
// lines, RFC 3339 times), DIR/ip2asn.tsv, and apart from them DIR/truth.tsv with a row for each line of the
// log: who made the attempt, whether the password was right, whether the account had succeeded from that /24
// before. Prints the settings.

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "base/address.h"
#include "base/time.h"
#include "world.h"

namespace tidegate::bench {
namespace {

constexpr std::int64_t first_midnight = 1'767'571'200;  // a Monday, UTC

struct Close {
    void operator()(std::FILE* file) const {
        if (std::fclose(file) != 0) std::perror("gen_attack"), std::exit(2);
    }
};
using File = std::unique_ptr<std::FILE, Close>;

File create(const std::filesystem::path& path) {
    File file(std::fopen(path.c_str(), "w"));
    if (!file) std::perror(path.c_str()), std::exit(2);
    return file;
}

std::string account_name(const World& world, std::uint32_t account) {
    return account < world.settings.accounts ? fmt::format("u{:05}@example.org", account)
                                             : fmt::format("x{:05}@example.org", account);
}

std::string imap_line(const Attempt& a, const std::string& account, const std::string& address,
                      std::size_t n) {
    if (a.right)
        return fmt::format(
            "dovecot: imap-login: Login: user=<{}>, method=PLAIN, rip={}, lip=192.0.2.5, mpid={}, TLS, "
            "session=<{:012x}>",
            account, address, 1000 + n % 30'000, n);
    return fmt::format(
        "dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<{}>, method=PLAIN, "
        "rip={}, lip=192.0.2.5, TLS, session=<{:012x}>",
        account, address, n);
}

std::string submission_line(const Attempt& a, const std::string& account, const std::string& address,
                            std::size_t n) {
    const std::size_t pid = 1000 + n % 30'000;
    if (a.right)
        return fmt::format(
            "postfix/submission/smtpd[{}]: {:010X}: client=unknown[{}], sasl_method=PLAIN, sasl_username={}",
            pid, n, address, account);
    return fmt::format(
        "postfix/submission/smtpd[{}]: warning: unknown[{}]: SASL PLAIN authentication failed: "
        "(reason unavailable), sasl_username={}",
        pid, address, account);
}

void write_log(const World& world, const std::filesystem::path& folder) {
    const File log = create(folder / "mail.log"), truth = create(folder / "truth.tsv");
    constexpr std::array<const char*, 4> names{"customer", "mistake", "background", "botnet"};
    for (std::size_t n = 0; n < world.attempts.size(); ++n) {
        const Attempt& a = world.attempts[n];
        const std::string account = account_name(world, a.account), address = Address::v4(a.address).text();
        const std::int64_t at = first_midnight * 1'000'000 + a.microseconds;
        const std::string said =
            a.submission ? submission_line(a, account, address, n) : imap_line(a, account, address, n);
        fmt::print(log.get(), "{} mx1 {}\n", rfc3339(time_of_unix(at / 1'000'000, at % 1'000'000)), said);
        fmt::print(truth.get(), "{}\t{}\t{}\t{}\n", names.at(static_cast<std::size_t>(a.who)),
                   a.right ? 1 : 0, a.familiar_network ? 1 : 0,
                   a.microseconds >= world.attack_begins ? 1 : 0);
    }
}

void write_ases(const World& world, const std::filesystem::path& folder) {
    const File table = create(folder / "ip2asn.tsv");
    for (const AsRange& as : world.ases)
        fmt::print(table.get(), "{}\t{}\t{}\tZZ\t{}\n", Address::v4(as.first << 8).text(),
                   Address::v4(as.last << 8 | 255).text(), as.number,
                   as.customers ? "EXAMPLE-NEAR" : "EXAMPLE-FAR");
}

void print_settings(const Settings& s, const World& world) {
    fmt::print(
        "seed {}, {} accounts, {} log-ins a day, {} ordinary days with {} background guesses each, then {} "
        "bots in {} "
        "/24s, {} of them in customers' ASes, {} of guesses at existing accounts, {} try twice, {} of "
        "guesses right, "
        "roaming {}, {} /24s in customers' ASes, {} in others; {} attempts\n",
        s.seed, s.accounts, s.log_ins_per_day, s.ordinary_days, s.background_guesses_per_day, s.bots,
        s.bot_networks, s.bots_in_customers_as, s.guesses_at_existing, s.second_try, s.right_guess, s.roaming,
        s.customers_as_networks, s.foreign_as_networks, world.attempts.size());
}

bool set(Settings& settings, const std::string& option, const char* value) {
    if (option == "--seed")
        settings.seed = std::strtoull(value, nullptr, 10);
    else if (option == "--roaming")
        settings.roaming = std::strtod(value, nullptr);
    else if (option == "--bots")
        settings.bots = static_cast<std::uint32_t>(std::strtoul(value, nullptr, 10));
    else if (option == "--ordinary-days")
        settings.ordinary_days = static_cast<int>(std::strtol(value, nullptr, 10));
    else
        return false;
    return true;
}

}  // namespace
}  // namespace tidegate::bench

int main(int argc, char** argv) {
    using namespace tidegate::bench;
    Settings settings;
    bool good = argc >= 2 && argc % 2 == 0;
    for (int i = 2; good && i + 1 < argc; i += 2) good = set(settings, argv[i], argv[i + 1]);
    if (!good) {
        std::fputs("usage: gen_attack DIR [--seed N] [--roaming X] [--bots N] [--ordinary-days N]\n", stderr);
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    const World world = make_world(settings);
    write_log(world, folder);
    write_ases(world, folder);
    print_settings(settings, world);
    return 0;
}

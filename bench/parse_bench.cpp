// How fast lines become events: the mix of `bench/world`'s logs (Dovecot's log-in services and Postfix's
// submission, three attacks to a log-in), each kind alone, and what a head costs in each format.
//
//   cmake --preset release && ninja -C build/release parse_bench && build/release/parse_bench

#include <benchmark/benchmark.h>

#include <cstdio>
#include <functional>
#include <string>

#include "wire/log/parser.h"

namespace tidegate::wire {
namespace {

constexpr int lines_in_log = 65'536;
constexpr std::size_t chunk_bytes = 256 * 1024;

// The n-th line of a kind, spread over addresses, accounts and seconds without a generator of random numbers.
using Line = std::function<std::string(unsigned n)>;

std::string stamp(unsigned n) {
    char text[32];
    const unsigned second = n / 1850;
    std::snprintf(text, sizeof text, "Nov 22 19:%02u:%02u mx1 ", second / 60 % 60, second % 60);
    return text;
}

std::string address(unsigned n) {
    char text[32];
    const unsigned spread = n * 2'654'435'761U;
    std::snprintf(text, sizeof text, "10.%u.%u.%u", spread >> 24, spread >> 16 & 255, spread >> 8 & 255);
    return text;
}

std::string user(unsigned n) {
    char text[32];
    std::snprintf(text, sizeof text, "u%05u@example.net", n * 7919 % 60'000);
    return text;
}

std::string session(unsigned n) {
    char text[32];
    std::snprintf(text, sizeof text, "%016xAA", n);
    return text;
}

std::string imap_failure(unsigned n) {
    return stamp(n) + "dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<" +
           user(n) + ">, method=PLAIN, rip=" + address(n) + ", lip=10.0.0.5, TLS, session=<" + session(n) +
           ">\n";
}

std::string imap_login(unsigned n) {
    return stamp(n) + "dovecot: imap-login: Login: user=<" + user(n) + ">, method=PLAIN, rip=" + address(n) +
           ", lip=10.0.0.5, mpid=" + std::to_string(1000 + n % 30'000) + ", TLS, session=<" + session(n) +
           ">\n";
}

std::string auth_failure(unsigned n) {
    return stamp(n) + "dovecot: auth: sql(" + user(n) + "," + address(n) + ",<" + session(n) +
           ">): Password mismatch\n";
}

std::string smtpd(unsigned n) {
    return "postfix/submission/smtpd[" + std::to_string(1000 + n % 30'000) + "]: ";
}

std::string sasl_failure(unsigned n) {
    return stamp(n) + smtpd(n) + "warning: unknown[" + address(n) +
           "]: SASL LOGIN authentication failed: UGFzc3dvcmQ6\n";
}

std::string sasl_login(unsigned n) {
    char queue_id[16];
    std::snprintf(queue_id, sizeof queue_id, "%010X", n);
    return stamp(n) + smtpd(n) + queue_id + ": client=unknown[" + address(n) +
           "], sasl_method=LOGIN, sasl_username=" + user(n) + "\n";
}

std::string came(unsigned n) {
    return stamp(n) + smtpd(n) + "connect from unknown[" + address(n) + "]\n";
}

std::string irrelevant(unsigned n) {
    return stamp(n) + "postfix/qmgr[812]: " + session(n) + ": from=<" + user(n) +
           ">, size=1234, nrcpt=1 (queue active)\n";
}

std::string rfc3339(unsigned n) {
    return "2025-11-22T19:00:00.123456+01:00 mx1 " + imap_failure(n).substr(20);
}

std::string mixed(unsigned n) {
    const bool imap = (n * 40'503U >> 7 & 1U) != 0;
    if (n % 100 < 48) return imap ? imap_failure(n) : sasl_failure(n);
    return n % 10 < 7 ? imap_login(n) : sasl_login(n);
}

std::string log_of(const Line& line) {
    std::string log;
    for (unsigned n = 0; n < lines_in_log; ++n) log += line(n);
    return log;
}

// As the pipeline does it: chunks of whole lines into a batch that is used again.
void parse(benchmark::State& state, const Line& line) {
    const std::string log = log_of(line);
    TimeRule rule;
    rule.anchor = time_of_unix(1'764'000'000);
    const auto parser = LogParser::create(rule);
    if (!parser) return state.SkipWithError(parser.error().text().c_str());
    const auto cursor = parser->cursor();
    EventBatch batch;
    std::uint64_t lines = 0;
    for (auto _ : state) {
        for (std::size_t begin = 0; begin < log.size();) {
            const std::size_t end = log.find('\n', std::min(begin + chunk_bytes, log.size() - 1)) + 1;
            batch.clear();
            lines += parser->parse({log.data() + begin, end - begin}, 1, "mail.log", *cursor, batch).lines;
            benchmark::DoNotOptimize(batch.events.data());
            begin = end;
        }
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(lines));
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(log.size()));
}

BENCHMARK_CAPTURE(parse, mixed, mixed);
BENCHMARK_CAPTURE(parse, dovecot_failure, imap_failure);
BENCHMARK_CAPTURE(parse, dovecot_login, imap_login);
BENCHMARK_CAPTURE(parse, dovecot_auth, auth_failure);
BENCHMARK_CAPTURE(parse, postfix_failure, sasl_failure);
BENCHMARK_CAPTURE(parse, postfix_login, sasl_login);
BENCHMARK_CAPTURE(parse, postfix_connect, came);
BENCHMARK_CAPTURE(parse, irrelevant, irrelevant);
BENCHMARK_CAPTURE(parse, rfc3339_head, rfc3339);

}  // namespace
}  // namespace tidegate::wire

BENCHMARK_MAIN();

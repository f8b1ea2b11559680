// Clients and servers for bench/run_edge, on loopback; figures as a JSON object.
//
//   edge_load server PORT                                       an IMAP server that lets everybody in
//   edge_load auth PORT SERVER-PORT                             nginx's auth_http: to that server
//   edge_load logins PORT SECONDS THREADS [tls|resumed]         whole log-ins, each of a new connection
//   edge_load handshakes PORT SECONDS THREADS full|resumed      up to the first bytes or the end
//   edge_load refused PORT SECONDS THREADS FILE                 from the addresses in FILE, one a line
//   edge_load bytes PORT SECONDS CONNECTIONS [tls]              what one stream after a log-in carries
//   edge_load latency PORT COMMANDS                             of NOOP after one log-in
//   edge_load idle PORT CONNECTIONS [tls]                       logs in; waits for the end of standard input
#include "edge_load.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/address.h"

namespace {

using namespace tidegate;
using namespace tidegate::load;
using Clock = std::chrono::steady_clock;

struct Arguments {
    std::vector<std::string> words;

    [[nodiscard]] std::string at(std::size_t i) const { return i < words.size() ? words[i] : std::string(); }
    [[nodiscard]] unsigned number(std::size_t i) const {
        return static_cast<unsigned>(std::strtoul(at(i).c_str(), nullptr, 10));
    }
    [[nodiscard]] std::uint16_t port() const { return static_cast<std::uint16_t>(number(1)); }
};

/// What all threads counted together.
struct Sum {
    std::atomic<std::uint64_t> done = 0, failed = 0, resumed = 0, bytes = 0;
};

double milliseconds(Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

double percentile(std::vector<double>& sorted, double part) {
    if (sorted.empty()) return 0;
    return sorted[std::min(sorted.size() - 1,
                           static_cast<std::size_t>(part * static_cast<double>(sorted.size())))];
}

// Does `once(thread, number)` again and again in so many threads; true: it went well.
int repeat(const Arguments& arguments, Sum& sum,
           const std::function<std::function<bool(unsigned, std::uint32_t)>()>& make) {
    const auto began = Clock::now(), end = began + std::chrono::seconds(arguments.number(2));
    std::mutex mutex;
    std::vector<double> times;
    {
        std::vector<std::jthread> threads;
        for (unsigned t = 0; t < arguments.number(3); ++t)
            threads.emplace_back([&, t] {
                const auto once = make();
                std::vector<double> mine;
                for (std::uint32_t i = 0; Clock::now() < end; ++i) {
                    const auto from = Clock::now();
                    const bool well = once(t, i);
                    ++(well ? sum.done : sum.failed);
                    if (well) mine.push_back(milliseconds(Clock::now() - from));
                }
                const std::scoped_lock lock(mutex);
                times.insert(times.end(), mine.begin(), mine.end());
            });
    }
    std::ranges::sort(times);
    fmt::print(
        R"({{"done": {}, "failed": {}, "resumed": {}, "bytes": {}, "seconds": {:.3f}, "p50_ms": {:.3f}, )"
        R"("p99_ms": {:.3f}}})"
        "\n",
        sum.done.load(), sum.failed.load(), sum.resumed.load(), sum.bytes.load(),
        milliseconds(Clock::now() - began) / 1000, percentile(times, 0.5), percentile(times, 0.99));
    return sum.done > 0 ? 0 : 1;
}

/// What a thread keeps to make its connections with.
std::shared_ptr<TlsClient> tls_of(std::string_view word) {
    return word.empty() ? nullptr : std::make_shared<TlsClient>(word == "resumed");
}

int logins(const Arguments& arguments) {
    Sum sum;
    return repeat(arguments, sum, [&] {
        return [&, tls = tls_of(arguments.at(4))](unsigned thread, std::uint32_t number) {
            Client client(source_of(thread, number), arguments.port(), tls.get());
            const bool in = client.log_in();
            sum.resumed += client.is_resumed() ? 1U : 0U;
            client.reset();
            return in;
        };
    });
}

int handshakes(const Arguments& arguments) {
    Sum sum;
    return repeat(arguments, sum, [&] {
        return [&, tls = tls_of(arguments.at(4))](unsigned thread, std::uint32_t number) {
            Client client(source_of(thread, number), arguments.port(), tls.get());
            if (!client.is_open()) return false;
            // The server has heard the client's last message, and its ticket has come.
            static_cast<void>(client.receive());
            sum.resumed += client.is_resumed() ? 1U : 0U;
            client.reset();
            return true;
        };
    });
}

std::vector<std::uint32_t> addresses_of(const std::string& file) {
    std::vector<std::uint32_t> out;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (const auto address = Address::parse(line); address && address->is_v4())
            out.push_back(address->v4_bits());
    return out;
}

int refused(const Arguments& arguments) {
    Sum sum;
    const auto sources = addresses_of(arguments.at(4));
    if (sources.empty()) return fmt::print(stderr, "edge_load: no addresses in {}\n", arguments.at(4)), 2;
    return repeat(arguments, sum, [&] {
        return [&](unsigned thread, std::uint32_t number) {
            Client client(sources[(std::size_t{thread} * 7919 + number) % sources.size()], arguments.port(),
                          nullptr);
            // A reset may come before the connection is told of.
            const bool let_in = client.is_open() && client.receive() != 0;
            client.reset();
            return !let_in;
        };
    });
}

int bytes(const Arguments& arguments) {
    Sum sum;
    const auto end = Clock::now() + std::chrono::seconds(arguments.number(2));
    return repeat(arguments, sum, [&] {
        return [&, tls = tls_of(arguments.at(4))](unsigned thread, std::uint32_t number) {
            Client client(source_of(thread, number), arguments.port(), tls.get());
            if (!client.log_in() || !client.send("b STREAM\r\n")) return false;
            while (Clock::now() < end) {
                const std::size_t came = client.receive();
                if (came == 0) return false;
                sum.bytes += came;
            }
            client.reset();
            return true;
        };
    });
}

int latency(const Arguments& arguments) {
    Client client(source_of(0, 0), arguments.port(), nullptr);
    if (!client.log_in()) return 1;
    std::vector<double> times;
    for (unsigned i = 0; i < arguments.number(2); ++i) {
        const auto from = Clock::now();
        if (!client.send("b NOOP\r\n") || !client.skip_line("b OK")) return 1;
        times.push_back(1000 * milliseconds(Clock::now() - from));
    }
    std::ranges::sort(times);
    fmt::print(R"({{"p50_us": {:.1f}, "p99_us": {:.1f}}})"
               "\n",
               percentile(times, 0.5), percentile(times, 0.99));
    return 0;
}

int idle(const Arguments& arguments) {
    const auto tls = tls_of(arguments.at(3));
    std::vector<std::unique_ptr<Client>> clients;
    for (unsigned i = 0; i < arguments.number(2); ++i) {
        // All from one address: what a judge keeps of each address is not the connection's.
        clients.push_back(std::make_unique<Client>(source_of(0, 0), arguments.port(), tls.get()));
        if (!clients.back()->log_in()) return fmt::print(stderr, "edge_load: only {} got in\n", i), 1;
    }
    fmt::print("{{\"connections\": {}}}\n", clients.size());
    static_cast<void>(std::fflush(stdout));
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0) continue;
    for (auto& client : clients) client->reset();
    return 0;
}

struct Mode {
    std::string_view name;
    std::size_t words;  // at least
    int (*run)(const Arguments&);
};

int as_server(const Arguments& arguments) {
    serve_imap(arguments.port());
    return 0;
}
int as_auth(const Arguments& arguments) {
    serve_auth(arguments.port(), static_cast<std::uint16_t>(arguments.number(2)));
    return 0;
}

constexpr auto modes = std::to_array<Mode>({{"server", 2, as_server},
                                            {"auth", 3, as_auth},
                                            {"logins", 4, logins},
                                            {"handshakes", 5, handshakes},
                                            {"refused", 5, refused},
                                            {"bytes", 4, bytes},
                                            {"latency", 3, latency},
                                            {"idle", 3, idle}});

}  // namespace

int main(int count, char** words) {
    std::signal(SIGPIPE, SIG_IGN);
    const std::span all(words, static_cast<std::size_t>(count));
    const Arguments arguments{{all.begin() + 1, all.end()}};
    const auto mode =
        std::ranges::find_if(modes, [&](const Mode& each) { return each.name == arguments.at(0); });
    if (mode == modes.end() || arguments.words.size() < mode->words)
        return fmt::print(stderr, "edge_load: what it can do stands at the top of bench/edge_load.cpp\n"), 2;
    return mode->run(arguments);
}

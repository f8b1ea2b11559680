// What a large block list costs: to load, to keep, to ask.
//
//   lists_bench FILE [ROUNDS]     figures as JSON; FILE is a list with an IPv4 address a line
//
// Memory is the system's word (/proc/self/status), beside what the list says of itself. Addresses asked are
// drawn before, so many that no cache holds their answers: half are named.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "observe/live_lists.h"

namespace {

using namespace tidegate;

double now(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Of CPU: nothing here waits, and other programs shall not count.
double seconds_of(const auto& what) {
    const double start = now(CLOCK_THREAD_CPUTIME_ID);
    what();
    return now(CLOCK_THREAD_CPUTIME_ID) - start;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// VmRSS and the like, in bytes.
double memory(const std::string& what) {
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(what + ":")) return std::strtod(line.c_str() + what.size() + 1, nullptr) * 1024;
    std::abort();
}

/// VmHWM begins again at what is used now.
void forget_peak() {
    std::ofstream("/proc/self/clear_refs") << "5";
}

std::shared_ptr<observe::LiveLists> load(const std::string& file) {
    auto lists = observe::LiveLists::load({{.name = "list", .path = file}});
    if (lists) return *lists;
    std::fprintf(stderr, "lists_bench: %s\n", lists.error().front().text().c_str());
    std::exit(2);
}

std::vector<Address> addresses_to_ask(const std::string& file) {
    constexpr std::size_t asked = 4'000'000;
    std::mt19937 random(7);
    std::vector<Address> named, out;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (const auto address = Address::parse(line); address) named.push_back(*address);
    out.reserve(asked);
    for (std::size_t i = 0; i < asked; ++i)
        out.push_back(i % 2 == 0 ? named[random() % named.size()]
                                 : Address::v4(static_cast<std::uint32_t>(random())));
    return out;
}

std::uint64_t found = 0;

double ask_all(const observe::LiveLists& lists, const std::vector<Address>& asked) {
    return seconds_of([&] {
        for (const Address address : asked) found += lists.look(address);
    });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    const std::string file = argv[1];
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
    const double before = memory("VmRSS");
    forget_peak();
    auto lists = load(file);
    const double peak = memory("VmHWM") - before;
    const double resident = memory("VmRSS") - before;
    const auto asked = addresses_to_ask(file);
    const auto asked_count = static_cast<double>(asked.size());
    std::vector<double> loading, waiting, asking;
    for (int i = 0; i < rounds; ++i) {
        const double start = now(CLOCK_MONOTONIC);
        loading.push_back(seconds_of([&] { lists = load(file); }));
        waiting.push_back(now(CLOCK_MONOTONIC) - start);
        asking.push_back(ask_all(*lists, asked) / asked_count * 1e9);
    }
    const auto hosts = static_cast<double>(lists->size(0));
    std::printf(
        "{\"hosts\": %.0f, \"load_s\": %.4f, \"load_wall_s\": %.4f, \"bytes_a_host\": %.3f, "
        "\"resident_bytes_a_host\": %.3f, "
        "\"peak_mib\": %.1f, \"look_up_ns\": %.1f, \"found\": %llu}\n",
        hosts, median(loading), median(waiting), static_cast<double>(lists->bytes()) / hosts,
        resident / hosts, peak / (1 << 20), median(asking), static_cast<unsigned long long>(found & 1));
}
